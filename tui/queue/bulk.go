package queue

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// planned is the answer to what a deed would do to the marked tickets.
type planned struct {
	chosen screen.Chosen
	plan   core.BulkPlan
	err    error
}

// bulkDone is the answer to a bulk.
type bulkDone struct {
	chosen   screen.Chosen
	result   core.BulkResult
	progress *progress
	err      error
}

type progressDue struct{ progress *progress }

// act asks what the action needs, and does it: to the marked tickets, after showing what will change,
// or to the one under the cursor.
func (s *Screen) act(name action.Name) func() tea.Cmd {
	return func() tea.Cmd {
		t, ok := s.list.current()
		if !ok {
			return nil
		}
		here := *t
		if len(s.marks.ids) == 0 {
			return s.env.Choose(name, &here, here.ID.String(), func(c screen.Chosen) tea.Cmd { return s.env.Perform(&here, c) })
		}
		ids := s.marks.list()
		if i := find(s.list.rows, ids[0]); i >= 0 {
			here = s.list.rows[i]
		}
		here.ID, here.Tags, here.SnoozedUntil = ids[0], s.tagsOf(ids), time.Time{}
		return s.env.Choose(name, &here, ui.Plural(len(ids), "ticket", "tickets"), func(c screen.Chosen) tea.Cmd { return s.plan(ids, c) })
	}
}

// tagsOf gives all tags that the tickets have.
func (s *Screen) tagsOf(ids []core.TicketID) []string {
	var tags []string
	seen := map[string]bool{}
	for _, id := range ids {
		if i := find(s.list.rows, id); i >= 0 {
			for _, tag := range s.list.rows[i].Tags {
				if !seen[tag] {
					seen[tag] = true
					tags = append(tags, tag)
				}
			}
		}
	}
	return tags
}

func (s *Screen) plan(ids []core.TicketID, c screen.Chosen) tea.Cmd {
	return tea.Batch(
		s.env.Host.Toast(screen.Info, plain.Line("Looking at what would change…")),
		s.env.Long(func(ctx context.Context) tea.Msg {
			plan, err := s.env.Desk.PlanBulk(ctx, s.env.Who, ids, c.Deed)
			return planned{chosen: c, plan: plan, err: err}
		}))
}

// preview shows what will change and who will be told, and asks once.
func (s *Screen) previewBulk(m planned) tea.Cmd {
	if m.err != nil {
		return s.env.Host.Fail(m.chosen.Doing+" the marked tickets", m.err)
	}
	p := &m.plan
	title := fmt.Sprintf("%s %s?", sentence(m.chosen.Doing), ui.Plural(len(p.Will), "ticket", "tickets"))
	said := []screen.Paragraph{}
	say := func(strong bool, words string) {
		said = append(said, screen.Paragraph{Text: plain.Line(words), Strong: strong})
	}
	for _, e := range p.Effects {
		say(true, fmt.Sprintf("%d × %s", e.Tickets, ui.Effect(&e.Event)))
	}
	if n := len(p.Same); n > 0 {
		say(false, fmt.Sprintf("%d × nothing changes: so already.", n))
	}
	for _, words := range s.refusals(p.Refused) {
		say(false, words)
	}
	if p.Reporters > 0 {
		say(false, "Told: "+ui.Plural(p.Reporters, "reporter sees it on their ticket", "reporters see it on their tickets")+to(p.People)+".")
	} else if len(p.People) > 0 {
		say(false, "Told:"+to(p.People)+".")
	}
	dialog := &screen.Message{Host: s.env.Host, Title: plain.Line(title), Paragraphs: said}
	if len(p.Will) == 0 {
		dialog.Title, dialog.Cancel = plain.Line("Nothing would change"), "close"
	} else {
		dialog.Choices = []screen.Binding{{Keys: []string{"y"}, Words: "do it", Run: func() tea.Cmd { return s.carryOut(m) }}}
	}
	s.env.Host.Show(dialog, false)
	return s.env.Host.Toast(screen.Info, plain.Line(""))
}

