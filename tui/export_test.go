package tui

import "helpdesk.campus/tui/screen"

// Bindings is the table of keys of the screen in sight, for the cheat sheet.
func Bindings(c *Console) []screen.Binding { return c.top().Bindings() }

// Everywhere is the table of keys that work on every screen.
func Everywhere(c *Console) []screen.Binding { return c.everywhere() }
