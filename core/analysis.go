package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/query"
)

// analysisStore computes figures. Each method is one statement; docs/analytics.md says what each counts.
type analysisStore interface {
	// QueueLoads counts what is not closed, by queue.
	QueueLoads(ctx context.Context, scope Scope, filter Filter) ([]QueueLoad, error)
	// PersonLoads counts what is not closed, by who works on it.
	PersonLoads(ctx context.Context, scope Scope, filter Filter) ([]PersonLoad, error)
	// Arrivals counts what was reported from one time to before another, by quarter of an hour.
	Arrivals(ctx context.Context, scope Scope, filter Filter, from, to time.Time) ([]Arrival, error)
	// Flow counts what was created, closed and reopened between each two edges and after the last, and
	// what is not closed now.
	Flow(ctx context.Context, scope Scope, filter Filter, edges []time.Time) (FlowCounts, error)
	// OpenAges counts what is not closed by age: below each limit and not below the one before, and last
	// what is older than all.
	OpenAges(ctx context.Context, scope Scope, filter Filter, now time.Time, limits []time.Duration) ([]int, error)
	// Durations computes how long a stage took, for what ended between each two edges and for all of it.
	Durations(ctx context.Context, scope Scope, filter Filter, stage Stage, edges []time.Time) (Durations, error)
	// Shares counts what was reported from one time to before another by a property, and what was from
	// before to from.
	Shares(ctx context.Context, scope Scope, filter Filter, by Dimension, before, from, to time.Time) ([]Share, error)
}

// Question is what an analysis is asked: which tickets, and which days of the campus.
type Question struct {
	Query query.Query
	Days  int        // the last so many days, today included; used when From is zero
	From  query.Date // first day; a year or a month is its first day
	To    query.Date // last day, included; today if zero
}

// The bounds of a range.
const (
	DefaultDays = 30
	maxDays     = 20 * 366
	mostByDay   = 92 // longer ranges are shown by the week
)

// Range is the time an analysis is about, whole days of the campus, and the same number of days before.
type Range struct {
	From, To time.Time // To is not in it
	Before   time.Time // where the period to compare with begins; it ends at From
	Days     int
	Weekly   bool
	Buckets  []Bucket
}

// Bucket is a day or a week (from Monday on) of a range.
type Bucket struct {
	Start, End time.Time
	Partial    bool // cut off by the range, or not over yet
}

// edges are where buckets begin, and where the last one ends.
func (r *Range) edges() []time.Time {
	edges := make([]time.Time, 0, len(r.Buckets)+1)
	for _, b := range r.Buckets {
		edges = append(edges, b.Start)
	}
	return append(edges, r.To)
}

// Unfinished reports whether the last bucket is not over yet.
func (r *Range) Unfinished() bool {
	return len(r.Buckets) > 0 && r.Buckets[len(r.Buckets)-1].Partial
}

// ParseDays reads a range as people write it: 30d or 4w for the last so many days, 2026-09-01 for all days
// since, 2026-09-01..2026-12-20, or 2026-09 for a month.
func ParseDays(text string) (Question, error) {
	text = strings.TrimSpace(text)
	wrong := &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{Field: "range", Code: "range_form"}}}
	if age, err := query.Parse("age:<" + text); err == nil && len(age.Terms) == 1 && len(age.Terms[0].Values) == 1 {
		length := age.Terms[0].Values[0].Duration
		if length < dayLong || length%dayLong != 0 {
			return Question{}, wrong
		}
		return Question{Days: int(length / dayLong)}, nil
	}
	q, err := query.Parse("created:" + text)
	if refused, ok := errors.AsType[*query.Error](err); ok && refused.Code == query.CodeBadRange {
		return Question{}, &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{Field: "range", Code: "range_backwards"}}}
	}
	if err != nil || len(q.Terms) != 1 || q.Terms[0].Field != query.Created || len(q.Terms[0].Values) != 1 || q.Terms[0].Values[0].From.IsZero() {
		return Question{}, wrong
	}
	ask := Question{From: q.Terms[0].Values[0].From, To: q.Terms[0].Values[0].To}
	if ask.From == ask.To && ask.From.Day > 0 {
		ask.To = query.Date{} // one day alone is where the range begins
	}
	return ask, nil
}

