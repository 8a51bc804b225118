package tui

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/admin"
	"helpdesk.campus/tui/dashboard"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/settings"
	"helpdesk.campus/tui/ticket"
)

// openTicket goes to a ticket's screen, to the one there is already if somebody has been on it.
func (c *Console) openTicket(id core.TicketID) tea.Cmd {
	for _, s := range c.trail.each() {
		if t, ok := s.(*ticket.Screen); ok && t.ID() == id {
			return c.goTo(t)
		}
	}
	return c.goTo(ticket.New(c.env, id))
}

// openAnalysis goes to the dashboards, which keep what was chosen on them.
func (c *Console) openAnalysis() tea.Cmd {
	for _, s := range c.trail.each() {
		if d, ok := s.(*dashboard.Screen); ok {
			return c.goTo(d)
		}
	}
	return c.goTo(dashboard.New(c.env))
}

// notAdmin says why somebody does not get in.
const notAdmin = "Administration is for admins."

// openAdministration goes to where the place is run, for those who may.
func (c *Console) openAdministration() tea.Cmd {
	if c.env.Me.Role != core.RoleAdmin {
		return host{c}.Toast(screen.Warning, plain.Line(notAdmin))
	}
	for _, s := range c.trail.each() {
		if a, ok := s.(*admin.Screen); ok && !a.Nested() {
			return c.goTo(a)
		}
	}
	return c.goTo(admin.New(c.env))
}

// leaveAdministration takes somebody out who is no admin any more, with whatever was open there.
func (c *Console) leaveAdministration() tea.Cmd {
	if c.env.Me.Role == core.RoleAdmin || c.home == nil {
		return nil
	}
	_, there := c.top().(*admin.Screen)
	if !c.trail.drop(func(s screen.Screen) bool { _, is := s.(*admin.Screen); return is }) || !there {
		return nil
	}
	c.dialogs = nil
	return tea.Batch(c.top().Enter(), host{c}.Toast(screen.Warning, plain.Line("You are no admin any more, so Administration has closed.")))
}

// openSettings goes to the person's own settings.
func (c *Console) openSettings() tea.Cmd {
	if _, there := c.top().(*settings.Screen); there {
		return nil
	}
	return c.goTo(settings.New(c.env))
}

// showView goes to the queue and shows one of its views.
func (c *Console) showView(name string) tea.Cmd {
	shown, ok := c.home.ShowNamed(name)
	if !ok {
		return nil
	}
	return tea.Batch(c.goTo(c.home), shown)
}
