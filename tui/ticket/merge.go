package ticket

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// planned is the answer to what a deed would do to this ticket and along with it.
type planned struct {
	id    core.TicketID
	plan  core.BulkPlan
	title string
	doing string
	err   error
	do    func() tea.Cmd
}

// plan asks what a deed would do, shows it with who will be told, and does it if the answer is yes.
func (s *Screen) plan(title, doing string, deed core.Deed, do func() tea.Cmd) tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		plan, err := s.env.Desk.PlanBulk(ctx, s.env.Who, []core.TicketID{id}, deed)
		return planned{id: id, plan: plan, title: title, doing: doing, err: err, do: do}
	})
}

func (s *Screen) showPlan(m planned) tea.Cmd {
	switch {
	case m.id != s.id:
		return nil
	case m.err != nil:
		return s.env.Host.Fail(m.doing+" "+m.id.String(), m.err)
	case len(m.plan.Refused) > 0:
		return s.env.Host.Fail(m.doing+" "+m.id.String(), m.plan.Refused[0].Err)
	}
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line(m.title), Paragraphs: s.env.PlanWords(&m.plan),
		Choices: []screen.Binding{{Keys: []string{"y"}, Words: "do it", Run: m.do}},
	}, false)
	return nil
}

// joining are the keys that join tickets.
func (s *Screen) joining() []screen.Binding {
	join := screen.Binding{Keys: []string{"M"}, Action: action.Merge, Words: "merge…", Disabled: s.why(action.Merge), Run: s.pickTarget}
	if s.view.Ticket.MergedInto != 0 {
		join = screen.Binding{Keys: []string{"M"}, Action: action.Unmerge, Words: "unmerge", Disabled: s.why(action.Unmerge), Run: s.unmerge}
	}
	return []screen.Binding{
		{Keys: []string{"L"}, Action: action.Link, Words: "link…", Disabled: s.why(action.Link), Run: s.pickLink},
		join,
		{Keys: []string{"S"}, Action: action.Split, Words: "split off…", Disabled: s.whyNoSplit(), Run: s.pickMessage},
	}
}

// near are the tickets that one most likely means when naming another.
func (s *Screen) near() []core.Ticket {
	var list []core.Ticket
	for i := range s.view.Linked {
		list = append(list, s.view.Linked[i].Ticket)
	}
	for _, t := range append(slices.Clone(s.view.Merged), s.view.Related...) {
		if !slices.ContainsFunc(list, func(had core.Ticket) bool { return had.ID == t.ID }) {
			list = append(list, t)
		}
	}
	return list
}

func (s *Screen) pickTarget() tea.Cmd {
	return s.env.PickTicket("Merge "+s.id.String()+" into which ticket?", s.id, s.near(), func(into core.Ticket) tea.Cmd {
		title := "Merge " + s.id.String() + " into " + into.ID.String() + "?"
		return s.plan(title, "merge", core.Deed{Action: action.Merge, Into: into.ID}, func() tea.Cmd {
			return s.act("merge", "goes on in "+into.ID.String()+". u undoes it.", func(ctx context.Context, version int) (core.Ticket, error) {
				return s.env.Desk.Merge(ctx, s.env.Who, s.id, version, into.ID)
			})
		})
	})
}

func (s *Screen) unmerge() tea.Cmd {
	return s.act("unmerge", "stands by itself again.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Unmerge(ctx, s.env.Who, s.id, version)
	})
}

// pickLink offers the links there are, to open or take away, and new ones.
func (s *Screen) pickLink() tea.Cmd {
	var items []screen.Item
	for _, r := range core.Relations() {
		items = append(items, screen.Item{Text: plain.Line(r.Words() + "…"), Detail: plain.Line(linkHelp(r)), Choose: func() tea.Cmd { return s.pickOther(r) }})
	}
	for i := range s.view.Linked {
		l := s.view.Linked[i]
		items = append(items, screen.Item{
			Text: plain.Line("take away: " + l.Relation.Words() + " " + l.ID.String() + " " + l.Title), Detail: plain.Line(ui.Status(&l.Ticket)),
			Choose: func() tea.Cmd { return s.unlink(l.ID) },
		})
	}
	return s.pick("Links of", items, 0)
}

func linkHelp(r core.Relation) string {
	switch r {
	case core.DuplicateOf:
		return "is closed with the other"
	case core.DuplicatedBy:
		return "the other is closed with it"
	case core.Blocks:
		return "the other waits for it"
	case core.BlockedBy:
		return "it waits for the other"
	case core.RelatedTo:
	}
	return "worth knowing of"
}

func (s *Screen) pickOther(r core.Relation) tea.Cmd {
	return s.env.PickTicket(s.id.String()+" "+r.Words()+" which ticket?", s.id, s.near(), func(other core.Ticket) tea.Cmd {
		return s.act("link", "is "+linked(r)+" "+other.ID.String()+" now.", func(ctx context.Context, _ int) (core.Ticket, error) {
			return s.env.Desk.Link(ctx, s.env.Who, s.id, r, other.ID)
		})
	})
}

func linked(r core.Relation) string {
	if r == core.Blocks {
		return "blocking"
	}
	return r.Words()
}

func (s *Screen) unlink(other core.TicketID) tea.Cmd {
	return s.act("unlink", "is no longer linked to "+other.String()+".", func(ctx context.Context, _ int) (core.Ticket, error) {
		return s.env.Desk.Unlink(ctx, s.env.Who, s.id, other)
	})
}

// closesMore reports whether closing this ticket closes others with it, or tells their reporters.
func (s *Screen) closesMore() bool {
	return s.view.Ticket.Merged > 0 || slices.ContainsFunc(s.view.Linked, func(l core.LinkedTicket) bool {
		return l.Relation == core.DuplicatedBy && !l.IsClosed()
	})
}

// joined says in a few words with what the ticket is joined; "" if with nothing.
func (s *Screen) joined() string {
	t := &s.view.Ticket
	switch {
	case t.MergedInto != 0:
		return "goes on in " + t.MergedInto.String() + "  "
	case len(s.view.Merged) > 0:
		return ui.Plural(len(s.view.Merged), "ticket is", "tickets are") + " merged into it  "
	}
	return ""
}
