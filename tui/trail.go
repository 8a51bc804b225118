package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// trail is the screens somebody has been on, as a browser keeps pages: one can go back, and forward
// again until one goes elsewhere.
type trail struct {
	screens []screen.Screen
	at      int
}

// longest is how many steps back there are at most.
const longest = 30

// top is the screen in sight, nil before there is one.
func (t *trail) top() screen.Screen {
	if len(t.screens) == 0 {
		return nil
	}
	return t.screens[t.at]
}

// push goes to a screen from the one in sight; what was ahead is forgotten.
func (t *trail) push(s screen.Screen) {
	t.screens = append(t.screens[:min(t.at+1, len(t.screens))], s)
	if len(t.screens) > longest {
		t.screens = slices.Delete(t.screens, 0, 1)
	}
	t.at = len(t.screens) - 1
}

// step goes back (-1) or forward (1), and says whether there was anywhere to go.
func (t *trail) step(by int) bool {
	if to := t.at + by; to >= 0 && to < len(t.screens) {
		t.at = to
		return true
	}
	return false
}

// drop takes screens off the trail, and says whether there were any. Whoever was on one of them is on the
// last one before it.
func (t *trail) drop(gone func(screen.Screen) bool) bool {
	before := len(t.screens)
	var kept []screen.Screen
	at := 0
	for i, s := range t.screens {
		if gone(s) {
			continue
		}
		kept = append(kept, s)
		if i <= t.at {
			at = len(kept) - 1
		}
	}
	t.screens, t.at = kept, at
	return len(kept) < before
}

// each lists the screens, each of them once.
func (t *trail) each() []screen.Screen {
	all := make([]screen.Screen, 0, len(t.screens))
	for _, s := range t.screens {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// crumbs are the names of the screens that lead from the section to the screen in sight.
func (t *trail) crumbs() []plain.Text {
	var names []plain.Text
	for at := t.at; at >= 0 && at < len(t.screens); at-- {
		names = append(names, t.screens[at].Title())
		if nested, ok := t.screens[at].(screen.Nested); !ok || !nested.Nested() {
			break
		}
	}
	slices.Reverse(names)
	return names
}

// goTo leaves the screen in sight for another one.
func (c *Console) goTo(s screen.Screen) tea.Cmd {
	top := c.top()
	if top == s {
		return nil
	}
	var left tea.Cmd
	if top != nil {
		left = top.Leave()
	}
	c.trail.push(s)
	return tea.Batch(left, s.Enter())
}

// step goes back or forward on the trail.
func (c *Console) step(by int) tea.Cmd {
	from := c.top()
	if !c.trail.step(by) {
		return nil
	}
	if c.top() == from {
		return nil
	}
	return tea.Batch(from.Leave(), c.top().Enter())
}

// way draws the way to the screen in sight; if it is too long, its middle is left out.
func way(theme *ui.Theme, crumbs []plain.Text, room int) []ui.Span {
	const between = "  ›  "
	width := func(crumbs []plain.Text) (w int) {
		for _, c := range crumbs {
			w += len([]rune(between)) + c.Width()
		}
		return w
	}
	for len(crumbs) > 2 && width(crumbs) > room {
		if crumbs[1].String() == "…" {
			crumbs = slices.Delete(slices.Clone(crumbs), 2, 3)
		} else {
			crumbs = slices.Concat(crumbs[:1], []plain.Text{plain.Line("…")}, crumbs[2:])
		}
	}
	var spans []ui.Span
	for i, name := range crumbs {
		style := theme.Plain
		if i == len(crumbs)-1 {
			style = theme.Accent
		}
		spans = append(spans, ui.Say(theme.Rule, between), ui.Quote(style, name))
	}
	return spans
}
