package tui

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/tui/admin"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/settings"
)

// Own is the table of keys of a screen of the administration without those of every list.
func Own(c *Console) []screen.Binding {
	if s, ok := c.top().(*admin.Screen); ok {
		return s.OwnBindings()
	}
	return nil
}

// Offers names what can be set on the screen of settings.
func Offers(c *Console) []string {
	if s, ok := c.top().(*settings.Screen); ok {
		return s.Offers()
	}
	return nil
}

// Bindings is the table of keys of the screen in sight, for the cheat sheet.
func Bindings(c *Console) []screen.Binding { return c.top().Bindings() }

// Everywhere is the table of keys that work on every screen.
func Everywhere(c *Console) []screen.Binding { return c.everywhere() }

// TellsWhoOneIs is true of the answer to who the person is now.
func TellsWhoOneIs(msg tea.Msg) bool {
	_, ok := msg.(meRead)
	return ok
}
