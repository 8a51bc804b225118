package storage

import (
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// newFilterSQL turns a scope and a query into conditions. The scope comes first and cannot be left out.
func newFilterSQL(scope core.Scope, filter core.Filter) *filterSQL {
	f := &filterSQL{}
	f.scope(scope)
	f.narrow(scope, filter, func(query.Term) bool { return false })
	return f
}

// newSearchSQL is newFilterSQL without the words, which the index was asked for before.
func newSearchSQL(scope core.Scope, filter core.Filter) *filterSQL {
	f := &filterSQL{}
	f.scope(scope)
	f.narrow(scope, filter, func(t query.Term) bool { return t.Field == query.Text })
	return f
}

// newListSQL is newFilterSQL for a list that may be read queue by queue, each in the order of an index of its own: byQueue says
// which queues then, as a condition on them; it is "" where the whole list has one index.
func newListSQL(scope core.Scope, filter core.Filter, h how) (f *filterSQL, byQueue string) {
	if h.held != nil {
		f = newSearchSQL(scope, filter)
		f.add(`t.id = any(` + f.arg(h.held) + `::bigint[])`)
		return f, ""
	}
	named := slices.ContainsFunc(filter.Query.Terms, func(t query.Term) bool { return t.Field == query.Queue && !t.Negated })
	alone := ofQueues(scope)
	f = &filterSQL{how: h}
	if h.led || h.near || h.bare || !named && !alone || !orderedByQueue(filter.Query) || slices.ContainsFunc(filter.Query.Terms, ofOne) { // somebody's own has an index too
		f.scope(scope)
		f.narrow(scope, filter, func(query.Term) bool { return false })
		return f, ""
	}
	var which []string
	if alone {
		which = append(which, `g.id = any(`+f.arg(queueIDs(scope))+`::bigint[])`)
	} else {
		f.scope(scope)
	}
	for _, t := range filter.Query.Terms {
		if t.Field == query.Queue {
			which = append(which, turn(t, `g.code = any(`+f.arg(lowerAll(texts(t)))+`)`))
		}
	}
	f.narrow(scope, filter, func(t query.Term) bool { return t.Field == query.Queue })
	return f, strings.Join(which, ` and `)
}

// ofQueues reports whether a scope is some queues and nothing else.
func ofQueues(scope core.Scope) bool {
	return !scope.Everything && !scope.AllQueues && len(scope.Queues) > 0 && staffOnly(scope)
}

// severalQueues reports whether what a query asks for may lie in more than one queue.
func severalQueues(scope core.Scope, q query.Query) bool {
	if ofQueues(scope) && len(scope.Queues) == 1 {
		return false
	}
	return !slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == query.Queue && !t.Negated && len(t.Values) == 1 })
}

// orderedByQueue reports whether each queue has an index in the order that a query asks for. Without one, each would be sorted, or the
// whole list gone through once for each.
func orderedByQueue(q query.Query) bool {
	return len(q.Sort) == 0 || len(q.Sort) == 1 && slices.Contains([]string{"attention", "closed", "updated"}, q.Sort[0].Key)
}

// narrow adds what a query asks for, but for the terms that something else looks after.
func (f *filterSQL) narrow(scope core.Scope, filter core.Filter, elsewhere func(query.Term) bool) {
	if filter.Mine && scope.Ticket == 0 {
		f.add(`t.reporter_id = ` + f.arg(int64(filter.Me)))
	}
	for _, t := range filter.Query.Terms {
		if !elsewhere(t) {
			f.add(turn(t, f.term(scope, filter, t)))
		}
	}
}

// turn turns the condition of a negated term round.
func turn(t query.Term, condition string) string {
	if t.Negated {
		return `not (` + condition + `)`
	}
	return condition
}

func (f *filterSQL) scope(scope core.Scope) {
	if !scope.Everything {
		f.add(f.within(scope, `t`))
	}
}

