package storage

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// listRow is a ticket and where it stands in the order of its list.
type listRow struct {
	ticketRow
	Sort []string `db:"sort_key"`
}

// Tickets implements core. Staff's words are looked for among the newest tickets and ranked, unless the query says how to sort.
func (s queries) Tickets(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int) (core.Found, error) {
	if !staffOnly(scope) || !hasWords(filter.Query) {
		return s.list(ctx, scope, filter, after, limit, deadlineOf(filter), true)
	}
	m, err := s.match(ctx, scope, filter)
	if err != nil {
		return core.Found{}, err
	}
	if m.plan.query != "" && len(filter.Query.Sort) == 0 {
		return m.search(ctx, after, limit)
	}
	if m.plan.query != "" && m.plan.sure < rare {
		held, all, err := m.few(ctx)
		if err != nil {
			return core.Found{}, err
		}
		if all {
			return s.readPage(ctx, scope, filter, after, limit, m.deadline, how{held: held})
		}
	}
	return s.list(ctx, scope, filter, after, limit, m.deadline, m.density.common(limit, m.plan.newest))
}

func (s queries) match(ctx context.Context, scope core.Scope, filter core.Filter) (*match, error) {
	deadline := deadlineOf(filter)
	p, err := s.planFor(ctx, filter.Query)
	if err != nil {
		return nil, err
	}
	return &match{queries: s, plan: p, scope: scope, filter: filter, deadline: deadline, density: p.density()}, nil
}

// firstPatience is how long the way is tried that is mostly the shorter one, before the other.
const firstPatience = 150 * time.Millisecond

// list reads one page in the order of an index. The statement's text depends only on which fields a query names; all values are
// placeholders, and what is sorted by comes from this package. Queues are read each by its own index and then merged: one index
// over all would lead past everybody else's tickets. Words may be looked for on the way, by a sweep, where the list has its order
// from an index.
//
// What happened to many tickets, words that many hold, and a priority that many have fill a page as one goes through them. What
// holds of few would have all of them looked at: that goes on for a while, and then what happened, or the index of words, leads to them.
func (s queries) list(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int, deadline time.Time, sweep bool) (core.Found, error) {
	f, _ := newListSQL(scope, filter, how{})
	read, through := s.page, how{sweep: sweep && f.hasIndex(filter.Query)}
	byLevel := sweep && byPriority(filter.Query) && !f.onlyOpen && staffOnly(scope)
	if byLevel {
		read, through = s.levels, how{sweep: true}
	}
	happened := slices.ContainsFunc(filter.Query.Terms, func(t query.Term) bool { return !t.Negated && isHappening(t.Field) })
	if !happened && !byLevel && !(through.sweep && staffOnly(scope) && hasWords(filter.Query)) {
		return read(ctx, scope, filter, after, limit, deadline, through)
	}
	through.anew = true
	found, err := read(ctx, scope, filter, after, limit, sooner(deadline, firstPatience), through)
	if err != nil || !found.Stopped {
		return found, err
	}
	return s.page(ctx, scope, filter, after, limit, deadline, how{led: happened})
}

// how a page is read.
type how struct {
	sweep bool    // words are looked for in one ticket after the other, not in the index
	led   bool    // what happened is read first, and leads to the tickets
	near  bool    // only what comes next of all queues is looked at
	bare  bool    // what nobody works on is read first, by its index, and then sorted
	anew  bool    // it is planned for its values each time: a plan for any days and numbers would not go through them in their order
	held  []int64 // numbers of all tickets that hold the words, where those are few; nil if they are not known
	in    span    // all that is looked for has numbers in it; its zero value: any
}

// page reads one page: of several queues first among what comes next of all queues, which fills it where they hold much of that. Queue
// by queue, the planner would go through all of that once for each, as it does not know which of them are small. What is open is little.
//
// What is closed and was nobody's is nearly all of that or next to nothing of it, and nothing tells the planner which. So what comes next
// tells: where that does not fill the page there are few enough to read them all.
func (s queries) page(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int, deadline time.Time, h how) (core.Found, error) {
	f, byQueue := newListSQL(scope, filter, h)
	bare := f.onlyClosed && slices.ContainsFunc(filter.Query.Terms, ofNobody)
	if (byQueue != "" && severalQueues(scope, filter.Query) && !f.onlyOpen || bare) && f.hasIndex(filter.Query) {
		near := h
		near.near = true
		found, err := s.readPage(ctx, scope, filter, after, limit, deadline, near)
		if err != nil || found.Stopped || found.Next != "" {
			return found, err
		}
		h.bare = bare
	}
	return s.readPage(ctx, scope, filter, after, limit, deadline, h)
}

