package ticket

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

const (
	sideBySide = 120 // from this width on, the properties stand beside the conversation
	roomy      = 160 // and from this width on, the history under them
	measure    = 103 // a conversation that reads well; on a roomy screen the rest is the properties'
)

// sideWidth is how much the properties get of a screen of that width.
func sideWidth(width int) int {
	switch {
	case width < sideBySide:
		return 0
	case width < roomy:
		return 40
	}
	return width - measure - 3
}

// View draws title and properties, the conversation, and below it what is being written.
func (s *Screen) View(f screen.Frame) ([]string, *tea.Cursor) {
	if !s.known {
		return s.nothing(f), nil
	}
	var side []string
	talk := f
	if f.Width >= sideBySide {
		talk.Width = f.Width - sideWidth(f.Width) - 3
	}
	lines := s.head(talk, f.Width >= sideBySide)
	below := 0
	if s.editor != nil {
		below = max(2, min(14, (f.Height-len(lines))*2/5))
	}
	if short := f.Height - len(lines) - below; short < 3 && len(lines) > 1 {
		lines = lines[:max(0, min(len(lines), f.Height-below-3))]
	}
	above := len(lines)
	s.room = max(0, f.Height-above-below)
	s.place(talk.Width)
	lines = append(lines, s.thread.Render(f.Theme, s.top, s.room, talk.Width, f.Clock)...)
	var cursor *tea.Cursor
	if s.editor != nil {
		written, at := s.editor.lines(f.Theme, talk.Width, min(below, f.Height-len(lines)), ui.Rivals(f.Theme, s.env.Around[s.id], s.env.Me.ID))
		if at != nil {
			at.Y += len(lines)
			cursor = at
		}
		lines = append(lines, written...)
	} else if s.room > 0 {
		cursor = tea.NewCursor(0, above)
	}
	lines = ui.Fit(lines, talk.Width, f.Height)
	if talk.Width < f.Width {
		beside := f
		beside.Width = sideWidth(f.Width)
		side = ui.Fit(s.side(beside), beside.Width, f.Height)
		lines = ui.Beside(f.Theme, lines, side)
	}
	return lines, cursor
}

func (s *Screen) width() int { return s.laid }

// place lays the conversation out and keeps the first line within it; a ticket opens at its end.
func (s *Screen) place(width int) {
	s.lay(width)
	last := max(0, s.thread.Height()-s.room)
	if !s.started {
		s.started, s.top = true, last
		if line, ok := s.thread.FirstLine(s.back.Reading); ok {
			s.top = line + s.back.Into
		}
	}
	s.top = max(0, min(s.top, last))
}

func (s *Screen) nothing(f screen.Frame) []string {
	first, then := "Reading "+s.id.String()+"…", ""
	if s.trouble != nil {
		first, then = s.env.Explain(s.trouble), "esc goes back."
	}
	return ui.Fit([]string{
		ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Plain, "  "+first)), ui.Line(f.Width, ui.Say(f.Theme.Dim, "  "+then)),
	}, f.Width, f.Height)
}

// head is the title, and on narrow screens the properties under it.
func (s *Screen) head(f screen.Frame, wide bool) []string {
	t, theme := &s.view.Ticket, f.Theme
	lines := []string{ui.Line(f.Width, ui.Say(theme.Accent, t.ID.String()+"  "), ui.Quote(theme.Bold, plain.Line(t.Title)))}
	if !wide {
		stands := []ui.Span{ui.Say(theme.Status(t.Status), ui.Status(t)), ui.Say(theme.Dim, " · with "), ui.Quote(theme.Plain, s.assignee()), ui.Say(theme.Dim, confidential(t))}
		if s.view.AsStaff {
			stands = []ui.Span{
				stands[0], ui.Say(theme.Dim, " · "), ui.Say(theme.Priority(t.Priority), t.Priority.String()), stands[1], stands[2],
				ui.Say(theme.Dim, " · "), ui.Quote(theme.Dim, plain.Line(t.Queue.Name)), stands[3],
			}
		}
		lines = append(lines,
			ui.Line(f.Width, stands...),
			ui.Line(f.Width, ui.Say(theme.Dim, "from "), ui.Quote(theme.Plain, ui.Reporter(t)), ui.Say(theme.Dim, " "+f.Ago(t.CreatedAt)+" · "),
				ui.Quote(theme.Plain, ui.Place(t)), ui.Say(theme.Dim, " · "), ui.Quote(theme.Dim, plain.Line(t.Category.Name)), ui.Say(theme.Accent, others(t)), ui.Say(theme.Dim, s.relatedWords())),
		)
		if extra := s.restAndTags(f); extra != nil {
			lines = append(lines, ui.Line(f.Width, extra...))
		}
	}
	return append(lines, s.company(f))
}

// company is the line under the head; who else is here stands in it, so that their coming and going
// moves nothing.
func (s *Screen) company(f screen.Frame) string {
	return ui.Told(f.Theme, f.Width, ui.Company(f.Theme, s.env.Around[s.id], s.env.Me.ID))
}

// restAndTags is what only some tickets have; it takes a line only there.
func (s *Screen) restAndTags(f screen.Frame) []ui.Span {
	t := &s.view.Ticket
	var spans []ui.Span
	if joined := s.joined(); joined != "" {
		spans = append(spans, ui.Say(f.Theme.Accent, joined))
	}
	if rest := ui.Resting(t, f.Clock); rest != "" {
		spans = append(spans, ui.Say(f.Theme.Plain, rest+"  "))
	}
	if tags := ui.Tags(t); !tags.Empty() {
		spans = append(spans, ui.Quote(f.Theme.Note, tags))
	}
	return spans
}

func confidential(t *core.Ticket) string {
	if t.Confidential {
		return " · confidential"
	}
	return ""
}

// others counts those who have the same trouble, besides the reporter.
func others(t *core.Ticket) string {
	if t.Followers == 0 {
		return ""
	}
	return fmt.Sprintf(" · +%d too", t.Followers)
}

func (s *Screen) relatedWords() string {
	n := len(s.near())
	if n == 0 {
		return ""
	}
	return " · v: " + ui.Plural(n, "related ticket", "related tickets")
}

func (s *Screen) assignee() plain.Text {
	t := &s.view.Ticket
	if t.Assignee.ID == s.env.Me.ID && t.Assignee.ID != 0 {
		return plain.Line("you")
	}
	return ui.Person(t.Assignee, "nobody")
}

// pastDeeds lists the newest of the history, as many as there is room for.
func (s *Screen) pastDeeds(f screen.Frame, room int) []string {
	var lines []string
	const when = 10
	for i := len(s.view.Events) - 1; i >= 0 && len(lines) < room; i-- {
		e := &s.view.Events[i]
		deed := ui.Event(e)
		if deed.Empty() {
			continue
		}
		line := ui.Line(when, ui.Say(f.Theme.Dim, f.Age(e.At))) + ui.Line(f.Width-when, ui.Quote(f.Theme.Plain, deed))
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Dim, "history, newest first"))}, lines...)
}
