package queue

import (
	"context"
	"fmt"
	"slices"
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
	alone  *core.Ticket // the one it is about, if none was marked
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
			return s.env.Choose(name, &here, here.ID.String(), func(c screen.Chosen) tea.Cmd {
				if c.Deed.Action == action.Close { // with its duplicates, if it has any
					return s.plan([]core.TicketID{here.ID}, c, &here)
				}
				return s.env.Perform(&here, c)
			})
		}
		ids := s.marks.list()
		if i := find(s.list.rows, ids[0]); i >= 0 {
			here = s.list.rows[i]
		}
		here.ID, here.Tags, here.SnoozedUntil = ids[0], s.tagsOf(ids), time.Time{}
		return s.env.Choose(name, &here, ui.Plural(len(ids), "ticket", "tickets"), func(c screen.Chosen) tea.Cmd { return s.plan(ids, c, nil) })
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

// merge merges the marked tickets into the one under the cursor, or that one into another.
func (s *Screen) merge() tea.Cmd {
	t, ok := s.list.current()
	if !ok {
		return nil
	}
	here := *t
	into := func(target core.TicketID) screen.Chosen {
		return screen.Chosen{Deed: core.Deed{Action: action.Merge, Into: target}, Doing: "merge", Done: "merged into " + target.String()}
	}
	ids := slices.DeleteFunc(s.marks.list(), func(id core.TicketID) bool { return id == here.ID })
	if len(ids) > 0 {
		return s.plan(ids, into(here.ID), nil)
	}
	return s.env.PickTicket("Merge "+here.ID.String()+" into which ticket?", here.ID, nil, func(other core.Ticket) tea.Cmd {
		return s.plan([]core.TicketID{here.ID}, into(other.ID), nil)
	})
}

// plan asks what would change. What is about one ticket alone, and changes no other, is done at once.
func (s *Screen) plan(ids []core.TicketID, c screen.Chosen, alone *core.Ticket) tea.Cmd {
	return tea.Batch(
		s.env.Host.Toast(screen.Info, plain.Line("Looking at what would change…")),
		s.env.Long(func(ctx context.Context) tea.Msg {
			plan, err := s.env.Desk.PlanBulk(ctx, s.env.Who, ids, c.Deed)
			return planned{chosen: c, plan: plan, alone: alone, err: err}
		}))
}

// preview shows what will change and who will be told, and asks once.
func (s *Screen) previewBulk(m planned) tea.Cmd {
	if m.err != nil {
		return s.env.Host.Fail(m.chosen.Doing+" the marked tickets", m.err)
	}
	p := &m.plan
	if m.alone != nil && len(p.Along) == 0 {
		return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line("")), s.env.Perform(m.alone, m.chosen))
	}
	title := fmt.Sprintf("%s %s?", sentence(m.chosen.Doing), ui.Plural(len(p.Will), "ticket", "tickets"))
	if p.Deed.Action == action.Merge {
		title = fmt.Sprintf("Merge %s into %s?", ui.Plural(len(p.Will), "ticket", "tickets"), p.Deed.Into)
	}
	dialog := &screen.Message{Host: s.env.Host, Title: plain.Line(title), Paragraphs: s.env.PlanWords(p)}
	if len(p.Will) == 0 {
		dialog.Title, dialog.Cancel = plain.Line("Nothing would change"), "close"
	} else {
		dialog.Choices = []screen.Binding{{Keys: []string{"y"}, Words: "do it", Run: func() tea.Cmd { return s.carryOut(m) }}}
	}
	s.env.Host.Show(dialog, false)
	return s.env.Host.Toast(screen.Info, plain.Line(""))
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
	for _, words := range s.env.Refusals(m.result.Refused) {
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
