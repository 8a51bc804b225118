package ticket

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
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
}

type draftsRead struct {
	id     core.TicketID
	drafts []core.Draft
	err    error
}

type draftDue struct {
	id   core.TicketID
	kind core.DraftKind
}

type draftSaved struct {
	id   core.TicketID
	kind core.DraftKind
	body string
	err  error
}

type sent struct {
	id      core.TicketID
	kind    core.DraftKind
	body    string
	message core.Message
	err     error
}

// keepAfter is how long typing goes on before it is kept.
const keepAfter = 500 * time.Millisecond

func (e *editor) text() string { return e.area.Text() }

// changes reports whether sending it also closes or reopens the ticket; then it needs no words.
func (e *editor) changes() bool { return e.kind == core.DraftClose || e.kind == core.DraftReopen }

// write opens the editor with what was typed before.
func (s *Screen) write(kind core.DraftKind, resolution core.Resolution) tea.Cmd {
	e := &editor{kind: kind, resolution: resolution, area: screen.Area{Limit: 2 * core.MaxBody}}
	var err error
	if e.key, err = s.env.Desk.NewFormKey(s.env.Who); err != nil {
		return s.env.Host.Fail("begin to write", err)
	}
	for _, d := range s.drafts {
		if d.Kind == kind {
			e.area.Set(d.Body)
			e.saved = e.text()
		}
	}
	if s.top+s.room >= s.thread.Height() {
		s.top = s.thread.Height() // the end of the conversation stays in sight above the editor
	}
	s.editor = e
	return nil
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

// typed has the text kept if it has changed.
func (s *Screen) typed(before string) tea.Cmd {
	e := s.editor
	if e.text() == before || e.due || e.saving {
		return nil
	}
	e.due = true
	return s.env.After(keepAfter, draftDue{id: s.id, kind: e.kind})
}

func (s *Screen) draftDue(m draftDue) tea.Cmd {
	if e := s.editor; m.id != s.id || e == nil || e.kind != m.kind {
		return nil
	}
	s.editor.due = false
	return s.keepDraft()
}

// keepDraft puts what is typed on the server, unless it is there or being sent.
func (s *Screen) keepDraft() tea.Cmd {
	e := s.editor
	if e == nil || e.saving || e.sending || e.text() == e.saved {
		return nil
	}
	return s.saveDraft()
}

func (s *Screen) saveDraft() tea.Cmd {
	s.editor.saving = true
	id, kind, body := s.id, s.editor.kind, s.editor.text()
	return s.env.Do(func(ctx context.Context) tea.Msg {
		return draftSaved{id: id, kind: kind, body: body, err: s.env.Desk.SaveDraft(ctx, s.env.Who, id, kind, body)}
	})
}

func (s *Screen) draftSaved(m draftSaved) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	e := s.editor
	if e == nil || e.kind != m.kind {
		return s.savedBehind(m)
	}
	if m.err == nil {
		s.remember(core.Draft{Ticket: m.id, Kind: m.kind, Body: m.body, UpdatedAt: s.env.Desk.Now()})
	}
	e.saving, e.trouble = false, m.err
	if m.err == nil {
		e.saved = m.body
	}
	switch {
	case e.sendNext:
		e.sendNext = false
		return s.send()
	case e.text() == e.saved:
		return nil
	case m.err != nil:
		e.due = true
		return s.env.After(pause, draftDue{id: s.id, kind: e.kind})
	}
	return s.keepDraft()
}

// savedBehind takes the answer about a draft whose editor has been left since. Should an older text have
// come last, the newest is kept once more.
func (s *Screen) savedBehind(m draftSaved) tea.Cmd {
	if m.err != nil {
		return s.env.Host.Fail("keep the draft", m.err)
	}
	for _, d := range s.drafts {
		if d.Kind != m.kind || d.Body == m.body {
			continue
		}
		return s.env.Do(func(ctx context.Context) tea.Msg {
			return draftSaved{id: d.Ticket, kind: d.Kind, body: d.Body, err: s.env.Desk.SaveDraft(ctx, s.env.Who, d.Ticket, d.Kind, d.Body)}
		})
	}
	return nil
}

// remember keeps the list of drafts as it is on the server.
func (s *Screen) remember(d core.Draft) {
	for i := range s.drafts {
		if s.drafts[i].Kind == d.Kind {
			s.drafts = append(s.drafts[:i:i], s.drafts[i+1:]...)
			break
		}
	}
	if d.Body != "" {
		s.drafts = append(s.drafts, d)
	}
}

