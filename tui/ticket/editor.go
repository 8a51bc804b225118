package ticket

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// editor is a reply, a note or a last word while it is written. The text is on the server half a second
// after it was typed.
type editor struct {
	kind       core.DraftKind
	resolution core.Resolution // of a last word: how the ticket will be closed
	area       screen.Area
	key        string // sending twice says it once
	saved      string // what is on the server
	due        bool   // a save is about to begin
	saving     bool
	sending    bool
	sendNext   bool // send as soon as the save that is on its way has ended
	trouble    error
	readers    int         // how many reporters read it
	agreed     bool        // to what closing does to other tickets
	macro      *core.Macro // whose changes happen with the sending
}

type sent struct {
	id      core.TicketID
	kind    core.DraftKind
	body    string
	message core.Message
	err     error
}

func (e *editor) text() string { return e.area.Text() }

// changes reports whether sending it also closes or reopens the ticket; then it needs no words.
func (e *editor) changes() bool {
	return e.kind == core.DraftClose || e.kind == core.DraftReopen || e.macro != nil
}

// write opens the editor with what was typed before.
func (s *Screen) write(kind core.DraftKind, resolution core.Resolution) tea.Cmd {
	e := &editor{kind: kind, resolution: resolution, area: screen.Area{Limit: 2 * core.MaxBody}, readers: 1 + len(s.view.Merged)}
	var err error
	if e.key, err = s.env.Desk.NewFormKey(s.env.Who); err != nil {
		return s.env.Host.Fail("begin to write", err)
	}
	e.area.Set(s.draft(kind))
	e.saved = e.text()
	if s.top+s.room >= s.thread.Height() {
		s.top = s.thread.Height() // the end of the conversation stays in sight above the editor
	}
	s.editor = e
	var named tea.Cmd
	if s.colleagues == nil && (kind == core.DraftReply || kind == core.DraftNote) {
		named = s.readColleagues()
	}
	if last := s.draft(core.DraftClose); kind == core.DraftReply && e.text() == "" && last != "" && s.view.Ticket.IsClosed() {
		return tea.Batch(named, s.replyWith(last))
	}
	return tea.Batch(named, s.readDrafts()) // another window may have gone on with it
}

// replyWith makes a reply of a last word, when a colleague has closed the ticket first. It is kept as the one
// before it is no longer kept as the other.
func (s *Screen) replyWith(last string) tea.Cmd {
	s.editor.area.Set(last)
	s.editor.saving = true
	s.remember(core.Draft{Kind: core.DraftClose})
	id, body := s.id, s.editor.text()
	return tea.Batch(
		s.env.Host.Toast(screen.Info, plain.Line("The ticket is closed. Your last word can go as a reply.")),
		s.env.Do(func(ctx context.Context) tea.Msg {
			stands, err := s.env.Desk.KeepDraft(ctx, s.env.Who, id, core.Typed{Kind: core.DraftReply, Body: body})
			if err == nil {
				_, err = s.env.Desk.KeepDraft(ctx, s.env.Who, id, core.Typed{Kind: core.DraftClose, Base: last})
			}
			return draftSaved{id: id, kind: core.DraftReply, body: body, stands: stands, err: err}
		}))
}

// edit gives a key or a paste to the editor.
func (s *Screen) edit(msg tea.Msg) tea.Cmd {
	e := s.editor
	if e.sending || e.sendNext {
		return s.env.Host.Toast(screen.Warning, plain.Line("It is being sent."))
	}
	before := e.text()
	room := e.area.Update(msg)
	cmd := s.typed(before)
	if !room {
		words := fmt.Sprintf("That was cut off: a message has at most %d characters.", core.MaxBody)
		cmd = tea.Batch(cmd, s.env.Host.Toast(screen.Failure, plain.Line(words)))
	}
	return cmd
}

// leaveEditor puts the editor away and keeps what is in it.
func (s *Screen) leaveEditor() tea.Cmd {
	if s.editor.sending || s.editor.sendNext {
		return s.env.Host.Toast(screen.Warning, plain.Line("It is being sent."))
	}
	cmd := s.Leave()
	if text := s.editor.text(); strings.TrimSpace(text) != "" {
		s.remember(core.Draft{Ticket: s.id, Kind: s.editor.kind, Body: text, UpdatedAt: s.env.Desk.Now(), HandedTo: s.handedTo(s.editor.kind)})
		cmd = tea.Batch(cmd, s.env.Host.Toast(screen.Info, plain.Line("The draft is kept. "+s.goesOn(s.editor.kind)+".")))
	} else {
		s.remember(core.Draft{Kind: s.editor.kind})
	}
	s.editor = nil
	return cmd
}

