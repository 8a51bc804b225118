package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

type idleCheck struct{}

// warning is how long before signing out the console says so.
func (c *Console) warning() time.Duration { return min(time.Minute, c.idle/4) }

// touched notes that somebody is there.
func (c *Console) touched() {
	c.lastKey = c.clock()
	if c.idleSaid {
		c.idleSaid = false
		c.toast = toast{}
	}
}

// watchIdle looks again when the next thing could be due; a timer, not a clock that ticks.
func (c *Console) watchIdle() tea.Cmd {
	if c.idle <= 0 {
		return nil
	}
	left := c.idle - c.clock().Sub(c.lastKey)
	if !c.idleSaid {
		left -= c.warning()
	}
	return c.env.After(max(10*time.Millisecond, left), idleCheck{})
}

// checkIdle warns, then signs out.
func (c *Console) checkIdle() tea.Cmd {
	quiet := c.clock().Sub(c.lastKey)
	switch {
	case quiet >= c.idle:
		return c.leave(fmt.Sprintf("Signed out after %s without a key. Drafts are kept.", ui.Took(c.idle)))
	case quiet >= c.idle-c.warning() && !c.idleSaid:
		c.idleSaid = true
		left := ui.Took(c.idle - quiet)
		return tea.Batch(host{c}.Toast(screen.Failure, plain.Line(fmt.Sprintf("No key for a while: signing out in %s. Any key stays.", left))), c.watchIdle())
	}
	return c.watchIdle()
}
