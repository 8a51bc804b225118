package core

import (
	"context"
	"errors"
	"fmt"

	"helpdesk.campus/core/action"
)

// NewAgain is a closed issue that has come back.
type NewAgain struct {
	Key         string // as in NewTicket
	Title       string
	Description string
	Language    string
}

// ReportAgain files a new ticket for an issue that was closed, with the place, the kind and the reporter
// of the old one, and links the two. It is for when the time to reopen has passed.
func (d *Desk) ReportAgain(ctx context.Context, who Actor, id TicketID, in NewAgain) (Receipt, error) {
	record, link, err := d.prepareAgain(ctx, who, id, in)
	if err != nil {
		return Receipt{}, fmt.Errorf("report %s again: %w", id, err)
	}
	var receipt Receipt
	err = d.store.InTx(ctx, func(tx Tx) error {
		c, err := d.begin(ctx, tx, who, order{ticket: id, name: action.Again})
		if err != nil {
			return err
		}
		if refused := c.who.may(action.Again, &c.before, c.now); refused != nil {
			return refused
		}
		if receipt, err = tx.CreateTicket(ctx, record); err != nil || receipt.Repeated {
			return err
		}
		if err := tx.Relate(ctx, receipt.Ticket, RelatedTo, id); err != nil {
			return fmt.Errorf("link tickets: %w", err)
		}
		c.record(EventRepeated, "", "", receipt.Ticket.String())
		return c.save(ctx)
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("report %s again: %w", id, err)
	}
	receipt.Link = link
	d.store.Ring(Dirty{Tickets: map[TicketID]bool{id: true, receipt.Ticket: true}})
	return receipt, nil
}

// prepareAgain makes the new ticket out of the old one.
func (d *Desk) prepareAgain(ctx context.Context, who Actor, id TicketID, in NewAgain) (TicketRecord, string, error) {
	var none TicketRecord
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return none, "", err
	}
	old, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return none, "", Missing("ticket")
	}
	if err != nil {
		return none, "", fmt.Errorf("read ticket: %w", err)
	}
	if refused := p.may(action.Again, &old, d.Now()); refused != nil {
		return none, "", refused
	}
	contact, err := d.store.Contact(ctx, id)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return none, "", fmt.Errorf("read contact: %w", err)
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return none, "", err
	}
	record, err := d.checkReport(p, dir, NewTicket{
		Title: in.Title, Description: in.Description, Category: old.Category.ID, Language: in.Language,
		Where:   Where{Room: old.Location.Code, Words: old.Place},
		Contact: contact, Anonymous: old.Anonymous,
	})
	if err != nil {
		return none, "", againElsewhere(err)
	}
	record.Ticket.Location, record.Ticket.Place = old.Location, old.Place
	if old.Confidential { // it stays so, and with the team that read it, whatever kind it is said to be by now
		record.Ticket.Confidential = true
		if team, ok := dir.queue(old.Queue.ID); ok && !team.Archived {
			record.Ticket.Queue = team
		}
	}
	if record.Once, err = d.onceKey(who, "report", in.Key); err != nil {
		return none, "", err
	}
	if err := d.limitReport(ctx, p); err != nil {
		return none, "", err
	}
	link, err := d.finishRecord(p, &record)
	return record, link, err
}

// againElsewhere keeps what the sender can put right on the form for reporting again, which has a title
// and a description; for all else there is the whole form.
func againElsewhere(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for _, p := range e.Problems {
		if p.Field != "title" && p.Field != "description" {
			return forbidden("again_elsewhere")
		}
	}
	return err
}

// finishRecord gives a checked report its reference, its first event and, unless it belongs to an
// account, its private link.
func (d *Desk) finishRecord(p *principal, record *TicketRecord) (string, error) {
	var err error
	if record.Ticket.Reference, err = NewReference(d.random); err != nil {
		return "", fmt.Errorf("draw a reference: %w", err)
	}
	var link string
	if record.Ticket.Reporter.ID == 0 {
		link = d.linkToken(record.Once)
		record.LinkHash = hashToken(link)
	}
	record.Event, err = d.firstEvent(p, record.Ticket)
	return link, err
}
