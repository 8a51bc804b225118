package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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

type partsStore interface {
	// Parts reads what belongs to a ticket, in one go.
	Parts(ctx context.Context, ask PartsRequest) (TicketParts, error)
}

// PartsRequest says of which ticket what is to be read, and for whom. Of what has a number, so many at most: none if it is 0.
type PartsRequest struct {
	Scope    Scope
	Ticket   Ticket
	Internal bool // what is said among staff too
	Held     bool
	Contact  bool
	Rating   bool
	Follower UserID // of whom it is asked whether they follow; nobody if 0

	Messages, Events, Related, Linked int
}

// TicketParts is what belongs to a ticket, as far as it was asked for; zero where there is nothing.
type TicketParts struct {
	Messages []Message   // the newest, oldest first
	Held     []HeldReply // oldest first
	Contact  Contact
	Events   []Event // the newest, oldest first
	Related  []Ticket
	Linked   []LinkedTicket
	Follows  bool
	Rating   Rating
}

// Ticket shows a ticket. What the actor may not see is not found, just as what does not exist.
func (d *Desk) Ticket(ctx context.Context, who Actor, id TicketID) (TicketView, error) {
	whole := PartsRequest{Messages: maxMessages, Events: maxHistory, Related: maxRelated, Linked: maxLinked}
	return d.view(ctx, who, id, whole)
}

// Preview shows the end of a ticket's conversation, for the side of a list.
func (d *Desk) Preview(ctx context.Context, who Actor, id TicketID) (TicketView, error) {
	const few = 12
	return d.view(ctx, who, id, PartsRequest{Messages: few})
}

// view shows a ticket with the parts that are asked for. Of what staff made public everybody sees that alone: history names people.
func (d *Desk) view(ctx context.Context, who Actor, id TicketID, ask PartsRequest) (TicketView, error) {
	p, t, err := d.visit(ctx, who, id)
	if err != nil {
		return TicketView{}, err
	}
	now := d.Now()
	if refused := p.may(action.View, &t, now); refused != nil {
		return TicketView{}, refused
	}
	view := TicketView{Ticket: p.reads(t), AsStaff: p.scope.Staffs(&t), May: make(map[action.Name]*Error, len(policy))}
	for name := range policy {
		view.May[name] = p.may(name, &t, now)
	}
	if !view.AsStaff && !p.scope.Owns(&t) {
		return view, nil
	}
	if view.AsStaff && t.Merged > 0 {
		if err := d.readMerged(ctx, p, &view, ask.Messages); err != nil {
			return TicketView{}, err
		}
		ask.Messages = 0
	}
	if err := d.recordViewing(ctx, p, &t, view.Merged...); err != nil {
		return TicketView{}, err
	}
	ask.Scope, ask.Ticket, ask.Internal, ask.Held = p.scope, t, view.AsStaff, view.AsStaff
	ask.Contact, ask.Rating = t.Reporter.ID == 0 && !t.Anonymous, t.IsClosed()
	if view.AsStaff && p.Kind == ActorUser {
		ask.Follower = p.user.ID
	}
	parts, err := d.store.Parts(ctx, ask)
	if err != nil {
		return TicketView{}, fmt.Errorf("read what belongs to %s: %w", id, err)
	}
	err = d.show(ctx, p, &view, &t, parts, now)
	return view, err
}

// show puts into a view of a ticket what of its parts the principal may see.
func (d *Desk) show(ctx context.Context, p *principal, view *TicketView, t *Ticket, parts TicketParts, now time.Time) (err error) {
	if view.Messages == nil {
		view.Messages = parts.Messages
	}
	for _, h := range parts.Held {
		view.Held = append(view.Held, h.message())
	}
	view.Contact, view.Related, view.Linked, view.Follows = parts.Contact, parts.Related, parts.Linked, parts.Follows
	for i := range view.Related {
		view.Related[i] = p.reads(view.Related[i])
	}
	for i := range view.Linked {
		view.Linked[i].Ticket = p.reads(view.Linked[i].Ticket)
	}
	view.rate(t, parts.Rating, now)
	if view.AsStaff {
		view.Events, err = d.hideOthers(ctx, p.scope, parts.Events)
		return err
	}
	view.Events = publicEvents(parts.Events)
	return nil
}

// readMerged reads what was said to staff on a ticket and on those that are merged into it, and which those are.
func (d *Desk) readMerged(ctx context.Context, p *principal, view *TicketView, most int) (err error) {
	id := view.Ticket.ID
	if view.Messages, err = d.store.MergedMessages(ctx, p.scope, id, most); err != nil {
		return fmt.Errorf("read messages of %s: %w", id, err)
	}
	if view.Merged, err = d.store.MergedTickets(ctx, id); err != nil {
		return fmt.Errorf("read what is merged into %s: %w", id, err)
	}
	view.Merged = slices.DeleteFunc(view.Merged, func(t Ticket) bool { return !p.scope.Staffs(&t) })
	return nil
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
