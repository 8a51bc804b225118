package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const (
	insertBulk = `
		insert into bulks (command, user_id, tickets, at) values ($1::uuid, $2, $3::bigint[], $4)
		on conflict (command) do nothing`
	bulkTickets = `select unnest(tickets) as id from bulks where command = $1::uuid`
)

// InsertBulk implements core.
func (s queries) InsertBulk(ctx context.Context, command string, by core.UserID, tickets []core.TicketID, at time.Time) (bool, error) {
	ids := make([]int64, len(tickets))
	for i, id := range tickets {
		ids[i] = int64(id)
	}
	return s.some(ctx, insertBulk, command, null(int64(by)), ids, at)
}

// BulkTickets implements core.
func (s queries) BulkTickets(ctx context.Context, command string) ([]core.TicketID, error) {
	return s.numbers(ctx, bulkTickets, command)
}

const revisionBody = `
	select body from revisions where ticket_id = $1 and field = $2 and digest = $3 order by id desc limit 1`

// RevisionBody implements core.
func (s queries) RevisionBody(ctx context.Context, ticket core.TicketID, field string, digest []byte) (string, error) {
	return scalar[string](ctx, s, revisionBody, int64(ticket), field, digest)
}
