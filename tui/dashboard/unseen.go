package dashboard

import (
	"fmt"
	"strings"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// What has no room in a window says so: lists that scroll by how many rows are above and below, others by the key that
// lists every figure.

// head is the heading of a list or a curve, with how much of it is out of sight.
func head(f screen.Frame, words string, notes ...string) string {
	return ui.Line(f.Width, ui.Quote(f.Theme.Bold, ui.Noted(" "+words, notes, f.Width)))
}

// unlisted says that so many rows of a list that does not scroll are out of sight.
func (s *Screen) unlisted(rows int) []string {
	if rows <= 0 {
		return nil
	}
	words := fmt.Sprintf("%d more", rows)
	if s.kiosk {
		return []string{words}
	}
	return []string{words + ", e lists them", words}
}

// omitted names the figures of the tab that only a larger window shows.
func (s *Screen) omitted(f screen.Frame) string {
	var names []string
	add := func(name string, rows int) {
		if rows > 0 {
			names = append(names, name)
		}
	}
	if narrow := f.Width < sideBySide; s.figures.has(s.tab) && !s.kiosk {
		switch s.tab {
		case tabNow:
			if narrow {
				add("oldest", len(s.figures.now.Oldest))
				add("most followed", len(s.figures.now.Followed))
			}
		case tabFlow:
			if narrow || s.agesHeight(f.Height-flowAbove) < leastAges {
				add("ages", len(s.figures.flow.Ages))
			}
		case tabWhere:
			if narrow {
				if !mapFits(f.Height-whereAbove) && s.heatCell() == nil {
					add("hours", len(s.spread().Shares))
				}
				add("what came back", len(s.figures.where.Returns))
			}
		case tabSpeed, tabPeople, tabs:
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " e lists more: " + strings.Join(names, ", ") + " "
}

// empty says, in the place of figures, why there are none.
func empty(f screen.Frame, words string) []string {
	indent := min(2, f.Width)
	lines := []string{ui.Line(f.Width)}
	for _, line := range ui.Wrapped(f.Theme.Plain, plain.Line(words), f.Width-indent) {
		lines = append(lines, ui.Line(indent)+line)
	}
	return lines
}
