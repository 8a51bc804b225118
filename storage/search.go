package storage

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// Search looks from the newest tickets to the oldest, in stretches of numbers. A stretch is a word of its own in the index
// ("#61"), so that of a word that stands in every fifth ticket only the newest tickets are touched; of a rare word all are, at
// once. The newest matches are ranked, a block at a time; older ones follow in the next block.
const (
	block = 200 // matches that are ranked together
	rare  = 500 // matches that are few enough to be looked at together
)

// staffDoc is all that staff find a ticket by: the index ticket_search_staff is of exactly this expression.
const (
	ticketWords = `s.public_doc || s.internal_doc || s.about_doc`
	staffDoc    = `(` + ticketWords + `
		|| array_to_tsvector(array['#' || (s.ticket_id / 16384)::text, '##' || (s.ticket_id / 131072)::text]))`
)

// match looks for the newest tickets that hold what a plan asks for.
type match struct {
	queries

	plan     *plan
	scope    core.Scope
	filter   core.Filter
	deadline time.Time
	stopped  bool // the time was over before everything was looked at
	density  density
}

// hit is a ticket that matches, and how well.
type hit struct {
	ID   int64
	Rank float32
}

// newest finds the n newest matches between two numbers, newest first.
func (m *match) newest(ctx context.Context, from, below int64, n int) ([]hit, error) {
	parts, err := m.spans(ctx, from, below)
	if err != nil {
		return nil, err
	}
	if m.plan.sure == 0 && len(parts) > 1 {
		return m.unlearnt(ctx, parts, below, n)
	}
	return m.inParts(ctx, parts, nil, 0, below, n)
}

// unlearnt finds what nobody has learnt yet. What the newest tickets do not have is nowhere then, or nearly so, and is looked for in
// all others at once, by the same question.
func (m *match) unlearnt(ctx context.Context, parts []span, below int64, n int) ([]hit, error) {
	first, older := ahead(parts, 0)
	rest, _ := ahead(older, below)
	hits, err := m.look(ctx, n, first, rest)
	if err != nil || len(hits) == 0 || hits[0].ID < first.from {
		return hits, err
	}
	return m.inParts(ctx, older, hits, reachOf(below-first.from, hits, n), below, n)
}

// inParts adds to some hits what it finds in one part after the other; the first is joined with those within reach.
func (m *match) inParts(ctx context.Context, parts []span, hits []hit, reach, below int64, n int) ([]hit, error) {
	for len(parts) > 0 && len(hits) < n && !m.stopped {
		var part span
		part, parts = ahead(parts, reach)
		found, err := m.find(ctx, part, n-len(hits))
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
		reach = reachOf(below-part.from, hits, n)
	}
	return hits, nil
}

// reachOf is how many further numbers should fill a page, by what was found in those before.
func reachOf(looked int64, hits []hit, n int) int64 {
	if len(hits) == 0 {
		return looked * 2 * wide // it was common long ago
	}
	return looked * int64(n-len(hits)) / int64(len(hits))
}

// find finds the n newest matches in one part: by a sweep, and from the index in what that leaves. Of words alone the index gives the
// newest of a part that is small at first, and is faster.
func (m *match) find(ctx context.Context, in span, n int) ([]hit, error) {
	if !slices.ContainsFunc(m.filter.Query.Terms, func(t query.Term) bool { return t.Field != query.Text }) {
		return m.look(ctx, n, in)
	}
	hits, left, err := m.sweep(ctx, in, n)
	if err != nil || m.stopped || len(hits) == n || left.from >= left.below {
		return hits, err
	}
	more, err := m.look(ctx, n-len(hits), left)
	return append(hits, more...), err
}

