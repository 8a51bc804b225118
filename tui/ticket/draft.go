package ticket

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// keepAfter is how long typing goes on before it is kept.
const keepAfter = 500 * time.Millisecond

type draftsRead struct {
	kept   int // what [Screen] had kept when it was asked for
	id     core.TicketID
	drafts []core.Draft
	handed []core.Handed
	err    error
}

type draftDue struct {
	id   core.TicketID
	kind core.DraftKind
}

type draftSaved struct {
	id     core.TicketID
	kind   core.DraftKind
	body   string // as it was typed
	stands string // as it is on the server now
	err    error
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
	s.kept++
	id, typed := s.id, core.Typed{Kind: s.editor.kind, Base: s.editor.saved, Body: s.editor.text()}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		stands, err := s.env.Desk.KeepDraft(ctx, s.env.Who, id, typed)
		return draftSaved{id: id, kind: typed.Kind, body: typed.Body, stands: stands, err: err}
	})
}

func (s *Screen) draftSaved(m draftSaved) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	e := s.editor
	if m.err == nil {
		s.remember(core.Draft{Ticket: m.id, Kind: m.kind, Body: m.stands, UpdatedAt: s.env.Desk.Now(), HandedTo: s.handedTo(m.kind)})
	}
	if e == nil || e.kind != m.kind { // it has been left since
		if m.err != nil {
			return s.env.Host.Fail("keep the draft", m.err)
		}
		return nil
	}
	e.saving, e.trouble = false, m.err
	sendNext := e.sendNext
	e.sendNext = false
	switch {
	case m.err != nil && sendNext:
		return tea.Batch(s.env.Host.Fail("send it; your text is kept here", m.err), s.trySoon())
	case m.err != nil:
		return s.trySoon()
	case m.stands != m.body:
		return tea.Batch(s.rejoin(m), s.keepDraft())
	}
	e.saved = m.stands
	if sendNext {
		return s.send()
	}
	return s.keepDraft()
}

func (s *Screen) trySoon() tea.Cmd {
	s.editor.due = true
	return s.env.After(pause, draftDue{id: s.id, kind: s.editor.kind})
}

// rejoin brings what was typed in another window into the editor. What was to be sent is not: it reads
// differently now.
func (s *Screen) rejoin(m draftSaved) tea.Cmd {
	e := s.editor
	e.become(core.MergeDrafts(m.body, e.text(), m.stands))
	e.saved = m.stands
	return s.env.Host.Toast(screen.Warning, plain.Line("You wrote on this in another window too. Nothing is lost: both texts are here. Read it before you send it."))
}

// become replaces the text and leaves the cursor at what it stood before, as far as that is still there.
func (e *editor) become(text string) {
	at := e.area.At()
	rest := string([]rune(e.text())[at:])
	e.area.Set(text)
	if strings.HasSuffix(e.text(), rest) {
		at = e.area.Len() - len([]rune(rest))
	}
	e.area.Go(at)
}

// remember keeps the list of drafts as it is on the server.
func (s *Screen) remember(d core.Draft) {
	s.kept++
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
	id, kept := s.id, s.kept
	return s.env.Do(func(ctx context.Context) tea.Msg {
		answer := draftsRead{id: id, kept: kept}
		if answer.drafts, answer.err = s.env.Desk.Drafts(ctx, s.env.Who, id); answer.err == nil {
			answer.handed, answer.err = s.env.Desk.HandedOn(ctx, s.env.Who, id)
		}
		return answer
	})
}

// takeDrafts learns what was typed before, here or in another window. Somebody who has typed on since
// gets it as soon as that is kept.
func (s *Screen) takeDrafts(m draftsRead) tea.Cmd {
	switch {
	case m.id != s.id:
		return nil
	case m.kept != s.kept: // read before what was kept since: it would take that away again
		return s.readDrafts()
	}
	s.drafted = true
	if m.err != nil {
		return s.resume()
	}
	s.drafts, s.handed = m.drafts, m.handed
	if e := s.editor; e != nil && !e.saving && !e.sending && e.text() == e.saved {
		e.adopt(s.draft(e.kind))
	}
	return s.resume()
}

// draft is what is on the server of a kind.
func (s *Screen) draft(kind core.DraftKind) string {
	for _, d := range s.drafts {
		if d.Kind == kind {
			return d.Body
		}
	}
	return ""
}

// adopt shows a draft as it is on the server.
func (e *editor) adopt(body string) {
	if body == e.saved {
		return
	}
	e.become(body)
	e.saved = e.text()
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
