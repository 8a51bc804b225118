package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// rowPage is how many rows a report reads at a time, so that no statement lasts and no result fills the memory.
const rowPage = 5000

// paged reads pages of rows until one is not full; each begins behind the last row of the one before.
func paged[T any](ctx context.Context, s queries, page func(last *T) (string, []any), pass func(T) error) error {
	var last *T
	for {
		sql, args := page(last)
		rows, err := s.figures().q.Query(ctx, sql, args...)
		if err != nil {
			return outage(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
		if err != nil {
			return outage(err)
		}
		for i := range list {
			if err := pass(list[i]); err != nil {
				return err
			}
		}
		if len(list) < rowPage {
			return nil
		}
		last = &list[len(list)-1]
	}
}

type reportedRow struct {
	Ticket          int64
	Reference       string
	Status          string
	Resolution      string
	Priority        int16
	Queue           string
	Category        string
	Location        string
	Door            string
	CreatedAt       time.Time
	FirstResponseAt *time.Time
	Ended           *time.Time
	Title           string
}

// EachReported implements core.
func (s queries) EachReported(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, pass func(core.ReportedRow) error) error {
	return paged(ctx, s, func(last *reportedRow) (string, []any) {
		f := newFilterSQL(scope, filter)
		after := ``
		if last != nil {
			after = ` and (t.created_at, t.id) > (` + f.arg(last.CreatedAt) + `, ` + f.arg(last.Ticket) + `)`
		}
		return `
			select t.id as ticket, t.reference, t.status, t.resolution, t.priority, q.code as queue, c.code as category, coalesce(l.code, '') as location,
			       t.door, t.created_at, t.first_response_at, t.closed_at as ended, t.title
			from tickets t join queues q on q.id = t.queue_id join categories c on c.id = t.category_id left join locations l on l.id = t.location_id
			where t.created_at >= ` + f.arg(from) + ` and t.created_at < ` + f.arg(to) + after + ` and ` + f.where() + `
			order by t.created_at, t.id limit ` + f.arg(rowPage), f.args
	}, func(r reportedRow) error {
		return pass(core.ReportedRow{
			Ticket: core.TicketID(r.Ticket), Reference: r.Reference, Status: r.Status, Resolution: r.Resolution, Priority: core.Priority(r.Priority).String(),
			Queue: r.Queue, Category: r.Category, Location: r.Location, Door: r.Door, CreatedAt: r.CreatedAt.UTC(),
			FirstResponseAt: since(r.FirstResponseAt), Ended: since(r.Ended), Title: r.Title,
		})
	})
}

type milestoneRow struct {
	Ticket      int64
	Seq         int
	Kind        string
	Queue       string
	WaitedSince *time.Time
	At          time.Time
}

// EachMilestone implements core. The kinds come one after the other, as their index has them.
func (s queries) EachMilestone(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time, pass func(core.MilestoneRow) error) error {
	return paged(ctx, s, func(last *milestoneRow) (string, []any) {
		f := newFilterSQL(scope, filter)
		after := ``
		if last != nil {
			after = ` and (m.at, m.ticket_id, m.seq) > (` + f.arg(last.At) + `, ` + f.arg(last.Ticket) + `, ` + f.arg(last.Seq) + `)`
		}
		return `
			select m.ticket_id as ticket, m.seq, m.kind, q.code as queue, m.waited_since, m.at
			from ` + f.milestones(filter) + ` join queues q on q.id = m.queue_id
			where m.at >= ` + f.arg(from) + ` and m.at < ` + f.arg(to) + after + ` and ` + f.where() + `
			order by m.at, m.ticket_id, m.seq limit ` + f.arg(rowPage), f.args
	}, func(r milestoneRow) error {
		return pass(core.MilestoneRow{Ticket: core.TicketID(r.Ticket), Kind: r.Kind, Queue: r.Queue, WaitedSince: since(r.WaitedSince), At: r.At.UTC()})
	})
}
