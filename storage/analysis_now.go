package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

type driftRow struct {
	Queue                 int64
	Since                 int
	Open, Active, Waiting int
}

// QueueDrifts implements core. What was reported counts as opened; every change of status or waiting takes from one
// number and gives to another. The latest time comes first, so its bucket is the last.
func (s queries) QueueDrifts(ctx context.Context, scope core.Scope, filter core.Filter, since []time.Time) ([]core.QueueDrift, error) {
	f := newFilterSQL(scope, filter)
	edges := make([]time.Time, len(since))
	for i, t := range since {
		edges[len(since)-1-i] = t
	}
	where, at, first := f.where(), f.arg(edges)+`::timestamptz[]`, f.arg(edges[0])
	sql := `
		select t.queue_id as queue, width_bucket(t.created_at, ` + at + `) as since, count(*)::int as open, 0 as active, 0 as waiting
		from tickets t
		where t.created_at >= ` + first + ` and ` + where + `
		group by 1, 2
		union all
		select t.queue_id, width_bucket(e.at, ` + at + `),
		       (count(*) filter (where e.field = 'status' and e.to_value = 'open') - count(*) filter (where e.field = 'status' and e.from_value = 'open'))::int,
		       (count(*) filter (where e.field = 'status' and e.to_value = 'active') - count(*) filter (where e.field = 'status' and e.from_value = 'active'))::int,
		       (count(*) filter (where e.field = 'waiting' and e.from_value = '') - count(*) filter (where e.field = 'waiting' and e.to_value = ''))::int
		from events e join tickets t on t.id = e.stream_id
		where e.stream = 'ticket' and e.field in ('status', 'waiting') and e.at >= ` + first + ` and ` + where + `
		group by 1, 2`
	rows, err := collect[driftRow](ctx, s.figures(), sql, f.args...)
	var list []core.QueueDrift
	for _, r := range rows {
		// What came after the k-th edge from the back has come since all times from the k-th on.
		for k := len(since) - r.Since; k < len(since); k++ {
			list = append(list, core.QueueDrift{Queue: core.QueueID(r.Queue), Since: k, Open: r.Open, Active: r.Active, Waiting: r.Waiting})
		}
	}
	return list, err
}

type followedRow struct {
	ID        int64
	Title     string
	Queue     string
	Followers int
	CreatedAt time.Time
}

// MostFollowed implements core.
func (s queries) MostFollowed(ctx context.Context, scope core.Scope, filter core.Filter, limit int) ([]core.FollowedTicket, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select t.id, t.title, q.code as queue, x.followers, t.created_at
		from (
			select t.id, count(*) as followers from tickets t join followers f on f.ticket_id = t.id
			where t.status <> 'closed' and ` + f.where() + `
			group by t.id order by followers desc, t.id limit ` + f.arg(limit) + `
		) x join tickets t on t.id = x.id join queues q on q.id = t.queue_id
		order by x.followers desc, t.id`
	rows, err := collect[followedRow](ctx, s.figures(), sql, f.args...)
	list := make([]core.FollowedTicket, len(rows))
	for i, r := range rows {
		list[i] = core.FollowedTicket{ID: core.TicketID(r.ID), Title: r.Title, Queue: r.Queue, Followers: r.Followers, CreatedAt: r.CreatedAt.UTC()}
	}
	return list, err
}
