package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// Somebody who has the same trouble stays among those when they no longer want to hear of it.
const (
	follow = `
		insert into followers as f (ticket_id, user_id, created_at, affected, watching) values ($1, $2, $3, false, true)
		on conflict (ticket_id, user_id) do update set watching = true where not f.watching`
	unfollow = `
		with kept as (
			update followers set watching = false where ticket_id = $1 and user_id = $2 and watching and affected
		)
		delete from followers where ticket_id = $1 and user_id = $2 and watching and not affected`
	follows = `select exists (select from followers where ticket_id = $1 and user_id = $2 and watching)`
)

// Follow implements core.
func (s queries) Follow(ctx context.Context, ticket core.TicketID, user core.UserID, now time.Time) error {
	return s.exec(ctx, follow, int64(ticket), int64(user), now)
}

// Unfollow implements core.
func (s queries) Unfollow(ctx context.Context, ticket core.TicketID, user core.UserID) error {
	return s.exec(ctx, unfollow, int64(ticket), int64(user))
}
