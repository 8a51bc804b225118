package storage

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// errFamily says that tickets were merged or parted while their locks were waited for: the transaction
// has to begin anew, with the locks that it needs now.
var errFamily = errors.New("what is merged has changed while it was waited for")

// A family is all tickets that are merged into one another. It is locked as a whole and in the order of
// numbers, so that no two transactions can wait for each other. The closing of a ticket takes along what
// is a duplicate of it, and what is merged into that. The numbers go through an array, of which the planner expects
// few: of a recursion it expects so many that it would rather read all tickets.
const (
	theFamily = `
		above (id, into_id) as (
			select id, merged_into from tickets where id = any($1::bigint[])
			union
			select t.id, t.merged_into from above a join tickets t on t.id = a.into_id
		), family (id) as (
			select id from above
			union
			select t.id from family f join tickets t on t.merged_into = f.id
		)`
	theClosing = `
		above (id, into_id) as (
			select id, merged_into from tickets where id = any($1::bigint[])
			union
			select t.id, t.merged_into from above a join tickets t on t.id = a.into_id
		), family (id) as (
			select id from above
			union
			select n.id from family f, lateral (
				select t.id from tickets t where t.merged_into = f.id
				union all
				select l.ticket_id from links l where l.other_id = f.id and l.kind = 'duplicate') n (id)
		)`
	family      = `with recursive ` + theFamily + ` select id from family order by id`
	lockFamily  = `select id from tickets where id = any(array(with recursive ` + theFamily + ` select id from family)) order by id for update`
	closing     = `with recursive ` + theClosing + ` select id from family order by id`
	lockClosing = `select id from tickets where id = any(array(with recursive ` + theClosing + ` select id from family)) order by id for update`
)

// LockTicket implements core.
func (s queries) LockTicket(ctx context.Context, id core.TicketID, with ...core.TicketID) (core.Ticket, error) {
	return s.lock(ctx, lockFamily, family, append([]core.TicketID{id}, with...))
}

// LockClosing implements core.
func (s queries) LockClosing(ctx context.Context, id core.TicketID) (core.Ticket, error) {
	return s.lock(ctx, lockClosing, closing, []core.TicketID{id})
}

// lock takes all locks by one statement and reads the first ticket by the next, which sees what whoever
// held the lock before has written: one statement that joins and locks would read the ticket anew after
// waiting, but keep the names it had joined before. The third tells whether those were all the locks.
func (s queries) lock(ctx context.Context, take, again string, tickets []core.TicketID) (core.Ticket, error) {
	var batch pgx.Batch
	numbers := numbersOf(tickets)
	batch.Queue(planOnce)
	batch.Queue(take, numbers)
	batch.Queue(selectTicket, numbers[0])
	batch.Queue(again, numbers)
	results := s.q.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	if _, err := results.Exec(); err != nil {
		return core.Ticket{}, outage(err)
	}
	locked, err := idsOf(results)
	if err != nil {
		return core.Ticket{}, outage(err)
	}
	rows, err := results.Query()
	if err != nil {
		return core.Ticket{}, outage(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[ticketRow])
	if err != nil {
		return core.Ticket{}, row(err)
	}
	now, err := idsOf(results)
	if err != nil {
		return core.Ticket{}, outage(err)
	}
	for id := range now {
		if !locked[id] {
			return core.Ticket{}, errFamily
		}
	}
	return r.ticket(), nil
}

// idsOf reads the numbers that the next statement of a batch answers with.
func idsOf(results pgx.BatchResults) (map[int64]bool, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	found := make(map[int64]bool, len(list))
	for _, id := range list {
		found[id] = true
	}
	return found, err
}

const mergedTickets = `
	with recursive family (id) as (
		select id from tickets where merged_into = $1
		union
		select t.id from family f join tickets t on t.merged_into = f.id
	)
	select ` + ticketColumns + ` from ` + ticketTables + ` where t.id in (select id from family) order by t.id`

// MergedTickets implements core.
func (s queries) MergedTickets(ctx context.Context, id core.TicketID) ([]core.Ticket, error) {
	rows, err := collect[ticketRow](ctx, s, mergedTickets, int64(id))
	return tickets(rows), err
}

const closingTickets = `with recursive ` + theClosing + `
	select ` + ticketColumns + ` from ` + ticketTables + ` where t.id in (select id from family) and t.id <> all($1::bigint[]) order by t.id`

// ClosingTickets implements core.
func (s queries) ClosingTickets(ctx context.Context, id core.TicketID) ([]core.Ticket, error) {
	rows, err := collect[ticketRow](ctx, s, closingTickets, []int64{int64(id)})
	return tickets(rows), err
}

// mergedMessages reads what was said on a ticket and on what is merged into it. Words that reached several
// reporters are read once, where they were said.
const mergedMessages = `
	with recursive family (id) as (
		select $1::bigint
		union
		select t.id from family f join tickets t on t.merged_into = f.id
	)
	select * from (
		select ` + messageColumns + `
		from ` + messageTables + `
		join tickets t on t.id = m.ticket_id
		where m.ticket_id in (select id from family) and (m.said_on is null or m.said_on not in (select id from family))
		  and ($2 or ($3 and not t.confidential) or t.queue_id = any($4::bigint[]))
		order by m.id desc limit $5) newest
	order by id`

// MergedMessages implements core.
func (s queries) MergedMessages(ctx context.Context, scope core.Scope, id core.TicketID, limit int) ([]core.Message, error) {
	rows, err := collect[messageRow](ctx, s, mergedMessages, int64(id), scope.Everything, scope.AllQueues, queueIDs(scope), limit)
	return s.withFiles(ctx, rows, err)
}

const messageAmong = `select ` + messageColumns + ` from ` + messageTables + ` where m.ticket_id = any($1) and m.id = $2`

// MessageAmong implements core.
func (s queries) MessageAmong(ctx context.Context, tickets []core.TicketID, id core.MessageID) (core.Message, error) {
	r, err := one[messageRow](ctx, s, messageAmong, numbersOf(tickets), int64(id))
	return r.message(), err
}

const copyFiles = `
	insert into attachments (ticket_id, message_id, file_id)
	select $3, $4, file_id from attachments where ticket_id = $1 and message_id = $2 order by id`

// CopyFiles implements core.
func (s queries) CopyFiles(ctx context.Context, ticket core.TicketID, from core.MessageID, other core.TicketID, to core.MessageID) error {
	return s.exec(ctx, copyFiles, int64(ticket), int64(from), int64(other), int64(to))
}

const extendBulk = `
	insert into bulks (command, user_id, tickets, at) values ($1::uuid, $2, $3::bigint[], $4)
	on conflict (command) do update set tickets = array(select distinct unnest(bulks.tickets || excluded.tickets) order by 1)`

// ExtendBulk implements core.
func (s queries) ExtendBulk(ctx context.Context, command string, by core.UserID, with []core.TicketID, at time.Time) error {
	return s.later(ctx, extendBulk, command, null(int64(by)), numbersOf(with), at)
}

const staffedOf = `
	select id from tickets
	where id = any($1::bigint[]) and ($2 or ($3 and not confidential) or queue_id = any($4::bigint[]))`

// StaffedOf implements core.
func (s queries) StaffedOf(ctx context.Context, scope core.Scope, ids []core.TicketID) ([]core.TicketID, error) {
	return s.numbers(ctx, staffedOf, numbersOf(ids), scope.Everything, scope.AllQueues, queueIDs(scope))
}
