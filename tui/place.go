package tui

import (
	"context"
	"encoding/json"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ticket"
)

// place is where somebody is in the console, kept on the server so that they find themselves there
// again from any machine.
type place struct {
	Queue  queue.Place   `json:"queue"`
	Ticket core.TicketID `json:"ticket,omitempty"`
}

type placeRead struct {
	place place
	err   error
}

type placeDue struct{}

// restless is how long somebody may move about before the place is kept.
const restless = time.Second

func (c *Console) readPlace() tea.Cmd {
	return c.env.Do(func(ctx context.Context) tea.Msg {
		state, err := c.env.Desk.Place(ctx, c.env.Who)
		if err != nil || state == nil {
			return placeRead{err: err}
		}
		var p place
		if err := json.Unmarshal(state, &p); err != nil {
			return placeRead{} // kept by another version of the console: begin at the queue
		}
		return placeRead{place: p}
	})
}

// arrive opens the screens where the person was, and gives them the keys that came in the meantime.
func (c *Console) arrive(m placeRead) tea.Cmd {
	switch core.KindOf(m.err) {
	case core.Unauthenticated, core.Forbidden:
		return c.leave(c.env.Explain(m.err))
	default:
	}
	if c.top() != nil {
		return nil
	}
	c.place = m.place
	c.home = queue.New(c.env, m.place.Queue)
	cmds := []tea.Cmd{c.goTo(c.home)}
	if m.place.Ticket != 0 {
		cmds = append(cmds, c.openTicket(m.place.Ticket))
	}
	early := c.early
	c.early = nil
	for _, msg := range early {
		cmds = append(cmds, c.handle(msg))
	}
	return tea.Batch(cmds...)
}

// here is the place now. What was found for a while is no place to come back to.
func (c *Console) here() place {
	p := place{Queue: c.home.Place()}
	if t, ok := c.top().(*ticket.Screen); ok {
		p.Ticket = t.ID()
	}
	return p
}

// keepPlace has the place kept soon after it changed.
func (c *Console) keepPlace() tea.Cmd {
	if c.home == nil || c.placeDue || c.leaving || c.here() == c.place {
		return nil
	}
	c.placeDue = true
	return c.env.After(restless, placeDue{})
}

// savePlace keeps the place. If that fails the next move tries again: nobody should hear of it.
func (c *Console) savePlace() tea.Cmd {
	c.placeDue = false
	if c.home == nil || c.here() == c.place {
		return nil
	}
	c.place = c.here()
	state, err := json.Marshal(c.place)
	if err != nil {
		return nil
	}
	return c.env.Do(func(ctx context.Context) tea.Msg {
		if err := c.env.Desk.SavePlace(ctx, c.env.Who, state); err != nil {
			c.logger.WarnContext(ctx, "the console's place was not kept", "error", err)
		}
		return nil
	})
}

func readMe(e *screen.Env) func(ctx context.Context) tea.Msg {
	return func(ctx context.Context) tea.Msg {
		user, err := e.Desk.Me(ctx, e.Who)
		return meRead{user: user, err: err}
	}
}
