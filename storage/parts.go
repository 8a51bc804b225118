package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// Visit implements core.
func (s queries) Visit(
	ctx context.Context, user core.UserID, session core.SessionID, now time.Time, id core.TicketID,
) (account *core.Account, ticket *core.Ticket, err error) {
	var users []userRow
	var batch pgx.Batch
	also(&batch, func(rows []userRow) { users = rows }, selectAccount, int64(user), int64(session), now)
	also(&batch, func(rows []ticketRow) {
		for i := range rows {
			t := rows[i].ticket()
			ticket = &t
		}
	}, selectTicket, int64(id))
	if err := s.together(ctx, &batch); err != nil || len(users) == 0 {
		return nil, nil, err
	}
	u, err := users[0].user()
	return &core.Account{User: u, Session: session, SessionLive: users[0].SessionLive}, ticket, err
}

// Parts implements core.
func (s queries) Parts(ctx context.Context, ask core.PartsRequest) (core.TicketParts, error) {
	var parts core.TicketParts
	var files []attachedRow
	var batch pgx.Batch
	id := int64(ask.Ticket.ID)
	if ask.Messages > 0 {
		also(&batch, func(rows []messageRow) { parts.Messages = each(rows, messageRow.message) }, newestMessages, id, ask.Internal, ask.Messages)
		also(&batch, func(rows []attachedRow) { files = rows }, filesOnTicket, id)
	}
	if ask.Events > 0 {
		also(&batch, func(rows []eventRow) { parts.Events = events(rows) }, ticketEvents, id, max(0, ask.Ticket.LastSeq-ask.Events), ask.Events)
	}
	if ask.Held {
		also(&batch, func(rows []heldRow) { parts.Held = each(rows, heldRow.reply) }, heldOn, id)
	}
	if ask.Contact {
		also(&batch, func(rows []core.Contact) {
			for _, c := range rows {
				parts.Contact = c
			}
		}, selectContact, id)
	}
	if ask.Rating {
		also(&batch, func(rows []ratingRow) {
			for _, r := range rows {
				parts.Rating = r.rating()
			}
		}, selectRating, id)
	}
	if ask.Follower != 0 {
		batch.Queue(follows, id, int64(ask.Follower)).QueryRow(func(row pgx.Row) error { return row.Scan(&parts.Follows) })
	}
	if ask.Related > 0 && ask.Ticket.Location.ID != 0 {
		sql, args := related(ask.Scope, ask.Ticket, ask.Related)
		also(&batch, func(rows []ticketRow) { parts.Related = tickets(rows) }, sql, args...)
	}
	if ask.Linked > 0 {
		sql, args := linked(ask.Scope, ask.Ticket.ID, ask.Linked)
		also(&batch, func(rows []linkedRow) { parts.Linked = each(rows, linkedRow.linked) }, sql, args...)
	}
	err := s.together(ctx, &batch)
	attach(parts.Messages, files)
	return parts, err
}

// related finds tickets that are not closed, of the same place and kind. Names are joined to what is shown alone: of one building
// there may be hundreds.
func related(scope core.Scope, t core.Ticket, limit int) (sql string, args []any) {
	f := newFilterSQL(scope, core.Filter{})
	f.add(`t.status <> 'closed'`)
	f.add(`t.location_id = ` + f.arg(int64(t.Location.ID)) + ` and t.category_id = ` + f.arg(int64(t.Category.ID)))
	f.add(`t.id <> ` + f.arg(int64(t.ID)))
	//nolint:unqueryvet // whatever ticketColumns reads of it
	sql = `select ` + ticketColumns + ` from (select t.* from tickets t where ` + f.where() + ` order by t.id desc limit ` + f.arg(limit) + `) t ` +
		ticketJoins + ` order by t.id desc`
	return sql, f.args
}

type linkedRow struct {
	Relation string
	ticketRow
}

func (r linkedRow) linked() core.LinkedTicket {
	return core.LinkedTicket{Relation: core.Relation(r.Relation), Ticket: r.ticket()}
}

// linked finds what somebody linked a ticket with, in either direction.
func linked(scope core.Scope, id core.TicketID, limit int) (sql string, args []any) {
	f := &filterSQL{}
	f.arg(int64(id)) // $1 of the relations
	f.scope(scope)
	// Each link leads to its ticket: asked for both at once, the planner read all tickets of the scope to find the linked.
	//nolint:unqueryvet // whatever ticketColumns reads of it
	sql = `select t.relation, ` + ticketColumns + ` from (
			select x.relation, o.* from (` + relationsOf + `) x
			cross join lateral (select t.* from tickets t where t.id = x.id and ` + f.where() + ` limit 1) o
			order by o.id desc limit ` + f.arg(limit) + `) t ` + ticketJoins + ` order by t.id desc`
	return sql, f.args
}