func (s *Screen) readDrafts() tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		drafts, err := s.env.Desk.Drafts(ctx, s.env.Who, id)
		return draftsRead{id: id, drafts: drafts, err: err}
	})
}

// takeDrafts learns what was typed before; one who has begun to write in the meantime gets the old text
// only if there is nothing new yet.
func (s *Screen) takeDrafts(m draftsRead) tea.Cmd {
	if m.id != s.id || m.err != nil {
		return nil
	}
	if e := s.editor; e != nil {
		for _, d := range m.drafts {
			if d.Kind == e.kind && e.text() == "" && e.saved == "" {
				e.area.Set(d.Body)
				e.saved = e.text()
			}
		}
		return nil
	}
	s.drafts = m.drafts
	return nil
}

func (s *Screen) newestDraft() (core.Draft, bool) {
	var newest core.Draft
	for _, d := range s.drafts {
		if d.UpdatedAt.After(newest.UpdatedAt) {
			newest = d
		}
	}
	return newest, newest.Body != ""
}

// leaveEditor puts the editor away and keeps what is in it.
func (s *Screen) leaveEditor() tea.Cmd {
	if s.editor.sending || s.editor.sendNext {
		return s.env.Host.Toast(screen.Warning, plain.Line("It is being sent."))
	}
	cmd := s.Leave()
	if text := s.editor.text(); strings.TrimSpace(text) != "" {
		s.remember(core.Draft{Ticket: s.id, Kind: s.editor.kind, Body: text, UpdatedAt: s.env.Desk.Now()})
		cmd = tea.Batch(cmd, s.env.Host.Toast(screen.Info, plain.Line("The draft is kept. "+s.goesOn(s.editor.kind)+".")))
	} else {
		s.remember(core.Draft{Kind: s.editor.kind})
	}
	s.editor = nil
	return cmd
}

// send says what was written. A draft that is just being kept is waited for, so that it cannot come to
// life again after the message was sent.
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
	}
	e.sending = true
	switch e.kind {
	case core.DraftClose:
		return s.close(e.resolution, body, e.key)
	case core.DraftReopen:
		return s.reopen(body)
	case core.DraftReply, core.DraftNote:
	}
	id, kind, in := s.id, e.kind, core.NewMessage{Key: e.key, Body: body}
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
	words := "Reply sent. The reporter can read it."
	if m.kind == core.DraftNote {
		words = "Note added. Only staff can read it."
	}
	s.remember(core.Draft{Kind: m.kind})
	s.editor, s.unread = nil, 0
	s.top = max(s.top, s.thread.Height()) // the end, as soon as it is laid out with the new message
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(words)), s.refresh())
}

func draftWord(kind core.DraftKind) string {
	switch kind {
	case core.DraftNote:
		return "note"
	case core.DraftClose:
		return "last word"
	case core.DraftReopen:
		return "word on reopening"
	case core.DraftReply:
	}
	return "reply"
}

func draftKey(kind core.DraftKind) string {
	switch kind {
	case core.DraftNote:
		return "n"
	case core.DraftClose:
		return "c"
	case core.DraftReopen:
		return "o"
	case core.DraftReply:
	}
	return "r"
}

// goesOn says with which key one goes on with a draft; a last word waits until the ticket is open again.
func (s *Screen) goesOn(kind core.DraftKind) string {
	words := draftKey(kind) + " goes on with it"
	if kind == core.DraftClose && s.view.Ticket.IsClosed() {
		return "o reopens the ticket, then " + words
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
	return []ui.Span{ui.Say(t.Dim, "…")}
}

// lines draws the editor: its label with who else is writing, then the text.
func (e *editor) lines(t *ui.Theme, width, height int, others []ui.Span) (lines []string, cursor *tea.Cursor) {
	label, style := " Reply — the reporter reads this ", t.Staff
	switch e.kind {
	case core.DraftNote:
		label, style = " NOTE — not shown to the reporter ", t.Note
	case core.DraftClose:
		label, style = " Close as "+e.resolution.Words()+" — a last word to the reporter, if you like ", t.Staff
	case core.DraftReopen:
		label = " Reopen — say to the reporter why, if you like "
	case core.DraftReply:
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