func (s queries) readPage(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int, deadline time.Time, h how) (core.Found, error) {
	const nearby = 20 // pages of all queues
	f, byQueue := newListSQL(scope, filter, h)
	order := f.order(filter.Query)
	next := `true`
	if f.onlyClosed {
		next = `t.status = 'closed'`
	}
	if after != "" {
		if err := f.continueAfter(order, after); err != nil {
			return core.Found{}, err
		}
		next += ` and ` + f.conditions[len(f.conditions)-1]
	}
	if h.in.below > 0 {
		f.add(`t.id >= ` + f.arg(h.in.from) + ` and t.id < ` + f.arg(h.in.below))
	}
	most := f.arg(limit + 1)
	first := func(which string) string {
		return `select t.* from tickets t where ` + which + f.where() + ` order by ` + order.by() + ` limit ` + most //nolint:unqueryvet // whatever ticketColumns reads of it
	}
	tickets := first(``)
	switch {
	case h.near:
		tickets = `select t.* from (select t.* from tickets t where ` + next + ` order by ` + order.by() + ` limit ` + f.arg(nearby*(limit+1)) + `) t where ` + //nolint:unqueryvet // whatever ticketColumns reads of it
			f.where() + ` order by ` + order.by() + ` limit ` + most
	case h.bare || h.held != nil:
		tickets = `select t.* from (select t.* from tickets t where ` + f.where() + ` offset 0) t order by ` + order.by() + ` limit ` + most //nolint:unqueryvet // whatever ticketColumns reads of it
	case byQueue != "":
		tickets = `select t.* from (select id from queues g where ` + byQueue + `) g cross join lateral (` + first(`t.queue_id = g.id and `) + `) t` + //nolint:unqueryvet // whatever ticketColumns reads of it
			` order by ` + order.by() + ` limit ` + most // names are joined to what is shown alone
	}
	sql := `select ` + ticketColumns + `, ` + order.key() + ` as sort_key from (` + tickets + `) t ` + ticketJoins +
		` order by ` + order.by() + ` limit ` + most
	var settings []string
	if h.anew {
		settings = append(settings, planAnew)
	}
	rows, stopped, err := withinAfter[listRow](ctx, s, deadline, settings, sql, f.args...)
	if after != "" && strings.HasPrefix(code(err), "22") { // values that are none of the columns' types
		return core.Found{}, wrongCursor()
	}
	if err != nil {
		return core.Found{}, err
	}
	found := core.Found{Stopped: stopped}
	if len(rows) > limit {
		rows = rows[:limit]
		if found.Next, err = encodeCursor(rows[limit-1].Sort); err != nil {
			return core.Found{}, err
		}
	}
	found.Tickets = make([]core.Ticket, len(rows))
	for i := range rows {
		found.Tickets[i] = rows[i].ticket()
	}
	return found, nil
}

