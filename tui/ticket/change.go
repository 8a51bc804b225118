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

// act changes the ticket on the version that is on the screen.
func (s *Screen) act(doing, done string, run func(ctx context.Context, version int) (core.Ticket, error), how ...func(*screen.Act)) tea.Cmd {
	a := screen.Act{Ticket: s.id, Version: s.view.Ticket.Version, Doing: doing + " " + s.id.String(), Done: s.id.String() + " " + done, Run: run}
	for _, also := range how {
		also(&a)
	}
	return s.env.Act(a)
}

// typedIn has a change say in which dialog it was typed.
func typedIn(d screen.Dialog) func(*screen.Act) { return func(a *screen.Act) { a.Typed = d } }

// writes has a change say that it takes along what is in the editor.
func writes(a *screen.Act) { a.Writes = true }

// acted shows a change that was made, here or on another screen.
func (s *Screen) acted(m screen.Acted) tea.Cmd {
	if m.Act.Ticket != s.id {
		return nil
	}
	if e := s.editor; e != nil && e.changes() && m.Act.Writes {
		e.sending = false
		if m.Err != nil {
			return tea.Batch(s.keepDraft(), s.refresh())
		}
		s.editor = nil
		s.remember(core.Draft{Kind: e.kind})
		s.top = max(s.top, s.thread.Height())
	} else if m.Err == nil && m.After.IsClosed() {
		s.remember(core.Draft{Kind: core.DraftClose})
		if e != nil && e.kind == core.DraftClose {
			s.editor = nil
		}
	}
	if m.Err == nil {
		s.view.Ticket, s.behind = m.After, true
	}
	return s.refresh()
}

func (s *Screen) change(doing, done string, in core.Change, how ...func(*screen.Act)) tea.Cmd {
	return s.act(doing, done, func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Change(ctx, s.env.Who, s.id, version, in)
	}, how...)
}

func (s *Screen) release() tea.Cmd {
	return s.act("release", "is back in its queue.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Release(ctx, s.env.Who, s.id, version)
	})
}

// flip goes from open to active and back.
func (s *Screen) flip() tea.Cmd {
	to := core.Active
	if s.view.Ticket.Status == core.Active {
		to = core.Open
	}
	return s.act("set "+string(to), "is "+string(to)+" now.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.SetStatus(ctx, s.env.Who, s.id, version, to)
	})
}

func (s *Screen) reopen(body string) tea.Cmd {
	return s.act("reopen", "is taken up again.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Reopen(ctx, s.env.Who, s.id, version, body)
	}, writes)
}

func (s *Screen) close(r core.Resolution, body, key string) tea.Cmd {
	return s.act("close", "is closed, "+r.Words()+".", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Close(ctx, s.env.Who, s.id, version, core.Closing{Resolution: r, Body: body, Key: key})
	}, writes)
}

// pick opens a picker.
func (s *Screen) pick(title string, items []screen.Item, start int) tea.Cmd {
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line(title+" "+s.id.String()), items).Start(start), false)
	return nil
}

func (s *Screen) pickResolution() tea.Cmd {
	var items []screen.Item
	for _, r := range core.StaffResolutions() {
		items = append(items, screen.Item{Text: plain.Line(r.Words()), Choose: func() tea.Cmd { return s.write(core.DraftClose, r) }})
	}
	return s.pick("How did it end? Close", items, 0)
}

func (s *Screen) pickPriority() tea.Cmd {
	var items []screen.Item
	start := 0
	for i, p := range core.Priorities() {
		detail := ""
		if p == s.view.Ticket.Priority {
			detail, start = "now", i
		}
		items = append(items, screen.Item{Text: plain.Line(p.String()), Detail: plain.Line(detail), Choose: func() tea.Cmd {
			return s.change("set the priority of", "has priority "+p.String()+" now.", core.Change{Priority: &p})
		}})
	}
	return s.pick("Priority of", items, start)
}

