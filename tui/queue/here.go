package queue

import (
	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Shows reports whether a ticket's row is on the screen.
func (s *Screen) Shows(id core.TicketID) bool {
	from := min(s.list.top, len(s.list.rows))
	return find(s.list.rows[from:min(len(s.list.rows), from+max(1, s.list.height))], id) >= 0
}

// hereColumn says who else is at the tickets in sight. Once somebody was, it stays until another view is
// chosen: columns that come and go would move what is being read.
func (s *Screen) hereColumn(width int) ui.Column {
	for i := s.list.top; i < min(len(s.list.rows), s.list.top+s.list.height) && !s.company; i++ {
		id := s.list.rows[i].ID
		s.company = len(s.env.Around[id]) > 0 || s.env.Handed[id]
	}
	switch {
	case !s.company:
		return ui.Column{}
	case width >= 100:
		return ui.Column{Title: "here", Width: 14, Rank: 3}
	}
	return ui.Column{Title: "here", Width: 13, Rank: 3}
}

func (s *Screen) here(theme *ui.Theme, t *core.Ticket) ui.Cell {
	around := s.env.Around[t.ID]
	if s.env.Handed[t.ID] { // before who is there: the colleague who handed it over often still is
		return ui.Cell{Style: theme.Note, Text: plain.Line("draft for you")}
	}
	if len(around) == 0 {
		return ui.Cell{Style: theme.Dim, Text: plain.Line("")}
	}
	style := theme.Plain
	if around[0].Doing != core.Looking {
		style = theme.Warn
	}
	return ui.Cell{Style: style, Text: ui.Here(around, s.env.Me.ID)}
}
