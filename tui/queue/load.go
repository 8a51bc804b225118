package queue

import (
	"cmp"
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
)

const (
	page = 50
	// most is how many rows are read anew when something changes; further down a list is refreshed
	// on request.
	most = 600
)

// rowsRead is the answer to a request for the rows from the top.
type rowsRead struct {
	asked int
	views []core.View
	view  int
	core.Page

	counts []core.Count                  // of the views; nil if they were not asked for
	left   *core.Ticket                  // the one under the cursor as it is now, if the view no longer holds it
	unseen map[core.TicketID]core.Unseen // nil if it could not be read: the rows stand without it
	read   time.Time
	err    error
}

// pageRead is the answer to a request for the rows below those there are.
type pageRead struct {
	asked int
	rows  []core.Ticket
	next  string
	err   error
}

type retry struct{ asked int }

// reload reads the rows, whatever else is on its way. Somebody who looks for others need not wait for the counts of the
// views, which are the same for both.
func (s *Screen) reload() tea.Cmd {
	others := s.counts != nil && !s.stale && (s.other || s.list.read.IsZero())
	s.uncounted = others && (s.asking || s.uncounted)
	s.asked++
	s.asking, s.again, s.paging, s.changed = true, false, false, false
	asked, views, view, wanted, filter := s.asked, s.views, s.view, s.wanted.View, s.filter.clone()
	if s.stale && views != nil {
		views, wanted = nil, cmp.Or(s.went, s.views[s.view].Name)
	}
	want := min(most, max(page, s.list.at+2*s.list.height))
	var under core.TicketID
	if t, ok := s.list.current(); ok && !s.other {
		under = t.ID
	}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		answer := rowsRead{asked: asked, views: views, view: view, read: s.env.Desk.Now()}
		if answer.views == nil {
			if answer.views, answer.err = s.env.Desk.Views(ctx, s.env.Who); answer.err != nil {
				return answer
			}
			answer.view = viewNamed(answer.views, wanted)
		}
		answer.Page, answer.err = readRows(ctx, s.env, filter.narrow(answer.views[answer.view]), want)
		if answer.err != nil {
			return answer
		}
		if under != 0 && find(answer.Tickets, under) < 0 {
			if now, err := s.env.Desk.Preview(ctx, s.env.Who, under); err == nil {
				answer.left = &now.Ticket
			}
		}
		if !others {
			if answer.counts, answer.err = s.env.Desk.CountViews(ctx, s.env.Who, answer.views); answer.err != nil {
				return answer
			}
		}
		if len(answer.Tickets) > 0 {
			answer.unseen, _ = s.env.Desk.Unseen(ctx, s.env.Who, answer.Tickets)
		}
		return answer
	})
}

// readRows reads at least want rows, if there are that many. What is said of them is that of the first page.
func readRows(ctx context.Context, env *screen.Env, q query.Query, want int) (all core.Page, err error) {
	for first := true; first || all.Next != "" && len(all.Tickets) < want; first = false {
		got, err := env.Desk.Tickets(ctx, env.Who, core.ListRequest{Query: q, After: all.Next, Limit: min(200, max(page, want-len(all.Tickets)))})
		if err != nil {
			return core.Page{}, fmt.Errorf("read the queue: %w", err)
		}
		if first {
			all = got
			continue
		}
		all.Tickets, all.Next = append(all.Tickets, got.Tickets...), got.Next
	}
	return all, nil
}

func viewNamed(views []core.View, name string) int {
	for i := range views {
		if views[i].Name == name {
			return i
		}
	}
	return 0
}

// refresh reads the rows again because something changed; changes that come while an answer is on
// its way are merged into one more request.
func (s *Screen) refresh() tea.Cmd {
	switch {
	case s.asking:
		s.again = true
		return nil
	case s.list.at >= most-page:
		s.changed = true
		return nil
	}
	return s.reload()
}

// take shows what was read.
func (s *Screen) take(m rowsRead) tea.Cmd {
	if m.asked != s.asked {
		return nil
	}
	s.asking = false
	if s.trouble = m.err; m.err != nil {
		return s.endure(m)
	}
	s.retries = 0
	s.views, s.view, s.stale, s.went = m.views, m.view, false, ""
	s.respelled, s.stopped = m.Respelled, m.Stopped
	if m.counts != nil {
		s.counts = m.counts
	}
	switch {
	case s.list.read.IsZero():
		s.list.begin(m.Tickets, m.Next, s.wanted, m.read)
		s.wanted.Selected = 0
	case s.other:
		s.list.begin(m.Tickets, m.Next, Place{}, m.read)
	default:
		if m.left != nil {
			s.list.update(*m.left)
		}
		s.list.refresh(m.Tickets, m.Next, m.read)
	}
	if s.loose {
		s.loose = false
		s.list.fill()
	}
	s.other = false
	if m.unseen != nil {
		s.unseen = m.unseen
	}
	if s.again || s.uncounted {
		return s.reload()
	}
	return nil
}

// endure keeps the last known rows, and tries again by itself if that may help.
func (s *Screen) endure(m rowsRead) tea.Cmd {
	switch core.KindOf(m.err) {
	case core.Unauthenticated, core.Forbidden:
		return s.env.Host.Fail("read the queue", m.err)
	default:
		cmd := s.env.After(s.pause(), retry{asked: m.asked})
		s.retries++
		return cmd
	}
}

// readOn asks for the next page when the cursor comes near the end of what was read.
func (s *Screen) readOn() tea.Cmd {
	if s.paging || s.asking || s.trouble != nil || s.views == nil || !s.list.wanting() {
		return nil
	}
	s.paging = true
	asked, q, after := s.asked, s.query(), s.list.next
	return s.env.Do(func(ctx context.Context) tea.Msg {
		got, err := s.env.Desk.Tickets(ctx, s.env.Who, core.ListRequest{Query: q, After: after, Limit: 2 * page})
		return pageRead{asked: asked, rows: got.Tickets, next: got.Next, err: err}
	})
}

func (s *Screen) takePage(m pageRead) {
	if m.asked != s.asked {
		return
	}
	s.paging = false
	if s.trouble = m.err; m.err == nil {
		s.list.extend(m.rows, m.next)
	}
}
