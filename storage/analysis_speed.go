package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// kindOf is the milestone that ends a stage.
func kindOf(stage core.Stage) string {
	switch stage {
	case core.StageAnswer:
		return `'answered'`
	case core.StageReply:
		return `'replied'`
	case core.StageClosing:
	}
	return `'closed'`
}

// Waits implements core. date_part computes in floating point, which is exact to the microsecond here and a fraction of
// the cost of extract, which computes decimals. The two times of every wait come in arrays, some thousand in a row: a million of them are read
// in a fraction of the time that as many rows take. Percentiles are computed from them; in SQL, percentile_cont would
// sort them all for each of its groupings on one core.
func (s queries) Waits(ctx context.Context, scope core.Scope, filter core.Filter, stage core.Stage, from, to time.Time) ([]core.Wait, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select array_agg((date_part('epoch', m.waited_since) * 1000000)::bigint) as since, array_agg((date_part('epoch', m.at) * 1000000)::bigint) as at
		from ` + f.milestones(filter) + `
		where m.kind = ` + kindOf(stage) + ` and m.at >= ` + f.arg(from) + ` and m.at < ` + f.arg(to) + ` and m.waited_since is not null and ` + f.where() + `
		group by date_bin('7 days', m.at, timestamptz '2000-01-01 00:00:00+00')`
	rows, err := s.q.Query(ctx, sql, f.args...)
	if err != nil {
		return nil, outage(err)
	}
	var waits []core.Wait
	var since, at []int64
	_, err = pgx.ForEachRow(rows, []any{&since, &at}, func() error {
		for i := range since {
			waits = append(waits, core.Wait{Since: since[i], At: at[i]})
		}
		return nil
	})
	return waits, outage(err)
}

// Achievements implements core.
func (s queries) Achievements(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time) ([]core.Achievement, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select m.kind, m.queue_id, coalesce(m.user_id, 0), coalesce((date_part('epoch', m.waited_since) * 1000000)::bigint, 0),
		       (date_part('epoch', m.at) * 1000000)::bigint, m.waited_since is not null
		from ` + f.milestones(filter) + `
		where m.kind in ('answered', 'replied', 'closed') and m.at >= ` + f.arg(from) + ` and m.at < ` + f.arg(to) + ` and ` + f.where()
	rows, err := s.q.Query(ctx, sql, f.args...)
	if err != nil {
		return nil, outage(err)
	}
	var list []core.Achievement
	var kind string
	var queue, by int64
	var a core.Achievement
	_, err = pgx.ForEachRow(rows, []any{&kind, &queue, &by, &a.Since, &a.At, &a.Waited}, func() error {
		a.Queue, a.By = core.QueueID(queue), core.UserID(by)
		switch kind {
		case "answered":
			a.Stage = core.StageAnswer
		case "replied":
			a.Stage = core.StageReply
		default:
			a.Stage = core.StageClosing
		}
		list = append(list, a)
		return nil
	})
	return list, outage(err)
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
	rows, err := collect[ratedRow](ctx, s, sql, f.args...)
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

type ratingCountRow struct {
	Queue, Assignee int64
	Stars, N        int
}

// RatingCounts implements core.
func (s queries) RatingCounts(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time) ([]core.RatingCount, error) {
	f := newFilterSQL(scope, filter)
	sql := `
		select t.queue_id as queue, coalesce(t.assignee_id, 0) as assignee, r.stars, count(*) as n
		from ratings r join tickets t on t.id = r.ticket_id
		where r.rated_at >= ` + f.arg(from) + ` and r.rated_at < ` + f.arg(to) + ` and ` + f.where() + `
		group by 1, 2, 3`
	rows, err := collect[ratingCountRow](ctx, s, sql, f.args...)
	list := make([]core.RatingCount, len(rows))
	for i, r := range rows {
		list[i] = core.RatingCount{Queue: core.QueueID(r.Queue), Assignee: core.UserID(r.Assignee), Stars: r.Stars, N: r.N}
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
	return collect[core.Person](ctx, s, peopleNamed, numbers)
}
