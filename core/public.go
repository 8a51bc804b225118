package core

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// PublicQuery asks for issues that staff made public.
type PublicQuery struct {
	Category CategoryID // 0 for all
	From, To time.Time  // when they were reported; zero is open
	Closed   *bool      // nil for both
}

// maxPublic is how many are shown at once.
const maxPublic = 1000

type publicStore interface {
	// PublicBetween reads what staff made public of what was reported in a time, closed or not, newest first.
	PublicBetween(ctx context.Context, from, to time.Time, limit int) ([]Ticket, error)
}

// PublicIssues lists what staff made public, closed or not, newest first: a thousand at most.
func (d *Desk) PublicIssues(ctx context.Context, _ Actor, ask PublicQuery) ([]KnownIssue, error) {
	if ask.To.IsZero() {
		ask.To = d.Now().Add(time.Second)
	}
	tickets, err := d.store.PublicBetween(ctx, ask.From, ask.To, maxPublic)
	if err != nil {
		return nil, fmt.Errorf("read public issues: %w", err)
	}
	tickets = slices.DeleteFunc(tickets, func(t Ticket) bool {
		return ask.Category != 0 && t.Category.ID != ask.Category || ask.Closed != nil && t.IsClosed() != *ask.Closed
	})
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return d.allKnown(dir, tickets)
}

// IssueHandle is the handle of a report that the actor has just filed: with it they find it again if staff make it public.
func (d *Desk) IssueHandle(ctx context.Context, who Actor, id TicketID) (string, error) {
	p, err := d.lookUp(ctx, d.store, who)
	if err != nil {
		return "", err
	}
	t, err := d.store.Ticket(ctx, id)
	if err != nil || !p.scope.Owns(&t) {
		return "", Missing("ticket")
	}
	return d.sealTicket(id)
}
