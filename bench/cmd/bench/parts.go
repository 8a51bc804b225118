package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/bench/consoles"
	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/pages"
	"helpdesk.campus/bench/reports"
	"helpdesk.campus/bench/service"
)

// part is what can be measured by itself.
type part struct {
	name    string
	what    string
	costs   string        // roughly, on a machine that does nothing else
	most    time.Duration // after which it is cut
	measure func(ctx context.Context, b *bench) ([]*figure.Table, error)
}

// parts are in the order in which they are measured: what needs the smallest desk first, as later ones change it.
func parts() []part {
	return []part{
		{"service", "size, start, an idle process, make run", "40 s", 2 * time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(service.Measure(ctx, b.rig, b.biggest(), b.times(8)))
		}},
		{"pages", "pages of staff", "5 s a size", time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(pages.Pages(ctx, b.rig, b.desks, b.times(60)))
		}},
		{"search", "searches and lists", "15 s a size", 2 * time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(pages.Search(ctx, b.rig, b.desks, b.times(60)))
		}},
		{"dashboards", "Now, Flow, Speed, Where, People", "3 s a size, 15 s of a million", time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(pages.Dashboards(ctx, b.rig, b.desks, 5))
		}},
		{"calls", "connections and verbs over SSH", "10 s", time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Calls(ctx, b.rig, b.biggest(), b.times(60), b.lasting(3*time.Second)))
		}},
		{"feed", "from a commit to the frames that show it", "20 s", time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Delay(ctx, b.rig, b.biggest(), []int{1, 4}, b.times(20)))
		}},
		{"idle", "200 consoles that nobody touches", "70 s", 2 * time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Idle(ctx, b.rig, b.biggest(), 200, b.lasting(6*time.Second)))
		}},
		{"keys", "keys while others work", "10 s at 1, 20 s at 50, 60 s at 200, 60 s at 500 consoles", 5 * time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return consoles.Measure(ctx, b.rig, b.biggest(), b.consoles, b.times(100))
		}},
		{"reports", "reports beside pgbench", "25 s for each number of clients", 4 * time.Minute, func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return reports.Measure(ctx, b.rig, b.desks[0], b.clients, b.lasting(3*time.Second))
		}},
	}
}

func one(t *figure.Table, err error) ([]*figure.Table, error) { return []*figure.Table{t}, err }

func names() []string {
	var list []string
	for _, p := range parts() {
		list = append(list, p.name)
	}
	return list
}

// costs says what is measured and how long it takes.
func costs() string {
	var b strings.Builder
	b.WriteString("The parts, what each takes on a machine that does nothing else, and after how long it is cut:\n\n")
	for _, p := range parts() {
		fmt.Fprintf(&b, "  %-11s %s: %s; %s at most\n", p.name, p.what, p.costs, p.most)
	}
	b.WriteString(`
Filling a desk of 10,000 tickets takes 5 s, of 100,000 half a minute, of a million five; each is filled once and copied from then
on, which takes 1, 5 and 30 s. A million is not filled unless asked for: make bench TICKETS=10000,1000000.
`)
	return b.String()
}