// within is the condition that a ticket, by its alias, is in a scope.
func (f *filterSQL) within(scope core.Scope, ticket string) string {
	if scope.Everything {
		return `true`
	}
	var parts []string
	if len(scope.Queues) > 0 {
		parts = append(parts, ticket+`.queue_id = any(`+f.arg(queueIDs(scope))+`::bigint[])`)
	}
	if scope.AllQueues {
		parts = append(parts, `not `+ticket+`.confidential`)
	}
	if scope.Own != 0 {
		parts = append(parts, ticket+`.reporter_id = `+f.arg(int64(scope.Own)))
	}
	if scope.Ticket != 0 {
		parts = append(parts, ticket+`.id = `+f.arg(int64(scope.Ticket)))
	}
	if scope.Public {
		parts = append(parts, `(`+ticket+`.public and not `+ticket+`.confidential)`)
	}
	if len(parts) == 0 {
		parts = []string{`false`}
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}

// staffOnly reports whether everything in the scope is seen from the staff's side, internal notes
// included.
func staffOnly(scope core.Scope) bool {
	return scope.Everything || scope.Own == 0 && scope.Ticket == 0 && !scope.Public
}

// order is how the query wants its list sorted: by attention unless it says otherwise, or looks
// among closed tickets, which need none and come newest first.
func (f *filterSQL) order(q query.Query) order {
	if len(q.Sort) == 0 {
		switch {
		case f.onlyOpen:
			o, _ := sorts("attention")
			return o
		case f.onlyClosed:
			o, _ := sorts("closed")
			return o.reversed()
		default:
			o, _ := sorts("updated")
			return o.reversed()
		}
	}
	var all order
	for _, key := range q.Sort {
		o, known := sorts(key.Key)
		if !known {
			continue
		}
		if key.Descending {
			o = o.reversed()
		}
		if len(all) > 0 { // the number, last of all, decides once
			all = all[:len(all)-1]
		}
		all = append(all, o...)
	}
	return all
}

func (f *filterSQL) term(scope core.Scope, filter core.Filter, t query.Term) string {
	switch t.Field {
	case query.Status:
		return f.status(t)
	case query.Queue:
		return `t.queue_id in (select id from queues where code = any(` + f.arg(lowerAll(texts(t))) + `))`
	case query.Assignee:
		return f.person(`t.assignee_id`, filter.Me, t)
	case query.Reporter:
		return f.person(`t.reporter_id`, filter.Me, t)
	case query.Category:
		return f.category(t)
	case query.Location:
		return f.location(t)
	case query.Priority:
		return f.priority(t)
	case query.Waiting:
		return f.waiting(t)
	case query.Number:
		return f.number(t)
	case query.Tag:
		if !staffOnly(scope) { // tags are among staff: others find nothing by them
			return `false`
		}
		return `exists (select from tags where ticket_id = t.id and tag = any(` + f.arg(texts(t)) + `))`
	case query.Mentions:
		return f.mentions(scope, filter.Me, t)
	case query.Age:
		return f.age(`t.created_at`, filter.Clock, t)
	case query.Idle:
		return f.age(`t.updated_at`, filter.Clock, t)
	case query.Created:
		return f.days(`t.created_at`, filter.Clock, t)
	case query.Updated:
		return f.days(`t.updated_at`, filter.Clock, t)
	case query.Closed:
		return f.days(`t.closed_at`, filter.Clock, t)
	case query.Response:
		return f.took(`t.first_response_at`, t)
	case query.Duration:
		return f.took(`t.closed_at`, t)
	case query.Weekday:
		return f.clockOf(`isodow`, `t.created_at`, filter.Clock, t, 1)
	case query.Hour:
		return f.clockOf(`hour`, `t.created_at`, filter.Clock, t, 0)
	case query.Answered, query.Replied, query.Reply, query.Ended, query.Finished, query.Closing, query.Reopened, query.By, query.At, query.Office:
		return f.milestone(scope, filter, t)
	case query.Building:
		return f.building(t)
	case query.Resolution:
		return `t.resolution = any(` + f.arg(texts(t)) + `)`
	case query.Line:
		return `t.category_id in (select id from categories where line = any(` + f.arg(texts(t)) + `))`
	case query.Door:
		return `t.door = any(` + f.arg(texts(t)) + `)`
	case query.Follower:
		return f.follower(scope, filter.Me, t)
	case query.Is:
		return f.is(scope, filter.Clock, t)
	case query.Text:
		return f.words(scope, t)
	case query.Sort:
	}
	return `true`
}

func texts(t query.Term) []string {
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		list[i] = v.Text
	}
	return list
}

// negatable makes a condition on what may be null one that can be turned round. Otherwise it stays as
// it is, so that an index can answer it.
func negatable(condition string, t query.Term) string {
	if t.Negated {
		return `coalesce(` + condition + `, false)`
	}
	return condition
}
