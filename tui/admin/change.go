package admin

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// done is the answer to a change. The list is read anew after it.
type done struct {
	of    *Screen
	doing string
	words string
	err   error
	form  *screen.Form // that is closed once it went well; nil if there is none
}

// opened is a dialog that something had to be looked up for.
type opened struct {
	of   *Screen
	open func() tea.Cmd
	err  error
}

// change carries a change out: doing says what went wrong, words what went well.
func (s *Screen) change(doing, words string, work func(ctx context.Context) error) tea.Cmd {
	return s.env.Do(func(ctx context.Context) tea.Msg { return done{of: s, doing: doing, words: words, err: work(ctx)} })
}

func (s *Screen) settled(m done) tea.Cmd {
	if m.of != s {
		return nil
	}
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail(m.doing, m.err), s.reload())
	}
	if m.form != nil {
		s.env.Host.Hide(m.form)
	}
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(m.words)), s.reload())
}

// fill opens a form. Once the desk has taken it, the list is read anew.
func (s *Screen) fill(title, doing string, fields []screen.Field, submit func(ctx context.Context, typed screen.Typed) (string, error)) tea.Cmd {
	f := screen.NewForm(s.env, title, doing, fields, submit)
	f.Survive("admin " + title)
	f.Then = func(words string) tea.Cmd {
		s.env.Host.Hide(f)
		return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(words)), s.reload())
	}
	s.env.Host.Show(f, false)
	return nil
}

// confirm asks in words before something that can hurt.
func (s *Screen) confirm(question, means, yes string, then func() tea.Cmd) tea.Cmd {
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line(question), Paragraphs: []screen.Paragraph{{Text: plain.Line(means)}},
		Choices: []screen.Binding{{Keys: []string{"y"}, Words: yes, Run: then}},
	}, false)
	return nil
}

// pick asks for one of some things.
func (s *Screen) pick(title string, items []screen.Item, at int) tea.Cmd {
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line(title), items).Start(at), false)
	return nil
}

// takeBack is the key that undoes the newest change of one thing.
func (s *Screen) takeBack(stream core.Stream, id int64, name, why string) screen.Binding {
	if id == 0 && why == "" {
		why = "Nothing is under the cursor."
	}
	return screen.Binding{Keys: []string{"u"}, Words: "take back", Help: "Take the newest change of it back, whoever made it.", Disabled: why, Foot: true, Run: func() tea.Cmd {
		means := "It is undone by a change of its own; the audit trail shows both."
		if stream == core.StreamUser {
			means += " Roles, queues and disabling can be taken back. Names, addresses, keys and passwords cannot: what they were is kept nowhere, so that nobody finds it later."
		}
		return s.confirm("Take back the newest change of "+name+"?", means, "take it back", func() tea.Cmd {
			return s.change("take that back", "Taken back.", func(ctx context.Context) error {
				_, err := s.env.Desk.Revert(ctx, s.env.Who, stream, id)
				return err
			})
		})
	}}
}
