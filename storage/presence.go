package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const (
	// The row's own clock is the database's, so that no process need agree with another about the time.
	// Rows of processes that died go on the way.
	writePresence = `
		with swept as (delete from presence where updated_at < now() - interval '1 minute' and process <> $1)
		insert into presence (process, state, updated_at) values ($1, $2, now())
		on conflict (process) do update set state = excluded.state, updated_at = excluded.updated_at`
	dropPresence = `delete from presence where process = $1`
	readPresence = `select state from presence where process <> $1 and updated_at > now() - make_interval(secs => $2)`
)

// WritePresence implements core.
func (s queries) WritePresence(ctx context.Context, process string, state []byte) error {
	if len(state) == 0 {
		return s.exec(ctx, dropPresence, process)
	}
	return s.exec(ctx, writePresence, process, state)
}

type presenceRow struct{ State []byte }

// ReadPresence implements core.
func (s queries) ReadPresence(ctx context.Context, process string, within time.Duration) ([][]byte, error) {
	rows, err := collect[presenceRow](ctx, s, readPresence, process, within.Seconds())
	states := make([][]byte, len(rows))
	for i, r := range rows {
		states[i] = r.State
	}
	return states, err
}

const whereAre = `select id, queue_id as queue, confidential from tickets where id = any($1::bigint[])`

type whereRow struct {
	ID, Queue    int64
	Confidential bool
}

// WhereAre implements core.
func (s queries) WhereAre(ctx context.Context, ids []core.TicketID) ([]core.Ticket, error) {
	rows, err := collect[whereRow](ctx, s, whereAre, ids)
	tickets := make([]core.Ticket, len(rows))
	for i, r := range rows {
		tickets[i] = core.Ticket{ID: core.TicketID(r.ID), Queue: core.Queue{ID: core.QueueID(r.Queue)}, Confidential: r.Confidential}
	}
	return tickets, err
}

// StaffAmong implements core.
func (s queries) StaffAmong(ctx context.Context, scope core.Scope, ids []core.UserID) ([]core.UserID, error) {
	f := &filterSQL{}
	f.add(`u.id = any(` + f.arg(ids) + `::bigint[])`)
	f.staffOf(scope)
	people, err := s.people(ctx, `select u.id, u.username, u.name from users u where `+f.where(), f.args...)
	found := make([]core.UserID, len(people))
	for i, p := range people {
		found[i] = p.ID
	}
	return found, err
}
