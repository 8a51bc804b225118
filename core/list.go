package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/calendar"
	"helpdesk.campus/core/query"
)

const (
	defaultPage = 50
	maxPage     = 200
	maxCount    = 1000
)

type listStore interface {
	// Tickets reads one page of what the scope holds and the filter asks for.
	Tickets(ctx context.Context, scope Scope, filter Filter, after string, limit int) (Found, error)
	// CountTickets counts for each filter, and stops above limit.
	CountTickets(ctx context.Context, scope Scope, filters []Filter, limit int) ([]int, error)
	// FirstReport is when the first ticket of all was reported; the zero time if there is none.
	FirstReport(ctx context.Context) (time.Time, error)
}

// Filter is a query with what it takes to read it: who "me" is, when "now" is, where days begin.
type Filter struct {
	Query query.Query
	Me    UserID
	Mine  bool // only what Me reported
	Clock Clock
	// Office is the clock that runs in office hours; nil where the query asks for none.
	Office *calendar.Clock
	// Patience is after how long a read stops and gives what it has; 0: it may take as long as any.
	Patience time.Duration
}

// Found is what a store found of one page.
type Found struct {
	Tickets []Ticket
	Next    string
	Stopped bool // time was over before everything had been looked at
	Ranked  bool // what matches best comes first, among the newest that match
}

// ListRequest asks for one page of tickets.
type ListRequest struct {
	Query query.Query
	After string // Next of the page before; "" for the first
	Limit int    // 50 if 0, at most 200
	Mine  bool   // only what the actor reported
}

// Page is one page of a list.
type Page struct {
	Tickets   []Ticket
	Next      string        // "" at the end
	Ranked    bool          // what matches best comes first, among the newest that match
	Stopped   time.Duration // not 0: it was stopped after so long, and there may be more
	Respelled []Respelling  // nothing was found for what was typed; this is what was looked for instead
}

// Count is how many tickets a view holds, counted up to a thousand.
type Count struct {
	N    int
	More bool // there are more than N
}

// Tickets lists what the actor may see of what the query asks for, sorted by what needs attention
// unless the query says otherwise. Words are ranked; if nothing has them, those that are near and exist
// are looked for instead.
func (d *Desk) Tickets(ctx context.Context, who Actor, req ListRequest) (Page, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return Page{}, err
	}
	if req.Mine || !p.isStaff() {
		if req.Query, err = asReporter(req.Query); err != nil {
			return Page{}, err
		}
	}
	if req.Limit <= 0 {
		req.Limit = defaultPage
	}
	req.Limit = min(req.Limit, maxPage)
	page, err := d.search(ctx, p, req)
	if err != nil {
		return Page{}, fmt.Errorf("list tickets: %w", err)
	}
	for i := range page.Tickets {
		page.Tickets[i] = p.reads(page.Tickets[i])
	}
	return page, nil
}

// listScope narrows what lists show. Staff's lists are of the work: their own reports are under Mine.
func listScope(p *principal, mine bool) Scope {
	scope := p.scope
	scope.Public = false // what is public is listed by KnownIssues, in other words than its reporter's
	switch {
	case mine:
		return Scope{Own: scope.Own, Ticket: scope.Ticket}
	case p.isStaff():
		scope.Own = 0
	}
	return scope
}

func (d *Desk) filter(ctx context.Context, p *principal, q query.Query) (Filter, error) {
	f := Filter{Query: q, Me: p.user.ID, Clock: Clock{Now: d.Now(), Zone: d.Zone()}}
	if !slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == query.Office }) {
		return f, nil
	}
	first, err := d.store.FirstReport(ctx)
	if err != nil {
		return Filter{}, fmt.Errorf("read when the first ticket was reported: %w", err)
	}
	hours, err := d.officeHours(ctx)
	if err != nil {
		return Filter{}, err
	}
	f.Office = &calendar.Clock{}
	if !first.IsZero() {
		f.Office = hours.Clock(first, f.Clock.Now)
	}
	return f, nil
}

// CountViews counts what each view holds, for this actor.
func (d *Desk) CountViews(ctx context.Context, who Actor, views []View) ([]Count, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	filters := make([]Filter, len(views))
	for i, v := range views {
		if !p.isStaff() {
			if v.Query, err = asReporter(v.Query); err != nil {
				return nil, err
			}
		}
		if filters[i], err = d.filter(ctx, p, v.Query); err != nil {
			return nil, err
		}
		filters[i].Patience = searchPatience
	}
	numbers, err := d.store.CountTickets(ctx, listScope(p, false), filters, maxCount+1)
	if err != nil {
		return nil, fmt.Errorf("count tickets: %w", err)
	}
	counts := make([]Count, len(numbers))
	for i, n := range numbers {
		counts[i] = Count{N: min(n, maxCount), More: n > maxCount}
	}
	return counts, nil
}
