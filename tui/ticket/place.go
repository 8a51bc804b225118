package ticket

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
)

// Place is where somebody was in a ticket, to be found there again.
type Place struct {
	Ticket     core.TicketID   `json:"ticket"`
	History    bool            `json:"history,omitempty"`
	Reading    core.MessageID  `json:"reading,omitempty"` // the message that the first line on the screen belongs to
	Into       int             `json:"into,omitempty"`    // and the line within it
	Writing    core.DraftKind  `json:"writing,omitempty"` // what is in the editor, if one is open
	Resolution core.Resolution `json:"resolution,omitempty"`
	Cursor     int             `json:"cursor,omitempty"`
}

// NewAt makes the screen of a ticket as somebody left it.
func NewAt(env *screen.Env, place Place) *Screen {
	s := New(env, place.Ticket)
	s.history, s.wanted = place.History, place
	return s
}

// Place says where the person is now.
func (s *Screen) Place() Place {
	if s.wanted.Ticket != 0 {
		return s.wanted
	}
	p := Place{Ticket: s.id, History: s.history}
	if s.laid != 0 && s.top+s.room < s.thread.Height() { // at its end is where a ticket opens by itself
		p.Reading, p.Into = s.thread.At(s.top)
	}
	if e := s.editor; e != nil {
		p.Writing, p.Resolution, p.Cursor = e.kind, e.resolution, e.area.At()
	}
	return p
}

// resume opens the editor that was open, when the ticket and the drafts are there, and then presses the
// keys that came in the meantime: somebody who types fast means them for this ticket.
func (s *Screen) resume() tea.Cmd {
	if !s.known || s.wanted.Writing != "" && !s.drafted {
		return nil
	}
	place := s.wanted
	s.wanted = Place{}
	var opened tea.Cmd
	if place.Writing != "" && s.editor == nil && s.why(actionOf(place.Writing)) == "" {
		opened = s.write(place.Writing, place.Resolution)
		s.editor.area.Go(place.Cursor)
	}
	if place.Reading != 0 {
		s.back, s.started = place, false
	}
	return tea.Batch(opened, s.catchUp())
}

func actionOf(kind core.DraftKind) action.Name {
	switch kind {
	case core.DraftNote:
		return action.Note
	case core.DraftClose:
		return action.Close
	case core.DraftReopen:
		return action.Reopen
	case core.DraftReply:
	}
	return action.Reply
}
