// Package pages measures what is read: the pages of staff, search and the dashboards, on desks of different sizes, and how
// the cost grows with the number of tickets.
package pages

import (
	"context"
	"fmt"
	"net/http"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
)

// Pages asks for the pages of staff, on one desk after the other, the smallest first. Here and below, what was measured until
// something failed is returned with the error.
func Pages(ctx context.Context, r *rig.Rig, desks []*rig.Desk, times int) (*figure.Table, error) {
	g := newGrowth("pages", "What do the pages of staff cost, and how does that grow?",
		"Over HTTP from the program, one request after the other, as somebody who works all queues; each ticket page shows another ticket, newest and oldest alike.", desks)
	err := g.each(r, desks, "pages of", func(d *rig.Desk, note noter) error { return measurePages(ctx, r, d, note, times) })
	if err == nil {
		g.promiseFlat("queue", "ticket")
	}
	return &g.Table, err
}

// Search looks for words of every kind.
func Search(ctx context.Context, r *rig.Rig, desks []*rig.Desk, times int) (*figure.Table, error) {
	g := newGrowth("search", "What does finding cost?",
		"Calls of the desk, one after the other, as an admin and as staff of one queue in turn; first pages of 50. The words are those of the desk itself, all learned. A search that was stopped counts with the time until then.", desks)
	err := g.each(r, desks, "search in", func(d *rig.Desk, note noter) error { return measureSearch(ctx, d, note, times) })
	if err == nil {
		g.promiseSearch()
	}
	return &g.Table, err
}

// Dashboards asks for each dashboard.
func Dashboards(ctx context.Context, r *rig.Rig, desks []*rig.Desk, times int) (*figure.Table, error) {
	g := newGrowth("dashboards", "What do the dashboards cost?",
		"Calls of the desk, one after the other, as the operator, who sees everything; finished days are packed.", desks)
	err := g.each(r, desks, "dashboards of", func(d *rig.Desk, note noter) error { return measureDashboards(ctx, d, note, times) })
	if err == nil {
		g.promiseDashboards()
	}
	return &g.Table, err
}

// measurePages asks for the pages of somebody who has signed in.
func measurePages(ctx context.Context, r *rig.Rig, d *rig.Desk, note noter, times int) error {
	process, err := r.Serve(ctx, d, "web")
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	defer process.Stop()
	const password = "measured twice, cut once"
	u, err := d.Hire(ctx, password)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	in, err := d.SignIn(ctx, core.Anonymous(core.DoorWeb, "127.0.0.1"), u.Username, password, "bench")
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	line, err := rig.Dial(ctx, process.Address)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	defer line.Close()
	numbers, err := rig.Values[int64](ctx, d, `
		(select id from tickets where not confidential order by id desc limit 100)
		union all (select id from tickets where not confidential order by id limit 100)
		union all (select id from tickets where not confidential and status <> 'closed' order by id limit 100)`)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	for _, page := range []struct {
		name string
		path func(n int) string
	}{
		{"queue", func(int) string { return "/work?view=open" }},
		{"what is closed", func(int) string { return "/work?q=status%3Aclosed" }},
		{"ticket", func(n int) string { return fmt.Sprintf("/work/%d", numbers[n*37%len(numbers)]) }},
		{"form for a report", func(int) string { return "/report" }},
	} {
		var took figure.Times
		for n := -warm; n < times; n++ {
			if err := ctx.Err(); err != nil {
				return err //nolint:wrapcheck // the bench says that it was cut
			}
			status, t, err := line.Do(get(page.path(n+warm), in.Token))
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			if status != http.StatusOK {
				return fmt.Errorf("%s is answered with %d", page.path(n+warm), status) //nolint:err113 // said once, to a person
			}
			if n >= 0 {
				took = append(took, t)
			}
		}
		note(page.name, took)
	}
	return nil
}

// warm is how often something is done before it is measured.
const warm = 5

func get(path, session string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session=" + session + "\r\n\r\n"
}

// noter notes how long something took on one desk.
type noter func(name string, took figure.Times)

// growth is a table of medians and 99th percentiles on each desk.
type growth struct {
	figure.Table

	desks int
	at    map[string]int // rows by name
}

func newGrowth(name, question, how string, desks []*rig.Desk) *growth {
	g := &growth{Table: figure.Table{Name: name, Question: question, How: how, Subject: "milliseconds"}, desks: len(desks), at: map[string]int{}}
	for _, d := range desks {
		g.Columns = append(g.Columns, figure.Column{Title: size(d.Tickets) + " median", Digits: 1}, figure.Column{Title: size(d.Tickets) + " p99", Digits: 1})
	}
	if len(desks) > 1 {
		g.Columns = append(g.Columns, figure.Column{Title: "median grows by", Digits: 1})
	}
	return g
}

// each measures on one desk after the other.
func (g *growth) each(r *rig.Rig, desks []*rig.Desk, what string, measure func(*rig.Desk, noter) error) error {
	for at, d := range desks {
		r.Log(fmt.Sprintf("%s %d tickets", what, d.Tickets))
		if err := measure(d, g.on(at)); err != nil {
			return fmt.Errorf("%s %d tickets: %w", what, d.Tickets, err)
		}
	}
	return nil
}

// on is how the figures of one desk are noted.
func (g *growth) on(desk int) noter {
	return func(name string, took figure.Times) {
		row, known := g.at[name]
		if !known {
			row = len(g.Rows)
			g.at[name] = row
			g.Rows = append(g.Rows, figure.Row{Subject: name, Figures: make([]figure.Figure, len(g.Columns))})
		}
		figures := g.Rows[row].Figures
		figures[2*desk], figures[2*desk+1] = figure.Of(took.At(0.5)), figure.Of(took.At(0.99))
		if last := len(figures) - 1; desk > 0 && desk == g.desks-1 && figures[0].Known && figures[0].Value > 0 {
			figures[last] = figure.Of(figures[2*desk].Value / figures[0].Value)
		}
	}
}

// size says a number of tickets as people do.
func size(n int) string {
	switch {
	case n >= 950_000:
		return fmt.Sprintf("%d M", (n+50_000)/1_000_000)
	case n >= 1000:
		return fmt.Sprintf("%d k", n/1000)
	}
	return fmt.Sprint(n)
}

// value is a figure of the biggest desk: the median, or the 99th percentile.
func (g *growth) value(row string, p99 bool) float64 {
	at := 2 * (g.desks - 1)
	if p99 {
		at++
	}
	return g.Rows[g.at[row]].Figures[at].Value
}

// promiseFlat says that pages must not grow with the number of tickets. Twice as long is what the machine's own noise makes.
func (g *growth) promiseFlat(rows ...string) {
	if g.desks < 2 {
		return
	}
	for _, row := range rows {
		figures := g.Rows[g.at[row]].Figures
		g.AtMost(row+" page: flat, the biggest desk at most twice the smallest", figures[len(figures)-1].Value, 2, "×")
	}
}
