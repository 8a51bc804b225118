package queue

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// preview is the ticket under the cursor, beside the list.
type preview struct {
	wanted string // ETag of the ticket to show
	view   core.TicketView
	shown  string // ETag of what was read
	thread ui.Thread
	width  int
}

type previewDue struct {
	etag string
	id   core.TicketID
}

type previewRead struct {
	etag string
	view core.TicketView
	err  error
}

// settled is how long the cursor must rest on a ticket before it is read: moving through a list
// should not read every ticket on the way.
const settled = 120 * time.Millisecond

// lookCloser has the ticket under the cursor read, once the cursor rests on it.
func (s *Screen) lookCloser() tea.Cmd {
	t, ok := s.list.current()
	if !ok || !s.wide || s.preview.wanted == t.ETag() {
		return nil
	}
	s.preview.wanted = t.ETag()
	return s.env.After(settled, previewDue{etag: t.ETag(), id: t.ID})
}

func (s *Screen) readPreview(m previewDue) tea.Cmd {
	if m.etag != s.preview.wanted {
		return nil
	}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		view, err := s.env.Desk.Preview(ctx, s.env.Who, m.id)
		return previewRead{etag: m.etag, view: view, err: err}
	})
}

func (p *preview) take(m previewRead) {
	if m.etag != p.wanted || m.err != nil {
		return
	}
	p.view, p.shown, p.width = m.view, m.etag, 0
}

// lines draws the preview: what the row has no room for, and the end of the conversation.
func (p *preview) lines(f screen.Frame, t *core.Ticket) []string {
	theme := f.Theme
	lines := []string{ui.Line(f.Width, ui.Say(theme.Accent, t.ID.String()), ui.Say(theme.Dim, " · "+string(t.Reference)))}
	title := ui.Wrapped(theme.Bold, plain.Line(t.Title), f.Width)
	lines = append(lines, title[:min(len(title), 3)]...)
	lines = append(lines,
		ui.Line(f.Width, ui.Say(theme.Status(t.Status), ui.Status(t)), ui.Say(theme.Dim, " · "), ui.Say(theme.Priority(t.Priority), t.Priority.String()),
			ui.Say(theme.Dim, " · with "), ui.Quote(theme.Plain, ui.Person(t.Assignee, "nobody"))),
		ui.Line(f.Width, ui.Say(theme.Dim, "from "), ui.Quote(theme.Plain, ui.Reporter(t)), ui.Say(theme.Dim, ", "+f.Ago(t.CreatedAt))),
		ui.Line(f.Width, ui.Say(theme.Dim, "at   "), ui.Quote(theme.Plain, ui.Place(t))),
		ui.Line(f.Width, ui.Say(theme.Dim, "kind "), ui.Quote(theme.Plain, plain.Line(t.Category.Name)), ui.Say(theme.Dim, " · queue "), ui.Quote(theme.Plain, plain.Line(t.Queue.Name))),
		ui.Rule(theme, f.Width),
	)
	room := f.Height - len(lines)
	if room <= 0 || p.view.Ticket.ID != t.ID {
		return ui.Fit(lines, f.Width, f.Height)
	}
	if p.width != f.Width {
		p.thread.Lay(p.view.Ticket.ID, p.view.Messages, nil, false, f.Width)
		p.width = f.Width
	}
	first := max(0, p.thread.Height()-room)
	return append(lines, p.thread.Render(theme, first, room, f.Width, f.Clock)...)
}
