package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// View draws header, screen, status line and footer, and over them the dialog on top. What has no room
// goes in that order: first the header, then the status line, then the footer.
func (c *Console) View() tea.View {
	width, height := max(1, c.width), max(1, c.height)
	f := screen.Frame{Width: width, Height: height, Theme: c.theme, Clock: ui.Clock{Now: c.env.Desk.Now(), Zone: c.env.Zone(), Exact: c.exact}}
	var above, below []string
	if c.whole() {
		c.bodyAt.x, c.bodyAt.y = 0, 0
		lines, _ := c.body(f)
		return tea.View{Content: strings.Join(lines, "\n"), AltScreen: true, MouseMode: c.mouseMode()}
	}
	if height >= 5 {
		above = append(above, c.header(width))
	}
	c.bodyAt.x, c.bodyAt.y = 0, len(above)
	chrome := len(above)
	if height >= 2 {
		chrome++
	}
	if height >= 4 {
		chrome++
	}
	lines, cursor := c.body(f.Inset(0, chrome)) // before the status line, which tells about what it drew
	if cursor != nil {
		cursor.Y += len(above)
	}
	if height >= 4 {
		below = append(below, c.status(f)...)
		if over := len(below) - 1; over > 0 && over < len(lines) { // what is said in full covers the end of the screen for as long
			lines = lines[:len(lines)-over]
			if cursor != nil && cursor.Y >= len(above)+len(lines) {
				cursor = nil
			}
		}
	}
	if height >= 2 {
		below = append(below, c.footer(width))
	}
	all := append(append(above, lines...), below...)
	if n := len(c.dialogs); n > 0 {
		all, cursor = c.overlay(f, all, c.dialogs[n-1])
	}
	if cursor != nil && (cursor.X >= width || cursor.Y >= height) {
		cursor = nil
	}
	if cursor != nil {
		cursor.Blink = false
	}
	return tea.View{Content: strings.Join(all, "\n"), AltScreen: true, Cursor: cursor, MouseMode: c.mouseMode()}
}

// whole reports whether the screen has the whole window: it wants it, and the console has nothing to say.
func (c *Console) whole() bool {
	top, can := c.top().(screen.Whole)
	return can && top.Whole() && len(c.dialogs) == 0 && !c.chord.waiting() && c.notice == "" && c.toast.text.Empty()
}

func (c *Console) body(f screen.Frame) ([]string, *tea.Cursor) {
	top := c.top()
	if top == nil {
		said := ui.Say(f.Theme.Dim, "  Opening the console…")
		if c.lost != nil {
			said = ui.Say(f.Theme.Bad, "  "+c.env.Explain(c.lost)+" Trying again…")
		}
		return ui.Fit([]string{ui.Line(f.Width), ui.Line(f.Width, said)}, f.Width, f.Height), nil
	}
	return top.View(f)
}

func (c *Console) header(width int) string {
	title := plain.Line("Helpdesk")
	left := []ui.Span{ui.Say(c.theme.Plain, " "), ui.Quote(c.theme.Bold, title)}
	left = append(left, way(c.theme, c.trail.crumbs(), width-1-title.Width())...)
	me := c.env.Me.Person()
	right := []ui.Span{ui.Quote(c.theme.Plain, ui.Person(me, ""))}
	if name := c.env.Desk.Name(); name != "" {
		right = append(right, ui.Say(c.theme.Dim, " · "), ui.Quote(c.theme.Dim, plain.Line(name)))
	}
	return ui.Ends(width, left, append(right, ui.Say(c.theme.Plain, " ")))
}

// status is the line above the footer: keys that wait for the next one, else a notice, else a toast, else
// what the screen says. A notice or a toast takes further lines where it has no room in one.
func (c *Console) status(f screen.Frame) []string {
	lead := ui.Say(f.Theme.Plain, " ")
	switch {
	case c.chord.waiting():
		return []string{ui.Line(f.Width, append([]ui.Span{lead}, c.chordSays(f.Theme)...)...)}
	case c.notice != "":
		return said(f, f.Theme.Warn, plain.Line(c.notice))
	case !c.toast.text.Empty():
		style := f.Theme.Good
		switch c.toast.level {
		case screen.Info:
		case screen.Warning:
			style = f.Theme.Warn
		case screen.Failure:
			style = f.Theme.Bad
		}
		return said(f, style, c.toast.text)
	case c.top() != nil:
		return []string{ui.Line(f.Width, append([]ui.Span{lead}, c.top().Status(f)...)...)}
	}
	return []string{ui.Line(f.Width)}
}

// said is what is to be said in as many lines as it takes, up to a third of the window.
func said(f screen.Frame, style ui.Style, text plain.Text) []string {
	width, most := max(1, f.Width-2), max(1, f.Height/3)
	parts := plain.Wrap(text, width)
	if len(parts) > most { // the last line ends with the sign that there is more
		parts[most-1] = plain.Truncate(plain.Line(parts[most-1].String()+" "+parts[most].String()), width)
		parts = parts[:most]
	}
	lines := make([]string, 0, len(parts))
	for _, part := range parts {
		lines = append(lines, ui.Line(f.Width, ui.Say(f.Theme.Plain, " "), ui.Quote(style, part)))
	}
	return lines
}

// footer shows the most useful keys that work now; help is never cut.
func (c *Console) footer(width int) string {
	var bindings []screen.Binding
	help := true
	switch top := c.top(); {
	case len(c.dialogs) > 0:
		bindings, help = c.dialogs[len(c.dialogs)-1].Foot(), false
	case top != nil:
		bindings, help = top.Bindings(), !top.Typing()
	}
	var spans []ui.Span
	room := width - 1
	if help {
		room -= len("? help")
	}
	spans = append(spans, ui.Say(c.theme.Plain, " "))
	for i := range bindings {
		b := &bindings[i]
		if !b.Foot || b.Disabled != "" {
			continue
		}
		name, words := plain.Line(b.Name()), plain.Line(" "+b.Words+"   ")
		need := name.Width() + words.Width()
		if need > room {
			if room >= 2 {
				spans = append(spans, ui.Say(c.theme.Dim, "… "))
			}
			break
		}
		room -= need
		spans = append(spans, ui.Quote(c.theme.Key, name), ui.Quote(c.theme.Dim, words))
	}
	if help {
		spans = append(spans, ui.Say(c.theme.Key, "?"), ui.Say(c.theme.Dim, " help"))
	}
	return ui.Line(width, spans...)
}

// overlay draws a dialog over the screen, above the footer.
func (c *Console) overlay(f screen.Frame, lines []string, d dialog) ([]string, *tea.Cursor) {
	inner, rows := ui.BoxSize(f.Width, max(1, f.Height-1))
	inside := f
	inside.Width, inside.Height = inner, rows
	title, content, cursor := d.View(inside)
	if len(content) > rows {
		content = content[:rows]
	}
	box := ui.Box(f.Theme, title, content, inner)
	lines, x, y := ui.Overlay(lines, box, f.Width, max(1, f.Height-1))
	c.bodyAt.x, c.bodyAt.y = x+2, y+1
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+x+2, cursor.Y+y+1
	}
	return lines, cursor
}
