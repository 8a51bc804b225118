package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const (
	handDraft = `
		update drafts set handed_to = $4, handed_at = $5
		where user_id = $1 and ticket_id = $2 and kind = $3 and body <> '' and handed_to is distinct from $4`
	takeDraft = `delete from drafts where user_id = $1 and ticket_id = $2 and kind = $3 and handed_to = $4 returning body`
)

// HandDraft implements core.
func (s queries) HandDraft(ctx context.Context, user core.UserID, ticket core.TicketID, kind core.DraftKind, to core.UserID, now time.Time) (bool, error) {
	at := &now
	if to == 0 {
		at = nil
	}
	return s.some(ctx, handDraft, int64(user), int64(ticket), string(kind), null(int64(to)), at)
}

// TakeDraft implements core.
func (s queries) TakeDraft(ctx context.Context, from core.UserID, ticket core.TicketID, kind core.DraftKind, by core.UserID) (string, error) {
	return scalar[string](ctx, s, takeDraft, int64(from), int64(ticket), string(kind), int64(by))
}

type handedRow struct {
	TicketID int64
	Kind     string
	Body     string
	HandedAt time.Time
	UserID   int64
	Username string
	Name     string
}

// Handed implements core.
func (s queries) Handed(ctx context.Context, scope core.Scope, to core.UserID, ticket core.TicketID, limit int) ([]core.Handed, error) {
	f := newFilterSQL(scope, core.Filter{})
	f.add(`d.handed_to = ` + f.arg(int64(to)))
	if ticket != 0 {
		f.add(`d.ticket_id = ` + f.arg(int64(ticket)))
	}
	sql := `
		select d.ticket_id, d.kind, d.body, d.handed_at, u.id as user_id, u.username, u.name
		from drafts d join tickets t on t.id = d.ticket_id join users u on u.id = d.user_id
		where ` + f.where() + ` order by d.handed_at desc limit ` + f.arg(limit)
	rows, err := collect[handedRow](ctx, s, sql, f.args...)
	list := make([]core.Handed, len(rows))
	for i, r := range rows {
		list[i] = core.Handed{
			Ticket: core.TicketID(r.TicketID), Kind: core.DraftKind(r.Kind), Body: r.Body, At: r.HandedAt.UTC(),
			From: core.Person{ID: core.UserID(r.UserID), Username: r.Username, Name: r.Name},
		}
	}
	return list, err
}
