package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// handedRead is what colleagues have handed to the person.
type handedRead struct {
	handed []core.Handed
	err    error
}

func (c *Console) readHanded() tea.Cmd {
	return c.env.Do(func(ctx context.Context) tea.Msg {
		handed, err := c.env.Desk.HandedAnywhere(ctx, c.env.Who)
		return handedRead{handed: handed, err: err}
	})
}

// takeHanded marks the tickets in the list, and says what has come since it was last read.
func (c *Console) takeHanded(m handedRead) tea.Cmd {
	if m.err != nil {
		return nil // it is read again when something comes
	}
	c.env.Handed = make(map[core.TicketID]bool, len(m.handed))
	for i := range m.handed {
		c.env.Handed[m.handed[i].Ticket] = true
	}
	if len(m.handed) == 0 || !m.handed[0].At.After(c.handedAt) {
		return nil
	}
	newest := &m.handed[0]
	c.handedAt = newest.At
	words := ui.Person(newest.From, "").String() + " handed you a draft of a " + newest.Kind.Words() + " on " + newest.Ticket.String() + ". Open it and press H."
	return host{c}.Toast(screen.Info, plain.Line(words))
}
