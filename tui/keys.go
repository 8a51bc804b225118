package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
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
	before, taken := c.chordKey(msg)
	if taken {
		return before
	}
	if cmd, known := screen.Press(host{c}, c.everywhere(), msg); known {
		return tea.Batch(before, cmd)
	}
	return tea.Batch(before, c.input(msg))
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
	if farewell == "" { // nobody was thrown out
		c.env.ForgetPicks()
	}
	var last []tea.Cmd
	for _, s := range c.trail.each() {
		if cmd := s.Leave(); cmd != nil {
			last = append(last, cmd)
		}
	}
	if cmd := c.savePlace(); cmd != nil {
		last = append(last, cmd)
	}
	if cmd := c.myself.wishes.Wait(c.env); cmd != nil {
		last = append(last, cmd)
	}
	last = append(last, tea.Quit)
	const enough = 2 * time.Second
	return tea.Batch(tea.Sequence(last...), c.env.After(enough, tea.QuitMsg{}))
}

// help shows the table of keys of the screen on top, with those that work everywhere.
func (c *Console) help() tea.Cmd {
	bindings := append(c.top().Bindings(), c.everywhere()...)
	host{c}.Show(screen.NewHelp(host{c}, plain.Line("Keys · "+c.top().Title().String()), bindings), false)
	return nil
}

// everywhere is the table of keys that work on every screen while nothing is being typed.
func (c *Console) everywhere() []screen.Binding {
	quit, back, forward, inbox := "", "", "", ""
	if c.top() != screen.Screen(c.home) {
		quit = "Here esc goes back and gq to the queue; q quits there."
	}
	if c.trail.at == 0 {
		back = "You have not been anywhere else yet."
	}
	if c.trail.at+1 >= len(c.trail.screens) {
		forward = "You have not gone back."
	}
	administer := ""
	if c.env.Me.Role != core.RoleAdmin {
		administer = notAdmin
	}
	if !c.hasView(inboxView) {
		inbox = "There is no view of what you were mentioned in."
	}
	walk := func(by int) func() tea.Cmd { return func() tea.Cmd { return c.step(by) } }
	return []screen.Binding{
		{Keys: []string{":"}, Words: "palette", Help: "Find anything by a few of its letters: actions, views, screens, people, tickets by number.", Run: c.openPalette},
		{Keys: []string{"gq"}, Words: "queue", Help: "Go to the queue.", Run: func() tea.Cmd { return c.goTo(c.home) }},
		{Keys: []string{"gd"}, Words: "analysis", Help: "Go to Data Analysis.", Run: c.openAnalysis},
		{Keys: []string{"ga"}, Words: "administration", Help: "Go to Administration: people, queues, places, calendar, sessions, audit trail, health.", Disabled: administer, Run: c.openAdministration},
		{Keys: []string{"gi"}, Words: "inbox", Help: "Go to what you were mentioned in.", Disabled: inbox, Run: func() tea.Cmd { return c.showView(inboxView) }},
		{Keys: []string{"gv"}, Words: "view by number", Help: "Go to a view of the queue from anywhere: gv3 to the third.", Run: nil},
		{Keys: []string{"[", "alt+left"}, Label: "[ alt+←", Words: "back", Help: "Go back to where you were.", Disabled: back, Run: walk(-1)},
		{Keys: []string{"]", "alt+right"}, Label: "] alt+→", Words: "forward", Help: "Go forward again.", Disabled: forward, Run: walk(1)},
		{Keys: []string{",", "gs"}, Words: "settings", Help: "Theme, zone, language, mouse, keys, sign-ins, password.", Run: c.openSettings},
		{Keys: []string{"X"}, Words: "exact times", Help: "Change between times in words and by the clock.", Run: c.turnExact},
		{Keys: []string{"?"}, Words: "help", Help: "Every key that works here, and why others do not now.", Run: c.help},
		{Keys: []string{"q"}, Words: "quit", Help: "Leave the console.", Disabled: quit, Run: func() tea.Cmd { return c.leave("") }},
		{Keys: []string{"ctrl+c"}, Words: "quit", Help: "Leave from anywhere. Drafts are kept.", Run: c.interrupt},
	}
}

// inboxView is the name of the view of what somebody was mentioned in.
const inboxView = "mentions"

func (c *Console) hasView(name string) bool {
	return slices.ContainsFunc(c.home.Views(), func(v core.View) bool { return v.Name == name })
}
