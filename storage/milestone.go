package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// Milestones follow from tickets and events by one statement. A staff reply ends a turn: the first answers the report,
// the others what the reporter had said since the one before. The first closing is the first in the history. Where a clock was behind
// that of the process before, nobody waited rather than less than no time.
const (
	milestoneTable   = `milestones (ticket_id, seq, kind, waited_since, at, user_id, queue_id, confidential)`
	milestoneColumns = `
		t.id, m.seq, m.kind, case when m.since_report then least(t.created_at, m.at) when m.waited_since is not null then least(m.waited_since, m.at) end,
		m.at, m.user_id, t.queue_id, t.confidential
		from (
			select ticket_id, max(seq) filter (where side = 'staff') as seq, case turn when 0 then 'answered' else 'replied' end as kind,
			       turn = 0 as since_report, min(at) filter (where side = 'reporter') as waited_since, max(at) filter (where side = 'staff') as at,
			       max(user_id) filter (where side = 'staff') as user_id
			from (
				select stream_id as ticket_id, seq, at, user_id, to_value as side,
				       count(*) filter (where to_value = 'staff') over (
				         partition by stream_id order by seq rows between unbounded preceding and 1 preceding) as turn
				from events where stream = 'ticket' and kind = 'replied' and `
	milestoneClosings = `
			) said
			group by ticket_id, turn
			having count(*) filter (where side = 'staff') > 0 and (turn = 0 or count(*) filter (where side = 'reporter') > 0)
			union all
			select stream_id, seq, case to_value when 'closed' then 'closed' else 'reopened' end,
			       to_value = 'closed' and row_number() over (partition by stream_id, to_value = 'closed' order by seq) = 1, null, at, user_id
			from events where stream = 'ticket' and field = 'status' and (from_value = 'closed') <> (to_value = 'closed') and `
	milestoneTickets = `
		) m join tickets t on t.id = m.ticket_id`

	ofTickets = `stream_id = any($1::bigint[])`
	ofRange   = `stream_id between $1 and $2`
	derived   = milestoneColumns + ofRange + milestoneClosings + ofRange + milestoneTickets
	stored    = `ticket_id, seq, kind, waited_since, at, user_id, queue_id, confidential from milestones where ticket_id between $1 and $2`

	recordMilestones = `insert into ` + milestoneTable + ` select ` + milestoneColumns + ofTickets + milestoneClosings + ofTickets + milestoneTickets + `
		on conflict (ticket_id, seq) do nothing`
	moveMilestones = `
		update milestones m set queue_id = t.queue_id, confidential = t.confidential
		from tickets t
		where m.ticket_id = any($1::bigint[]) and t.id = m.ticket_id and (m.queue_id, m.confidential) <> (t.queue_id, t.confidential)`
	compareMilestones = `
		select (select count(*) from (select ` + derived + ` except select ` + stored + `) missing)
		     + (select count(*) from (select ` + stored + ` except select ` + derived + `) wrong)`
	dropMilestones   = `delete from milestones where ticket_id between $1 and $2`
	deriveMilestones = `insert into ` + milestoneTable + ` select ` + derived
	ticketNumbers    = `select coalesce(min(id), 0) as first, coalesce(max(id), -1) as last from tickets`
)

// milestones keeps the milestones of the tickets that events are about as they follow from the whole history, and takes the
// days that change out of what is packed.
func (s queries) milestones(ctx context.Context, events []core.Event) error {
	var passed, moved, changed, given []int64
	var at []time.Time
	for i := range events {
		e := &events[i]
		switch {
		case e.Stream != core.StreamTicket:
		case e.Kind == core.EventReplied, e.Field == core.FieldStatus:
			passed, at = append(passed, e.StreamID), append(at, e.At)
		case e.Field == core.FieldWaiting:
			at = append(at, e.At)
		case e.Field == core.FieldAssignee:
			at, given = append(at, e.At), append(given, e.StreamID)
		case e.Field == core.FieldQueue, e.Field == core.FieldConfidential:
			moved, changed = append(moved, e.StreamID), append(changed, e.StreamID)
		case e.Field == core.FieldCategory, e.Field == core.FieldPlace, e.Field == core.FieldPriority:
			changed = append(changed, e.StreamID)
		}
	}
	if len(passed) > 0 {
		if err := s.later(ctx, recordMilestones, passed); err != nil {
			return err
		}
	}
	if len(moved) > 0 {
		if err := s.later(ctx, moveMilestones, moved); err != nil {
			return err
		}
	}
	if err := s.unpack(ctx, at...); err != nil {
		return err
	}
	if err := s.unpackRatings(ctx, given...); err != nil {
		return err
	}
	return s.unpackTickets(ctx, changed, moved)
}

// milestoneChunk is how many tickets are compared or derived by one statement.
const milestoneChunk = 20_000

func (db *DB) eachChunk(ctx context.Context, work func(pgx.Tx, int64, int64) error) error {
	type numbers struct{ First, Last int64 }
	all, err := one[numbers](ctx, db.queries, ticketNumbers)
	if err != nil {
		return err
	}
	for first := all.First; first <= all.Last; first += milestoneChunk {
		err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `set local statement_timeout = '5min'`); err != nil {
				return err
			}
			return work(tx, first, first+milestoneChunk-1)
		})
		if err != nil {
			return fmt.Errorf("tickets from %d on: %w", first, outage(err))
		}
	}
	return nil
}

// CheckMilestones counts the milestones that are missing or do not follow from tickets and events. There should be none.
func (db *DB) CheckMilestones(ctx context.Context) (wrong int, err error) {
	err = db.eachChunk(ctx, func(tx pgx.Tx, first, last int64) error {
		var n int
		if err := tx.QueryRow(ctx, compareMilestones, first, last).Scan(&n); err != nil {
			return err
		}
		wrong += n
		return nil
	})
	return wrong, err
}

// RebuildMilestones derives all milestones anew, some thousand tickets at a time.
func (db *DB) RebuildMilestones(ctx context.Context) error {
	return db.eachChunk(ctx, func(tx pgx.Tx, first, last int64) error {
		if _, err := tx.Exec(ctx, dropMilestones, first, last); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deriveMilestones, first, last)
		return err
	})
}
