package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const (
	insertBulk = `
		insert into bulks (command, user_id, tickets, at, plan, beat_at) values ($1::uuid, $2, $3::bigint[], $4, $5, $4)
		on conflict (command) do nothing`
	beatBulk       = `update bulks set beat_at = $2 where command = $1::uuid and beat_at is not null`
	seizeBulk      = `update bulks set beat_at = $3 where command = $1::uuid and user_id = $2 and beat_at < $4`
	endBulk        = `update bulks set plan = null, beat_at = null where command = $1::uuid`
	unfinishedBulk = `
		select command::text, plan, at from bulks
		where user_id = $1 and beat_at is not null and beat_at < $2
		order by at limit 1`
	reachedOf = `
		select distinct stream_id as id from events
		where stream = 'ticket' and stream_id = any($2::bigint[]) and command = $1::uuid`
	bulkTickets = `select unnest(tickets) as id from bulks where command = $1::uuid`
)

// InsertBulk implements core.
func (s queries) InsertBulk(ctx context.Context, command string, by core.UserID, tickets []core.TicketID, plan []byte, at time.Time) (bool, error) {
	return s.some(ctx, insertBulk, command, null(int64(by)), numbersOf(tickets), at, plan)
}

// BeatBulk implements core.
func (s queries) BeatBulk(ctx context.Context, command string, at time.Time) error {
	return s.exec(ctx, beatBulk, command, at)
}

// SeizeBulk implements core.
func (s queries) SeizeBulk(ctx context.Context, command string, by core.UserID, at, silent time.Time) (bool, error) {
	return s.some(ctx, seizeBulk, command, int64(by), at, silent)
}

// EndBulk implements core.
func (s queries) EndBulk(ctx context.Context, command string) error {
	return s.exec(ctx, endBulk, command)
}

type unfinishedRow struct {
	Command string
	Plan    []byte
	At      time.Time
}

// UnfinishedBulk implements core.
func (s queries) UnfinishedBulk(ctx context.Context, by core.UserID, silent time.Time) (command string, plan []byte, at time.Time, err error) {
	r, err := one[unfinishedRow](ctx, s, unfinishedBulk, int64(by), silent)
	return r.Command, r.Plan, r.At, err
}

// ReachedOf implements core.
func (s queries) ReachedOf(ctx context.Context, command string, tickets []core.TicketID) ([]core.TicketID, error) {
	return s.numbers(ctx, reachedOf, command, numbersOf(tickets))
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
