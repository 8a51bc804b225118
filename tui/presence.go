package tui

import (
	"context"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/ticket"
)

// around is what a console knows of who else is at which ticket, and what it lets them know.
type around struct {
	seat    *core.Seat
	begun   bool                   // it has been read once
	reading bool                   // an answer is on its way
	moved   map[core.TicketID]bool // where something is different since it was last read
}

type aroundRead struct {
	there []core.Present
	err   error
}

// away is after how long without a key somebody counts as away from what is on their screen.
const away = 3 * time.Minute

// attend lets others know at which ticket the person is.
func (c *Console) attend() {
	top, ok := c.top().(*ticket.Screen)
	if !ok || c.leaving || c.clock().Sub(c.lastKey) > away {
		c.around.seat.At(0, "")
		return
	}
	c.around.seat.At(top.ID(), top.Doing())
}

func (c *Console) somebodyMoved(dirty core.Dirty) {
	if len(dirty.Present) == 0 {
		return
	}
	if c.around.moved == nil {
		c.around.moved = make(map[core.TicketID]bool)
	}
	maps.Copy(c.around.moved, dirty.Present)
}

// lookAround asks who is where, when that has changed at a ticket that is on the screen.
func (c *Console) lookAround() tea.Cmd {
	if c.around.reading || c.around.begun && !c.showsMoved() {
		return nil
	}
	c.around.begun, c.around.reading, c.around.moved = true, true, nil
	seat := c.around.seat
	return c.env.Do(func(ctx context.Context) tea.Msg {
		there, err := c.env.Desk.Present(ctx, c.env.Who, seat)
		return aroundRead{there: there, err: err}
	})
}

// showsMoved reports whether any of the tickets at which something is different is on the screen.
func (c *Console) showsMoved() bool {
	if len(c.around.moved) == 0 {
		return false
	}
	switch top := c.top().(type) {
	case *ticket.Screen:
		return c.around.moved[top.ID()]
	case *queue.Screen:
		for id := range c.around.moved {
			if top.Shows(id) {
				return true
			}
		}
	}
	return false
}

// takeAround shows who is where. That it cannot be told for a while is nothing to trouble anybody with:
// the screens say themselves that the database is away.
func (c *Console) takeAround(m aroundRead) {
	c.around.reading = false
	if m.err != nil {
		return
	}
	c.env.Around = make(map[core.TicketID][]core.Present, len(m.there))
	for _, one := range m.there {
		c.env.Around[one.Ticket] = append(c.env.Around[one.Ticket], one)
	}
}
