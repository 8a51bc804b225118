package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// Accounts as a list reads them: without a sign-in behind them.
const (
	usersNamed = userColumns + `, false as session_live
		from users u where lower(u.username) = any($1::text[]) and u.erased_at is null order by u.username`
	colleagues = userColumns + `, false as session_live
		from users u
		left join memberships here on here.user_id = u.id and here.queue_id = $1
		where u.role in ('staff', 'admin') and u.disabled_at is null
		order by here.user_id is null, u.username limit 500`
)

func (s queries) users(ctx context.Context, sql string, args ...any) ([]core.User, error) {
	rows, err := collect[userRow](ctx, s, sql, args...)
	if err != nil {
		return nil, err
	}
	list := make([]core.User, len(rows))
	for i := range rows {
		if list[i], err = rows[i].user(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Named implements core.
func (s queries) Named(ctx context.Context, usernames []string) ([]core.User, error) {
	return s.users(ctx, usersNamed, usernames)
}

// Colleagues implements core.
func (s queries) Colleagues(ctx context.Context, queue core.QueueID) ([]core.User, error) {
	return s.users(ctx, colleagues, int64(queue))
}

const insertMentions = `
	insert into mentions (ticket_id, message_id, user_id, created_at)
	select $1, $2, unnest($3::bigint[]), $4
	on conflict do nothing`

// InsertMentions implements core.
func (s queries) InsertMentions(ctx context.Context, ticket core.TicketID, message core.MessageID, who []core.UserID, now time.Time) error {
	ids := make([]int64, len(who))
	for i, id := range who {
		ids[i] = int64(id)
	}
	return s.exec(ctx, insertMentions, int64(ticket), int64(message), ids, now)
}

const seeMentions = `
	update mentions set seen_at = $4 where ticket_id = $1 and user_id = $2 and message_id <= $3 and seen_at is null`

// SeeMentions implements core.
func (s queries) SeeMentions(ctx context.Context, ticket core.TicketID, user core.UserID, upTo core.MessageID, now time.Time) (bool, error) {
	return s.some(ctx, seeMentions, int64(ticket), int64(user), int64(upTo), now)
}

const selectUnseen = `
	with asked as (select unnest($3::bigint[]) as ticket_id), new as (
		select a.ticket_id,
		       (select count(*) from mentions n where n.ticket_id = a.ticket_id and n.user_id = $1 and n.seen_at is null)::int as mentions,
		       case when exists (select from followers f where f.ticket_id = a.ticket_id and f.user_id = $1) then
		           (select count(*) from messages m
		            where m.ticket_id = a.ticket_id and m.author_id is distinct from $1::bigint
		              and m.id > coalesce((select s.message_id from seen s where s.ticket_id = a.ticket_id and s.reader = $2), 0))
		       else 0 end::int as messages
		from asked a
	)
	select ticket_id, mentions, messages from new where mentions > 0 or messages > 0`

// Unseen implements core.
func (s queries) Unseen(ctx context.Context, user core.UserID, reader string, ids []core.TicketID) (map[core.TicketID]core.Unseen, error) {
	type row struct {
		TicketID           int64
		Mentions, Messages int
	}
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	rows, err := collect[row](ctx, s, selectUnseen, int64(user), reader, numbers)
	unseen := make(map[core.TicketID]core.Unseen, len(rows))
	for _, r := range rows {
		unseen[core.TicketID(r.TicketID)] = core.Unseen{Messages: r.Messages, Mentions: r.Mentions}
	}
	return unseen, err
}
