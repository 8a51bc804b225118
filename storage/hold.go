package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"helpdesk.campus/core"
)

const insertHeld = `
	insert into held_replies (ticket_id, author_id, body, once, command, door, key, held_at, goes_at)
	values ($1, $2, $3, $4, $5::uuid, $6, $7, $8, $9)`

// InsertHeld implements core.
func (s queries) InsertHeld(ctx context.Context, h core.HeldReply) error {
	if err := s.exec(ctx, insertHeld, int64(h.Ticket), int64(h.Author.ID), h.Body, h.Once, h.Command, string(h.Door), h.Key, h.HeldAt, h.GoesAt); err != nil {
		return err
	}
	return s.schedule(ctx, core.SendHeldJob{At: h.GoesAt}, h.GoesAt.Sub(h.HeldAt))
}

// jobLead is how much earlier than needed a job is due: River looks for due jobs every five seconds. The
// job itself waits for its moment.
const jobLead = 6 * time.Second

// schedule has a worker do a job after a while, if the transaction commits.
func (s queries) schedule(ctx context.Context, args river.JobArgs, after time.Duration) error {
	tx, ok := s.q.(pgx.Tx)
	if !ok {
		return errors.New("a job is scheduled within a transaction only")
	}
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: JobSchema})
	if err != nil {
		return fmt.Errorf("make job client: %w", err)
	}
	due := time.Now().Add(max(0, after-jobLead)) //nolint:forbidigo // River goes by the real time
	if _, err := client.InsertTx(ctx, tx, args, &river.InsertOpts{ScheduledAt: due}); err != nil {
		return fmt.Errorf("schedule job: %w", outage(err))
	}
	return nil
}

const heldOn = `
	select h.id, h.ticket_id, h.author_id, u.username, u.name, h.body, h.once, h.command::text, h.door, h.key, h.held_at, h.goes_at
	from held_replies h join users u on u.id = h.author_id
	where h.ticket_id = $1 order by h.goes_at, h.id`

type heldRow struct {
	ID, TicketID, AuthorID                         int64
	Username, Name, Body, Once, Command, Door, Key string
	HeldAt, GoesAt                                 time.Time
}

func (r heldRow) reply() core.HeldReply {
	return core.HeldReply{
		ID: r.ID, Ticket: core.TicketID(r.TicketID), Author: core.Person{ID: core.UserID(r.AuthorID), Username: r.Username, Name: r.Name},
		Body: r.Body, Once: r.Once, Command: r.Command, Door: core.Door(r.Door), Key: r.Key, HeldAt: r.HeldAt.UTC(), GoesAt: r.GoesAt.UTC(),
	}
}

// Held implements core.
func (s queries) Held(ctx context.Context, ticket core.TicketID) ([]core.HeldReply, error) {
	rows, err := collect[heldRow](ctx, s, heldOn, int64(ticket))
	return each(rows, heldRow.reply), err
}

const dueHeld = `
	select ticket_id as id from held_replies where goes_at <= $1 group by ticket_id order by min(goes_at) limit $2`

// DueHeld implements core.
func (s queries) DueHeld(ctx context.Context, now time.Time, limit int) ([]core.TicketID, error) {
	return s.numbers(ctx, dueHeld, now, limit)
}

const removeHeld = `delete from held_replies where id = $1`

// RemoveHeld implements core.
func (s queries) RemoveHeld(ctx context.Context, id int64) error {
	return s.exec(ctx, removeHeld, id)
}
