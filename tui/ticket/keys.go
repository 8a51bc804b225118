package ticket

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
)

func (s *Screen) press(key fmt.Stringer) tea.Cmd {
	if s.editor != nil {
		if cmd, known := screen.Press(s.env.Host, s.writing(), key); known {
			return cmd
		}
		if msg, ok := key.(tea.KeyPressMsg); ok {
			return s.edit(msg)
		}
		return nil
	}
	if (!s.known || s.wanted.Writing != "") && s.trouble == nil && key.String() != "esc" {
		const most = 64
		if len(s.early) < most {
			s.early = append(s.early, key)
		}
		return nil
	}
	if s.behind && s.hangs(key) {
		s.early = append(s.early, key)
		return nil
	}
	cmd, _ := screen.Press(s.env.Host, s.Bindings(), key)
	return cmd
}

// hangs reports whether what a key does hangs on how the ticket stands after what was done last: something that could not
// be done before, or undoing: of what is shown a reply that still waited may have been taken back since. How it stands is on its way.
func (s *Screen) hangs(key fmt.Stringer) bool {
	return slices.ContainsFunc(s.Bindings(), func(b screen.Binding) bool {
		undoes := b.Action == action.Undo || b.Action == action.TakeBack
		return (undoes || b.Action != "" && b.Disabled != "") && b.Pressed(key)
	})
}

// catchUp presses the keys that came before the ticket had been read: somebody who types fast means
// them for this ticket.
func (s *Screen) catchUp() tea.Cmd {
	early := s.early
	s.early = nil
	var cmds []tea.Cmd
	for _, key := range early {
		cmds = append(cmds, s.press(key))
	}
	return tea.Batch(cmds...)
}

func (s *Screen) paste(msg tea.PasteMsg) tea.Cmd {
	if s.editor == nil {
		return nil
	}
	return s.edit(msg)
}

// Bindings is the table of keys. The footer shows them in this order as far as it has room: macros come after what everybody uses.
func (s *Screen) Bindings() []screen.Binding {
	if s.editor != nil {
		return s.writing()
	}
	return slices.Concat(s.doing(), s.joining(), s.reading(), s.macros())
}

// doing are the keys that change the ticket. What may not be done now says why.
func (s *Screen) doing() []screen.Binding {
	t := &s.view.Ticket
	flip, flipWords := action.Activate, "set active"
	if t.Status == core.Active {
		flip, flipWords = action.Deactivate, "set open"
	}
	code := ""
	if t.Reporter.ID == 0 {
		code = "The reporter has no account."
	}
	closed := t.IsClosed()
	return []screen.Binding{
		{Keys: []string{"r"}, Action: action.Reply, Words: "reply", Disabled: s.why(action.Reply), Foot: true, Run: func() tea.Cmd { return s.write(core.DraftReply, "") }},
		{Keys: []string{"n"}, Action: action.Note, Words: "note", Disabled: s.why(action.Note), Foot: true, Run: func() tea.Cmd { return s.write(core.DraftNote, "") }},
		{Keys: []string{"t"}, Action: action.Take, Words: "take", Disabled: s.why(action.Take), Foot: true, Run: func() tea.Cmd { return s.env.Take(t) }},
		{Keys: []string{"x"}, Action: action.Release, Words: "release", Disabled: s.why(action.Release), Run: s.release},
		{Keys: []string{"a"}, Action: action.Assign, Words: "assign…", Disabled: s.why(action.Assign), Foot: true, Run: func() tea.Cmd { return s.env.Assign(t) }},
		{Keys: []string{"s"}, Action: flip, Words: flipWords, Disabled: s.why(flip), Foot: true, Run: s.flip},
		{Keys: []string{"c"}, Action: action.Close, Words: "close…", Disabled: s.why(action.Close), Foot: !closed, Run: s.pickResolution},
		{Keys: []string{"o"}, Action: action.Reopen, Words: "reopen…", Disabled: s.why(action.Reopen), Foot: closed, Run: func() tea.Cmd { return s.write(core.DraftReopen, "") }},
		{Keys: []string{"p"}, Action: action.Prioritise, Words: "priority…", Disabled: s.why(action.Prioritise), Run: s.pickPriority},
		{Keys: []string{"y"}, Action: action.Categorise, Words: "category…", Disabled: s.why(action.Categorise), Run: s.pickCategory},
		{Keys: []string{"m"}, Action: action.Move, Words: "move to queue…", Disabled: s.why(action.Move), Run: s.pickQueue},
		{Keys: []string{"l"}, Action: action.Place, Words: "place…", Disabled: s.why(action.Place), Run: s.pickPlace},
		{Keys: []string{"w"}, Action: action.Wait, Words: "waiting…", Disabled: s.why(action.Wait), Run: s.pickWaiting},
		{Keys: []string{"T"}, Action: action.Tag, Words: "tags…", Disabled: s.why(action.Tag), Run: s.choose(action.Tag)},
		{Keys: []string{"z"}, Action: action.Snooze, Words: "snooze…", Disabled: s.why(action.Snooze), Run: s.choose(action.Snooze)},
		s.undoing(),
		s.following(),
		{Keys: []string{"H"}, Action: action.HandOver, Words: "hand draft over…", Disabled: s.whyNoHandover(), Run: s.handing},
		{Keys: []string{"e"}, Action: action.Correct, Words: "correct title…", Disabled: s.why(action.Correct), Run: s.correctTitle},
		{Keys: []string{"P"}, Action: action.Publish, Words: "make known…", Disabled: s.why(action.Publish), Run: s.publish},
		{Keys: []string{"U"}, Action: action.Unpublish, Words: "no longer known", Disabled: s.why(action.Unpublish), Run: s.unpublish},
		{Keys: []string{"d"}, Action: action.Code, Words: "one-time code…", Help: "Make a code with which the reporter sets a new password.", Disabled: code, Run: s.offerCode},
	}
}

