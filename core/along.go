package core

import (
	"context"
	"fmt"
	"slices"

	"helpdesk.campus/core/action"
)

// keepTogether lets what is merged into a ticket go where that goes: to the same team, and out of sight of
// those who may not read what is confidential.
func (c *command) keepTogether(ctx context.Context) error {
	for _, part := range append([]*command{c}, c.others...) {
		is, was := &part.ticket, &part.before
		if is.Merged == 0 || is.Queue.ID == was.Queue.ID && is.Confidential == was.Confidential {
			continue
		}
		merged, err := part.merged(ctx)
		if err != nil {
			return err
		}
		for _, m := range merged {
			if err := m.goAlong(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *command) goAlong(ctx context.Context, with *command) error {
	c.changed(FieldQueue, c.ticket.Queue.Code, with.ticket.Queue.Code)
	c.ticket.Queue = with.ticket.Queue
	switch {
	case c.ticket.Confidential == with.ticket.Confidential:
	case with.ticket.Confidential:
		c.setConfidential(true)
		return c.setPublic(ctx, "")
	default:
		became, err := c.becameBy(ctx, c.undoes)
		if err != nil {
			return err
		}
		if !became { // it was confidential by itself, before
			return forbidden("merged_confidential")
		}
		c.setConfidential(false)
	}
	return nil
}

// becameBy tells whether it was a command that made the ticket confidential.
func (c *command) becameBy(ctx context.Context, name string) (bool, error) {
	events, err := c.tx.TicketEvents(ctx, c.ticket.ID, max(0, c.before.LastSeq-maxHistory), maxHistory)
	if err != nil {
		return false, fmt.Errorf("read history: %w", err)
	}
	return name != "" && slices.ContainsFunc(events, func(e Event) bool { return e.Command == name && e.Field == FieldConfidential }), nil
}

// closeAlong closes what is a duplicate of the ticket that has just been closed, and tells each reporter
// the last word on their own ticket. What is merged is closed already, and learns how it ended.
func (c *command) closeAlong(ctx context.Context, r Resolution, last *Message) error {
	tickets, err := c.tx.ClosingTickets(ctx, c.ticket.ID)
	if err != nil {
		return fmt.Errorf("read the duplicates of %s: %w", c.ticket.ID, err)
	}
	mine := map[TicketID]bool{c.ticket.ID: true} // told by the last word itself
	goes := map[TicketID]bool{c.ticket.ID: true}
	for i := range tickets {
		if t := &tickets[i]; t.MergedInto == 0 && c.who.may(action.Close, t, c.now) == nil {
			goes[t.ID] = true
		}
	}
	for changed := true; changed; { // what is merged goes with what it is merged into
		changed = false
		for i := range tickets {
			if t := &tickets[i]; t.MergedInto != 0 && goes[t.MergedInto] && !goes[t.ID] {
				goes[t.ID], changed = true, true
				mine[t.ID] = mine[t.MergedInto]
			}
		}
	}
	for i := range tickets {
		t := &tickets[i]
		if !goes[t.ID] {
			continue
		}
		o := c.along(*t)
		if last != nil && !mine[t.ID] {
			if err := o.hear(ctx, last, c.ticket.ID); err != nil {
				return err
			}
		}
		if t.MergedInto != 0 {
			o.setResolution(r)
			continue
		}
		o.close(r)
	}
	return nil
}

// reopenAlong says on what is merged into a ticket that the work goes on.
func (c *command) reopenAlong(ctx context.Context) error {
	merged, err := c.merged(ctx)
	if err != nil {
		return err
	}
	for _, m := range merged {
		m.setResolution(Duplicate)
	}
	return nil
}

// closes reports whether an action closes the duplicates of a ticket with it.
func closes(name action.Name) bool { return name == action.Close }
