package core

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"helpdesk.campus/core/action"
)

// How much of a ticket is read at once.
const (
	maxMessages = 500
	maxHistory  = 1000
	maxRelated  = 6
	maxLinked   = 50
)

// TicketView is a ticket as one actor may see it.
type TicketView struct {
	Ticket   Ticket
	Contact  Contact        // how to reach a guest; zero for those who may not know
	Messages []Message      // oldest first
	Held     []Message      // replies of staff that can still be taken back, for staff alone
	Events   []Event        // history, oldest first
	Related  []Ticket       // not closed, of the same place and kind
	Linked   []LinkedTicket // linked by somebody, in either direction
	Merged   []Ticket       // merged into it; for staff
	Rating   Rating         // of a closed ticket: how its reporter found the work; zero if they did not say
	Follows  bool           // the actor hears of it
	AsStaff  bool           // seen from the staff's side: internal notes included
	May      map[action.Name]*Error
}

// Allows reports whether the actor may do this now.
func (v *TicketView) Allows(name action.Name) bool {
	refused, known := v.May[name]
	return known && refused == nil
}

// Ticket shows a ticket. What the actor may not see is not found, just as what does not exist.
func (d *Desk) Ticket(ctx context.Context, who Actor, id TicketID) (TicketView, error) {
	view, p, err := d.view(ctx, who, id, maxMessages)
	if err != nil {
		return TicketView{}, err
	}
	if !view.AsStaff && !p.scope.Owns(&view.Ticket) {
		return view, nil // of what staff made public there is nothing more to read: history names people
	}
	if view.Events, err = d.store.TicketEvents(ctx, id, max(0, view.Ticket.LastSeq-maxHistory), maxHistory); err != nil {
		return TicketView{}, fmt.Errorf("read history of %s: %w", id, err)
	}
	if !view.AsStaff {
		view.Events = slices.DeleteFunc(view.Events, func(e Event) bool { return !publicEvent(e) })
	} else if view.Events, err = d.hideOthers(ctx, p.scope, view.Events); err != nil {
		return TicketView{}, err
	}
	if view.Related, err = d.store.Related(ctx, p.scope, view.Ticket, maxRelated); err != nil {
		return TicketView{}, fmt.Errorf("read what is related to %s: %w", id, err)
	}
	if view.Linked, err = d.store.Linked(ctx, p.scope, id, maxLinked); err != nil {
		return TicketView{}, fmt.Errorf("read what is linked to %s: %w", id, err)
	}
	for i := range view.Related {
		view.Related[i] = p.reads(view.Related[i])
	}
	for i := range view.Linked {
		view.Linked[i].Ticket = p.reads(view.Linked[i].Ticket)
	}
	if view.AsStaff && p.Kind == ActorUser {
		if view.Follows, err = d.store.Follows(ctx, id, p.user.ID); err != nil {
			return TicketView{}, fmt.Errorf("read who follows %s: %w", id, err)
		}
	}
	if err := view.readRating(ctx, d.store, d.Now()); err != nil {
		return TicketView{}, err
	}
	return view, nil
}

// reads is a ticket that the principal sees, as they may read it: staff all of it, its reporter all but
// what is among staff, and everybody else what staff made public.
func (p *principal) reads(t Ticket) Ticket {
	switch {
	case p.scope.Staffs(&t):
	case p.scope.Owns(&t):
		t.Tags = nil
	default:
		return forEverybody(t)
	}
	return t
}

// Preview shows the end of a ticket's conversation, for the side of a list.
func (d *Desk) Preview(ctx context.Context, who Actor, id TicketID) (TicketView, error) {
	const few = 12
	view, _, err := d.view(ctx, who, id, few)
	return view, err
}

func (d *Desk) view(ctx context.Context, who Actor, id TicketID, messages int) (TicketView, *principal, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return TicketView{}, nil, err
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return TicketView{}, nil, Missing("ticket")
	}
	if err != nil {
		return TicketView{}, nil, fmt.Errorf("read %s: %w", id, err)
	}
	now := d.Now()
	if refused := p.may(action.View, &t, now); refused != nil {
		return TicketView{}, nil, refused
	}
	if err := d.recordViewing(ctx, p, &t); err != nil {
		return TicketView{}, nil, err
	}
	view := TicketView{Ticket: p.reads(t), AsStaff: p.scope.Staffs(&t), May: make(map[action.Name]*Error, len(policy))}
	for name := range policy {
		view.May[name] = p.may(name, &t, now)
	}
	if !view.AsStaff && !p.scope.Owns(&t) {
		return view, p, nil
	}
	if err := d.readWords(ctx, p, &view, messages); err != nil {
		return TicketView{}, nil, err
	}
	if view.AsStaff {
		held, err := d.store.Held(ctx, id)
		if err != nil {
			return TicketView{}, nil, fmt.Errorf("read what is held on %s: %w", id, err)
		}
		for _, h := range held {
			view.Held = append(view.Held, h.message())
		}
	}
	if t.Reporter.ID == 0 && !t.Anonymous {
		if view.Contact, err = d.store.Contact(ctx, id); err != nil && !errors.Is(err, ErrNoRow) {
			return TicketView{}, nil, fmt.Errorf("read contact of %s: %w", id, err)
		}
	}
	return view, p, nil
}

// readWords reads what was said: to staff with what was said on the tickets that are merged into this one,
// to its reporter what stands on their own.
func (d *Desk) readWords(ctx context.Context, p *principal, view *TicketView, most int) error {
	id := view.Ticket.ID
	var err error
	if !view.AsStaff || view.Ticket.Merged == 0 {
		view.Messages, err = d.store.Messages(ctx, id, view.AsStaff, most)
	} else if view.Messages, err = d.store.MergedMessages(ctx, p.scope, id, most); err == nil {
		view.Merged, err = d.store.MergedTickets(ctx, id)
		view.Merged = slices.DeleteFunc(view.Merged, func(t Ticket) bool { return !p.scope.Staffs(&t) })
	}
	if err != nil {
		return fmt.Errorf("read messages of %s: %w", id, err)
	}
	return nil
}

// publicEvent says what of the history a reporter reads.
func publicEvent(e Event) bool {
	switch e.Kind {
	case EventCreated, EventReplied, EventCorrected:
		return true
	case EventChanged:
		return slices.Contains([]string{FieldStatus, FieldAssignee, FieldResolution, FieldWaiting, FieldPlace, FieldCategory}, e.Field)
	}
	return false
}

// TicketByReference finds the ticket of a reference, if the actor may see it: a reference by itself
// opens nothing.
func (d *Desk) TicketByReference(ctx context.Context, who Actor, ref Reference) (TicketID, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return 0, err
	}
	id, err := d.store.TicketByReference(ctx, ref)
	if errors.Is(err, ErrNoRow) {
		return 0, Missing("ticket")
	}
	if err != nil {
		return 0, fmt.Errorf("find reference: %w", err)
	}
	t, err := d.store.Ticket(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", id, err)
	}
	if refused := p.may(action.View, &t, d.Now()); refused != nil {
		return 0, refused
	}
	return id, nil
}
