package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"helpdesk.campus/core/action"
)

type splitStore interface {
	// MessageAmong reads a message that stands on one of the tickets.
	MessageAmong(ctx context.Context, tickets []TicketID, id MessageID) (Message, error)
}

// NewSplit says which message becomes a ticket, and what that is called.
type NewSplit struct {
	Message  MessageID
	Key      string // as in NewTicket
	Title    string // its reporter reads it
	Category CategoryID
	// ForReporter gives words of staff that the reporter has read to the reporter, as a report of theirs. What a
	// reporter said is theirs in any case.
	ForReporter bool
}

// Split makes a ticket of its own out of a message that is about something else: with that message, what was
// sent along with it and its place, but nothing else that was said. The message stays where it was said. The
// new ticket belongs to whoever's words they are: to the reporter of the very ticket on which they stand, also
// where others are merged with that; words of staff belong to whoever splits. What is confidential stays so,
// and with its team.
func (d *Desk) Split(ctx context.Context, who Actor, id TicketID, in NewSplit) (Receipt, error) {
	if who.Kind != ActorUser {
		return Receipt{}, forbidden("account_needed")
	}
	once, err := d.onceKey(who, "split "+number(id), in.Key)
	if err != nil {
		return Receipt{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	_, err = d.change(ctx, who, id, 0, action.Split, func(ctx context.Context, c *command) error {
		from, m, err := c.messageToSplit(ctx, in.Message)
		if err != nil {
			return err
		}
		record, err := c.splitRecord(ctx, dir, from, &m, in)
		if err != nil {
			return err
		}
		record.Once = once
		link, err := d.finishRecord(c.who, &record)
		if err != nil {
			return err
		}
		if receipt, err = c.tx.CreateTicket(ctx, record); err != nil {
			return fmt.Errorf("make the ticket: %w", err)
		}
		receipt.Link = link
		if receipt.Repeated {
			return nil
		}
		return c.splitInto(ctx, from, &m, receipt.Ticket)
	})
	if err != nil {
		return Receipt{}, err
	}
	return receipt, nil
}

// PlanSplit checks a message that is to become a ticket of its own, and says what that ticket would be. It
// does nothing.
func (d *Desk) PlanSplit(ctx context.Context, who Actor, id TicketID, in NewSplit) (Ticket, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return Ticket{}, err
	}
	var planned Ticket
	_, err = d.carryOut(ctx, who, order{ticket: id, name: action.Split, rehearsal: true}, func(ctx context.Context, c *command) error {
		from, m, err := c.messageToSplit(ctx, in.Message)
		if err != nil {
			return err
		}
		record, err := c.splitRecord(ctx, dir, from, &m, in)
		planned = record.Ticket
		planned.ReporterName = from.ReporterName
		if planned.Reporter.ID != from.Reporter.ID {
			planned.ReporterName = planned.Reporter.Name
		}
		return err
	})
	return planned, err
}

// messageToSplit finds the message on the ticket or on what is merged into it, and says on which it stands.
func (c *command) messageToSplit(ctx context.Context, id MessageID) (*Ticket, Message, error) {
	merged, err := c.merged(ctx)
	if err != nil {
		return nil, Message{}, err
	}
	family := []*Ticket{&c.before}
	for _, m := range merged {
		if c.who.scope.Staffs(&m.before) {
			family = append(family, &m.before)
		}
	}
	numbers := make([]TicketID, len(family))
	for i, t := range family {
		numbers[i] = t.ID
	}
	m, err := c.tx.MessageAmong(ctx, numbers, id)
	if errors.Is(err, ErrNoRow) {
		return nil, Message{}, refuse("message", "message_not_here")
	}
	if err != nil {
		return nil, Message{}, fmt.Errorf("read message: %w", err)
	}
	first, err := c.tx.FirstMessage(ctx, m.Ticket)
	if err != nil {
		return nil, Message{}, fmt.Errorf("read the description: %w", err)
	}
	if first.ID == m.ID {
		return nil, Message{}, refuse("message", "split_description")
	}
	return family[slices.Index(numbers, m.Ticket)], m, nil
}

// splitRecord is the new ticket, which knows of the old one what belongs to the message's own reporter.
func (c *command) splitRecord(ctx context.Context, dir *directory, from *Ticket, m *Message, in NewSplit) (TicketRecord, error) {
	var wrong problems
	t := Ticket{
		Version: 1, LastSeq: 1, Status: Open, Attention: NeedsStaff, AttentionAt: c.now, Title: cleanLine(in.Title),
		Location: from.Location, Place: from.Place, Door: c.who.Door, Language: from.Language, CreatedBy: c.who.user.Person(),
		CreatedAt: c.now, UpdatedAt: c.now,
	}
	checkTitle(&wrong, t.Title)
	category, ok := dir.category(in.Category)
	switch {
	case in.Category == 0:
		wrong.add("category", "category_missing")
	case !ok || category.Archived || !dir.leaf(category.ID):
		wrong.add("category", "category_unknown")
	}
	t.Category, t.Priority, t.Confidential = category, category.Priority, category.Confidential || from.Confidential
	if t.Queue, _ = dir.queue(category.Queue); from.Confidential {
		t.Queue = from.Queue
	}
	record := TicketRecord{Body: cmp.Or(m.Body, t.Title), Author: m.Author, Side: m.Side}
	theirs := m.Side == ReporterSide && (m.Author.ID == 0 || m.Author.ID == from.Reporter.ID)
	switch {
	case in.ForReporter && m.Visibility == InternalNote:
		wrong.add("message", "split_note")
	case theirs || in.ForReporter && m.Side == StaffSide:
		t.Reporter, t.Anonymous = from.Reporter, from.Anonymous
		var err error
		if record.Contact, err = c.tx.Contact(ctx, from.ID); err != nil && !errors.Is(err, ErrNoRow) {
			return TicketRecord{}, fmt.Errorf("read contact: %w", err)
		}
	default:
		t.Reporter = c.who.user.Person()
	}
	record.Ticket = t
	return record, wrong.err()
}

// splitInto ties the two tickets together. Their histories name each other, for those who work on both.
func (c *command) splitInto(ctx context.Context, from *Ticket, m *Message, id TicketID) error {
	first, err := c.tx.FirstMessage(ctx, id)
	if err != nil {
		return fmt.Errorf("read the new description: %w", err)
	}
	if err := c.tx.CopyFiles(ctx, from.ID, m.ID, id, first.ID); err != nil {
		return fmt.Errorf("take files along: %w", err)
	}
	if err := c.tx.Relate(ctx, id, RelatedTo, from.ID); err != nil {
		return fmt.Errorf("link tickets: %w", err)
	}
	made, err := c.beside(ctx, id)
	if err != nil {
		return err
	}
	made.record(EventSplit, "", number(from.ID), "")
	c.record(EventSplit, "", "", number(id))
	return nil
}

// unsplit lets what was split off go on in the ticket that it came from. Nothing that was said on it since
// is lost.
func (c *command) unsplit(ctx context.Context, e Event) error {
	id, err := strconv.ParseInt(e.From, 10, 64)
	if err != nil || c.ticket.MergedInto != 0 {
		return forbidden("undo_gone")
	}
	if err := c.tx.Unrelate(ctx, c.ticket.ID, RelatedTo, TicketID(id)); err != nil {
		return fmt.Errorf("remove link: %w", err)
	}
	return c.merge(ctx, TicketID(id))
}
