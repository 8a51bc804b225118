package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
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
		select q.id, q.code, q.name,
		       count(*) filter (where t.status = 'open') as open,
		       count(*) filter (where t.status = 'active') as active,
		       count(*) filter (where t.waiting_on <> '') as waiting,
		       count(*) filter (where t.assignee_id is null) as unassigned,
		       min(t.created_at) as oldest
		from tickets t join queues q on q.id = t.queue_id
		where t.status <> 'closed' and ` + f.where() + `
		group by q.id order by count(*) desc, q.code`
	rows, err := collect[queueLoadRow](ctx, s, sql, f.args...)
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
		select coalesce(u.id, 0) as id, coalesce(u.username, '') as username, coalesce(u.name, '') as name,
		       count(*) filter (where t.status = 'open') as open,
		       count(*) filter (where t.status = 'active') as active,
		       count(*) filter (where t.waiting_on <> '') as waiting,
		       min(t.created_at) as oldest
		from tickets t left join users u on u.id = t.assignee_id
		where t.status <> 'closed' and ` + f.where() + `
		group by u.id order by u.id is null, count(*) desc, u.username`
	rows, err := collect[personLoadRow](ctx, s, sql, f.args...)
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

// Arrivals implements core. Quarters of an hour are the longest steps that fall on the hours of every
// zone there is; which hour of which day they are is for the campus's calendar to say.
func (s queries) Arrivals(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time) ([]core.Arrival, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select date_bin('15 minutes', t.created_at, timestamptz '2000-01-01 00:00:00+00') as at, count(*) as n
		from tickets t
		where t.created_at >= ` + f.arg(from) + ` and t.created_at < ` + f.arg(to) + ` and ` + f.where() + `
		group by 1 order by 1`
	rows, err := collect[arrivalRow](ctx, s, sql, f.args...)
	list := make([]core.Arrival, len(rows))
	for i, r := range rows {
		list[i] = core.Arrival{At: r.At, N: r.N}
	}
	return list, err
}

type flowRow struct {
	Kind   string
	Bucket int
	N      int
}

// Flow implements core. All of it is one statement, so that its parts are of one moment.
func (s queries) Flow(ctx context.Context, scope core.Scope, filter core.Filter, edges []time.Time) (core.FlowCounts, error) {
	f := newFilterSQL(scope, filter)
	where, at, first := f.where(), f.arg(edges)+`::timestamptz[]`, f.arg(edges[0])
	sql := `
		select 'created' as kind, width_bucket(t.created_at, ` + at + `) as bucket, count(*) as n
		from tickets t
		where t.created_at >= ` + first + ` and ` + where + `
		group by 2
		union all
		select case e.to_value when 'closed' then 'closed' else 'reopened' end, width_bucket(e.at, ` + at + `), count(*)
		from events e join tickets t on t.id = e.stream_id
		where e.stream = 'ticket' and e.field = 'status' and (e.from_value = 'closed') <> (e.to_value = 'closed')
		  and e.at >= ` + first + ` and ` + where + `
		group by 1, 2
		union all
		select 'backlog', 1, count(*) from tickets t where t.status <> 'closed' and ` + where
	rows, err := collect[flowRow](ctx, s, sql, f.args...)
	if err != nil {
		return core.FlowCounts{}, err
	}
	n := len(edges)
	counts := core.FlowCounts{Created: make([]int, n), Closed: make([]int, n), Reopened: make([]int, n)}
	for _, r := range rows {
		switch r.Kind {
		case "created":
			counts.Created[r.Bucket-1] = r.N
		case "closed":
			counts.Closed[r.Bucket-1] = r.N
		case "reopened":
			counts.Reopened[r.Bucket-1] = r.N
		default:
			counts.Backlog = r.N
		}
	}
	return counts, nil
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
	rows, err := collect[bucketRow](ctx, s, sql, f.args...)
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

// stage is the statement that says, for what ended between two times, when it ended and how long it
// took. First closing is the first in the order of the history, whatever the clocks said.
func (f *filterSQL) stage(stage core.Stage, from, to time.Time) string {
	where, first, last := f.where(), f.arg(from), f.arg(to)
	if stage == core.StageAnswer {
		return `
			select t.first_response_at as at, t.created_at
			from tickets t
			where t.first_response_at >= ` + first + ` and t.first_response_at < ` + last + ` and ` + where
	}
	return `
			select e.at, t.created_at
			from events e join tickets t on t.id = e.stream_id
			where e.stream = 'ticket' and e.field = 'status' and e.to_value = 'closed' and e.from_value <> 'closed'
			  and e.at >= ` + first + ` and e.at < ` + last + `
			  and not exists (
			    select from events b
			    where b.stream = 'ticket' and b.stream_id = e.stream_id and b.seq < e.seq and b.field = 'status' and b.to_value = 'closed'
			      and b.from_value <> 'closed')
			  and ` + where
}

// spreadColumn counts how many took below each limit and not below the one before, and last the rest.
func spreadColumn(limits string, n int) string {
	parts := make([]string, n+1)
	for i := range parts {
		parts[i] = fmt.Sprintf(`count(*) filter (where width_bucket(seconds, %s::float8[]) = %d)`, limits, i)
	}
	return `array[` + strings.Join(parts, `, `) + `]`
}

type durationRow struct {
	Bucket      int
	N           int
	Percentiles []float64
	Spread      []int64
}

// Durations implements core.
func (s queries) Durations(ctx context.Context, scope core.Scope, filter core.Filter, stage core.Stage, edges []time.Time) (core.Durations, error) {
	f := newFilterSQL(scope, filter)
	ended := f.stage(stage, edges[0], edges[len(edges)-1])
	limits := seconds(core.SpreadLimits())
	sql := `
		with ended as (` + ended + `
		), took as (
			select width_bucket(at, ` + f.arg(edges) + `::timestamptz[]) as bucket, greatest(0, extract(epoch from at - created_at))::float8 as seconds
			from ended
		)
		select coalesce(bucket, 0) as bucket, count(*) as n,
		       percentile_cont(array[0.5, 0.75, 0.9, 0.95]) within group (order by seconds) as percentiles,
		       ` + spreadColumn(f.arg(limits), len(limits)) + ` as spread
		from took group by grouping sets ((bucket), ())`
	rows, err := collect[durationRow](ctx, s, sql, f.args...)
	if err != nil {
		return core.Durations{}, err
	}
	result := core.Durations{Buckets: make(map[int]core.Pace, len(rows))}
	for _, r := range rows {
		if r.Bucket == 0 {
			result.All = r.pace()
			for _, n := range r.Spread {
				result.Spread = append(result.Spread, int(n))
			}
			continue
		}
		result.Buckets[r.Bucket-1] = r.pace()
	}
	return result, nil
}

func (r *durationRow) pace() core.Pace {
	if r.N == 0 || len(r.Percentiles) < 4 {
		return core.Pace{}
	}
	d := func(i int) time.Duration {
		return time.Duration(r.Percentiles[i] * float64(time.Second)).Round(time.Microsecond)
	}
	return core.Pace{N: r.N, Median: d(0), P75: d(1), P90: d(2), P95: d(3)}
}

type shareRow struct {
	Code   string
	Name   string
	N      int
	Before int
}

// dimension is the columns and joins of what tickets can be counted by.
func dimension(by core.Dimension) (columns, joins string) {
	switch by {
	case core.ByBuilding: // a room counts for its building; a site stands for itself
		return `coalesce(p.code, l.code, '') as code, coalesce(p.name, l.name, '') as name`,
			`left join locations l on l.id = t.location_id left join locations p on p.id = l.parent_id and l.kind = 'room'`
	case core.ByCategory:
		return `c.code, c.name`, `join categories c on c.id = t.category_id`
	case core.ByQueue:
		return `q.code, q.name`, `join queues q on q.id = t.queue_id`
	case core.ByPriority:
	}
	return `(array['low', 'normal', 'high', 'urgent'])[t.priority] as code, (array['low', 'normal', 'high', 'urgent'])[t.priority] as name`, ``
}

// Shares implements core.
func (s queries) Shares(ctx context.Context, scope core.Scope, filter core.Filter, by core.Dimension, before, from, to time.Time) ([]core.Share, error) {
	f := newFilterSQL(scope, filter)
	columns, joins := dimension(by)
	begin := f.arg(from)
	sql := `
		select ` + columns + `,
		       count(*) filter (where t.created_at >= ` + begin + `) as n,
		       count(*) filter (where t.created_at < ` + begin + `) as before
		from tickets t ` + joins + `
		where t.created_at >= ` + f.arg(before) + ` and t.created_at < ` + f.arg(to) + ` and ` + f.where() + `
		group by 1, 2 order by n desc, before desc, 1`
	rows, err := collect[shareRow](ctx, s, sql, f.args...)
	list := make([]core.Share, len(rows))
	for i, r := range rows {
		list[i] = core.Share{Code: r.Code, Name: r.Name, Compared: core.Compared{N: r.N, Before: r.Before}}
	}
	return list, err
}
