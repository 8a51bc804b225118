package storagetest

import (
	"slices"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// HoldCells asks for the tickets behind each figure and compares how many there are. Where a figure counts what happened,
// which may happen to a ticket twice, it is compared with what happened, and the list with whose tickets those were.
func HoldCells(tb testing.TB, desk *core.Desk, who core.Actor, cells []core.Cell) {
	tb.Helper()
	for _, cell := range cells {
		if cell.Query == "" {
			tb.Errorf("%s %q: no query asks for its %d tickets", cell.Figure, cell.Name, cell.N)
			continue
		}
		q, err := query.Parse(cell.Query)
		if err != nil {
			tb.Errorf("%s %q: %s: %v", cell.Figure, cell.Name, cell.Query, err)
			continue
		}
		listed := listed(tb, desk, who, q)
		happened, tickets, counted := happened(tb, desk, who, q)
		switch {
		case counted && (happened != cell.N || len(tickets) != listed):
			tb.Errorf("%s %q says %d, %d happened to %d tickets, and %s lists %d", cell.Figure, cell.Name, cell.N, happened, len(tickets), cell.Query, listed)
		case !counted && (cell.N < listed || cell.N-listed > happened-len(tickets)):
			tb.Errorf("%s %q says %d, %s lists %d", cell.Figure, cell.Name, cell.N, cell.Query, listed)
		}
	}
}

// listed counts the tickets that a list shows, page by page.
func listed(tb testing.TB, desk *core.Desk, who core.Actor, q query.Query) int {
	tb.Helper()
	n, after := 0, ""
	for {
		page, err := desk.Tickets(tb.Context(), who, core.ListRequest{Query: q, After: after, Limit: 200})
		if err != nil {
			tb.Fatal(err)
		}
		n += len(page.Tickets)
		if after = page.Next; after == "" {
			return n
		}
	}
}

// happened counts what a query asks for that can happen more than once; false if it asks for nothing of the kind.
func happened(tb testing.TB, desk *core.Desk, who core.Actor, q query.Query) (n int, tickets map[core.TicketID]bool, counted bool) {
	tb.Helper()
	kinds := map[query.Field]string{query.Replied: "replied", query.Ended: "closed", query.Reopened: "reopened"}
	asksFor := func(fields ...query.Field) bool {
		return slices.ContainsFunc(q.Terms, func(t query.Term) bool { return slices.Contains(fields, t.Field) })
	}
	at := slices.IndexFunc(q.Terms, func(t query.Term) bool { return kinds[t.Field] != "" })
	if at < 0 {
		return 0, nil, false
	}
	days := q.Terms[at].Values[0]
	rest := query.Query{Terms: slices.DeleteFunc(slices.Clone(q.Terms), func(t query.Term) bool {
		return kinds[t.Field] != "" || slices.Contains([]query.Field{query.By, query.Reply, query.At, query.Office}, t.Field)
	})}
	tickets = map[core.TicketID]bool{}
	of := slices.DeleteFunc(slices.Clone(q.Terms), func(t query.Term) bool {
		return !slices.Contains([]query.Field{query.Reply, query.Office, query.At}, t.Field)
	})
	err := desk.EachMilestone(tb.Context(), who, core.Question{Query: rest, From: days.From, To: days.To}, func(m core.MilestoneRow) error {
		if m.Kind != kinds[q.Terms[at].Field] {
			return nil
		}
		if slices.ContainsFunc(of, func(t query.Term) bool { return !holds(t, &m, desk.Zone()) }) {
			return nil
		}
		n++
		tickets[m.Ticket] = true
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n, tickets, !asksFor(query.By) // rows do not say who did it: they bound how often it was more than once for a ticket
}

// holds reports whether what a term says of one thing that happened is so.
func holds(t query.Term, m *core.MilestoneRow, zone *time.Location) bool {
	took := m.Took
	if t.Field == query.Office {
		took = m.Office
	}
	limit := t.Values[0].Duration
	switch {
	case t.Field == query.At:
		return m.At.In(zone).Hour() == int(t.Values[0].Number)
	case t.Op == query.OpBelow:
		return took < limit
	}
	return took >= limit
}
