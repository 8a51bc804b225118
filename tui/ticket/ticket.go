// Package ticket is the console's screen of one ticket: its properties, the conversation, and all that
// can be done with it. Which of it may be done now is said by the desk, with the ticket.
package ticket

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Screen is one ticket.
type Screen struct {
	env *screen.Env
	id  core.TicketID

	view    core.TicketView
	known   bool  // the ticket has been read
	trouble error // why what is shown may be old, or why there is nothing to show
	drafts  []core.Draft
	drafted bool          // they have been read
	kept    int           // counts what was kept of drafts, so that what was read before it is known to be old
	handed  []core.Handed // what colleagues handed over
	editor  *editor       // nil while nothing is being written

	thread  ui.Thread
	laid    int // width the thread is laid out for; 0 if it must be laid out
	history bool
	top     int            // first line of the conversation on the screen
	room    int            // lines of the conversation on the screen
	started bool           // top has been chosen once
	back    Place          // the line to open at, if not at the end
	unread  core.MessageID // first message that arrived below the screen

	asked      int
	asking     bool
	again      bool
	ticking    bool           // the words about a held reply will be moved on
	missed     bool           // a reply was to be taken back that waits no longer
	toldSent   int            // the event of a reply that it was said of that it cannot be taken back
	seen       core.MessageID // how far it has been noted as seen
	colleagues []core.Person  // who can be named with an @
	early      []fmt.Stringer // keys that came before the ticket had been read
	wanted     Place          // where to go once it has been; zero when one is there
	behind     bool           // it was changed, and what may be done now has not been read since
}

// New makes the screen of a ticket.
func New(env *screen.Env, id core.TicketID) *Screen { return &Screen{env: env, id: id} }

// ID is the ticket shown.
func (s *Screen) ID() core.TicketID { return s.id }

// Opened reports whether it shows the ticket with what was typed on it, or why it cannot.
func (s *Screen) Opened() bool { return s.known && s.drafted || s.trouble != nil }

// Doing is what the person does here, for others to know.
func (s *Screen) Doing() core.Doing {
	switch {
	case s.editor == nil:
		return core.Looking
	case s.editor.kind == core.DraftNote:
		return core.WritingNote
	}
	return core.WritingReply
}

// Title is the ticket's number.
func (s *Screen) Title() plain.Text { return plain.Line(s.id.String()) }

// Nested is true: a ticket is opened from somewhere.
func (s *Screen) Nested() bool { return true }

// Enter reads the ticket, and what was typed on it and not sent.
func (s *Screen) Enter() tea.Cmd { return tea.Batch(s.reload(), s.readDrafts()) }

// Leave keeps what is being typed. What is on its way to the server may not arrive any more, so it is
// sent once more.
func (s *Screen) Leave() tea.Cmd {
	if !s.Unsaved() {
		return nil
	}
	return s.saveDraft()
}

// Typing reports whether something is being written.
func (s *Screen) Typing() bool { return s.editor != nil }

// Unsaved reports whether something typed is not on the server yet.
func (s *Screen) Unsaved() bool { return s.editor != nil && s.editor.text() != s.editor.saved }

// Update takes keys, answers and news.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.press(msg)
	case screen.Stroke:
		return s.press(msg)
	case tea.PasteMsg:
		return s.paste(msg)
	case screen.Changed:
		if msg.Dirty.All || msg.Dirty.Tickets[s.id] {
			return s.refresh()
		}
	case screen.Acted:
		return s.acted(msg)
	case planned:
		return s.showPlan(msg)
	case read:
		return s.take(msg)
	case draftsRead:
		return s.takeDrafts(msg)
	case handedOver:
		return s.handedOver(msg)
	case tookOver:
		return s.tookOver(msg)
	case draftDue:
		return s.draftDue(msg)
	case draftSaved:
		return s.draftSaved(msg)
	case sent:
		return s.sent(msg)
	case takenBack:
		return s.backAgain(msg)
	case heldTick:
		return s.ticked(msg)
	case colleaguesRead:
		if msg.id == s.id {
			s.colleagues = msg.people
		}
	case followed:
		return s.takeFollowed(msg)
	case fileLinked:
		return s.showLink(msg)
	case macroPlanned:
		return s.previewMacro(msg)
	case splitOff:
		return s.tookOff(msg)
	case retry:
		if msg.id == s.id && msg.asked == s.asked && s.trouble != nil {
			return s.reload()
		}
	}
	return nil
}

// Status is the place in the conversation, and what waits below.
func (s *Screen) Status(f screen.Frame) []ui.Span {
	t := f.Theme
	var said []ui.Span
	switch core.KindOf(s.trouble) {
	case "":
	case core.NotFound:
		return []ui.Span{ui.Say(t.Warn, "It is no longer in your queues. Shown as last read"), ui.Say(t.Dim, " · esc goes back")}
	default:
		return []ui.Span{ui.Say(t.Bad, s.env.Explain(s.trouble)+" Shown as last read; trying again…")}
	}
	if s.editor != nil {
		if names := s.names(t); names != nil {
			return names
		}
		return s.editor.status(t)
	}
	if n, from := s.below(); n > 0 {
		said = append(said, ui.Say(t.Warn, ui.Plural(n, "new message", "new messages")+" below"), ui.Say(t.Plain, " from "), ui.Quote(t.Plain, from), ui.Say(t.Dim, " · G shows it"))
		return said
	}
	if len(s.handed) > 0 {
		return s.offered(t)
	}
	if d, ok := s.newestDraft(); ok {
		said := []ui.Span{ui.Say(t.Note, "Draft of a "+d.Kind.Words()+" kept "+f.Ago(d.UpdatedAt))}
		if d.HandedTo.ID != 0 {
			said = append(said, ui.Say(t.Note, ", handed to "), ui.Quote(t.Note, ui.Person(d.HandedTo, "")))
		}
		return append(said, ui.Say(t.Dim, " · "+s.goesOn(d.Kind)))
	}
	if hidden := s.thread.Height() - s.top - s.room; hidden > 0 {
		return []ui.Span{ui.Say(t.Dim, ui.Plural(hidden, "more line", "more lines")+" below")}
	}
	return nil
}

// below counts the messages that have arrived and are not on the screen yet.
func (s *Screen) below() (n int, from plain.Text) {
	if s.unread == 0 || s.laid == 0 {
		return 0, plain.Line("")
	}
	for i := range s.view.Messages {
		m := &s.view.Messages[i]
		if m.ID < s.unread {
			continue
		}
		line, ok := s.thread.FirstLine(m.ID)
		if !ok || line < s.top+s.room {
			continue
		}
		n++
		from = plain.Line(m.AuthorName)
		if from.Empty() {
			from = plain.Line("the reporter")
		}
	}
	if n == 0 {
		s.unread = 0
	}
	return n, from
}

// why says why an action cannot be done now, "" if it can.
func (s *Screen) why(name action.Name) string {
	if !s.known {
		return "The ticket has not been read yet."
	}
	refused, known := s.view.May[name]
	switch {
	case !known:
		return "That cannot be done here."
	case refused != nil:
		return s.env.Explain(refused)
	}
	return ""
}