func (s *Screen) macros() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{";"}, Action: action.Macro, Words: "macro…", Disabled: s.why(action.Macro), Foot: true, Run: s.pickMacro},
	}
}

// reading are the keys that only move or show.
func (s *Screen) reading() []screen.Binding {
	half := max(1, s.room/2)
	down, downs := screen.Steps(s.scroll, 1)
	up, ups := screen.Steps(s.scroll, -1)
	pageDown, pagesDown := screen.Steps(s.scroll, half)
	pageUp, pagesUp := screen.Steps(s.scroll, -half)
	related := ""
	if len(s.near()) == 0 && s.view.Ticket.MergedInto == 0 {
		related = "Nothing is linked to it, and nothing that is not closed has the same place and kind."
	}
	words := "show history"
	if s.history {
		words = "hide history"
	}
	return []screen.Binding{
		{Keys: []string{"h"}, Words: words, Help: "Who did what, between the messages.", Foot: true, Run: s.toggleHistory},
		{Keys: []string{"v"}, Words: "related…", Help: "Open a ticket that is linked or merged, or of the same place and kind.", Disabled: related, Run: s.pickRelated},
		s.attachments(),
		{Keys: []string{"j", "down"}, Label: "j ↓", Words: "scroll down", Run: down, Count: downs},
		{Keys: []string{"k", "up"}, Label: "k ↑", Words: "scroll up", Run: up, Count: ups},
		{Keys: []string{"ctrl+d", "pgdown", "space"}, Label: "ctrl+d PgDn", Words: "page down", Run: pageDown, Count: pagesDown},
		{Keys: []string{"ctrl+u", "pgup"}, Label: "ctrl+u PgUp", Words: "page up", Run: pageUp, Count: pagesUp},
		{Keys: []string{"gg", "home"}, Words: "to the start", Run: func() tea.Cmd { s.top = 0; return nil }},
		{Keys: []string{"G", "end"}, Words: "to the end", Run: func() tea.Cmd { s.scroll(s.thread.Height()); s.unread = 0; return nil }},
		{Keys: []string{"ctrl+r"}, Words: "refresh", Run: s.reload},
		{Keys: []string{"esc", "left", "backspace"}, Words: "back", Foot: true, Run: s.env.Host.Back},
	}
}

// writing are the keys of the editor.
func (s *Screen) writing() []screen.Binding {
	words := "send"
	switch s.editor.kind {
	case core.DraftClose:
		words = "close ticket"
	case core.DraftReopen:
		words = "reopen"
	case core.DraftReply, core.DraftNote:
	}
	return append(s.completing(), []screen.Binding{
		{Keys: []string{"ctrl+s", "alt+enter"}, Words: words, Help: "So does alt+enter.", Foot: true, Run: s.send},
		{Keys: []string{"esc"}, Words: "keep draft", Help: "Leave the editor. What is typed is kept.", Foot: true, Run: s.leaveEditor},
		{Keys: []string{"pgup"}, Label: "PgUp PgDn", Words: "scroll", Help: "Read the conversation while writing.", Foot: true, Run: func() tea.Cmd { s.scroll(-max(1, s.room/2)); return nil }},
		{Keys: []string{"pgdown"}, Words: "scroll down", Run: func() tea.Cmd { s.scroll(max(1, s.room/2)); return nil }},
	}...)
}

func (s *Screen) scroll(by int) {
	s.top = max(0, min(s.top+by, s.thread.Height()-s.room))
}

func (s *Screen) toggleHistory() tea.Cmd {
	s.history = !s.history
	reading, into := s.thread.At(s.top)
	width := s.laid
	s.laid = 0
	s.lay(width)
	if line, ok := s.thread.FirstLine(reading); ok {
		s.top = line + into
	}
	return nil
}
