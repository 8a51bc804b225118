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
	HandedTo  int64
	Username  string
	Name      string
}

const selectDrafts = `
	select d.kind, d.body, d.updated_at, coalesce(d.handed_to, 0) as handed_to, coalesce(u.username, '') as username, coalesce(u.name, '') as name
	from drafts d left join users u on u.id = d.handed_to
	where d.user_id = $1 and d.ticket_id = $2 and d.body <> '' order by d.updated_at desc`

// Drafts implements core.
func (s queries) Drafts(ctx context.Context, user core.UserID, ticket core.TicketID) ([]core.Draft, error) {
	rows, err := collect[draftRow](ctx, s, selectDrafts, int64(user), int64(ticket))
	list := make([]core.Draft, len(rows))
	for i, r := range rows {
		list[i] = core.Draft{
			Ticket: ticket, Kind: core.DraftKind(r.Kind), Body: r.Body, UpdatedAt: r.UpdatedAt.UTC(),
			HandedTo: core.Person{ID: core.UserID(r.HandedTo), Username: r.Username, Name: r.Name},
		}
	}
	return list, err
}

const (
	keepDraft = `
		insert into drafts as d (user_id, ticket_id, kind, body, updated_at) values ($1, $2, $3, $4, $5)
		on conflict (user_id, ticket_id, kind) do update
		set body = case when d.body = $6 then excluded.body else d.body end,
		    updated_at = case when d.body = $6 then excluded.updated_at else d.updated_at end
		returning body`
	dropEmptyDraft = `delete from drafts where user_id = $1 and ticket_id = $2 and kind = $3 and body = ''`
	dropDraft      = `delete from drafts where user_id = $1 and ticket_id = $2 and kind = $3 and position(btrim(body, E' \t\n') in $4) > 0`
)

// KeepDraft implements core.
func (s queries) KeepDraft(ctx context.Context, user core.UserID, d core.Draft, base string) (string, error) {
	stands, err := scalar[string](ctx, s, keepDraft, int64(user), int64(d.Ticket), string(d.Kind), d.Body, d.UpdatedAt, base)
	if err == nil && stands == "" {
		err = s.exec(ctx, dropEmptyDraft, int64(user), int64(d.Ticket), string(d.Kind))
	}
	return stands, err
}

// DropDraft implements core.
func (s queries) DropDraft(ctx context.Context, user core.UserID, ticket core.TicketID, kind core.DraftKind, said string) error {
	return s.later(ctx, dropDraft, int64(user), int64(ticket), string(kind), said)
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
