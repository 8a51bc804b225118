package queue

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// sideBySide is the width from which the list has the preview beside it.
const sideBySide = 120

// View draws the views, filter, news and rows, and beside them the ticket under the cursor.
func (s *Screen) View(f screen.Frame) ([]string, *tea.Cursor) {
	if f.Width >= beside && !s.found {
		return s.withViews(f)
	}
	return s.main(f, []string{s.tabs(f)})
}

// main draws everything but the views, below some lines.
func (s *Screen) main(f screen.Frame, lines []string) ([]string, *tea.Cursor) {
	typed, cursor := s.filter.lines(f.Theme, f.Width)
	if cursor != nil {
		cursor.Y += len(lines)
	}
	lines = append(lines, typed...)
	lines = append(lines, s.news(f))
	rest := max(0, f.Height-len(lines))
	s.wide = f.Width >= sideBySide
	list := f
	list.Height = rest
	if s.wide {
		list.Width = max(72, min(124, f.Width*58/100))
	}
	s.drawnAt = len(lines) + 1
	rows, row := s.rows(list)
	if t, ok := s.list.current(); ok && s.wide {
		side := f
		side.Width, side.Height = f.Width-list.Width-3, rest
		rows = ui.Beside(f.Theme, rows, s.preview.lines(side, t))
	} else if s.wide {
		rows = ui.Beside(f.Theme, rows, ui.Fit(nil, f.Width-list.Width-3, rest))
	}
	if cursor == nil && row >= 0 {
		cursor = tea.NewCursor(0, len(lines)+row)
	}
	return ui.Fit(append(lines, rows...), f.Width, f.Height), cursor
}

// news is the separator under the tabs; what one should know about the rows stands in it, so that
// telling it moves nothing.
func (s *Screen) news(f screen.Frame) string {
	t := f.Theme
	var said []ui.Span
	n, newest := s.list.unseen()
	switch {
	case s.trouble != nil:
		said = []ui.Span{ui.Say(t.Bad, " "+s.env.Explain(s.trouble)+s.asOf(f)+" Trying again… ")}
	case s.changed:
		said = []ui.Span{ui.Say(t.Warn, " The queue has changed · r reads it anew ")}
	case len(s.marks.ids) > 0:
		said = s.marked(t)
	case s.stopped > 0:
		said = []ui.Span{ui.Say(t.Warn, " "+s.env.Words.T("search.stopped", "Time", s.stopped.String())+" ")}
	case len(s.respelled) > 0:
		said = s.respellings(t)
	case n > 0:
		said = []ui.Span{ui.Say(t.Warn, fmt.Sprintf(" %d new above · gg shows it ", n)), ui.Say(t.Plain, "· "+newest.ID.String()+" "), ui.Quote(t.Plain, plain.Line(newest.Title)), ui.Say(t.Plain, " ")}
	}
	return ui.Told(t, f.Width, said)
}

// rows draws the visible rows, and says on which line the one under the cursor is.
func (s *Screen) rows(f screen.Frame) (lines []string, cursor int) {
	if len(s.list.rows) == 0 {
		return s.empty(f), -1
	}
	cols := ui.FitColumns(s.columns(f.Width, f.Clock), f.Width)
	lines = append(lines, cols.Head(f.Theme, f.Width))
	if height := max(1, f.Height-1); height != s.list.height {
		s.list.height = height
		s.list.fill()
	}
	s.list.settle()
	for i := s.list.top; i < len(s.list.rows) && len(lines) < f.Height; i++ {
		lines = append(lines, cols.Row(f.Theme, f.Width, i == s.list.at, s.cells(f, &s.list.rows[i])))
	}
	cursor = 1 + s.list.at - s.list.top
	if cursor >= f.Height {
		cursor = -1
	}
	return ui.Fit(lines, f.Width, f.Height), cursor
}

