package storage

import (
	"context"

	"helpdesk.campus/core"
)

const (
	messagesOf = `
		select ` + messageColumns + `
		from ` + messageTables + `
		where m.ticket_id = any($1::bigint[])
		order by m.ticket_id, m.id`
	filesOf = `
		select a.message_id, ` + fileColumns + `
		from attachments a
		join files f on f.id = a.file_id
		where a.ticket_id = any($1::bigint[])
		order by a.id`
	eventsOf = eventSelect + ` where e.stream = 'ticket' and e.stream_id = any($1::bigint[]) order by e.stream_id, e.seq`
)

// MessagesOf implements core.
func (s queries) MessagesOf(ctx context.Context, tickets []core.TicketID) (map[core.TicketID][]core.Message, error) {
	rows, err := collect[messageRow](ctx, s, messagesOf, numbersOf(tickets))
	if err != nil {
		return nil, err
	}
	attached, err := collect[attachedRow](ctx, s, filesOf, numbersOf(tickets))
	if err != nil {
		return nil, err
	}
	files := make(map[int64][]core.File)
	for _, r := range attached {
		files[r.MessageID] = append(files[r.MessageID], r.file())
	}
	said := make(map[core.TicketID][]core.Message, len(tickets))
	for _, r := range rows {
		m := r.message()
		m.Files = files[r.ID]
		said[m.Ticket] = append(said[m.Ticket], m)
	}
	return said, nil
}

// EventsOf implements core.
func (s queries) EventsOf(ctx context.Context, tickets []core.TicketID) (map[core.TicketID][]core.Event, error) {
	events, err := s.events(ctx, eventsOf, numbersOf(tickets))
	happened := make(map[core.TicketID][]core.Event, len(tickets))
	for _, e := range events {
		happened[e.Ticket()] = append(happened[e.Ticket()], e)
	}
	return happened, err
}

func numbersOf(tickets []core.TicketID) []int64 {
	ids := make([]int64, len(tickets))
	for i, id := range tickets {
		ids[i] = int64(id)
	}
	return ids
}
