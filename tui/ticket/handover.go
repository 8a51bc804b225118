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

// handedOver is the answer to handing a draft over, or keeping it back.
type handedOver struct {
	id    core.TicketID
	doing string
	done  string
	err   error
}

// tookOver is the answer to taking one over.
type tookOver struct {
	id     core.TicketID
	handed core.Handed
	body   string
	err    error
}

// handingSince reports whether drafts have gone from hand to hand since the ticket was last shown.
func (s *Screen) handingSince(events []core.Event) bool {
	seen := 0
	if n := len(s.view.Events); n > 0 {
		seen = s.view.Events[n-1].Seq
	}
	for i := range events {
		switch events[i].Kind {
		case core.EventHandedOver, core.EventKeptBack, core.EventTookOver:
			if s.known && events[i].Seq > seen {
				return true
			}
		default:
		}
	}
	return false
}

func (s *Screen) handedTo(kind core.DraftKind) core.Person {
	for _, d := range s.drafts {
		if d.Kind == kind {
			return d.HandedTo
		}
	}
	return core.Person{}
}

// offered says what a colleague handed over.
func (s *Screen) offered(t *ui.Theme) []ui.Span {
	h := &s.handed[0]
	return []ui.Span{ui.Quote(t.Note, ui.Person(h.From, "")), ui.Say(t.Note, " handed you a draft of a "+h.Kind.Words()), ui.Say(t.Dim, " · H takes it over")}
}

// whyNoHandover says why there is nothing to hand over.
func (s *Screen) whyNoHandover() string {
	if why := s.why(action.HandOver); why != "" {
		return why
	}
	if len(s.handed) == 0 && len(s.drafts) == 0 {
		return "You have no draft here to hand over, and none was handed to you."
	}
	return ""
}

// handing offers what can be done about drafts between colleagues.
func (s *Screen) handing() tea.Cmd {
	var items []screen.Item
	for _, h := range s.handed {
		items = append(items, screen.Item{
			Text:   plain.Line("Take over the draft of a " + h.Kind.Words() + " of " + ui.Person(h.From, "").String()),
			Detail: plain.Line(firstWords(h.Body)), Choose: func() tea.Cmd { return s.takeOver(h) },
		})
	}
	for _, d := range s.drafts {
		item := screen.Item{Text: plain.Line("Hand your draft of a " + d.Kind.Words() + " over…"), Choose: func() tea.Cmd { return s.pickHeir(d.Kind) }}
		if d.HandedTo.ID != 0 {
			item = screen.Item{
				Text: plain.Line("Keep your draft of a " + d.Kind.Words() + " back from " + ui.Person(d.HandedTo, "").String()), Choose: func() tea.Cmd { return s.keepBack(d.Kind) },
			}
		}
		item.Detail = plain.Line(firstWords(d.Body))
		items = append(items, item)
	}
	if len(items) == 1 && len(s.handed) == 0 {
		return items[0].Choose()
	}
	return s.pick("Drafts on", items, 0)
}

// firstWords is enough of a text to know it again.
func firstWords(body string) string {
	const enough = 40
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	return plain.Truncate(plain.Line(line), enough).String()
}

// pickHeir asks who may take a draft over.
func (s *Screen) pickHeir(kind core.DraftKind) tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line("Who may take over your draft of a "+kind.Words()+" on "+s.id.String()+"?"), nil).Wait()
	p.Hint = plain.Line("Nobody else can read it. It stays yours until they take it.")
	s.env.Host.Show(p, false)
	return s.env.Fill(p, "list colleagues", func(ctx context.Context) ([]screen.Item, error) {
		people, err := s.env.Desk.Assignable(ctx, s.env.Who, s.id)
		var items []screen.Item
		for _, person := range people {
			if person.ID == s.env.Me.ID {
				continue
			}
			items = append(items, screen.Item{
				Text: ui.Person(person, ""), Detail: plain.Line("@" + person.Username), Choose: func() tea.Cmd { return s.handTo(kind, person) },
			})
		}
		return items, err
	})
}

func (s *Screen) handTo(kind core.DraftKind, to core.Person) tea.Cmd {
	id, name := s.id, ui.Person(to, "").String()
	return s.env.Do(func(ctx context.Context) tea.Msg {
		return handedOver{
			id: id, doing: "hand the draft over", done: name + " may take your draft over now. H keeps it back.", err: s.env.Desk.HandOver(ctx, s.env.Who, id, kind, to.ID),
		}
	})
}

func (s *Screen) keepBack(kind core.DraftKind) tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		return handedOver{id: id, doing: "keep the draft back", done: "The draft is yours alone again.", err: s.env.Desk.WithdrawDraft(ctx, s.env.Who, id, kind)}
	})
}

func (s *Screen) handedOver(m handedOver) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail(m.doing, m.err), s.readDrafts())
	}
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(m.done)), s.readDrafts())
}

// takeOver takes a colleague's draft; with a text of one's own it asks what is to become of that.
func (s *Screen) takeOver(h core.Handed) tea.Cmd {
	if strings.TrimSpace(s.draft(h.Kind)) == "" {
		return s.takeIt(h, false)
	}
	from := ui.Person(h.From, "").String()
	return s.pick("You have a draft of a "+h.Kind.Words()+" of your own on", []screen.Item{
		{Text: plain.Line("Put the text of " + from + " below mine"), Choose: func() tea.Cmd { return s.takeIt(h, false) }},
		{Text: plain.Line("Replace mine by the text of " + from), Detail: plain.Line("yours goes"), Choose: func() tea.Cmd { return s.takeIt(h, true) }},
	}, 0)
}

func (s *Screen) takeIt(h core.Handed, replace bool) tea.Cmd {
	return s.env.Do(func(ctx context.Context) tea.Msg {
		body, err := s.env.Desk.TakeOver(ctx, s.env.Who, h.Ticket, h.From.ID, h.Kind, replace)
		return tookOver{id: h.Ticket, handed: h, body: body, err: err}
	})
}

// tookOver opens the editor with what was taken over.
func (s *Screen) tookOver(m tookOver) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail("take the draft over", m.err), s.readDrafts())
	}
	s.handed = nil
	s.remember(core.Draft{Ticket: m.id, Kind: m.handed.Kind, Body: m.body, UpdatedAt: s.env.Desk.Now()})
	words := plain.Line("This was the draft of " + ui.Person(m.handed.From, "").String() + "; it is yours now.")
	said := s.env.Host.Toast(screen.Info, words)
	if m.handed.Kind == core.DraftClose { // how it is to be closed is asked first
		return tea.Batch(said, s.readDrafts())
	}
	return tea.Batch(said, s.write(m.handed.Kind, ""))
}
