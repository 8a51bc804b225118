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

// myself is what the console knows of the person's account beyond how it reads now.
type myself struct {
	asking bool         // it is being read
	again  bool         // it has changed since it was asked for
	wishes screen.Turns // changes of one's own ways
}

// wishKept is the answer to a change of one's own ways.
type wishKept struct {
	doing  string
	before core.User
	err    error
}

// prefer works in another way at once, and has it kept.
func (c *Console) prefer(p core.Preferences) tea.Cmd {
	before := c.env.Me
	c.env.Me.Preferences = p
	return c.wish("keep that", before, func(ctx context.Context) error { return c.env.Desk.SetPreferences(ctx, c.env.Who, p) })
}

// speak goes over to another language at once, and has it kept.
func (c *Console) speak(language string) tea.Cmd {
	before := c.env.Me
	c.env.Me.Language = language
	return c.wish("keep that language", before, func(ctx context.Context) error { return c.env.Desk.SetLanguage(ctx, c.env.Who, language) })
}

// wish has a change kept that counts already.
func (c *Console) wish(doing string, before core.User, keep func(ctx context.Context) error) tea.Cmd {
	c.adapt()
	return c.myself.wishes.Do(c.env, func(ctx context.Context) tea.Msg {
		return wishKept{doing: doing, before: before, err: keep(ctx)}
	})
}

// wishKept takes back what could not be kept.
func (c *Console) wishKept(m wishKept) tea.Cmd {
	c.myself.wishes.Answered()
	if m.err != nil {
		c.env.Me = m.before
		c.adapt()
		return tea.Batch(host{c}.Fail(m.doing, m.err), c.askMe())
	}
	return c.askMe()
}

// meRead is who the person is now.
type meRead struct {
	user core.User
	err  error
}

// checkMe asks whether the person may still be here and how they work now, when that may have changed.
func (c *Console) checkMe(dirty core.Dirty) tea.Cmd {
	if !dirty.All && !dirty.Users[c.env.Me.ID] {
		return nil
	}
	return c.askMe()
}

func (c *Console) askMe() tea.Cmd {
	if c.myself.asking {
		c.myself.again = true
		return nil
	}
	c.myself.asking, c.myself.again = true, false
	return c.env.Do(readMe(c.env))
}

// takeMe takes over who the person is, unless that was read before their last wish was kept: it would take
// the wish back before their eyes.
func (c *Console) takeMe(m meRead) tea.Cmd {
	c.myself.asking = false
	switch core.KindOf(m.err) {
	case core.Unauthenticated, core.Forbidden, core.NotFound:
		return c.leave(c.env.Explain(m.err))
	case core.Invalid, core.Conflict, core.Limited, core.Unavailable, core.Internal:
		return nil
	case "":
	}
	if !m.user.IsStaff() {
		return c.leave("Your account no longer works at this desk, so the console has closed. Drafts are kept.")
	}
	switch {
	case c.myself.wishes.Open():
		return nil // asked again when they are kept
	case c.myself.again:
		return c.askMe()
	}
	c.env.Me = m.user
	c.adapt()
	return c.leaveAdministration()
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
