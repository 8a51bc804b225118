package storage

import (
	"context"
	"slices"
	"time"

	"helpdesk.campus/core"
)

// kindOf is the milestone that ends a stage.
func kindOf(stage core.Stage) string {
	switch stage {
	case core.StageAnswer:
		return "answered"
	case core.StageReply:
		return "replied"
	case core.StageClosing:
	}
	return "closed"
}

// Waits implements core. Percentiles are computed from them; in SQL, percentile_cont would sort them all for each of its
// groupings on one core.
func (s queries) Waits(ctx context.Context, scope core.Scope, filter core.Filter, stage core.Stage, from, to time.Time) ([]core.Wait, error) {
	var waits []core.Wait
	err := s.eachMilestone(ctx, scope, filter, from, to, func(_ *packedRow, _ int, w core.Wait, waited bool) {
		if len(waits) == cap(waits) {
			waits = slices.Grow(waits, max(1024, len(waits))) // append alone would copy a million more often
		}
		if waited {
			waits = append(waits, w)
		}
	}, kindOf(stage))
	return waits, err
}

// eachMilestone passes what happened from one time to before another, with its place in its row.
func (s queries) eachMilestone(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, pass func(r *packedRow, place int, w core.Wait, waited bool), kinds ...string) error {
	with, of := spanning(scope, filter, from, to)
	first, end := from.UnixMicro(), to.UnixMicro()
	const size = 16
	return s.eachPacked(ctx, of.f, with+` `+of.milestones(kinds...), func(r *packedRow) {
		for i := 0; i*size < len(r.times); i++ {
			record := r.times[i*size:]
			if at, _ := micros(record[8:]); at >= first && at < end {
				since, waited := micros(record)
				pass(r, i, core.Wait{Since: since, At: at}, waited)
			}
		}
	})
}

// EachAchievement implements core.
func (s queries) EachAchievement(ctx context.Context, scope core.Scope, filter core.Filter, stage core.Stage, from, to time.Time, pass func(core.Achievement)) error {
	return s.eachMilestone(ctx, scope, filter, from, to, func(r *packedRow, place int, w core.Wait, waited bool) {
		pass(core.Achievement{Queue: core.QueueID(r.number), By: core.UserID(number(r.more[place*8:])), Wait: w, Waited: waited})
	}, kindOf(stage))
}

type ratedRow struct {
	Ticket         int64
	QueueID        int64
	Queue          string
	AssigneeID     int64
	Username, Name string
	Stars          int
	Body           string
	At             time.Time
}

// Ratings implements core.
func (s queries) Ratings(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, limit int) ([]core.RatedTicket, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select t.id as ticket, q.id as queue_id, q.code as queue, coalesce(u.id, 0) as assignee_id, coalesce(u.username, '') as username, coalesce(u.name, '') as name,
		       r.stars, r.body, r.rated_at as at
		from ratings r join tickets t on t.id = r.ticket_id join queues q on q.id = t.queue_id left join users u on u.id = t.assignee_id
		where r.rated_at >= ` + f.arg(from) + ` and r.rated_at < ` + f.arg(to) + ` and ` + f.where() + `
		order by r.rated_at desc, t.id desc limit ` + f.arg(limit)
	rows, err := collect[ratedRow](ctx, s.figures(), sql, f.args...)
	list := make([]core.RatedTicket, len(rows))
	for i, r := range rows {
		list[i] = core.RatedTicket{
			Ticket: core.TicketID(r.Ticket), Queue: core.Queue{ID: core.QueueID(r.QueueID), Code: r.Queue},
			Assignee: core.Person{ID: core.UserID(r.AssigneeID), Username: r.Username, Name: r.Name},
			Stars:    r.Stars, Body: r.Body, At: r.At.UTC(),
		}
	}
	return list, err
}

const peopleNamed = `select id, username, name from users where id = any($1::bigint[])`

// PeopleNamed implements core.
func (s queries) PeopleNamed(ctx context.Context, ids []core.UserID) ([]core.Person, error) {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	return collect[core.Person](ctx, s.figures(), peopleNamed, numbers)
}