// few gives the numbers of all tickets that hold the words, whoever may see them, if the index says soon that those are few. A list in
// an order of its own is then made of them: the planner, which does not know that, would go through all tickets in that order.
func (m *match) few(ctx context.Context) (held []int64, all bool, err error) {
	const ask = `
		with held as materialized (select s.ticket_id from ticket_search s where ` + staffDoc + ` @@ (select $1::tsquery))
		select ticket_id from held limit $2`
	list, stopped, err := within[struct{ TicketID int64 }](ctx, m.queries, sooner(m.deadline, firstPatience), ask, m.plan.query, rare+1)
	if err != nil || stopped || len(list) > rare {
		return nil, false, err
	}
	held = make([]int64, len(list))
	for i, l := range list {
		held[i] = l.TicketID
	}
	return held, true, nil
}

// look finds matches in the first of some parts, and in each further one if those before it have none. The index is asked first and
// the rest of the query of what it gave. Nothing is added to the number that they are sorted by, but that no index has it: the planner
// expects hundreds where a rare word has ten, and would go through all tickets in the order of their numbers until as many as are
// wanted were found. For the same reason the planner is not shown what is asked for: to it each form of a word that nobody writes is in
// thousands. The numbers are asked of the tickets only where they are few: planned for any two numbers, the planner takes them for few
// always, and would read all that lie between them sooner than those that were found.
func (m *match) look(ctx context.Context, n int, parts ...span) ([]hit, error) {
	f := newSearchSQL(m.scope, m.filter)
	most, condition, none := f.arg(n), f.where(), ``
	var steps, found []string
	for i, in := range parts {
		asked := m.plan.query
		if in.words != "" {
			asked = `(` + asked + `) & (` + in.words + `)`
		}
		number := `hits.ticket_id`
		if in.stretches() <= narrow {
			number = `t.id`
		}
		hits, newest := `hits`+strconv.Itoa(i), `newest`+strconv.Itoa(i)
		steps = append(steps, hits+` as materialized (
			select s.ticket_id from ticket_search s where `+staffDoc+` @@ (select `+f.arg(asked)+`::tsquery)`+none+`
		), `+newest+` as materialized (
			select t.id from `+hits+` hits join tickets t on t.id = hits.ticket_id
			where `+condition+` and `+number+` >= `+f.arg(in.from)+` and `+number+` < `+f.arg(in.below)+` order by t.id + 0 desc limit `+most+`
		)`)
		found = append(found, `select id from `+newest)
		none += ` and not exists (select from ` + newest + `)`
	}
	sql := `
		with ` + strings.Join(steps, `, `) + `
		select newest.id, ts_rank(` + ticketWords + `, ` + f.arg(m.plan.query) + `::tsquery, 1) as rank
		from (` + strings.Join(found, ` union all `) + `) newest join ticket_search s on s.ticket_id = newest.id order by newest.id desc`
	list, stopped, err := within[hit](ctx, m.queries, m.deadline, sql, f.args...)
	m.stopped = m.stopped || stopped
	return list, err
}

// ranked is a place in a ranked list: a block, and the last ticket that was shown of it.
type ranked struct {
	Below int64   `json:"below"`
	From  int64   `json:"from,omitempty"`
	ID    int64   `json:"id,omitempty"`
	Rank  float32 `json:"rank,omitempty"`
}

// search reads one page of a ranked list.
func (m *match) search(ctx context.Context, after string, limit int) (core.Found, error) {
	at := ranked{Below: m.plan.newest + 1}
	if after != "" {
		at = ranked{}
		raw, err := base64.RawURLEncoding.DecodeString(after)
		if err != nil || json.Unmarshal(raw, &at) != nil || at.Below < 1 {
			return core.Found{}, wrongCursor()
		}
	}
	hits, err := m.newest(ctx, at.From, at.Below, block)
	if err != nil {
		return core.Found{}, err
	}
	oldest, full := at.From, len(hits) == block || at.From > 0
	if len(hits) > 0 && oldest == 0 {
		oldest = hits[len(hits)-1].ID
	}
	slices.SortFunc(hits, better)
	if at.ID != 0 {
		hits = hits[upTo(hits, hit{at.ID, at.Rank}):]
	}
	var next *ranked
	switch {
	case len(hits) > limit:
		hits = hits[:limit]
		next = &ranked{Below: at.Below, From: oldest, ID: hits[limit-1].ID, Rank: hits[limit-1].Rank}
	case full && !m.stopped && oldest > 1:
		next = &ranked{Below: oldest}
	}
	found := core.Found{Stopped: m.stopped, Ranked: true}
	if next != nil {
		raw, err := json.Marshal(next)
		if err != nil {
			return core.Found{}, err //nolint:wrapcheck // numbers can always be written
		}
		found.Next = base64.RawURLEncoding.EncodeToString(raw)
	}
	found.Tickets, err = m.read(ctx, hits)
	return found, err
}

