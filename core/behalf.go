package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ReportFor files an issue for somebody who stands at the desk or phones: for an account, which finds it
// among its own tickets, or, with 0, for whoever the contact says. The private link of the latter is
// in the receipt once, to be passed on.
func (d *Desk) ReportFor(ctx context.Context, who Actor, reporter UserID, in NewTicket) (Receipt, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return Receipt{}, err
	}
	if p.Kind != ActorUser {
		return Receipt{}, forbidden("account_needed")
	}
	record, err := d.recordFor(ctx, p, reporter, in)
	if err != nil {
		return Receipt{}, err
	}
	if record.Once, err = d.onceKey(who, "report for", in.Key); err != nil {
		return Receipt{}, err
	}
	link, err := d.finishRecord(p, &record)
	if err != nil {
		return Receipt{}, err
	}
	receipt, err := d.store.CreateTicket(ctx, record)
	if err != nil {
		return Receipt{}, fmt.Errorf("file report for somebody: %w", err)
	}
	receipt.Link = link
	if !receipt.Repeated {
		d.store.Ring(DirtyTicket(receipt.Ticket))
	}
	return receipt, nil
}

// Callers finds accounts of whom somebody at the desk may say that they phone: by the beginning of a name or
// username those who reported something to the actor's queues, and colleagues of these; by the whole username
// or address anybody.
func (d *Desk) Callers(ctx context.Context, who Actor, typed string) ([]Person, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	typed = strings.TrimPrefix(cleanLine(typed), "@")
	if typed == "" {
		return nil, nil
	}
	var found []Person
	user, _, err := d.store.Login(ctx, strings.ToLower(typed))
	switch {
	case err == nil && !user.Disabled:
		found = append(found, user.Person())
	case err != nil && !errors.Is(err, ErrNoRow):
		return nil, fmt.Errorf("find an account: %w", err)
	}
	scope := listScope(p, false)
	for _, like := range []func(context.Context, Scope, string, int) ([]Person, error){d.store.ReportersLike, d.store.StaffLike} {
		people, err := like(ctx, scope, typed, maxChoices)
		if err != nil {
			return nil, fmt.Errorf("find people: %w", err)
		}
		for _, person := range people {
			if !slices.ContainsFunc(found, func(had Person) bool { return had.ID == person.ID }) {
				found = append(found, person)
			}
		}
	}
	return found[:min(len(found), maxChoices)], nil
}

// UnknownCaller says that nobody of that name has an account, and what helps.
func UnknownCaller() error { return refuse("for", "caller_unknown") }

// recordFor is the report as its reporter would have sent it, made by somebody of the staff.
func (d *Desk) recordFor(ctx context.Context, p *principal, reporter UserID, in NewTicket) (TicketRecord, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return TicketRecord{}, err
	}
	sender := &principal{Actor: Actor{Kind: ActorAnonymous, Door: p.Door}}
	if reporter != 0 {
		account, err := d.store.Account(ctx, reporter, 0, d.Now())
		if errors.Is(err, ErrNoRow) || err == nil && account.User.Disabled {
			return TicketRecord{}, Missing("user")
		}
		if err != nil {
			return TicketRecord{}, fmt.Errorf("read who reports: %w", err)
		}
		sender = &principal{Actor: Actor{Kind: ActorUser, User: reporter, Door: p.Door}, user: account.User}
		if in.Language == "" {
			in.Language = account.User.Language
		}
	}
	record, err := d.checkReport(sender, dir, in)
	if err != nil {
		return TicketRecord{}, err
	}
	record.Ticket.CreatedBy = p.user.Person()
	if in.Priority != 0 {
		if !slices.Contains(Priorities(), in.Priority) {
			return TicketRecord{}, refuse("priority", "priority_unknown")
		}
		record.Ticket.Priority = in.Priority
	}
	return record, nil
}
