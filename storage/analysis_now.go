package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

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
