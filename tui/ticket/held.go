package ticket

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// takenBack is the answer to taking a reply back.
type takenBack struct {
	id    core.TicketID
	draft core.Draft
	err   error
}

// heldTick moves the words that say when a held reply goes.
type heldTick struct{ id core.TicketID }

// said is the conversation as it is shown: with the replies that can still be taken back at its end.
func (s *Screen) said() []core.Message {
	all := slices.Clip(s.view.Messages)
	for i, m := range s.view.Held {
		m.ID = core.MessageID(-1 - i)
		all = append(all, m)
	}
	return all
}

// holds reports whether a reply of one's own can still be taken back.
func (s *Screen) holds() bool {
	for i := range s.view.Held {
		if s.view.Held[i].Author.ID == s.env.Me.ID {
			return true
		}
	}
	return false
}

// tick keeps the words about a held reply true, a second at a time.
func (s *Screen) tick() tea.Cmd {
	if len(s.view.Held) == 0 || s.ticking {
		return nil
	}
	s.ticking = true
	return s.env.After(time.Second, heldTick{s.id})
}

func (s *Screen) ticked(m heldTick) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	s.ticking = false
	return s.tick()
}

// undoing is the key that takes back: first a reply that has not gone, then the last change.
func (s *Screen) undoing() screen.Binding {
	if s.holds() {
		return screen.Binding{Keys: []string{"u"}, Action: action.TakeBack, Words: "take reply back", Disabled: s.why(action.TakeBack), Foot: true, Run: s.takeBack}
	}
	return screen.Binding{Keys: []string{"u"}, Action: action.Undo, Words: "undo", Disabled: s.why(action.Undo), Run: s.undo}
}

// undo takes the last change back. Who wants back a reply that has gone since hears that first.
func (s *Screen) undo() tea.Cmd {
	if said, ok := s.env.LastSaid(&s.view); ok && s.toldSent != said.Seq {
		return s.tellSent(said)
	}
	return s.env.Undo(s.id)
}

// tellSent says of a reply that it stays.
func (s *Screen) tellSent(said core.Event) tea.Cmd {
	s.toldSent = said.Seq
	words := "Sent " + ui.Ago(s.env.Desk.Now(), said.At) + ": a reply cannot be taken back then. u again undoes what was before."
	return s.env.Host.Toast(screen.Warning, plain.Line(words))
}

// tellMissed says what became of a reply that was to be taken back and no longer waited.
func (s *Screen) tellMissed() tea.Cmd {
	if !s.missed {
		return nil
	}
	s.missed = false
	if said, ok := s.env.LastSaid(&s.view); ok {
		return s.tellSent(said)
	}
	return s.env.Host.Toast(screen.Info, plain.Line("It waits no longer: you took it back in another window."))
}

func (s *Screen) takeBack() tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		draft, err := s.env.Desk.TakeBack(ctx, s.env.Who, id)
		return takenBack{id: id, draft: draft, err: err}
	})
}

// backAgain opens the editor with the words that were taken back.
func (s *Screen) backAgain(m takenBack) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if refused, ok := errors.AsType[*core.Error](m.err); ok && refused.Code == "nothing_held" {
		s.missed = true // what became of it is said once the ticket has been read
		return s.refresh()
	}
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail("take the reply back", m.err), s.refresh())
	}
	s.view.Held, s.laid, s.behind = nil, 0, true
	s.remember(m.draft)
	var open tea.Cmd
	if s.editor == nil {
		open = s.write(core.DraftReply, "")
	}
	return tea.Batch(open, s.env.Host.Toast(screen.Info, plain.Line("Taken back. Nothing was sent; your words are here again.")), s.refresh())
}

// sentWords says what became of words that were sent, and whom they do not reach.
func sentWords(m sent) string {
	words := "Reply sent. The reporter can read it."
	switch {
	case m.kind == core.DraftNote:
		words = "Note added. Only staff can read it."
	case !m.message.GoesAt.IsZero():
		words = "It goes in " + ui.Plural(int(core.HoldFor/time.Second), "second", "seconds") + ". u takes it back."
	}
	if len(m.message.Unreached) == 0 {
		return words
	}
	for _, p := range m.message.Unreached {
		words += " @" + p.Username
	}
	return words + " may not read it, and hears nothing."
}
