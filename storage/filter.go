package storage

import (
	"slices"
	"strings"
	"time"

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
	named := slices.ContainsFunc(filter.Query.Terms, func(t query.Term) bool { return t.Field == query.Queue && !t.Negated })
	alone := ofQueues(scope)
	f = &filterSQL{how: h}
	if h.led || h.near || !named && !alone || !orderedByQueue(filter.Query) || slices.ContainsFunc(filter.Query.Terms, ofOne) { // somebody's own has an index too
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

// mentions finds where somebody is named. Words of staff name them, so that others find nothing by it.
func (f *filterSQL) mentions(scope core.Scope, me core.UserID, t query.Term) string {
	if !staffOnly(scope) {
		return `false`
	}
	mine := `select ticket_id from mentions where user_id = ` + f.arg(int64(me))
	if slices.ContainsFunc(t.Values, func(v query.Value) bool { return v.Text == query.Me }) {
		return `t.id in (` + mine + `)`
	}
	return `t.id in (` + mine + ` and seen_at is null)`
}

func texts(t query.Term) []string {
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		list[i] = v.Text
	}
	return list
}

// status is a condition on the status. Where an index is of what is closed, or of what is not, the statement's own text says first
// that only that is asked for, so that the index can serve it. The rest is said in a way the planner takes for half of it: it would
// multiply what is rare by what is rare, expect next to none, and read whole queues to sort them.
func (f *filterSQL) status(t query.Term) string {
	asked := make(map[string]bool)
	for _, v := range t.Values {
		asked[v.Text] = true
	}
	if t.Negated {
		if asked["closed"] {
			f.add(`t.status <> 'closed'`)
			f.onlyOpen = true
			return `coalesce(t.status = any(` + f.arg(texts(t)) + `), false)`
		}
		return `t.status = any(` + f.arg(texts(t)) + `)`
	}
	switch {
	case !asked["closed"]:
		f.onlyOpen = true
		if asked["open"] && asked["active"] {
			return `t.status <> 'closed'`
		}
		return `t.status <> 'closed' and coalesce(t.status = any(` + f.arg(texts(t)) + `), false)`
	case len(asked) == 1:
		f.onlyClosed = true
		return `t.status = 'closed'`
	}
	return `t.status = any(` + f.arg(texts(t)) + `)`
}

// ofOne reports whether a term asks for what one person works on.
func ofOne(t query.Term) bool {
	return t.Field == query.Assignee && !t.Negated && len(t.Values) == 1 && t.Values[0].Text != query.None
}

func (f *filterSQL) person(column string, me core.UserID, t query.Term) string {
	var parts, names []string
	for _, v := range t.Values {
		switch v.Text {
		case query.Me:
			parts = append(parts, column+` = `+f.arg(int64(me)))
		case query.None:
			parts = append(parts, `coalesce(`+column+` is null, false)`) // said so that what nobody has is counted in tickets_load, and not ticket by ticket
		default:
			names = append(names, v.Text)
		}
	}
	if len(t.Values) == 1 && len(names) == 1 { // one number, so that an index serves it in order
		return negatable(column+` = (select id from users where lower(username) = `+f.arg(lowerAll(names)[0])+`)`, t)
	}
	if len(names) > 0 {
		parts = append(parts, column+` in (select id from users where lower(username) = any(`+f.arg(lowerAll(names))+`))`)
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

// category takes in, with a star, all codes that begin so and everything below them in the tree.
func (f *filterSQL) category(t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		code := strings.ToLower(v.Text)
		if !v.Prefix {
			parts[i] = `t.category_id in (select id from categories where code = ` + f.arg(code) + `)`
			continue
		}
		parts[i] = `t.category_id in (
			with recursive below as (
				select id from categories where starts_with(code, ` + f.arg(code) + `)
				union
				select c.id from categories c join below b on c.parent_id = b.id
			) select id from below)`
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}

func (f *filterSQL) location(t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		if v.Text == query.None && !v.Prefix {
			parts[i] = `t.location_id is null`
			continue
		}
		code := f.arg(strings.ToUpper(v.Text))
		match := `code = ` + code
		if v.Prefix {
			match = `starts_with(code, ` + code + `)`
		}
		parts[i] = `t.location_id in (select id from locations where ` + match + `)`
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

func (f *filterSQL) priority(t query.Term) string {
	if t.Op == query.OpIs {
		numbers := make([]int16, len(t.Values))
		for i, v := range t.Values {
			numbers[i] = int16(v.Number + 1)
		}
		return `t.priority = any(` + f.arg(numbers) + `)`
	}
	return `t.priority ` + compare(t.Op) + ` ` + f.arg(t.Values[0].Number+1)
}

// compare gives an operator its SQL; there are no others.
func compare(op query.Op) string {
	switch op {
	case query.OpAbove:
		return `>`
	case query.OpAtLeast:
		return `>=`
	case query.OpBelow:
		return `<`
	case query.OpAtMost:
		return `<=`
	case query.OpIs, query.OpPhrase:
	}
	return `=`
}

func (f *filterSQL) waiting(t query.Term) string {
	names := texts(t)
	for i, name := range names {
		if name == query.None {
			names[i] = ""
		}
	}
	return `t.waiting_on = any(` + f.arg(names) + `)`
}

func (f *filterSQL) number(t query.Term) string {
	numbers := make([]int64, len(t.Values))
	for i, v := range t.Values {
		numbers[i] = v.Number
	}
	return `t.id = any(` + f.arg(numbers) + `)`
}

// age compares how long ago something was: older than two days is before the day before yesterday.
func (f *filterSQL) age(column string, clock core.Clock, t query.Term) string {
	moment := f.arg(clock.Now.Add(-t.Values[0].Duration))
	switch t.Op {
	case query.OpAbove:
		return column + ` < ` + moment
	case query.OpAtLeast:
		return column + ` <= ` + moment
	case query.OpBelow:
		return column + ` > ` + moment
	case query.OpAtMost:
		return column + ` >= ` + moment
	case query.OpIs, query.OpPhrase:
	}
	return column + ` = ` + moment
}

// days compares with whole days of the campus, whatever their length.
func (f *filterSQL) days(column string, clock core.Clock, t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		var bounds []string
		from, to := lasting(v, clock)
		if !from.IsZero() {
			bounds = append(bounds, column+` >= `+f.arg(from))
		}
		if !to.IsZero() {
			bounds = append(bounds, column+` < `+f.arg(to))
		}
		parts[i] = `(` + strings.Join(bounds, ` and `) + `)`
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

// lasting is from when until when days last; zero where they have no end.
func lasting(days query.Value, clock core.Clock) (from, to time.Time) {
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	if !days.From.IsZero() {
		from = dayStart(days.From.First(), zone)
	}
	if !days.To.IsZero() {
		to = dayStart(days.To.Last(), zone).AddDate(0, 0, 1)
	}
	return from, to
}

// took compares how long after the report something happened. What has not happened took no time.
func (f *filterSQL) took(column string, t query.Term) string {
	return negatable(column+` - t.created_at `+compare(t.Op)+` `+f.arg(t.Values[0].Duration)+`::interval`, t)
}

// negatable makes a condition on what may be null one that can be turned round. Otherwise it stays as
// it is, so that an index can answer it.
func negatable(condition string, t query.Term) string {
	if t.Negated {
		return `coalesce(` + condition + `, false)`
	}
	return condition
}

// follower looks among those who follow a ticket; to have the same trouble is not to follow it. Only staff may know who does; others find themselves.
func (f *filterSQL) follower(scope core.Scope, me core.UserID, t query.Term) string {
	follows := `exists (select from followers w where w.ticket_id = t.id and w.watching and w.user_id `
	var parts, names []string
	for _, v := range t.Values {
		switch v.Text {
		case query.Me:
			parts = append(parts, follows+`= `+f.arg(int64(me))+`)`)
		case query.None:
			if staffOnly(scope) {
				parts = append(parts, `not exists (select from followers w where w.ticket_id = t.id and w.watching)`)
			}
		default:
			names = append(names, v.Text)
		}
	}
	if len(names) > 0 && staffOnly(scope) {
		parts = append(parts, follows+`in (select id from users where lower(username) = any(`+f.arg(lowerAll(names))+`)))`)
	}
	if len(parts) == 0 {
		return `false`
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}

// is looks at the marks of a ticket.
func (f *filterSQL) is(scope core.Scope, clock core.Clock, t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		switch v.Text {
		case "confidential":
			parts[i] = `t.confidential`
		case "public":
			parts[i] = `t.public`
		case "merged":
			parts[i] = `t.merged_into is not null`
		case "anonymous":
			parts[i] = `t.anonymous`
		case "repeat":
			parts[i] = f.repeat(scope)
		case "snoozed":
			parts[i] = `coalesce(t.snoozed_until > ` + f.arg(clock.Now) + `, false)`
		default:
			parts[i] = `false`
		}
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}

func dayStart(d query.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, zone)
}