// CountTickets implements core: all counts in one round trip, none further than the limit. Those with words are searches, each
// with a round trip or more of its own.
func (s queries) CountTickets(ctx context.Context, scope core.Scope, filters []core.Filter, limit int) ([]int, error) {
	var batch pgx.Batch
	var searches []int
	for i, filter := range filters {
		if staffOnly(scope) && hasWords(filter.Query) {
			searches = append(searches, i)
			continue
		}
		f := newFilterSQL(scope, filter)
		sql := `select count(*) from (select from tickets t where ` + f.where() + ` limit ` + f.arg(limit) + `) found`
		batch.Queue(sql, f.args...)
	}
	counts := make([]int, len(filters))
	if batch.Len() > 0 {
		if err := s.countAll(ctx, &batch, counts, searches); err != nil {
			return nil, err
		}
	}
	for _, i := range searches {
		var err error
		if counts[i], err = s.countMatches(ctx, scope, filters[i], limit); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// countAll reads the counts of a batch, but for those that are searched for.
func (s queries) countAll(ctx context.Context, batch *pgx.Batch, counts, searches []int) error {
	results := s.q.SendBatch(ctx, batch)
	for i := range counts {
		if slices.Contains(searches, i) {
			continue
		}
		if err := results.QueryRow().Scan(&counts[i]); err != nil {
			_ = results.Close()
			return outage(err)
		}
	}
	return outage(results.Close())
}

// countMatches counts what a search finds; as many as the limit, which is "more", if it is stopped.
func (s queries) countMatches(ctx context.Context, scope core.Scope, filter core.Filter, limit int) (int, error) {
	m, err := s.match(ctx, scope, filter)
	if err != nil {
		return 0, err
	}
	if m.plan.query == "" {
		m.plan.query = `!'#'` // words that say nothing, and so hold of every ticket
		m.plan.tickets = int(m.plan.newest)
	}
	hits, err := m.newest(ctx, 0, m.plan.newest+1, limit)
	if m.stopped {
		return limit, err
	}
	return len(hits), err
}

// sortKey is one column of an order.
type sortKey struct {
	sql  string
	cast string
	desc bool
}

// order is how a list is sorted: always down to the ticket's number, so that every ticket has one place.
type order []sortKey

func (o order) by() string {
	parts := make([]string, len(o))
	for i, k := range o {
		parts[i] = k.sql
		if k.desc {
			parts[i] += ` desc`
		}
	}
	return strings.Join(parts, `, `)
}

// key is a row's place in the order, as text.
func (o order) key() string {
	parts := make([]string, len(o))
	for i, k := range o {
		parts[i] = k.sql + `::text`
	}
	return `array[` + strings.Join(parts, `, `) + `]`
}

// sorts are what lists can be sorted by, in the direction in which an index serves them.
func sorts(name string) (order, bool) {
	number := sortKey{`t.id`, `bigint`, false}
	switch name {
	case "attention":
		return order{{`t.attention`, `smallint`, false}, {`(-t.priority)`, `smallint`, false}, {`t.attention_at`, `timestamptz`, false}, number}, true
	case "closed":
		return order{{`t.closed_at`, `timestamptz`, false}, number}, true
	case "priority":
		return order{{`t.priority`, `smallint`, false}, number}, true
	case "created":
		return order{{`t.created_at`, `timestamptz`, false}, number}, true
	case "updated":
		return order{{`t.updated_at`, `timestamptz`, false}, number}, true
	case "number":
		return order{number}, true
	}
	return nil, false
}

// hasIndex reports whether an index gives the order that a query asks for.
func (f *filterSQL) hasIndex(q query.Query) bool {
	if len(q.Sort) != 1 {
		return len(q.Sort) == 0
	}
	switch q.Sort[0].Key {
	case "created", "updated", "number":
		return true
	case "attention", "priority":
		return f.onlyOpen
	case "closed":
		return f.onlyClosed
	}
	return false
}

func (o order) reversed() order {
	r := slices.Clone(o)
	for i := range r {
		r[i].desc = !r[i].desc
	}
	return r
}

// continueAfter adds the condition that a row stands behind the cursor. Where all columns go the
// same way it is one comparison of rows, which an index answers; else it is spelled out.
func (f *filterSQL) continueAfter(o order, after string) error {
	values, err := decodeCursor(after)
	if err != nil || len(values) != len(o) {
		return wrongCursor()
	}
	columns, places := make([]string, len(o)), make([]string, len(o))
	uniform := true
	for i, k := range o {
		columns[i], places[i] = k.sql, f.arg(values[i])+`::text::`+k.cast
		uniform = uniform && k.desc == o[0].desc
	}
	if uniform {
		f.add(`(` + strings.Join(columns, `, `) + `) ` + beyond(o[0]) + ` (` + strings.Join(places, `, `) + `)`)
		return nil
	}
	cases := make([]string, len(o))
	for i, k := range o {
		parts := make([]string, 0, i+1)
		for j := range i {
			parts = append(parts, columns[j]+` = `+places[j])
		}
		cases[i] = `(` + strings.Join(append(parts, columns[i]+` `+beyond(k)+` `+places[i]), ` and `) + `)`
	}
	f.add(`(` + strings.Join(cases, ` or `) + `)`)
	return nil
}

func beyond(k sortKey) string {
	if k.desc {
		return `<`
	}
	return `>`
}

// wrongCursor refuses a place in a list that no list gave.
func wrongCursor() error { return &core.Error{Kind: core.Invalid, Code: "cursor"} }

func encodeCursor(values []string) (string, error) {
	raw, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("write cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func decodeCursor(cursor string) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, err //nolint:wrapcheck // becomes an Invalid error
	}
	var values []string
	err = json.Unmarshal(raw, &values)
	return values, err //nolint:wrapcheck // becomes an Invalid error
}

// filterSQL collects the conditions of a list and their values.
type filterSQL struct {
	conditions []string
	args       []any
	onlyOpen   bool // a condition says that none is closed
	onlyClosed bool
	how
}

func (f *filterSQL) add(condition string) { f.conditions = append(f.conditions, condition) }

func (f *filterSQL) arg(value any) string {
	f.args = append(f.args, value)
	return "$" + strconv.Itoa(len(f.args))
}

func (f *filterSQL) where() string {
	if len(f.conditions) == 0 {
		return `true`
	}
	return strings.Join(f.conditions, ` and `)
}

const firstReport = `select min(created_at) as created_at from tickets`

// FirstReport implements core.
func (s queries) FirstReport(ctx context.Context) (time.Time, error) {
	r, err := one[struct{ CreatedAt *time.Time }](ctx, s, firstReport)
	return since(r.CreatedAt), err
}
