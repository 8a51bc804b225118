package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

const (
	// quiet is how long somebody must have paused before a dialog that nobody asked for takes keys,
	// and grace is how long it waits for that at most.
	quiet = 425 * time.Millisecond
	grace = 1500 * time.Millisecond
)

// key takes one key: first what always works, then the dialog or the screen on top.
func (c *Console) key(msg tea.KeyPressMsg) tea.Cmd {
	c.touched()
	name := msg.String()
	if name == "ctrl+c" {
		return c.interrupt()
	}
	c.warned = false
	if c.toast.level == screen.Failure {
		c.toast = toast{}
	}
	if len(c.dialogs) > 0 || c.top() == nil || c.top().Typing() {
		return c.input(msg)
	}
	switch name {
	case "?":
		c.help()
		return nil
	case "q":
		if len(c.stack) == 1 {
			return c.leave("")
		}
		return host{c}.Toast(screen.Info, plain.Line("esc goes back to the queue; q quits there."))
	}
	return c.input(msg)
}

// input gives a key or a paste to whatever has the focus.
func (c *Console) input(msg tea.Msg) tea.Cmd {
	top := c.top()
	if top == nil {
		const most = 64
		if len(c.early) < most {
			c.early = append(c.early, msg)
		}
		return nil
	}
	if n := len(c.dialogs); n > 0 {
		if c.heldBack(&c.dialogs[n-1]) {
			return nil
		}
		return c.dialogs[n-1].Update(msg)
	}
	return top.Update(msg)
}

// heldBack reports whether a key was meant for what was there before the dialog came up by itself.
func (c *Console) heldBack(d *dialog) bool {
	if !d.unasked {
		return false
	}
	now, last := c.clock(), d.opened
	if d.key.After(last) {
		last = d.key
	}
	if now.Sub(d.opened) >= grace || now.Sub(last) >= quiet {
		d.unasked = false
		return false
	}
	d.key = now
	return true
}

// interrupt leaves; if something typed is not on the server yet, only when asked twice.
func (c *Console) interrupt() tea.Cmd {
	top := c.top()
	if top != nil && top.Unsaved() && !c.warned {
		c.warned = true
		return tea.Batch(host{c}.Toast(screen.Warning, plain.Line("Your draft is not on the server yet. ctrl+c again leaves all the same.")), top.Leave())
	}
	return c.leave("")
}

// leave keeps what is typed and where one is, and ends the program. A database that does not answer holds
// nobody here.
func (c *Console) leave(farewell string) tea.Cmd {
	if c.leaving {
		return nil
	}
	c.leaving, c.farewell = true, farewell
	var last []tea.Cmd
	for _, s := range c.stack {
		if cmd := s.Leave(); cmd != nil {
			last = append(last, cmd)
		}
	}
	if cmd := c.savePlace(); cmd != nil {
		last = append(last, cmd)
	}
	last = append(last, tea.Quit)
	const enough = 2 * time.Second
	return tea.Batch(tea.Sequence(last...), c.env.After(enough, tea.QuitMsg{}))
}

// help shows the table of keys of the screen on top, with those that work everywhere.
func (c *Console) help() {
	bindings := append(c.top().Bindings(), c.everywhere()...)
	host{c}.Show(screen.NewHelp(host{c}, plain.Line("Keys · "+c.top().Title().String()), bindings), false)
}

func (c *Console) everywhere() []screen.Binding {
	quit := ""
	if len(c.stack) > 1 {
		quit = "esc goes back to the queue first."
	}
	return []screen.Binding{
		{Keys: []string{"q"}, Words: "quit", Help: "Leave the console.", Disabled: quit},
		{Keys: []string{"ctrl+c"}, Words: "quit", Help: "Leave from anywhere. Drafts are kept."},
	}
}
