package settings

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// widest is how wide the list gets: beyond it the eye loses the line.
const widest = 110

// View draws the settings in groups, and below them what the one under the cursor means.
func (s *Screen) View(f screen.Frame) ([]string, *tea.Cursor) {
	const foot = 2
	rows := s.rows()
	at := s.index(rows)
	width := min(f.Width, widest)
	var lines, ids []string
	chosen, group := 0, ""
	for i, r := range rows {
		if r.group != group {
			if group != "" {
				lines, ids = append(lines, ui.Line(f.Width)), append(ids, "")
			}
			group = r.group
			lines, ids = append(lines, ui.Line(f.Width, ui.Say(f.Theme.Accent, " "+group))), append(ids, "")
		}
		if i == at {
			chosen = len(lines)
		}
		lines, ids = append(lines, s.line(f, width, &r, i == at)), append(ids, r.id)
	}
	if !s.known && s.trouble == nil {
		lines, ids = append(lines, ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Dim, " Reading keys and sign-ins…"))), append(ids, "", "")
	}
	s.height = max(1, f.Height-foot)
	head := chosen
	if at == 0 {
		head = 0 // with its heading
	}
	s.top = max(0, min(s.top, head, len(lines)-1), chosen-s.height+1)
	end := min(len(lines), s.top+s.height)
	s.drawn = ids[s.top:end]
	shown := ui.Fit(lines[s.top:end:end], f.Width, s.height)
	var help string
	if at < len(rows) {
		help = rows[at].help
		if rows[at].why != "" {
			help = rows[at].why
		}
	}
	shown = append(shown, ui.Rule(f.Theme, f.Width), ui.Line(f.Width, ui.Say(f.Theme.Plain, " "), ui.Quote(f.Theme.Plain, plain.Line(help))))
	return ui.Fit(shown, f.Width, f.Height), cursorIn(chosen-s.top, f)
}

func cursorIn(y int, f screen.Frame) *tea.Cursor {
	if y < 0 || y >= f.Height {
		return nil
	}
	return tea.NewCursor(0, y)
}

func (s *Screen) line(f screen.Frame, width int, r *row, selected bool) string {
	const indent, name = 2, 24
	style := f.Theme.Plain
	if r.why != "" {
		style = f.Theme.Dim
	}
	cols := ui.FitColumns([]ui.Column{{Width: indent - 1}, {Width: min(name, width/2)}, {Flex: true, Least: 4}}, width)
	line := cols.Row(f.Theme, width, selected, []ui.Cell{{}, {Style: style, Text: r.name}, {Style: f.Theme.Dim, Text: r.value}})
	return line + ui.Line(f.Width-width)
}
