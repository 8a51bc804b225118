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
	asking  bool   // it is being read
	again   bool   // it has changed since it was asked for
	changes []wish // of one's own ways, being kept one after another, the first now
}

// wish is a change of one's own ways: it counts at once, and is then kept.
type wish struct {
	doing  string
	before core.User // who one is again if it cannot be kept
	keep   func(ctx context.Context) error
}

// wishKept is the answer to a wish.
type wishKept struct{ err error }

// prefer works in another way at once, and has it kept.
func (c *Console) prefer(p core.Preferences) tea.Cmd {
	w := wish{doing: "keep that", before: c.env.Me, keep: func(ctx context.Context) error { return c.env.Desk.SetPreferences(ctx, c.env.Who, p) }}
	c.env.Me.Preferences = p
	return c.wish(w)
}

// speak goes over to another language at once, and has it kept.
func (c *Console) speak(language string) tea.Cmd {
	w := wish{doing: "keep that language", before: c.env.Me, keep: func(ctx context.Context) error { return c.env.Desk.SetLanguage(ctx, c.env.Who, language) }}
	c.env.Me.Language = language
	return c.wish(w)
}

// wish has a change kept after those that still are: two on their way at once could arrive in either order,
// and the older one would stay.
func (c *Console) wish(w wish) tea.Cmd {
	c.adapt()
	c.myself.changes = append(c.myself.changes, w)
	if len(c.myself.changes) > 1 {
		return nil
	}
	return c.env.Do(keepWish(w))
}

func keepWish(w wish) func(ctx context.Context) tea.Msg {
	return func(ctx context.Context) tea.Msg { return wishKept{err: w.keep(ctx)} }
}

// wishKept goes on with the next wish, or takes back what could not be kept with all that was built on it.
func (c *Console) wishKept(m wishKept) tea.Cmd {
	w := c.myself.changes[0]
	c.myself.changes = c.myself.changes[1:]
	if m.err != nil {
		c.myself.changes = nil
		c.env.Me = w.before
		c.adapt()
		return tea.Batch(host{c}.Fail(w.doing, m.err), c.askMe())
	}
	if len(c.myself.changes) > 0 {
		return c.env.Do(keepWish(c.myself.changes[0]))
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
	case len(c.myself.changes) > 0:
		return nil // asked again when the last is kept
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