// send says what was written. It is kept first, so that no draft comes to life again after the message
// was sent, and so that nothing typed in another window goes with it unread.
func (s *Screen) send() tea.Cmd {
	e := s.editor
	body := e.text()
	switch {
	case e.sending:
		return nil
	case strings.TrimSpace(body) == "" && !e.changes():
		return s.env.Host.Toast(screen.Warning, plain.Line("There is nothing to send yet."))
	case e.saving:
		e.sendNext = true
		return nil
	case e.text() != e.saved:
		e.sendNext = true
		return s.saveDraft()
	}
	e.sending = true
	switch e.kind {
	case core.DraftClose:
		if s.closesMore() && !e.agreed {
			e.sending = false
			return s.plan("Close "+s.id.String()+"?", "close", core.Deed{Action: action.Close, Resolution: e.resolution, Body: body}, func() tea.Cmd {
				e.agreed = true
				if s.editor != e {
					return nil
				}
				return s.send()
			})
		}
		return s.close(e.resolution, body, e.key)
	case core.DraftReopen:
		return s.reopen(body)
	case core.DraftReply, core.DraftNote:
	}
	if e.macro != nil {
		return s.runMacro(e.macro, body, e.key)
	}
	id, kind, in := s.id, e.kind, core.NewMessage{Key: e.key, Body: body, Hold: core.HoldAsChosen}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		answer := sent{id: id, kind: kind, body: body}
		if kind == core.DraftNote {
			answer.message, answer.err = s.env.Desk.Note(ctx, s.env.Who, id, in)
		} else {
			answer.message, answer.err = s.env.Desk.Reply(ctx, s.env.Who, id, in)
		}
		return answer
	})
}

func (s *Screen) sent(m sent) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	e := s.editor
	if e != nil {
		e.sending = false
	}
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail("send it; your text is kept", m.err), s.keepDraft())
	}
	level := screen.Info
	if len(m.message.Unreached) > 0 {
		level = screen.Warning
	}
	s.remember(core.Draft{Kind: m.kind})
	s.editor, s.unread, s.behind = nil, 0, true
	s.top = max(s.top, s.thread.Height()) // the end, as soon as it is laid out with the new message
	return tea.Batch(s.env.Host.Toast(level, plain.Line(sentWords(m))), s.refresh())
}

// goesOn says with which key one goes on with a draft; a last word waits until the ticket is open again.
func (s *Screen) goesOn(kind core.DraftKind) string {
	words := draftKey(kind) + " goes on with it"
	if kind == core.DraftClose && s.view.Ticket.IsClosed() {
		return "r sends it as a reply; o reopens the ticket, then " + words
	}
	return words
}

// status says whether what is typed is safe.
func (e *editor) status(t *ui.Theme) []ui.Span {
	n := e.area.Len()
	switch {
	case e.sending || e.sendNext:
		return []ui.Span{ui.Say(t.Plain, "Sending…")}
	case n > core.MaxBody:
		return []ui.Span{ui.Say(t.Bad, fmt.Sprintf("%d characters too many; %d is the most.", n-core.MaxBody, core.MaxBody))}
	case e.trouble != nil:
		return []ui.Span{ui.Say(t.Warn, "The draft is not on the server yet; trying again…")}
	case e.text() == "":
		return nil
	case e.text() == e.saved:
		return []ui.Span{ui.Say(t.Dim, "Draft kept.")}
	}
	return []ui.Span{ui.Say(t.Dim, "The draft is being kept…")}
}

// lines draws the editor: its label with who else is writing, then the text.
func (e *editor) lines(t *ui.Theme, width, height int, others []ui.Span) (lines []string, cursor *tea.Cursor) {
	label, style := " Reply — the reporter reads this ", t.Staff
	if e.readers > 1 {
		label = fmt.Sprintf(" Reply — %d reporters read this, each on their own ticket ", e.readers)
	}
	switch e.kind {
	case core.DraftNote:
		label, style = " NOTE — not shown to the reporter ", t.Note
	case core.DraftClose:
		label, style = " Close as "+e.resolution.Words()+" — a last word to the reporter, if you like ", t.Staff
	case core.DraftReopen:
		label = " Reopen — say to the reporter why, if you like "
	case core.DraftReply:
	}
	if e.macro != nil {
		label += e.with()
	}
	head := plain.Truncate(plain.Line(label), max(0, width-2))
	rule := ui.Told(t, max(0, width-2-head.Width()), others)
	lines = append(lines, ui.Rule(t, min(2, width))+style.Render(head.String())+rule)
	if height < 2 || width < 4 {
		return ui.Fit(lines, width, height), nil
	}
	bar := "│ "
	if e.kind == core.DraftNote {
		bar = "┃ "
	}
	typed, cursor := e.area.View(t, width-2, height-1)
	for _, l := range typed {
		lines = append(lines, style.Render(bar)+l)
	}
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+2, cursor.Y+1
	}
	return ui.Fit(lines, width, height), cursor
}
