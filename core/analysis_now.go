package core

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/query"
)

type nowStore interface {
	// QueueLoads counts what is not closed, by queue.
	QueueLoads(ctx context.Context, scope Scope, filter Filter) ([]QueueLoad, error)
	// QueueDrifts says by how much each queue's numbers have changed since each of some times, the latest first.
	QueueDrifts(ctx context.Context, scope Scope, filter Filter, since []time.Time) ([]QueueDrift, error)
	// PersonLoads counts what is not closed, by who works on it.
	PersonLoads(ctx context.Context, scope Scope, filter Filter) ([]PersonLoad, error)
	// Arrivals counts what was reported from one time to before another, by steps of time.
	Arrivals(ctx context.Context, scope Scope, filter Filter, from, to time.Time, step time.Duration) ([]Arrival, error)
	// MostFollowed lists what is not closed and has followers, most first.
	MostFollowed(ctx context.Context, scope Scope, filter Filter, limit int) ([]FollowedTicket, error)
}

// QueueLoad is what a queue has before it now.
type QueueLoad struct {
	Queue      Queue
	Open       int
	Active     int
	Waiting    int // of both: rests, for the reporter or a third party
	Unassigned int // of both: nobody has it
	Oldest     time.Time
	Usual      Usual
}

// Usual is the mean of the same hour of the last weeks.
type Usual struct{ Open, Active, Waiting, Unassigned float64 }

// QueueDrift is by how much a queue's numbers have grown since a time; those of Since in order.
type QueueDrift struct {
	Queue                             QueueID
	Since                             int // which of the times, from 0
	Open, Active, Waiting, Unassigned int
}

// PersonLoad is what somebody works on now; the zero person is nobody.
type PersonLoad struct {
	Person  Person
	Open    int
	Active  int
	Waiting int
	Oldest  time.Time
}

// Arrival is how many tickets were reported in a step of time.
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

// FollowedTicket is a ticket that several people have.
type FollowedTicket struct {
	ID        TicketID
	Title     string
	Queue     string // its code
	Followers int
	CreatedAt time.Time
}

// NowFigures is how things stand.
type NowFigures struct {
	At       time.Time
	Queues   []QueueLoad
	People   []PersonLoad // whom the actor may see: all of the queues they lead, else themselves
	Alone    bool         // only the actor's own row is shown
	Led      []string     // the codes of the queues that persons are counted in; none if those are all that the actor sees
	Hours    []Hour
	Oldest   []Ticket // not closed, oldest first
	Followed []FollowedTicket
}

// Total sums the queues up.
func (n *NowFigures) Total() QueueLoad {
	var sum QueueLoad
	for _, q := range n.Queues {
		sum.Open, sum.Active = sum.Open+q.Open, sum.Active+q.Active
		sum.Waiting, sum.Unassigned = sum.Waiting+q.Waiting, sum.Unassigned+q.Unassigned
		sum.Usual.Open, sum.Usual.Active = sum.Usual.Open+q.Usual.Open, sum.Usual.Active+q.Usual.Active
		sum.Usual.Waiting, sum.Usual.Unassigned = sum.Usual.Waiting+q.Usual.Waiting, sum.Usual.Unassigned+q.Usual.Unassigned
		if sum.Oldest.IsZero() || !q.Oldest.IsZero() && q.Oldest.Before(sum.Oldest) {
			sum.Oldest = q.Oldest
		}
	}
	return sum
}

// usualWeeks is how many weeks make what is usual.
const usualWeeks = 4

