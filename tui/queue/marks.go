package queue

import (
	"context"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// marks are the tickets chosen to be worked on together. They stay marked wherever their rows go.
type marks struct {
	ids    map[core.TicketID]bool
	anchor core.TicketID // marked last, where a range begins
}

// markedAll is the answer to a request for all tickets in view.
type markedAll struct {
	asked int
	ids   []core.TicketID
	more  bool
	err   error
}

func (m *marks) set(id core.TicketID, on bool) {
	if m.ids == nil {
		m.ids = map[core.TicketID]bool{}
	}
	if !on {
		delete(m.ids, id)
		return
	}
	m.ids[id], m.anchor = true, id
}

func (m *marks) clear() { *m = marks{} }

// list gives the marked tickets in the order of their numbers.
func (m *marks) list() []core.TicketID { return slices.Sorted(maps.Keys(m.ids)) }

// mark turns the mark of the row under the cursor on or off, and goes on to the next.
func (s *Screen) mark() tea.Cmd {
	if t, ok := s.list.current(); ok {
		s.marks.set(t.ID, !s.marks.ids[t.ID])
		s.list.move(1)
	}
	return nil
}

// markOn marks the row under the cursor and the one it goes to.
func (s *Screen) markOn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		for range 2 {
			if t, ok := s.list.current(); ok {
				s.marks.set(t.ID, true)
			}
			s.list.move(by)
			by = 0
		}
		return nil
	}
}

// markRange marks everything from the ticket marked last to the cursor.
func (s *Screen) markRange() tea.Cmd {
	from := find(s.list.rows, s.marks.anchor)
	if from < 0 {
		from = s.list.at
	}
	to := s.list.at
	for i := min(from, to); i <= max(from, to); i++ {
		s.marks.set(s.list.rows[i].ID, true)
	}
	return nil
}

// markAll marks all tickets in view, those not read yet too; pressed again it takes all marks away.
func (s *Screen) markAll() tea.Cmd {
	if len(s.marks.ids) > 0 {
		s.marks.clear()
		return nil
	}
	asked, q := s.asked, s.query()
	return s.env.Do(func(ctx context.Context) tea.Msg {
		got, err := readRows(ctx, s.env, q, core.MaxBulk)
		rows := got.Tickets
		answer := markedAll{asked: asked, more: got.Next != "" || len(rows) > core.MaxBulk, err: err}
		for i := range rows[:min(len(rows), core.MaxBulk)] {
			answer.ids = append(answer.ids, rows[i].ID)
		}
		return answer
	})
}

func (s *Screen) takeMarks(m markedAll) tea.Cmd {
	if m.err != nil {
		return s.env.Host.Fail("mark all in view", m.err)
	}
	for _, id := range m.ids {
		s.marks.set(id, true)
	}
	if m.more {
		return s.env.Host.Toast(screen.Warning, plain.Line(fmt.Sprintf("Marked the first %d; no more can be changed at once.", len(m.ids))))
	}
	return nil
}

// marked says how many are marked and what can be done with them.
func (s *Screen) marked(t *ui.Theme) []ui.Span {
	n := len(s.marks.ids)
	if n == 0 {
		return nil
	}
	return []ui.Span{ui.Say(t.Warn, " "+ui.Plural(n, "ticket", "tickets")+" marked "), ui.Say(t.Plain, "· a t s c p m M T z act on all · esc unmarks ")}
}
