package storage

import (
	"context"
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

// Arrivals implements core. Which hour of which day they are is for the campus's calendar to say.
func (s queries) Arrivals(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, step time.Duration) ([]core.Arrival, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select date_bin(` + f.arg(step) + `::interval, t.created_at, timestamptz '2000-01-01 00:00:00+00') as at, count(*) as n
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

type flowRow struct {
	Kind   string
	Bucket int
	N      int
}

// Flow implements core. All of it is one statement, so that its parts are of one moment.
func (s queries) Flow(ctx context.Context, scope core.Scope, filter core.Filter, edges []time.Time) (core.FlowCounts, error) {
	f := newFilterSQL(scope, filter)
	where, at, first := f.where(), f.arg(edges)+`::timestamptz[]`, f.arg(edges[0])
	milestones := f.milestones(filter)
	sql := `
		select 'created' as kind, width_bucket(t.created_at, ` + at + `) as bucket, count(*) as n
		from tickets t
		where t.created_at >= ` + first + ` and ` + where + `
		group by 2
		union all
		select m.kind, width_bucket(m.at, ` + at + `), count(*)
		from ` + milestones + `
		where m.kind in ('closed', 'reopened') and m.at >= ` + first + ` and ` + where + `
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

type shareRow struct {
	Code   string
	Name   string
	N      int
	Before int
}

// dimension is the expression, and the columns and joins that name it, of what tickets can be counted by.
func dimension(by core.Dimension) (key, columns, joins string) {
	switch by {
	case core.ByBuilding: // a room counts for its building; a site stands for itself
		return `t.location_id`, `coalesce(p.code, l.code, '') as code, coalesce(p.name, l.name, '') as name`,
			`left join locations l on l.id = x.key left join locations p on p.id = l.parent_id and l.kind = 'room'`
	case core.ByRoom:
		return `t.location_id`, `coalesce(l.code, '') as code, coalesce(l.name, '') as name`, `left join locations l on l.id = x.key`
	case core.ByCategory:
		return `t.category_id`, `c.code, c.name`, `join categories c on c.id = x.key`
	case core.ByQueue:
		return `t.queue_id`, `q.code, q.name`, `join queues q on q.id = x.key`
	case core.ByDoor:
		return `t.door`, `x.key as code, x.key as name`, ``
	case core.ByPriority:
	}
	const name = `(array['low', 'normal', 'high', 'urgent'])[x.key]`
	return `t.priority`, name + ` as code, ` + name + ` as name`, ``
}

// Shares implements core. Rows are counted before they are named, from the index alone where no filter asks for more.
func (s queries) Shares(ctx context.Context, scope core.Scope, filter core.Filter, by core.Dimension, r core.Range) ([]core.Share, error) {
	f := newFilterSQL(scope, filter)
	key, columns, joins := dimension(by)
	where := f.where()
	sql := `
		select ` + columns + `, coalesce(sum(x.n), 0)::bigint as n, coalesce(sum(x.before), 0)::bigint as before
		from (
			select ` + key + ` as key, count(*) as n, 0 as before from tickets t
			where t.created_at >= ` + f.arg(r.From) + ` and t.created_at < ` + f.arg(r.To) + ` and ` + where + ` group by 1
			union all
			select ` + key + `, 0, count(*) from tickets t
			where t.created_at >= ` + f.arg(r.Before) + ` and t.created_at < ` + f.arg(r.BeforeUntil) + ` and ` + where + ` group by 1
		) x ` + joins + `
		group by 1, 2 order by n desc, before desc, 1`
	rows, err := collect[shareRow](ctx, s, sql, f.args...)
	list := make([]core.Share, len(rows))
	for i, r := range rows {
		list[i] = core.Share{Code: r.Code, Name: r.Name, Compared: core.Compared{N: r.N, Before: r.Before}}
	}
	return list, err
}

type returnRow struct {
	Location, LocationName, Category, CategoryName string
	N                                              int
}

// Returns implements core. A ticket has come back if the one before of its place and category is young enough.
func (s queries) Returns(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, within time.Duration) ([]core.Return, error) {
	f := newFilterSQL(scope, filter)
	first, gap := f.arg(from), f.arg(within)+`::interval`
	sql := `
		select l.code as location, l.name as location_name, c.code as category, c.name as category_name, x.n
		from (
			select location_id, category_id, count(*) as n from (
				select t.location_id, t.category_id, t.created_at, lag(t.created_at) over (partition by t.location_id, t.category_id order by t.created_at) as before
				from tickets t
				where t.created_at >= ` + first + `::timestamptz - ` + gap + ` and t.created_at < ` + f.arg(to) + ` and t.location_id is not null and ` + f.where() + `
			) t
			where created_at >= ` + first + ` and created_at - before <= ` + gap + `
			group by 1, 2
		) x join locations l on l.id = x.location_id join categories c on c.id = x.category_id
		order by x.n desc, 1, 3`
	rows, err := collect[returnRow](ctx, s, sql, f.args...)
	list := make([]core.Return, len(rows))
	for i, r := range rows {
		list[i] = core.Return(r)
	}
	return list, err
}