func to(people []core.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, ui.Person(p, "").String())
	}
	if len(names) == 0 {
		return ""
	}
	return " " + strings.Join(names, ", ")
}

// refusals groups tickets by why something is not done on them.
func (s *Screen) refusals(refused []core.Refusal) []string {
	var order []string
	by := map[string][]string{}
	for _, r := range refused {
		why := s.env.Explain(r.Err)
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], r.Ticket.String())
	}
	lines := make([]string, len(order))
	for i, why := range order {
		const few = 6
		which := by[why]
		names := strings.Join(which[:min(few, len(which))], " ")
		if len(which) > few {
			names += " …"
		}
		lines[i] = fmt.Sprintf("%d × not: %s %s", len(which), why, names)
	}
	return lines
}

func sentence(words string) string {
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// carryOut does what was planned, and shows how far it is.
func (s *Screen) carryOut(m planned) tea.Cmd {
	p := &progress{host: s.env.Host, title: plain.Line(sentence(m.chosen.Doing) + " the marked tickets"), of: len(m.plan.Will)}
	s.env.Host.Show(p, false)
	return tea.Batch(s.tick(p), s.env.Long(func(ctx context.Context) tea.Msg {
		result, err := s.env.Desk.Bulk(ctx, s.env.Who, m.plan, func(done int) { p.done.Store(int64(done)) })
		return bulkDone{chosen: m.chosen, result: result, progress: p, err: err}
	}))
}

func (s *Screen) tick(p *progress) tea.Cmd {
	const often = 200 * time.Millisecond
	return s.env.After(often, progressDue{p})
}

// settle says what became of a bulk. What was refused stays marked.
func (s *Screen) settleBulk(m bulkDone) tea.Cmd {
	m.progress.over = true
	s.env.Host.Hide(m.progress)
	for i := range m.result.Done {
		t := m.result.Done[i]
		s.list.update(t)
		s.marks.set(t.ID, false)
		s.env.Last = t.ID
	}
	done := ui.Plural(len(m.result.Done), "ticket is ", "tickets are ") + m.chosen.Done + "."
	if m.err != nil {
		return tea.Batch(s.env.Host.Fail(fmt.Sprintf("go on; %d of %d are done and stay marked no more", len(m.result.Done), m.progress.of), m.err), s.refresh())
	}
	if len(m.result.Refused) == 0 {
		s.marks.clear()
		return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(done+" u undoes it.")), s.refresh())
	}
	said := []screen.Paragraph{{Text: plain.Line(done), Strong: true}}
	for _, words := range s.refusals(m.result.Refused) {
		said = append(said, screen.Paragraph{Text: plain.Line(words)})
	}
	said = append(said, screen.Paragraph{Text: plain.Line("Those stay marked. u undoes what was done.")})
	s.env.Host.Show(&screen.Message{Host: s.env.Host, Title: plain.Line("Done, but not everywhere"), Paragraphs: said}, true)
	return s.refresh()
}

// undo takes back what was changed last in this session.
func (s *Screen) undo() tea.Cmd { return s.env.Undo(s.env.Last) }

// progress is the dialog that says how far a bulk is. It closes by itself.
type progress struct {
	host  screen.Host
	title plain.Text
	of    int
	done  atomic.Int64
	over  bool
}

// Update takes no keys: leaving would not stop what is being done.
func (p *progress) Update(tea.Msg) tea.Cmd { return nil }

// View draws how many are done.
func (p *progress) View(f screen.Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	done := int(p.done.Load())
	wide := max(0, min(f.Width, 40))
	full := 0
	if p.of > 0 {
		full = wide * done / p.of
	}
	return p.title, []string{
		ui.Line(f.Width, ui.Say(f.Theme.Plain, fmt.Sprintf("%d of %d", done, p.of))),
		ui.Line(f.Width, ui.Say(f.Theme.Accent, strings.Repeat("█", full)), ui.Say(f.Theme.Dim, strings.Repeat("░", wide-full))),
	}, nil
}

// Foot says that one has to wait.
func (p *progress) Foot() []screen.Binding {
	return []screen.Binding{{Label: "…", Words: "being done", Foot: true}}
}
