package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const (
	addTag    = `insert into tags (ticket_id, tag) values ($1, $2) on conflict (ticket_id, tag) do nothing`
	removeTag = `delete from tags where ticket_id = $1 and tag = $2`
)

// AddTag implements core.
func (s queries) AddTag(ctx context.Context, id core.TicketID, tag string) error {
	return s.exec(ctx, addTag, int64(id), tag)
}

// RemoveTag implements core.
func (s queries) RemoveTag(ctx context.Context, id core.TicketID, tag string) error {
	return s.exec(ctx, removeTag, int64(id), tag)
}

type tagRow struct{ Tag string }

// Tags implements core. It counts some thousands of tags and no more, which is enough to tell the
// common from the rare.
func (s queries) Tags(ctx context.Context, scope core.Scope, prefix string, limit int) ([]string, error) {
	f := newFilterSQL(scope, core.Filter{})
	f.add(`starts_with(g.tag, ` + f.arg(prefix) + `)`)
	sql := `
		select tag from (
			select g.tag from tags g join tickets t on t.id = g.ticket_id where ` + f.where() + ` limit 5000) newest
		group by tag order by count(*) desc, tag limit ` + f.arg(limit)
	rows, err := collect[tagRow](ctx, s, sql, f.args...)
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.Tag
	}
	return list, err
}

type numberRow struct{ ID int64 }

const dueSnoozes = `
	select id from tickets where snoozed_until is not null and snoozed_until <= $1 order by snoozed_until limit $2`

// DueSnoozes implements core.
func (s queries) DueSnoozes(ctx context.Context, now time.Time, limit int) ([]core.TicketID, error) {
	return s.numbers(ctx, dueSnoozes, now, limit)
}

func (s queries) numbers(ctx context.Context, sql string, args ...any) ([]core.TicketID, error) {
	rows, err := collect[numberRow](ctx, s, sql, args...)
	list := make([]core.TicketID, len(rows))
	for i, r := range rows {
		list[i] = core.TicketID(r.ID)
	}
	return list, err
}