// AnalyseNow shows how things stand: what is not closed by queue and person, against the same hour of the last weeks,
// and what arrived today. A wall learns numbers alone: no persons and no tickets.
func (d *Desk) AnalyseNow(ctx context.Context, who Actor, q query.Query) (NowFigures, error) {
	p, scope, filter, err := d.analyst(ctx, who, q)
	if err != nil {
		return NowFigures{}, err
	}
	now := NowFigures{At: filter.Clock.Now}
	local := now.At.In(filter.Clock.Zone)
	today := startOfDay(local)
	weeks := make([]time.Time, usualWeeks)
	for i := range weeks {
		weeks[i] = local.AddDate(0, 0, -7*(i+1))
	}
	var drifts []QueueDrift
	var arrivals []Arrival
	tasks := []func() error{
		func() (err error) {
			now.Queues, err = d.store.QueueLoads(ctx, scope, filter)
			return wrap("count by queue", err)
		},
		func() (err error) {
			drifts, err = d.store.QueueDrifts(ctx, scope, filter, weeks)
			return wrap("count the weeks before", err)
		},
		func() (err error) {
			arrivals, err = d.store.Arrivals(ctx, scope, filter, today.AddDate(0, 0, -7*usualWeeks), today.AddDate(0, 0, 1), d.step(today.AddDate(0, 0, -7*usualWeeks), today))
			return wrap("count arrivals", err)
		},
	}
	if p.Kind != ActorKiosk {
		tasks = append(tasks, func() (err error) {
			now.People, now.Alone, err = d.loads(ctx, p, scope, filter)
			return wrap("count by person", err)
		}, func() (err error) {
			now.Oldest, now.Followed, err = d.examples(ctx, scope, filter)
			return err
		})
	}
	if err := together(tasks...); err != nil {
		return NowFigures{}, err
	}
	now.Hours = hours(today, now.At, arrivals, usualWeeks)
	dir, err := d.campus(ctx)
	if err != nil {
		return NowFigures{}, err
	}
	now.Led = p.leads(dir, scope)
	now.Queues = withEmptied(dir, now.Queues, drifts)
	usual(now.Queues, drifts)
	d.figures.put(who, "now", Question{Query: q}, filter.Clock.Zone, &now)
	return now, nil
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// withEmptied adds the queues that have nothing before them now but had in the weeks before: that is news too.
func withEmptied(dir *directory, queues []QueueLoad, drifts []QueueDrift) []QueueLoad {
	there := make(map[QueueID]bool, len(queues))
	for i := range queues {
		there[queues[i].Queue.ID] = true
	}
	busy := len(queues)
	for _, d := range drifts {
		if queue, known := dir.queue(d.Queue); known && !there[d.Queue] && (d.Open != 0 || d.Active != 0) {
			there[d.Queue] = true
			queues = append(queues, QueueLoad{Queue: queue})
		}
	}
	slices.SortFunc(queues[busy:], func(a, b QueueLoad) int { return cmp.Compare(a.Queue.Code, b.Queue.Code) })
	return queues
}

// usual takes from today's numbers what has been added since the weeks before.
func usual(queues []QueueLoad, drifts []QueueDrift) {
	at := make(map[QueueID]int, len(queues))
	for i := range queues {
		q := &queues[i]
		at[q.Queue.ID] = i
		q.Usual = Usual{Open: float64(q.Open), Active: float64(q.Active), Waiting: float64(q.Waiting), Unassigned: float64(q.Unassigned)}
	}
	for _, d := range drifts {
		if i, there := at[d.Queue]; there {
			u := &queues[i].Usual
			u.Open -= float64(d.Open) / usualWeeks
			u.Active -= float64(d.Active) / usualWeeks
			u.Waiting -= float64(d.Waiting) / usualWeeks
			u.Unassigned -= float64(d.Unassigned) / usualWeeks
		}
	}
}

// examples are the oldest tickets and those that most people have.
func (d *Desk) examples(ctx context.Context, scope Scope, filter Filter) ([]Ticket, []FollowedTicket, error) {
	const many = 8
	work, err := query.Parse("status:open|active sort:created")
	if err != nil {
		return nil, nil, fmt.Errorf("read the query for the oldest: %w", err)
	}
	followed, err := d.store.MostFollowed(ctx, scope, filter, many)
	if err != nil {
		return nil, nil, fmt.Errorf("read the most followed: %w", err)
	}
	work.Terms = append(work.Terms, filter.Query.Terms...)
	filter.Query = work
	oldest, err := d.store.Tickets(ctx, scope, filter, "", many)
	if err != nil {
		return nil, nil, fmt.Errorf("read the oldest: %w", err)
	}
	return oldest.Tickets, followed, nil
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
		return nil, alone, err
	}
	for _, l := range all {
		if !alone || l.Person.ID == p.user.ID || l.Person.ID == 0 {
			loads = append(loads, l)
		}
	}
	return loads, alone, nil
}

// step is the longest one that falls on the hours of the campus between two times: in some zones they begin at a
// quarter or half past those of others.
func (d *Desk) step(from, to time.Time) time.Duration {
	for at := from; !at.After(to); at = at.AddDate(0, 0, 20) {
		if _, offset := at.In(d.Zone()).Zone(); offset%3600 != 0 {
			return 15 * time.Minute
		}
	}
	return time.Hour
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
