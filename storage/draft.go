package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

type draftRow struct {
	Kind      string
	Body      string
	UpdatedAt time.Time
}

const selectDrafts = `select kind, body, updated_at from drafts where user_id = $1 and ticket_id = $2 order by updated_at desc`

// Drafts implements core.
func (s queries) Drafts(ctx context.Context, user core.UserID, ticket core.TicketID) ([]core.Draft, error) {
	rows, err := collect[draftRow](ctx, s, selectDrafts, int64(user), int64(ticket))
	list := make([]core.Draft, len(rows))
	for i, r := range rows {
		list[i] = core.Draft{Ticket: ticket, Kind: core.DraftKind(r.Kind), Body: r.Body, UpdatedAt: r.UpdatedAt.UTC()}
	}
	return list, err
}

const saveDraft = `
	insert into drafts (user_id, ticket_id, kind, body, updated_at) values ($1, $2, $3, $4, $5)
	on conflict (user_id, ticket_id, kind) do update set body = excluded.body, updated_at = excluded.updated_at`

// SaveDraft implements core.
func (s queries) SaveDraft(ctx context.Context, user core.UserID, d core.Draft) error {
	return s.exec(ctx, saveDraft, int64(user), int64(d.Ticket), string(d.Kind), d.Body, d.UpdatedAt)
}

const deleteDraft = `delete from drafts where user_id = $1 and ticket_id = $2 and kind = $3`

// DeleteDraft implements core.
func (s queries) DeleteDraft(ctx context.Context, user core.UserID, ticket core.TicketID, kind core.DraftKind) error {
	return s.exec(ctx, deleteDraft, int64(user), int64(ticket), string(kind))
}

const selectConsole = `select state from console_state where user_id = $1`

// ConsoleState implements core.
func (s queries) ConsoleState(ctx context.Context, user core.UserID) ([]byte, error) {
	return scalar[[]byte](ctx, s, selectConsole, int64(user))
}

const saveConsole = `
	insert into console_state (user_id, state, updated_at) values ($1, $2, $3)
	on conflict (user_id) do update set state = excluded.state, updated_at = excluded.updated_at`

// SaveConsoleState implements core.
func (s queries) SaveConsoleState(ctx context.Context, user core.UserID, state []byte, now time.Time) error {
	return s.exec(ctx, saveConsole, int64(user), state, now)
}