// better puts what matches best in front, and the newer of two alike.
func better(a, b hit) int { return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.ID, a.ID)) }

// upTo is how many of the hits stand up to and with the last one shown.
func upTo(hits []hit, last hit) int {
	n := 0
	for n < len(hits) && better(hits[n], last) <= 0 {
		n++
	}
	return n
}

const selectTickets = `select ` + ticketColumns + ` from ` + ticketTables + ` where t.id = any($1::bigint[])`

// read reads the tickets that were found, in their order.
func (m *match) read(ctx context.Context, hits []hit) ([]core.Ticket, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	ids, place := make([]int64, len(hits)), make(map[int64]int, len(hits))
	for i, h := range hits {
		ids[i], place[h.ID] = h.ID, i
	}
	rows, err := collect[ticketRow](ctx, m.queries, selectTickets, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b ticketRow) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	list := make([]core.Ticket, len(rows))
	for i := range rows {
		list[i] = rows[i].ticket()
	}
	return list, nil
}

const (
	setPatience = `select set_config('statement_timeout', $1, true)`
	planAnew    = `select set_config('plan_cache_mode', 'force_custom_plan', true)`
)

// within is collect for a statement that is stopped when its time is over: the server is told in the same round trip, which is
// one transaction, and forgets it with that.
func within[T any](ctx context.Context, s queries, deadline time.Time, sql string, args ...any) (list []T, stopped bool, err error) {
	return withinAfter[T](ctx, s, deadline, nil, sql, args...)
}

// withinAfter is within, after other settings of the same transaction.
func withinAfter[T any](ctx context.Context, s queries, deadline time.Time, settings []string, sql string, args ...any) (list []T, stopped bool, err error) {
	if deadline.IsZero() {
		list, err = collect[T](ctx, s, sql, args...)
		return list, false, err
	}
	left := time.Until(deadline)
	if left < time.Millisecond {
		return nil, true, nil
	}
	var batch pgx.Batch
	batch.Queue(setPatience, strconv.FormatInt(left.Milliseconds(), 10))
	for _, set := range settings {
		batch.Queue(set)
	}
	batch.Queue(sql, args...)
	results := s.q.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	for range batch.Len() - 1 {
		if _, err := results.Exec(); err != nil {
			return nil, false, outage(err)
		}
	}
	rows, err := results.Query()
	if err == nil {
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
	}
	const canceled = "57014"
	if code(err) == canceled && ctx.Err() == nil {
		return nil, true, nil
	}
	return list, false, outage(err)
}

// deadlineOf is when a read must be over; zero if it may take as long as any statement.
func deadlineOf(filter core.Filter) time.Time {
	if filter.Patience == 0 {
		return time.Time{}
	}
	return time.Now().Add(filter.Patience)
}

// sooner is the end of a patience that begins now, or the deadline if that is before it.
func sooner(deadline time.Time, patience time.Duration) time.Time {
	soon := time.Now().Add(patience)
	if !deadline.IsZero() && deadline.Before(soon) {
		return deadline
	}
	return soon
}

// quoteLexeme writes a lexeme as PostgreSQL reads it in a query.
func quoteLexeme(lexeme string) string {
	return `'` + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(lexeme) + `'`
}
