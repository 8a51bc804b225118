package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

type handoverStore interface {
	// HandDraft says whose a draft may become; 0 for nobody's. It is false if there is no such draft, or
	// nothing to change about it.
	HandDraft(ctx context.Context, user UserID, ticket TicketID, kind DraftKind, to UserID, now time.Time) (bool, error)
	// TakeDraft removes a draft that was handed to somebody, and returns its text.
	TakeDraft(ctx context.Context, from UserID, ticket TicketID, kind DraftKind, by UserID) (string, error)
	// Handed lists the drafts that were handed to somebody, on one ticket or (0) on all in the scope.
	Handed(ctx context.Context, scope Scope, to UserID, ticket TicketID, limit int) ([]Handed, error)
}

// Handed is a draft that a colleague handed over.
type Handed struct {
	Ticket TicketID
	Kind   DraftKind
	From   Person
	Body   string
	At     time.Time
}

const maxHanded = 50

// HandOver lets one colleague of the ticket's queue take over what the actor has typed on it. Until they
// do it stays the actor's, who may write on, send it or take the offer back.
func (d *Desk) HandOver(ctx context.Context, who Actor, id TicketID, kind DraftKind, to UserID) error {
	_, err := d.change(ctx, who, id, 0, action.HandOver, func(ctx context.Context, c *command) error {
		if to == c.who.user.ID {
			return refuse("person", "hand_over_self")
		}
		people, err := c.tx.Members(ctx, c.ticket.Queue.ID)
		if err != nil {
			return fmt.Errorf("read members: %w", err)
		}
		if !slices.ContainsFunc(people, func(p Person) bool { return p.ID == to }) {
			return refuse("person", "hand_over_whom")
		}
		return c.handDraft(ctx, kind, to, EventHandedOver)
	})
	if err == nil {
		d.store.Ring(DirtyUser(to))
	}
	return err
}

// WithdrawDraft takes the offer of a draft back.
func (d *Desk) WithdrawDraft(ctx context.Context, who Actor, id TicketID, kind DraftKind) error {
	_, err := d.change(ctx, who, id, 0, action.HandOver, func(ctx context.Context, c *command) error {
		return c.handDraft(ctx, kind, 0, EventKeptBack)
	})
	return err
}

func (c *command) handDraft(ctx context.Context, kind DraftKind, to UserID, event EventKind) error {
	if c.who.Kind != ActorUser {
		return forbidden("account_needed")
	}
	handed, err := c.tx.HandDraft(ctx, c.who.user.ID, c.ticket.ID, kind, to, c.now)
	if err != nil {
		return fmt.Errorf("hand the draft over: %w", err)
	}
	if !handed {
		return &Error{Kind: Conflict, Code: "draft_gone"}
	}
	c.record(event, "", string(kind), personCode(Person{ID: to}))
	return nil
}

// HandedOn returns the drafts on a ticket that colleagues handed to the actor.
func (d *Desk) HandedOn(ctx context.Context, who Actor, id TicketID) ([]Handed, error) {
	if id == 0 {
		return nil, Missing("ticket")
	}
	return d.handed(ctx, who, id)
}

// HandedAnywhere returns all drafts that colleagues handed to the actor, the newest first.
func (d *Desk) HandedAnywhere(ctx context.Context, who Actor) ([]Handed, error) {
	return d.handed(ctx, who, 0)
}

func (d *Desk) handed(ctx context.Context, who Actor, id TicketID) ([]Handed, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	handed, err := d.store.Handed(ctx, listScope(p, false), p.user.ID, id, maxHanded)
	if err != nil {
		return nil, fmt.Errorf("read what was handed over: %w", err)
	}
	return handed, nil
}

// TakeOver makes a draft that a colleague handed over the actor's own, and returns the draft as it is
// then. The actor's own text of that kind goes if it is to be replaced; else the colleague's follows it.
func (d *Desk) TakeOver(ctx context.Context, who Actor, id TicketID, from UserID, kind DraftKind, replace bool) (string, error) {
	var body string
	_, err := d.change(ctx, who, id, 0, action.HandOver, func(ctx context.Context, c *command) error {
		theirs, err := c.tx.TakeDraft(ctx, from, id, kind, c.who.user.ID)
		if errors.Is(err, ErrNoRow) {
			return &Error{Kind: Conflict, Code: "draft_gone"}
		}
		if err != nil {
			return fmt.Errorf("take the draft: %w", err)
		}
		own, err := c.ownDraft(ctx, kind)
		if err != nil {
			return err
		}
		body = theirs
		if own != "" && !replace {
			body = own + "\n\n" + theirs
		}
		if _, err := c.tx.KeepDraft(ctx, c.who.user.ID, Draft{Ticket: id, Kind: kind, Body: body, UpdatedAt: c.now}, own); err != nil {
			return fmt.Errorf("keep the draft: %w", err)
		}
		c.record(EventTookOver, "", string(kind), personCode(Person{ID: from}))
		return nil
	})
	if err == nil {
		d.store.Ring(DirtyUser(from))
	}
	return body, err
}

func (c *command) ownDraft(ctx context.Context, kind DraftKind) (string, error) {
	drafts, err := c.tx.Drafts(ctx, c.who.user.ID, c.ticket.ID)
	if err != nil {
		return "", fmt.Errorf("read drafts: %w", err)
	}
	for _, d := range drafts {
		if d.Kind == kind {
			return d.Body, nil
		}
	}
	return "", nil
}