// resolve turns a question's days into times. Days are counted on the campus's calendar, so that each has
// the 23, 24 or 25 hours that it has there.
func (q *Question) resolve(now time.Time, zone *time.Location) (Range, error) {
	now = now.In(zone)
	today := startOfDay(now)
	first, last := today, today
	var wrong problems
	if !q.To.IsZero() {
		last = day(q.To.Last(), zone)
	}
	switch days := q.Days; {
	case !q.From.IsZero():
		first = day(q.From.First(), zone)
	case days < 0 || days > maxDays:
		wrong.add("range", "range_days", "Max", maxDays)
	case days == 0:
		first = last.AddDate(0, 0, 1-DefaultDays)
	default:
		first = last.AddDate(0, 0, 1-days)
	}
	switch {
	case len(wrong) > 0:
	case first.After(today), last.After(today.AddDate(1, 0, 0)):
		wrong.add("range", "range_future")
	case last.Before(first):
		wrong.add("range", "range_backwards")
	case last.After(first.AddDate(0, 0, maxDays)):
		wrong.add("range", "range_days", "Max", maxDays)
	}
	if err := wrong.err(); err != nil {
		return Range{}, err
	}
	if last.After(today) {
		last = today
	}
	r := Range{From: first, To: last.AddDate(0, 0, 1)}
	for d := first; d.Before(r.To); d = d.AddDate(0, 0, 1) {
		r.Days++
	}
	r.Before = first.AddDate(0, 0, -r.Days)
	r.Weekly = r.Days > mostByDay
	r.fill(now)
	return r, nil
}

// fill divides the range into its buckets.
func (r *Range) fill(now time.Time) {
	for start := r.From; start.Before(r.To); {
		whole := start.AddDate(0, 0, 1)
		partial := false
		if r.Weekly {
			sinceMonday := (int(start.Weekday()) + 6) % 7
			whole, partial = start.AddDate(0, 0, 7-sinceMonday), sinceMonday > 0
		}
		end := whole
		if end.After(r.To) {
			end, partial = r.To, true
		}
		r.Buckets = append(r.Buckets, Bucket{Start: start, End: end, Partial: partial || whole.After(now)})
		start = end
	}
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func day(d query.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, zone)
}

// analyst is who may analyse, what of it they see, and what they ask. Staff see the figures of their
// queues, admins those of all but the confidential ones they are no members of.
func (d *Desk) analyst(ctx context.Context, who Actor, q query.Query) (*principal, Scope, Filter, error) {
	p, err := d.lookUp(ctx, d.store, who)
	switch {
	case err != nil:
		return nil, Scope{}, Filter{}, err
	case !p.token.Covers(TokenFigures):
		return nil, Scope{}, Filter{}, errTokenScope(TokenFigures)
	case !p.isStaff():
		return nil, Scope{}, Filter{}, forbidden("staff_only")
	}
	scope := listScope(p, false)
	if asksOfSomebody(q) {
		if scope = p.leading(scope); !scope.Everything && !scope.AllQueues && len(scope.Queues) == 0 {
			return nil, Scope{}, Filter{}, forbidden("person_figures")
		}
	}
	return p, scope, d.filter(p, q), nil
}

// asksOfSomebody reports whether a query makes figures those of single colleagues.
func asksOfSomebody(q query.Query) bool {
	return slices.ContainsFunc(q.Terms, func(t query.Term) bool {
		return t.Field == query.Assignee && slices.ContainsFunc(t.Values, func(v query.Value) bool {
			return v.Text != query.Me && v.Text != query.None
		})
	})
}

// leading narrows a scope to where the principal may see figures of single persons: leads of their
// queues, admins of all.
func (p *principal) leading(scope Scope) Scope {
	if p.scope.Everything || p.role == RoleAdmin {
		return scope
	}
	led := Scope{}
	for _, m := range p.queues {
		if m.Lead {
			led.Queues = append(led.Queues, m.Queue)
		}
	}
	return led
}

// QueueLoad is what a queue has before it now.
type QueueLoad struct {
	Queue      Queue
	Open       int
	Active     int
	Waiting    int // of both: rests, for the reporter or a third party
	Unassigned int // of both: nobody has it
	Oldest     time.Time
}

// PersonLoad is what somebody works on now; the zero person is nobody.
type PersonLoad struct {
	Person  Person
	Open    int
	Active  int
	Waiting int
	Oldest  time.Time
}

// Arrival is how many tickets were reported in a quarter of an hour.
type Arrival struct {
	At time.Time
	N  int
}

