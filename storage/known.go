package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

func tickets(rows []ticketRow) []core.Ticket {
	list := make([]core.Ticket, len(rows))
	for i := range rows {
		list[i] = rows[i].ticket()
	}
	return list
}

const publicTickets = `select ` + ticketColumns + ` from ` + ticketTables + `
	where t.public and t.status <> 'closed' and not t.confidential
	order by t.id desc limit $1`

// PublicTickets implements core.
func (s queries) PublicTickets(ctx context.Context, limit int) ([]core.Ticket, error) {
	rows, err := collect[ticketRow](ctx, s, publicTickets, limit)
	return tickets(rows), err
}

const openAt = `select ` + ticketColumns + ` from ` + ticketTables + `
	where t.status <> 'closed' and t.category_id = $1 and t.location_id = any($2) and not t.confidential
	order by t.id desc limit $3`

// OpenAt implements core.
func (s queries) OpenAt(ctx context.Context, category core.CategoryID, at []core.LocationID, limit int) ([]core.Ticket, error) {
	places := make([]int64, len(at))
	for i, id := range at {
		places[i] = int64(id)
	}
	rows, err := collect[ticketRow](ctx, s, openAt, int64(category), places, limit)
	return tickets(rows), err
}

// What is merged goes on in another ticket, and so does following it.
const followed = `
	with recursive on_to (id, since) as (
		select ticket_id, created_at from followers where user_id = $1 and affected
		union
		select m.merged_into, o.since from on_to o join tickets m on m.id = o.id where m.merged_into is not null
	), goes_on as (select id, max(since) as since from on_to group by id)
	select ` + ticketColumns + ` from ` + ticketTables + `
	join goes_on g on g.id = t.id
	where t.merged_into is null and not t.confidential
	order by g.since desc limit $2`

// Followed implements core.
func (s queries) Followed(ctx context.Context, user core.UserID, limit int) ([]core.Ticket, error) {
	rows, err := collect[ticketRow](ctx, s, followed, int64(user), limit)
	return tickets(rows), err
}

const (
	followAs = `
		insert into followers as f (ticket_id, user_id, created_at) values ($1, $2, $3)
		on conflict (ticket_id, user_id) do update set affected = true where not f.affected`
	followUnnamed = `
		with once as (
			insert into dedupe (key, ticket_id, created_at) values ($2, $1, $3)
			on conflict (key) do nothing
			returning ticket_id
		)
		insert into followers (ticket_id, created_at) select ticket_id, $3 from once`
)

// AddFollower implements core.
func (s queries) AddFollower(ctx context.Context, f core.Follower) (bool, error) {
	if f.User != 0 {
		return s.some(ctx, followAs, int64(f.Ticket), int64(f.User), f.At)
	}
	return s.some(ctx, followUnnamed, int64(f.Ticket), f.Once, f.At)
}

const publicBetween = `select ` + ticketColumns + ` from ` + ticketTables + `
	where t.public and not t.confidential and t.created_at >= $1 and t.created_at <= $2
	order by t.created_at desc, t.id desc limit $3`

// PublicBetween implements core.
func (s queries) PublicBetween(ctx context.Context, from, to time.Time, limit int) ([]core.Ticket, error) {
	rows, err := collect[ticketRow](ctx, s, publicBetween, from, to, limit)
	return tickets(rows), err
}
