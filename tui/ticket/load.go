package ticket

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
)

// read is the answer to a request for the ticket.
type read struct {
	id    core.TicketID
	asked int
	view  core.TicketView
	err   error
}

type retry struct {
	id    core.TicketID
	asked int
}

const pause = 3 * time.Second

func (s *Screen) reload() tea.Cmd {
	s.asked++
	s.asking, s.again = true, false
	asked, id := s.asked, s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		view, err := s.env.Desk.Ticket(ctx, s.env.Who, id)
		return read{id: id, asked: asked, view: view, err: err}
	})
}

// refresh reads the ticket again because something changed; changes that come while an answer is on
// its way are merged into one more request.
func (s *Screen) refresh() tea.Cmd {
	if s.asking {
		s.again = true
		return nil
	}
	return s.reload()
}

func (s *Screen) take(m read) tea.Cmd {
	if m.id != s.id || m.asked != s.asked {
		return nil
	}
	s.asking = false
	s.behind = s.again // what was asked before the change came is no answer yet
	if s.trouble = m.err; m.err != nil {
		return tea.Batch(s.fail(m), s.catchUp())
	}
	news := s.handingSince(m.view.Events)
	s.show(m.view)
	cmds := []tea.Cmd{s.resume(), s.look(), s.tick(), s.tellMissed()}
	if news {
		cmds = append(cmds, s.readDrafts())
	}
	if s.again {
		cmds = append(cmds, s.reload())
	}
	return tea.Batch(cmds...)
}

func (s *Screen) fail(m read) tea.Cmd {
	switch core.KindOf(m.err) {
	case core.Unavailable, core.Internal:
		return s.env.After(pause, retry{id: m.id, asked: m.asked})
	case core.NotFound:
		s.wanted = Place{}
		return nil // it was moved out of sight: the status line says so
	default:
		return s.env.Host.Fail("open "+s.id.String(), m.err)
	}
}

// show puts what was read on the screen. What is being read stays where it is; only somebody who is at
// the end of the conversation is taken along, and no further than the message they are reading.
func (s *Screen) show(view core.TicketView) {
	before, held := s.view.Messages, len(s.view.Held)
	atEnd := s.top+s.room >= s.thread.Height()
	s.view, s.known, s.laid = view, true, 0
	if atEnd && s.thread.Height() > 0 && len(view.Held) > held {
		const farDown = 1 << 20
		s.top = farDown // the end, as soon as it is laid out
	}
	if len(before) == 0 || len(view.Messages) == 0 {
		return
	}
	last := before[len(before)-1].ID
	if newest := view.Messages[len(view.Messages)-1].ID; newest <= last {
		return
	}
	if s.unread == 0 {
		s.unread = last + 1
	}
	if atEnd && s.thread.Height() > 0 {
		s.follow(last)
	}
}

// lay lays the conversation out anew if it has changed or the screen has, and finds the place again.
func (s *Screen) lay(width int) {
	if !s.known || s.laid == width {
		return
	}
	reading, into := s.thread.At(s.top)
	resized := s.laid != 0
	s.thread.Lay(s.id, s.said(), s.view.Events, s.history, width)
	s.laid = width
	if line, ok := s.thread.FirstLine(reading); ok && resized {
		s.top = line + into
	}
}

// follow scrolls towards the end, but keeps the beginning of a message in sight.
func (s *Screen) follow(id core.MessageID) {
	s.lay(max(1, s.width()))
	line, ok := s.thread.FirstLine(id)
	if !ok {
		return
	}
	s.top = max(s.top, min(s.thread.Height()-s.room, line))
}
