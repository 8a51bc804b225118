package ticket

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// followed is the answer to following a ticket, or no longer.
type followed struct {
	id      core.TicketID
	follows bool
	err     error
}

// following is the key that follows a ticket or ends it.
func (s *Screen) following() screen.Binding {
	name, words := action.Follow, "follow"
	if s.view.Follows {
		name, words = action.Unfollow, "unfollow"
	}
	return screen.Binding{Keys: []string{"f"}, Action: name, Words: words, Disabled: s.why(name), Run: s.toggleFollow}
}

func (s *Screen) toggleFollow() tea.Cmd {
	id, follows := s.id, !s.view.Follows
	do := s.env.Desk.Follow
	if !follows {
		do = s.env.Desk.Unfollow
	}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		return followed{id: id, follows: follows, err: do(ctx, s.env.Who, id)}
	})
}

func (s *Screen) takeFollowed(m followed) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	words := "You follow " + m.id.String() + ": what is new is marked in the list, and follower:me finds it."
	switch {
	case m.err != nil:
		return s.env.Host.Fail("follow "+m.id.String(), m.err)
	case !m.follows:
		words = "You no longer follow " + m.id.String() + "."
	}
	s.view.Follows = m.follows
	return s.env.Host.Toast(screen.Info, plain.Line(words))
}

// look notes that what is on the screen has been seen: news end, and mentions leave the inbox. A mark that
// is lost does no harm.
func (s *Screen) look() tea.Cmd {
	n := len(s.view.Messages)
	if n == 0 || s.view.Messages[n-1].ID == s.seen {
		return nil
	}
	s.seen = s.view.Messages[n-1].ID
	view := core.TicketView{Ticket: s.view.Ticket, Messages: s.view.Messages[n-1:], AsStaff: s.view.AsStaff}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		_, _ = s.env.Desk.Look(ctx, s.env.Who, &view)
		return nil
	})
}

// fileLinked is the answer to asking for a link to a file.
type fileLinked struct {
	id   core.TicketID
	file core.TicketFile
	path string
	err  error
}

// pickFile lists the ticket's files; choosing one makes a link to it.
func (s *Screen) pickFile() tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line("Files of "+s.id.String()), nil).Wait()
	p.Hint = plain.Line("Enter makes a link that opens the file once, in a browser.")
	s.env.Host.Show(p, false)
	return s.env.Fill(p, "list files", func(ctx context.Context) ([]screen.Item, error) {
		files, err := s.env.Desk.TicketFiles(ctx, s.env.Who, s.id)
		items := make([]screen.Item, 0, len(files))
		for _, f := range files {
			detail := []string{f.SizeWords(), f.MediaType}
			if f.By != "" {
				detail = append(detail, f.By)
			}
			if f.Visibility == core.InternalNote {
				detail = append(detail, "in a note")
			}
			items = append(items, screen.Item{Text: plain.Line(f.Name), Detail: plain.Line(strings.Join(detail, " · ")), Choose: func() tea.Cmd { return s.linkFile(f) }})
		}
		return items, err
	})
}

func (s *Screen) linkFile(f core.TicketFile) tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		token, _, err := s.env.Desk.LinkFile(ctx, s.env.Who, id, f.ID)
		return fileLinked{id: id, file: f, path: "/files/once/" + token, err: err}
	})
}

// showLink shows the link alone on its line, so that a terminal finds its ends.
func (s *Screen) showLink(m fileLinked) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if m.err != nil {
		return s.env.Host.Fail("make a link to the file", m.err)
	}
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line(m.file.Name + " · " + m.file.SizeWords()),
		Paragraphs: []screen.Paragraph{
			{Text: plain.Line(strings.TrimRight(s.env.Page, "/") + m.path), Strong: true},
			{Text: plain.Line("It opens the file once, for you, in the next five minutes. Do not pass it on.")},
		},
	}, true)
	return nil
}

// files counts the files of the conversation.
func (s *Screen) files() int {
	n := 0
	for i := range s.view.Messages {
		n += len(s.view.Messages[i].Files)
	}
	return n
}

// attachments is the key that lists the files.
func (s *Screen) attachments() screen.Binding {
	none, words := "", "files…"
	if n := s.files(); n == 0 {
		none = "Nothing was sent along with this ticket."
	} else {
		words = ui.Plural(n, "file…", "files…")
	}
	return screen.Binding{Keys: []string{"A"}, Words: words, Help: "List what was sent along; a link opens one file in a browser, once.", Disabled: none, Run: s.pickFile}
}
