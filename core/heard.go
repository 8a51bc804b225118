package core

import (
	"context"
	"fmt"
)

// reached is another ticket that a message was brought to, and its number there.
type reached struct {
	ticket  TicketID
	message MessageID
}

// reach brings what was just said to where else it is heard: an answer of staff to the reporter of every
// ticket that is merged into this one, and anything on a merged ticket to the one that goes on with it.
// Nothing that a reporter said reaches another.
func (c *command) reach(ctx context.Context, m *Message) error {
	if c.ticket.MergedInto != 0 {
		root, err := c.root(ctx, c.ticket.MergedInto)
		if err != nil {
			return err
		}
		root.heard(c.ticket.ID, m)
		return nil
	}
	if m.Side != StaffSide || m.Visibility != PublicMessage {
		return nil
	}
	merged, err := c.merged(ctx)
	if err != nil {
		return err
	}
	for _, other := range merged {
		if err := other.hear(ctx, m, c.ticket.ID); err != nil {
			return err
		}
	}
	return nil
}

// heard notes that something was said on a ticket that is merged into this one.
func (c *command) heard(on TicketID, m *Message) {
	c.record(EventHeard, "", string(m.Side), number(on))
	switch {
	case m.Visibility == InternalNote:
	case m.Side == ReporterSide:
		c.stopResting()
		c.ticket.attend(NeedsStaff, c.now)
	default:
		c.ticket.attend(InHand, c.now)
	}
}

// hear says to the reporter of this ticket what staff said on another.
func (c *command) hear(ctx context.Context, m *Message, on TicketID) error {
	copied := *m
	copied.SaidOn = on
	id, err := c.tx.InsertMessage(ctx, c.ticket.ID, copied, "")
	if err != nil {
		return fmt.Errorf("write message on %s: %w", c.ticket.ID, err)
	}
	m.reached = append(m.reached, reached{ticket: c.ticket.ID, message: id})
	c.record(EventReplied, "", "", string(m.Side))
	if c.ticket.FirstResponseAt.IsZero() {
		c.ticket.FirstResponseAt = c.now
	}
	c.ticket.attend(InHand, c.now)
	return nil
}