func (s *Screen) pickWaiting() tea.Cmd {
	var items []screen.Item
	start := 0
	for i, w := range []core.Waiting{core.WaitingNobody, core.WaitingReporter, core.WaitingThirdParty} {
		words := ui.Waiting(w)
		if words == "" {
			words = "waits for nobody"
		}
		detail := ""
		if w == s.view.Ticket.WaitingOn {
			detail, start = "now", i
		}
		items = append(items, screen.Item{Text: plain.Line(words), Detail: plain.Line(detail), Choose: func() tea.Cmd {
			return s.change("set the waiting of", words+" now.", core.Change{Waiting: &w})
		}})
	}
	return s.pick("Whom does it wait for?", items, start)
}

func (s *Screen) pickCategory() tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line("Category of "+s.id.String()), nil).Wait()
	s.env.Host.Show(p, false)
	return s.env.Fill(p, "list categories", func(ctx context.Context) ([]screen.Item, error) {
		leaves, err := s.env.Leaves(ctx)
		items := make([]screen.Item, 0, len(leaves))
		for _, c := range leaves {
			items = append(items, screen.Item{Text: plain.Line(c.Path), Detail: plain.Line(string(c.Line)), Choose: func() tea.Cmd {
				return s.change("set the category of", "is "+c.Name+" now.", core.Change{Category: &c.ID})
			}})
		}
		return items, err
	})
}

func (s *Screen) pickQueue() tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line("Move "+s.id.String()+" to queue"), nil).Wait()
	s.env.Host.Show(p, false)
	now := s.view.Ticket.Queue.ID
	return s.env.Fill(p, "list queues", func(ctx context.Context) ([]screen.Item, error) {
		all, err := s.env.Desk.Queues(ctx, s.env.Who)
		var items []screen.Item
		for _, q := range all {
			detail := q.Code
			if q.ID == now {
				detail = "is there now"
			}
			items = append(items, screen.Item{Text: plain.Line(q.Name), Detail: plain.Line(detail), Choose: func() tea.Cmd {
				return s.change("move", "is in "+q.Name+" now.", core.Change{Queue: &q.ID})
			}})
		}
		return items, err
	})
}

// pickPlace looks places up as one types, and always takes the words themselves.
func (s *Screen) pickPlace() tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line("Place of "+s.id.String()), nil).Wait()
	p.Hint = plain.Line("A building or room code, or words.")
	p.Free = func(typed string) (screen.Item, bool) {
		typed = strings.TrimSpace(typed)
		return screen.Item{Text: plain.Line("“" + typed + "”"), Detail: plain.Line("in these words"), Choose: func() tea.Cmd {
			return s.setPlace(core.Where{Words: typed}, typed, typedIn(p))
		}}, typed != ""
	}
	p.Seek = func(typed string) tea.Cmd {
		return s.env.Do(func(ctx context.Context) tea.Msg {
			found, err := s.env.Desk.Locations(ctx, s.env.Who, strings.TrimSpace(typed), 20)
			return screen.Offered{Picker: p, Typed: typed, Items: s.placeItems(found), Err: err}
		})
	}
	s.env.Host.Show(p, false)
	return p.Begin()
}

func (s *Screen) placeItems(found []core.Location) []screen.Item {
	var items []screen.Item
	for _, l := range found {
		where := core.Where{Building: l.Code}
		if l.Kind == core.Room {
			where = core.Where{Room: l.Code}
		}
		items = append(items, screen.Item{Text: plain.Line(l.Code), Detail: plain.Line(l.Name), Choose: func() tea.Cmd { return s.setPlace(where, l.Code) }})
	}
	return items
}

func (s *Screen) setPlace(where core.Where, words string, how ...func(*screen.Act)) tea.Cmd {
	return s.change("set the place of", "is at "+words+" now.", core.Change{Where: &where}, how...)
}

// choose asks for what an action needs to be told, and does it.
func (s *Screen) choose(name action.Name) func() tea.Cmd {
	return func() tea.Cmd {
		t := s.view.Ticket
		return s.env.Choose(name, &t, s.id.String(), func(c screen.Chosen) tea.Cmd { return s.env.Perform(&s.view.Ticket, c) })
	}
}

