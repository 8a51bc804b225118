package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const rememberOnce = `
	insert into dedupe (key, ticket_id, created_at) values ($1, $2, $3) on conflict (key) do nothing`

// RememberOnce implements core.
func (s queries) RememberOnce(ctx context.Context, key string, ticket core.TicketID, now time.Time) (bool, error) {
	return s.some(ctx, rememberOnce, key, int64(ticket), now)
}

// messageRow is a message with its author's name.
type messageRow struct {
	ID         int64
	TicketID   int64
	SaidOn     int64
	AuthorID   int64
	Username   string
	AuthorName string
	Side       string
	Visibility string
	Body       string
	Door       string
	CreatedAt  time.Time
	EditedAt   *time.Time
}

func (r messageRow) message() core.Message {
	return core.Message{
		ID: core.MessageID(r.ID), Ticket: core.TicketID(r.TicketID), SaidOn: core.TicketID(r.SaidOn), Author: core.Person{ID: core.UserID(r.AuthorID), Username: r.Username, Name: r.AuthorName},
		AuthorName: r.AuthorName, Side: core.Side(r.Side), Visibility: core.Visibility(r.Visibility), Body: r.Body,
		Door: core.Door(r.Door), CreatedAt: r.CreatedAt.UTC(), EditedAt: since(r.EditedAt),
	}
}

const (
	messageColumns = `
		m.id, m.ticket_id, coalesce(m.said_on, 0) as said_on, coalesce(m.author_id, 0) as author_id, coalesce(u.username, '') as username,
		coalesce(u.name, case when m.side = 'reporter' then k.name end, '') as author_name,
		m.side, m.visibility, m.body, m.door, m.created_at, m.edited_at`
	messageTables = `
		messages m
		left join users u on u.id = m.author_id
		left join contacts k on k.ticket_id = m.ticket_id`
	selectMessages = `select ` + messageColumns + ` from ` + messageTables + ` where m.ticket_id = $1`
)

const (
	newestMessages = `
		select * from (` + selectMessages + ` and ($2 or m.visibility = 'public') order by m.id desc limit $3) newest
		order by id`
	firstMessage = selectMessages + ` order by m.id limit 1`
	onceMessage  = selectMessages + ` and m.id = (select message_id from dedupe where key = $2 and ticket_id = $1)`
)

// Messages implements core.
func (s queries) Messages(ctx context.Context, ticket core.TicketID, internal bool, limit int) ([]core.Message, error) {
	rows, err := collect[messageRow](ctx, s, newestMessages, int64(ticket), internal, limit)
	return s.withFiles(ctx, rows, err)
}

// withFiles makes messages of rows, with what was sent along.
func (s queries) withFiles(ctx context.Context, rows []messageRow, err error) ([]core.Message, error) {
	list := make([]core.Message, len(rows))
	for i, r := range rows {
		list[i] = r.message()
	}
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, s.addFiles(ctx, list)
}

// FirstMessage implements core.
func (s queries) FirstMessage(ctx context.Context, ticket core.TicketID) (core.Message, error) {
	r, err := one[messageRow](ctx, s, firstMessage, int64(ticket))
	return r.message(), err
}

// OnceMessage implements core.
func (s queries) OnceMessage(ctx context.Context, key string, ticket core.TicketID) (core.Message, error) {
	r, err := one[messageRow](ctx, s, onceMessage, int64(ticket), key)
	return r.message(), err
}

// insertMessage writes a message and makes its words findable on its own side of the wall. A vector
// that has grown to its end takes no more: the newest words of a very long ticket are not found.
const insertMessage = `
	with message as (
		insert into messages (ticket_id, author_id, side, visibility, body, door, created_at, visible_from, said_on)
		values ($1, $2, $3, $4, $5, $6, $7, $7, $9)
		returning id
	), once as (
		update dedupe set message_id = (select id from message) where key = $8 and ticket_id = $1
	), due as (
		insert into words_due (ticket_id) select $1 where $4 = 'public' on conflict (ticket_id) do nothing
	), words as (
		update ticket_search set
			public_doc = case when $4 = 'public' and pg_column_size(public_doc) < 400000
				then public_doc || to_tsvector('english', left($5, 50000)) else public_doc end,
			internal_doc = case when $4 = 'internal' and pg_column_size(internal_doc) < 400000
				then internal_doc || to_tsvector('english', left($5, 50000)) else internal_doc end
		where ticket_id = $1
	)
	select id from message`

// InsertMessage implements core.
func (s queries) InsertMessage(ctx context.Context, ticket core.TicketID, m core.Message, once string) (core.MessageID, error) {
	id, err := scalar[int64](ctx, s, insertMessage, int64(ticket), null(int64(m.Author.ID)), string(m.Side), string(m.Visibility),
		m.Body, string(m.Door), m.CreatedAt, once, null(int64(m.SaidOn)))
	return core.MessageID(id), err
}

const updateMessage = `update messages set body = $3, edited_at = $4 where ticket_id = $1 and id = $2`

// UpdateMessage implements core.
func (s queries) UpdateMessage(ctx context.Context, ticket core.TicketID, id core.MessageID, body string, now time.Time) error {
	return s.exec(ctx, updateMessage, int64(ticket), int64(id), body, now)
}
