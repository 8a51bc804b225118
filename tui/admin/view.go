package admin

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// columns are titles of columns; the second one takes what room is left, the last ones go first.
func columns(titles ...string) []ui.Column {
	const width = 22
	cols := make([]ui.Column, len(titles))
	for i, t := range titles {
		cols[i] = ui.Column{Title: t, Width: width, Rank: max(0, i-1)}
	}
	if len(cols) > 1 {
		cols[1] = ui.Column{Title: titles[1], Flex: true, Least: 16}
	}
	return cols
}

// widths gives columns their widths, in order; 0 leaves one as it is.
func widths(cols []ui.Column, wide ...int) []ui.Column {
	for i, w := range wide {
		if w > 0 && !cols[i].Flex {
			cols[i].Width = w
		}
	}
	return cols
}

// View draws the titles and the rows in sight.
func (s *Screen) View(f screen.Frame) ([]string, *tea.Cursor) {
	var lines []string
	var cursor *tea.Cursor
	if s.typing || s.find.Text() != "" {
		field, column := s.find.View(f.Theme, max(0, f.Width-4))
		lines = append(lines, ui.Line(1)+f.Theme.Key.Render("/ ")+field+ui.Line(1))
		if s.typing {
			cursor = tea.NewCursor(3+column, 0)
		}
	}
	cols := ui.FitColumns(append([]ui.Column(nil), s.columns...), max(0, f.Width-2))
	draw := func(selected bool, cells []ui.Cell) string {
		return ui.Line(1) + cols.Row(f.Theme, max(0, f.Width-2), selected, cells) + ui.Line(1)
	}
	if len(s.columns) > 0 && s.columns[0].Title != "" && f.Height > 3 {
		lines = append(lines, ui.Line(1)+cols.Head(f.Theme, max(0, f.Width-2))+ui.Line(1))
	}
	s.height = max(1, f.Height-len(lines))
	s.top = max(0, min(s.top, s.at, len(s.rows)-s.height), s.at-s.height+1) // what comes in above is in sight where all has room
	if s.top == 1 && s.rows[0].head && s.at < s.height {
		s.top = 0
	}
	for i := s.top; i < min(len(s.rows), s.top+s.height); i++ {
		r := &s.rows[i]
		if r.head {
			lines = append(lines, ui.Line(f.Width, ui.Say(f.Theme.Plain, " "), ui.Quote(f.Theme.Accent, r.cells[0].text)))
			continue
		}
		if i == s.at && cursor == nil {
			cursor = tea.NewCursor(min(1, max(0, f.Width-1)), len(lines))
		}
		lines = append(lines, draw(i == s.at, styled(f.Theme, r.cells)))
	}
	if len(s.rows) == 0 {
		indent := min(2, f.Width)
		lines = append(lines, ui.Line(f.Width))
		for _, line := range ui.Wrapped(f.Theme.Dim, plain.Line(s.nothing()), f.Width-indent) {
			lines = append(lines, ui.Line(indent)+line)
		}
	}
	return ui.Fit(lines, f.Width, f.Height), cursor
}

// nothing says why there are no rows.
func (s *Screen) nothing() string {
	switch {
	case !s.known && s.trouble == nil:
		return "Reading…"
	case s.trouble != nil:
		return "Nothing is known yet."
	case s.find.Text() != "":
		return "Nothing is found by that. esc shows all."
	}
	return s.empty
}

func styled(t *ui.Theme, cells []cell) []ui.Cell {
	out := make([]ui.Cell, len(cells))
	for i, c := range cells {
		style := t.Plain
		switch c.tone {
		case tonePlain:
		case toneDim:
			style = t.Dim
		case toneGood:
			style = t.Good
		case toneWarn:
			style = t.Warn
		case toneBad:
			style = t.Bad
		}
		out[i] = ui.Cell{Style: style, Text: c.text}
	}
	return out
}

// Status says what the row means, or why the list may be old.
func (s *Screen) Status(f screen.Frame) []ui.Span {
	switch r := s.current(); {
	case s.trouble != nil:
		return []ui.Span{ui.Say(f.Theme.Bad, s.env.Explain(s.trouble)+" ctrl+r tries again.")}
	case s.typing:
		return []ui.Span{ui.Say(f.Theme.Dim, "Type "+s.finding+". enter keeps it, esc shows all.")}
	case r != nil && r.help != "":
		return []ui.Span{ui.Say(f.Theme.Dim, s.position()), ui.Quote(f.Theme.Dim, plain.Line(r.help))}
	}
	return []ui.Span{ui.Say(f.Theme.Dim, s.position()+s.hint)}
}

