package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"helpdesk.campus/core/action"
)

type watchingStore interface {
	// Follow notes that somebody wants to hear of a ticket, Unfollow that they do no more.
	Follow(ctx context.Context, ticket TicketID, user UserID, now time.Time) error
	Unfollow(ctx context.Context, ticket TicketID, user UserID) error
}

// Follow has the actor hear of a ticket that they work on or that a colleague has: it stands among those
// they follow, and what is new on it is marked. It changes nothing about the ticket, and so is no part of
// its history.
func (d *Desk) Follow(ctx context.Context, who Actor, id TicketID) error {
	return d.follow(ctx, who, id, action.Follow, func(p *principal) error {
		return d.store.Follow(ctx, id, p.user.ID, d.Now())
	})
}

// Unfollow ends it.
func (d *Desk) Unfollow(ctx context.Context, who Actor, id TicketID) error {
	return d.follow(ctx, who, id, action.Unfollow, func(p *principal) error {
		return d.store.Unfollow(ctx, id, p.user.ID)
	})
}

func (d *Desk) follow(ctx context.Context, who Actor, id TicketID, name action.Name, do func(*principal) error) error {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return err
	}
	if p.Kind != ActorUser {
		return forbidden("account_needed")
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return Missing("ticket")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", id, err)
	}
	if refused := p.may(name, &t, d.Now()); refused != nil {
		return refused
	}
	if err := do(p); err != nil {
		return fmt.Errorf("%s %s: %w", name, id, err)
	}
	d.store.Ring(DirtyTicket(id))
	return nil
}
