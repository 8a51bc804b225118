package storage

import (
	"context"
	"encoding/binary"
	"sort"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// What a figure counts is said in docs/analytics.md. All statements begin with the scope and the filter
// of whoever asks.

type queueLoadRow struct {
	ID         int64
	Code       string
	Name       string
	Open       int
	Active     int
	Waiting    int
	Unassigned int
	Oldest     *time.Time
}

// QueueLoads implements core.
func (s queries) QueueLoads(ctx context.Context, scope core.Scope, filter core.Filter) ([]core.QueueLoad, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select q.id, q.code, q.name, x.open, x.active, x.waiting, x.unassigned, x.oldest
		from (
			select t.queue_id,
			       count(*) filter (where t.status = 'open') as open,
			       count(*) filter (where t.status = 'active') as active,
			       count(*) filter (where t.waiting_on <> '') as waiting,
			       count(*) filter (where t.assignee_id is null) as unassigned,
			       min(t.created_at) as oldest
			from tickets t
			where t.status <> 'closed' and ` + f.where() + `
			group by t.queue_id
		) x join queues q on q.id = x.queue_id
		order by x.open + x.active desc, q.code`
	rows, err := collect[queueLoadRow](ctx, s.figures(), sql, f.args...)
	list := make([]core.QueueLoad, len(rows))
	for i, r := range rows {
		list[i] = core.QueueLoad{
			Queue: core.Queue{ID: core.QueueID(r.ID), Code: r.Code, Name: r.Name},
			Open:  r.Open, Active: r.Active, Waiting: r.Waiting, Unassigned: r.Unassigned, Oldest: since(r.Oldest),
		}
	}
	return list, err
}

type personLoadRow struct {
	ID       int64
	Username string
	Name     string
	Open     int
	Active   int
	Waiting  int
	Oldest   *time.Time
}

// PersonLoads implements core.
func (s queries) PersonLoads(ctx context.Context, scope core.Scope, filter core.Filter) ([]core.PersonLoad, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select coalesce(u.id, 0) as id, coalesce(u.username, '') as username, coalesce(u.name, '') as name, x.open, x.active, x.waiting, x.oldest
		from (
			select t.assignee_id,
			       count(*) filter (where t.status = 'open') as open,
			       count(*) filter (where t.status = 'active') as active,
			       count(*) filter (where t.waiting_on <> '') as waiting,
			       min(t.created_at) as oldest
			from tickets t
			where t.status <> 'closed' and ` + f.where() + `
			group by t.assignee_id
		) x left join users u on u.id = x.assignee_id
		order by u.id is null, x.open + x.active desc, u.username`
	rows, err := collect[personLoadRow](ctx, s.figures(), sql, f.args...)
	list := make([]core.PersonLoad, len(rows))
	for i, r := range rows {
		list[i] = core.PersonLoad{
			Person: core.Person{ID: core.UserID(r.ID), Username: r.Username, Name: r.Name},
			Open:   r.Open, Active: r.Active, Waiting: r.Waiting, Oldest: since(r.Oldest),
		}
	}
	return list, err
}

type arrivalRow struct {
	At time.Time
	N  int
}

// Arrivals implements core. Which hour of which day they are is for the campus's calendar to say.
func (s queries) Arrivals(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, step time.Duration) ([]core.Arrival, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select date_bin(` + f.arg(step) + `::interval, t.created_at, timestamptz '2000-01-01 00:00:00+00') as at, count(*) as n
		from tickets t
		where t.created_at >= ` + f.arg(from) + ` and t.created_at < ` + f.arg(to) + ` and ` + f.where() + `
		group by 1 order by 1`
	rows, err := collect[arrivalRow](ctx, s.figures(), sql, f.args...)
	list := make([]core.Arrival, len(rows))
	for i, r := range rows {
		list[i] = core.Arrival{At: r.At, N: r.N}
	}
	return list, err
}

// milestones is where milestones m are read from, so that the conditions hold. They know their queue, and need their
// tickets only for other questions.
func (f *filterSQL) milestones(filter core.Filter) string {
	for _, t := range filter.Query.Terms {
		if t.Field != query.Queue {
			return `milestones m join tickets t on t.id = m.ticket_id`
		}
	}
	return `milestones m cross join lateral (select m.queue_id, m.confidential) t`
}

// Flow implements core. All of it is one statement, so that its parts are of one moment.
func (s queries) Flow(ctx context.Context, scope core.Scope, filter core.Filter, edges []time.Time) (core.FlowCounts, error) {
	end := edges[len(edges)-1]
	if now := filter.Clock.Now.AddDate(0, 0, 1); now.After(end) { // the backlog of now goes back to the last edge
		end = now
	}
	with, of := spanning(scope, filter, edges[0], end)
	sql := with + `
		select 'backlog' as kind, count(*) as number, ''::bytea as times, ''::bytea as more from tickets t where t.status <> 'closed' and ` + of.where + `
		union all ` + of.reports() + ` union all ` + of.milestones("closed", "reopened")
	n := len(edges)
	counts := core.FlowCounts{Created: make([]int, n), Closed: make([]int, n), Reopened: make([]int, n)}
	starts := make([]int64, n)
	for i, e := range edges {
		starts[i] = e.UnixMicro()
	}
	err := s.eachPacked(ctx, of.f, sql, func(r *packedRow) {
		into, first, size := counts.Created, 0, 8
		switch r.kind {
		case "backlog":
			counts.Backlog = int(r.number)
			return
		case "closed":
			into, first, size = counts.Closed, 8, 16
		case "reopened":
			into, first, size = counts.Reopened, 8, 16
		}
		for i := first; i < len(r.times); i += size {
			at, _ := micros(r.times[i:])
			if bucket := sort.Search(n, func(k int) bool { return starts[k] > at }) - 1; bucket >= 0 {
				into[bucket]++
			}
		}
	})
	return counts, err
}

type bucketRow struct {
	Bucket int
	N      int
}

// OpenAges implements core.
func (s queries) OpenAges(ctx context.Context, scope core.Scope, filter core.Filter, now time.Time, limits []time.Duration) ([]int, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select width_bucket(extract(epoch from ` + f.arg(now) + `::timestamptz - t.created_at)::float8, ` + f.arg(seconds(limits)) + `::float8[]) as bucket, count(*) as n
		from tickets t
		where t.status <> 'closed' and ` + f.where() + `
		group by 1`
	rows, err := collect[bucketRow](ctx, s.figures(), sql, f.args...)
	counts := make([]int, len(limits)+1)
	for _, r := range rows {
		counts[r.Bucket] = r.N
	}
	return counts, err
}

func seconds(durations []time.Duration) []float64 {
	list := make([]float64, len(durations))
	for i, d := range durations {
		list[i] = d.Seconds()
	}
	return list
}

// doors are those of packed tickets, by their number.
func doors() []core.Door {
	return []core.Door{"", core.DoorWeb, core.DoorAPI, core.DoorSSH, core.DoorCLI, core.DoorMail, core.DoorWorker}
}

// EachReport implements core.
func (s queries) EachReport(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, pass func(core.Reported)) error {
	with, of := spanning(scope, filter, from, to)
	first, end := from.UnixMicro(), to.UnixMicro()
	const size, location, priority, door = 20, 8, 16, 18 // bytes of a record, and where its parts begin
	names := doors()
	return s.eachPacked(ctx, of.f, with+` `+of.reports(), func(r *packedRow) {
		for i := 0; i*size < len(r.more); i++ {
			if at, _ := micros(r.times[i*8:]); at >= first && at < end {
				p := r.more[i*size:]
				pass(core.Reported{
					At: at, Queue: core.QueueID(r.number), Category: core.CategoryID(number(p)), Location: core.LocationID(number(p[location:])),
					Priority: core.Priority(binary.BigEndian.Uint16(p[priority:])), Door: names[binary.BigEndian.Uint16(p[door:])],
				})
			}
		}
	})
}