// position says where in the list the cursor is, as long as not all of it is in sight; headings are no rows.
func (s *Screen) position() string {
	if len(s.rows) <= s.height && s.next == nil || s.current() == nil {
		return ""
	}
	at, of, more := 0, 0, ""
	for i := range s.rows {
		if !s.rows[i].head {
			of++
		}
		if i == s.at {
			at = of
		}
	}
	if s.next != nil {
		more = "+"
	}
	return fmt.Sprintf("%d of %d%s · ", at, of, more)
}

// Bindings is the table of keys: those of the list, and those of every list.
func (s *Screen) Bindings() []screen.Binding {
	if s.typing {
		return []screen.Binding{
			{Keys: []string{"enter"}, Words: "keep", Help: "Keep what was found, and go through it.", Foot: true},
			{Keys: []string{"esc"}, Words: "show all", Help: "Show all again.", Foot: true},
		}
	}
	at := s.current()
	words, why := "open", ""
	switch {
	case at == nil:
		why = "Nothing is under the cursor."
	case at.press == nil:
		why = "There is nothing more to see here."
	default:
		words = at.verb
	}
	table := []screen.Binding{{Keys: []string{"enter", "right", "l"}, Words: words, Help: "Open or change what is under the cursor.", Disabled: why, Foot: true, Run: func() tea.Cmd { return at.press() }}}
	table = append(table, s.OwnBindings()...)
	if s.finding != "" {
		table = append(table, screen.Binding{Keys: []string{"/"}, Words: "find", Help: "Find by " + s.finding + ".", Foot: true, Run: func() tea.Cmd { s.typing = true; return nil }})
	}
	return append(table, s.moving()...)
}

// OwnBindings are the keys that this list has besides those of every list.
func (s *Screen) OwnBindings() []screen.Binding {
	if s.keys == nil {
		return nil
	}
	return s.keys(s.current())
}

func (s *Screen) moving() []screen.Binding {
	step := func(rows int) (func() tea.Cmd, func(int) tea.Cmd) {
		return func() tea.Cmd { return s.move(rows) }, func(n int) tea.Cmd { return s.move(n * rows) }
	}
	down, downs := step(1)
	up, ups := step(-1)
	pageDown, pagesDown := step(max(1, s.height-1))
	pageUp, pagesUp := step(-max(1, s.height-1))
	back := screen.Binding{Keys: []string{"esc", "left"}, Words: "back", Help: "Go back to where you were.", Foot: true, Run: s.env.Host.Back}
	if s.find.Text() != "" {
		back = screen.Binding{Keys: []string{"esc"}, Words: "show all", Help: "Show all again.", Foot: true, Run: s.findNothing}
	}
	return []screen.Binding{
		back,
		{Keys: []string{"j", "down"}, Label: "j ↓", Words: "down", Help: "One row down.", Run: down, Count: downs},
		{Keys: []string{"k", "up"}, Label: "k ↑", Words: "up", Help: "One row up.", Run: up, Count: ups},
		{Keys: []string{"ctrl+d", "pgdown"}, Label: "ctrl+d PgDn", Words: "page down", Help: "Many rows down; more are read as you go.", Run: pageDown, Count: pagesDown},
		{Keys: []string{"ctrl+u", "pgup"}, Label: "ctrl+u PgUp", Words: "page up", Help: "Many rows up.", Run: pageUp, Count: pagesUp},
		{Keys: []string{"gg", "home"}, Words: "to the top", Help: "The first row.", Run: func() tea.Cmd { s.at = 0; s.settleCursor(1); return nil }},
		{Keys: []string{"G", "end"}, Words: "to the end", Help: "The last row that has been read.", Run: func() tea.Cmd { return s.move(len(s.rows)) }},
		{Keys: []string{"ctrl+r"}, Words: "refresh", Help: "Read it anew.", Run: s.reload},
	}
}

// Click chooses the row that was clicked on.
func (s *Screen) Click(_, y int) bool {
	above := 0
	if s.typing || s.find.Text() != "" {
		above++
	}
	if len(s.columns) > 0 && s.columns[0].Title != "" {
		above++
	}
	at := s.top + y - above
	if y < above || at >= len(s.rows) || s.rows[at].head {
		return false
	}
	s.at = at
	return true
}
