package core

import (
	"context"
	"fmt"

	"helpdesk.campus/core/query"
)

type exportStore interface {
	// MessagesOf reads all that was said on tickets, internal notes too, in the order of tickets and time.
	MessagesOf(ctx context.Context, tickets []TicketID) (map[TicketID][]Message, error)
	// EventsOf reads the whole history of tickets.
	EventsOf(ctx context.Context, tickets []TicketID) (map[TicketID][]Event, error)
}

// ExportRequest asks for the next tickets of an export.
type ExportRequest struct {
	Query    query.Query // sorted by number unless it says otherwise
	After    string      // Next of the tickets before; "" for the first
	Messages bool        // with what was said
	Events   bool        // with what happened
}

// Exported is a ticket with its conversation and its history.
type Exported struct {
	Ticket   Ticket
	Messages []Message
	Events   []Event
}

// exportPage is how many tickets are read at once, all that was said on them in memory.
const exportPage = 50

// Export reads tickets that the actor works on, some at a time, so that an export of any length takes no more
// memory than a short one. Of a confidential ticket it is recorded like every viewing.
func (d *Desk) Export(ctx context.Context, who Actor, req ExportRequest) ([]Exported, string, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, "", err
	}
	if len(req.Query.Sort) == 0 { // an order in which nothing moves while it is read
		req.Query.Sort = []query.SortKey{{Key: "number"}}
	}
	filter, err := d.filter(ctx, p, req.Query)
	if err != nil {
		return nil, "", err
	}
	found, err := d.store.Tickets(ctx, listScope(p, false), filter, req.After, exportPage)
	if err != nil {
		return nil, "", fmt.Errorf("read tickets to export: %w", err)
	}
	tickets, next := found.Tickets, found.Next
	ids := make([]TicketID, len(tickets))
	for i := range tickets {
		ids[i] = tickets[i].ID
		if err := d.recordViewing(ctx, p, &tickets[i]); err != nil {
			return nil, "", err
		}
	}
	var messages map[TicketID][]Message
	if req.Messages {
		if messages, err = d.store.MessagesOf(ctx, ids); err != nil {
			return nil, "", fmt.Errorf("read messages to export: %w", err)
		}
	}
	var events map[TicketID][]Event
	if req.Events {
		if events, err = d.store.EventsOf(ctx, ids); err != nil {
			return nil, "", fmt.Errorf("read history to export: %w", err)
		}
		for id := range events {
			if events[id], err = d.hideOthers(ctx, p.scope, events[id]); err != nil {
				return nil, "", err
			}
		}
	}
	list := make([]Exported, len(tickets))
	for i := range tickets {
		list[i] = Exported{Ticket: p.reads(tickets[i]), Messages: messages[tickets[i].ID], Events: events[tickets[i].ID]}
	}
	return list, next, nil
}
