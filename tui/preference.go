package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// preferred is the answer to a change of one's own ways.
type preferred struct {
	doing  string
	before core.User
	err    error
}

// prefer works in another way at once, and has it kept.
func (c *Console) prefer(p core.Preferences) tea.Cmd {
	before := c.env.Me
	c.env.Me.Preferences = p
	c.adapt()
	return c.env.Do(func(ctx context.Context) tea.Msg {
		return preferred{doing: "keep that", before: before, err: c.env.Desk.SetPreferences(ctx, c.env.Who, p)}
	})
}

// speak goes over to another language at once, and has it kept.
func (c *Console) speak(language string) tea.Cmd {
	before := c.env.Me
	c.env.Me.Language = language
	c.adapt()
	return c.env.Do(func(ctx context.Context) tea.Msg {
		return preferred{doing: "keep that language", before: before, err: c.env.Desk.SetLanguage(ctx, c.env.Who, language)}
	})
}

// preferred takes back what could not be kept.
func (c *Console) preferred(m preferred) tea.Cmd {
	if m.err == nil {
		return nil
	}
	c.env.Me = m.before
	c.adapt()
	return host{c}.Fail(m.doing, m.err)
}

// adapt works as the person prefers: in their colours, zone and language.
func (c *Console) adapt() {
	p := c.env.Me.Preferences
	c.env.Chosen = p.Location(nil)
	c.exact = p.ExactTimes
	if tag := c.env.Me.Language; tag != "" {
		c.env.Words = c.env.Words.In(tag)
	}
	c.retheme()
}

// retheme chooses the colours: what the person prefers, as far as the terminal has colours.
func (c *Console) retheme() {
	background := c.backdrop
	switch c.env.Me.Preferences.Theme {
	case core.ThemeAuto:
	case core.ThemeLight:
		background = ui.Light
	case core.ThemeDark:
		background = ui.Dark
	case core.ThemeContrast:
		background = ui.Contrast(c.backdrop)
	case core.ThemeNone:
		background = ui.NoColour
	}
	if c.profile == colorprofile.ASCII || c.profile == colorprofile.NoTTY {
		background = ui.NoColour
	}
	c.theme = ui.NewTheme(background)
}

// turnExact changes between times in words and exact ones, until it is pressed again.
func (c *Console) turnExact() tea.Cmd {
	c.exact = !c.exact
	words := "Times are in words."
	if c.exact {
		words = "Times are exact, in " + c.env.Zone().String() + "."
	}
	return host{c}.Toast(screen.Info, plain.Line(words))
}