// Hour is how many tickets were reported in an hour of today, and usually are.
type Hour struct {
	Start   time.Time
	N       int
	Usual   float64 // mean of the same hour on the same weekday of the last four weeks
	Partial bool    // not over yet
	Future  bool
}

// NowFigures is how things stand.
type NowFigures struct {
	At     time.Time
	Queues []QueueLoad
	People []PersonLoad // whom the actor may see: all of the queues they lead, else themselves
	Alone  bool         // only the actor's own row is shown
	Hours  []Hour
	Oldest []Ticket // not closed, oldest first
}

// Total sums the queues up.
func (n *NowFigures) Total() QueueLoad {
	var sum QueueLoad
	for _, q := range n.Queues {
		sum.Open, sum.Active = sum.Open+q.Open, sum.Active+q.Active
		sum.Waiting, sum.Unassigned = sum.Waiting+q.Waiting, sum.Unassigned+q.Unassigned
		if sum.Oldest.IsZero() || !q.Oldest.IsZero() && q.Oldest.Before(sum.Oldest) {
			sum.Oldest = q.Oldest
		}
	}
	return sum
}

// AnalyseNow shows how things stand: what is not closed by queue and person, and what arrived today.
func (d *Desk) AnalyseNow(ctx context.Context, who Actor, q query.Query) (NowFigures, error) {
	p, scope, filter, err := d.analyst(ctx, who, q)
	if err != nil {
		return NowFigures{}, err
	}
	now := NowFigures{At: filter.Clock.Now}
	if now.Queues, err = d.store.QueueLoads(ctx, scope, filter); err != nil {
		return NowFigures{}, fmt.Errorf("count by queue: %w", err)
	}
	if now.People, now.Alone, err = d.loads(ctx, p, scope, filter); err != nil {
		return NowFigures{}, fmt.Errorf("count by person: %w", err)
	}
	const weeks, oldest = 4, 8
	today := startOfDay(now.At.In(d.zone))
	arrivals, err := d.store.Arrivals(ctx, scope, filter, today.AddDate(0, 0, -7*weeks), today.AddDate(0, 0, 1))
	if err != nil {
		return NowFigures{}, fmt.Errorf("count arrivals: %w", err)
	}
	now.Hours = hours(today, now.At, arrivals, weeks)
	work, err := query.Parse("status:open|active sort:created")
	if err != nil {
		return NowFigures{}, fmt.Errorf("read the query for the oldest: %w", err)
	}
	work.Terms = append(work.Terms, filter.Query.Terms...)
	filter.Query = work
	if now.Oldest, _, err = d.store.Tickets(ctx, scope, filter, "", oldest); err != nil {
		return NowFigures{}, fmt.Errorf("read the oldest: %w", err)
	}
	return now, nil
}

// loads are the persons' loads that the principal may see.
func (d *Desk) loads(ctx context.Context, p *principal, scope Scope, filter Filter) (loads []PersonLoad, alone bool, err error) {
	led := p.leading(scope)
	alone = !led.Everything && !led.AllQueues && len(led.Queues) == 0
	if alone {
		led = scope
	}
	all, err := d.store.PersonLoads(ctx, led, filter)
	if err != nil {
		return nil, alone, err //nolint:wrapcheck // said by the caller
	}
	for _, l := range all {
		if !alone || l.Person.ID == p.user.ID || l.Person.ID == 0 {
			loads = append(loads, l)
		}
	}
	return loads, alone, nil
}

// hours sorts arrivals into the hours of today, and of the same weekday in the weeks before. An hour that
// a change of the clocks left out is not there; one that it doubled is there twice.
func hours(today, now time.Time, arrivals []Arrival, weeks int) []Hour {
	var list []Hour
	for start := today; start.Before(today.AddDate(0, 0, 1)); start = start.Add(time.Hour) {
		end := start.Add(time.Hour)
		list = append(list, Hour{Start: start, Partial: end.After(now) && !start.After(now), Future: start.After(now)})
	}
	earlier := map[int]int{}
	for _, a := range arrivals {
		at := a.At.In(today.Location())
		switch {
		case !at.Before(today):
			if i := int(at.Sub(today) / time.Hour); i < len(list) {
				list[i].N += a.N
			}
		case at.Weekday() == today.Weekday():
			earlier[at.Hour()] += a.N
		}
	}
	for i := range list {
		list[i].Usual = float64(earlier[list[i].Start.Hour()]) / float64(weeks)
	}
	return list
}