func (s *Screen) correctTitle() tea.Cmd {
	return s.askWords("Correct the title of "+s.id.String(), "The reporter sees the new title. The old one stays in the history.", "title", s.view.Ticket.Title,
		"A ticket needs a title.", func(typed string, how func(*screen.Act)) tea.Cmd {
			return s.act("correct", "has its new title.", func(ctx context.Context, version int) (core.Ticket, error) {
				return s.env.Desk.Correct(ctx, s.env.Who, s.id, version, core.Correction{Title: &typed})
			}, how)
		})
}

// publish asks for the words that everybody may read. The reporter's own are not offered: they were
// not written for everybody.
func (s *Screen) publish() tea.Cmd {
	return s.askWords("Make "+s.id.String()+" known", "Words that everybody on campus may read. No names; the report itself stays private.", "known", s.view.Ticket.PublicTitle,
		"Say in a few words what is known.", func(typed string, how func(*screen.Act)) tea.Cmd {
			return s.act("make known", "is on the page of known issues.", func(ctx context.Context, version int) (core.Ticket, error) {
				return s.env.Desk.Publish(ctx, s.env.Who, s.id, version, typed)
			}, how)
		})
}

// askWords asks for a line of words, and for as long as they are not taken comes again with them.
func (s *Screen) askWords(title, hint, name, start, missing string, use func(typed string, how func(*screen.Act)) tea.Cmd) tea.Cmd {
	var p *screen.Prompt
	p = screen.NewPrompt(s.env.Host, plain.Line(title), plain.Line(hint), start, func(typed string) (tea.Cmd, string) {
		if strings.TrimSpace(typed) == "" {
			return nil, missing
		}
		return use(typed, typedIn(p)), ""
	}).Survive(s.env, name+" "+s.id.String())
	s.env.Host.Show(p, false)
	return nil
}

func (s *Screen) unpublish() tea.Cmd {
	return s.act("take back", "is off the page of known issues.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Unpublish(ctx, s.env.Who, s.id, version)
	})
}

// offerCode asks before a one-time code is made for the reporter.
func (s *Screen) offerCode() tea.Cmd {
	reporter := s.view.Ticket.Reporter
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line("One-time code"),
		Paragraphs: []screen.Paragraph{
			{Text: plain.Line(fmt.Sprintf("Make a one-time code for %s?", ui.Person(reporter, "")))},
			{Text: plain.Line("With it they set a new password, and whoever is signed in as them is signed out. Make one only if you are sure who is asking.")},
		},
		Choices: []screen.Binding{{Keys: []string{"y"}, Words: "make the code", Run: func() tea.Cmd { return s.env.IssueCode(reporter) }}},
	}, false)
	return nil
}

// pickRelated opens another ticket: one that this one is joined to, or one of the same place and kind.
func (s *Screen) pickRelated() tea.Cmd {
	var items []screen.Item
	if into := s.view.Ticket.MergedInto; into != 0 {
		items = append(items, screen.Item{Text: plain.Line(into.String()), Detail: plain.Line("goes on with it"), Choose: func() tea.Cmd { return s.env.Host.Open(into) }})
	}
	for _, t := range s.near() {
		items = append(items, screen.Item{
			Text: plain.Line(t.ID.String() + " " + t.Title), Detail: plain.Line(s.stands(&t)),
			Choose: func() tea.Cmd { return s.env.Host.Open(t.ID) },
		})
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Related to "+s.id.String()), items), false)
	return nil
}

// stands says how another ticket stands to this one, and where it stands itself.
func (s *Screen) stands(t *core.Ticket) string {
	for i := range s.view.Linked {
		if s.view.Linked[i].ID == t.ID {
			return s.view.Linked[i].Relation.Words() + " · " + ui.Status(t)
		}
	}
	if t.MergedInto != 0 {
		return "merged into " + t.MergedInto.String()
	}
	return ui.Status(t)
}
