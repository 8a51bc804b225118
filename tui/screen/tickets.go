package screen

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/ui"
)

// PickTicket opens a picker of tickets: by number, or by words that stand in them. Before anything is
// typed it offers those that are near.
func (e *Env) PickTicket(title string, not core.TicketID, near []core.Ticket, choose func(core.Ticket) tea.Cmd) tea.Cmd {
	item := func(t core.Ticket) Item {
		return Item{Text: plain.Line(t.ID.String() + " " + t.Title), Detail: plain.Line(ui.Status(&t)), Choose: func() tea.Cmd { return choose(t) }}
	}
	p := NewPicker(e.Host, plain.Line(title), nil).Wait()
	p.Hint = plain.Line("A number, or words that stand in it.")
	p.Seek = func(typed string) tea.Cmd {
		return e.Do(func(ctx context.Context) tea.Msg {
			found, err := e.findTickets(ctx, typed, near)
			var items []Item
			for _, t := range found {
				if t.ID != not {
					items = append(items, item(t))
				}
			}
			return Offered{Picker: p, Typed: typed, Items: items, Err: err}
		})
	}
	e.Host.Show(p, false)
	return p.Begin()
}

func (e *Env) findTickets(ctx context.Context, typed string, near []core.Ticket) ([]core.Ticket, error) {
	const few = 20
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return near, nil
	}
	if n, err := strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64); err == nil {
		view, err := e.Desk.Preview(ctx, e.Who, core.TicketID(n))
		if core.KindOf(err) == core.NotFound {
			return nil, nil
		}
		return []core.Ticket{view.Ticket}, err
	}
	q, err := query.Parse(typed)
	if err != nil {
		return nil, nil //nolint:nilerr // half typed: nothing is found yet
	}
	page, err := e.Desk.Tickets(ctx, e.Who, core.ListRequest{Query: q, Limit: few})
	return page.Tickets, err
}