// The columns, in order.
func (s *Screen) columns(width int, clock ui.Clock) []ui.Column {
	number := 5
	for i := s.list.top; i < min(len(s.list.rows), s.list.top+s.list.height); i++ {
		number = max(number, len(s.list.rows[i].ID.String()))
	}
	status := ui.Column{Title: "status", Width: 6, Rank: 1}
	if v := s.views[s.view].Name; width < 100 && (v == string(core.Open) || v == string(core.Active) || v == string(core.Closed)) && s.list.moved == 0 {
		status.Width = 0 // the tab says it
	}
	least := 22
	if s.wide {
		least = 28 // the preview says where it is
	}
	who := ui.Column{Title: "with", Width: 10, Rank: 3}
	place := ui.Column{Title: "place", Width: 10, Rank: 4}
	if width >= 110 {
		who.Width, place.Width = 14, 14
	}
	tags := ui.Column{Title: "tags", Rank: 5}
	for i := s.list.top; i < min(len(s.list.rows), s.list.top+s.list.height); i++ {
		tags.Width = min(16, max(tags.Width, ui.Tags(&s.list.rows[i]).Width()))
	}
	return []ui.Column{
		{Title: " no.", Width: number + 1},
		{Title: "age", Width: clock.AgeWidth(), Rank: 2, Right: true},
		{Title: "priority", Width: 8, Rank: 2},
		status,
		{Title: "what", Flex: true, Least: least},
		s.hereColumn(width),
		place,
		who,
		{Title: "waits for", Width: 11, Rank: 6},
		{Title: "kind", Width: 16, Rank: 7},
		tags,
	}
}

func (s *Screen) cells(f screen.Frame, t *core.Ticket) []ui.Cell {
	theme := f.Theme
	mark := " "
	if s.list.fresh[t.ID] {
		mark = "+"
	}
	if s.marks.ids[t.ID] {
		mark = "*"
	}
	title, what := theme.Plain, plain.Line(t.Title)
	if t.Followers > 0 {
		what = plain.Line(fmt.Sprintf("+%d · %s", t.Followers, t.Title)) // so many others have it too
	}
	if words := unseenWords(s.unseen[t.ID]); words != "" {
		what = plain.Line(words + what.String())
	}
	if t.ID == s.list.moved {
		mark, title, what = "~", theme.Dim, plain.Line("moved: "+t.Title)
	}
	who, whose := ui.Person(t.Assignee, "—"), theme.Plain
	switch t.Assignee.ID {
	case 0:
		whose = theme.Dim
	case s.env.Me.ID:
		who = plain.Line("you")
	}
	waits := ""
	switch t.WaitingOn {
	case core.WaitingReporter:
		waits = "reporter"
	case core.WaitingThirdParty:
		waits = "third party"
	case core.WaitingNobody:
		if !t.SnoozedUntil.IsZero() && !t.IsClosed() {
			waits = f.When(t.SnoozedUntil)
		}
	}
	return []ui.Cell{
		{Style: theme.Dim, Text: plain.Line(mark + t.ID.String())},
		{Style: theme.Dim, Text: plain.Line(f.Age(t.CreatedAt))},
		{Style: theme.Priority(t.Priority), Text: plain.Line(t.Priority.String())},
		{Style: theme.Status(t.Status), Text: plain.Line(string(t.Status))},
		{Style: title, Text: what},
		s.here(theme, t),
		{Style: theme.Dim, Text: ui.Place(t)},
		{Style: whose, Text: who},
		{Style: theme.Dim, Text: plain.Line(waits)},
		{Style: theme.Dim, Text: plain.Line(t.Category.Name)},
		{Style: theme.Note, Text: ui.Tags(t)},
	}
}

// empty says why there is nothing, and which key helps.
func (s *Screen) empty(f screen.Frame) []string {
	first, then := "Reading the queue…", ""
	switch {
	case s.trouble != nil:
		first, then = "Nothing can be shown at the moment.", "r tries again at once."
	case s.list.read.IsZero():
	case s.stopped > 0:
		first, then = "Nothing was found before looking was stopped.", "/ changes the filter, esc clears it."
	case s.filter.applied != "":
		first, then = "No tickets match.", "esc clears the filter, / changes it."
	default:
		switch s.views[s.view].Name {
		case "open":
			first = "No ticket is open. New reports appear here by themselves."
		case "mine":
			first = "You have no tickets. In the list, t takes one."
		case "closed":
			first = "Nothing has been closed yet."
		default:
			first = "No tickets here."
		}
		then = "tab shows the next view, / searches."
	}
	lines := []string{ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Plain, "  "+first)), ui.Line(f.Width, ui.Say(f.Theme.Dim, "  "+then))}
	return ui.Fit(lines, f.Width, f.Height)
}

// position says where the cursor is in the view.
func (s *Screen) position() string {
	of := fmt.Sprint(len(s.list.rows))
	if s.list.next != "" {
		of += "+"
	}
	return fmt.Sprintf("%d of %s", s.list.at+1, of)
}

func join(words []string) string { return strings.Join(words, " · ") }
