package pages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// span is a range of days that dashboards are asked for.
type span struct {
	name  string
	ask   core.Question
	goal  float64 // milliseconds
	speed bool    // asked of Speed and People alone
}

func spans() []span {
	all := query.Date{Year: time.Now().Year() - 5, Month: 1, Day: 1}
	return []span{
		{name: "30 days", ask: core.Question{Days: 30}, goal: 150},
		{name: "90 days", ask: core.Question{Days: 90}, goal: 150},
		{name: "all years", ask: core.Question{From: all}, goal: 1000},
		{name: "all years in office hours", ask: core.Question{From: all, Office: true}, goal: 1000, speed: true},
	}
}

// measureDashboards asks for each dashboard over each range.
func measureDashboards(ctx context.Context, d *rig.Desk, note noter, times int) error {
	who := core.Operator()
	measure := func(name string, ask func() error) error {
		var took figure.Times
		for n := -1; n < times; n++ {
			began := time.Now()
			if err := ask(); err != nil && (core.KindOf(err) != core.Unavailable || ctx.Err() != nil) {
				return fmt.Errorf("%s: %w", name, err)
			}
			if n >= 0 {
				took = append(took, time.Since(began))
			}
		}
		note(name, took)
		return nil
	}
	if err := measure("Now", func() error { _, err := d.AnalyseNow(ctx, who, query.Query{}); return err }); err != nil {
		return err
	}
	for _, dashboard := range []struct {
		name string
		ask  func(q core.Question) error
	}{
		{"Flow", func(q core.Question) error { _, err := d.AnalyseFlow(ctx, who, q); return err }},
		{"Speed", func(q core.Question) error { _, err := d.AnalyseSpeed(ctx, who, q); return err }},
		{"Where", func(q core.Question) error { _, err := d.AnalyseWhere(ctx, who, q); return err }},
		{"People", func(q core.Question) error { _, err := d.AnalysePeople(ctx, who, q); return err }},
	} {
		for _, s := range spans() {
			if s.speed && dashboard.name != "Speed" && dashboard.name != "People" {
				continue
			}
			if err := measure(dashboard.name+", "+s.name, func() error { return dashboard.ask(s.ask) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// promiseDashboards says how soon a dashboard must be there.
func (g *growth) promiseDashboards() {
	slowest := map[float64]float64{}
	for _, row := range g.Rows {
		goal := 150.0
		for _, s := range spans() {
			if strings.HasSuffix(row.Subject, ", "+s.name) {
				goal = s.goal
			}
		}
		slowest[goal] = max(slowest[goal], g.value(row.Subject, false))
	}
	g.AtMost("median of every dashboard up to 90 days at most 150 ms on the biggest desk", slowest[150], 150, " ms")
	g.AtMost("median of every dashboard over all years at most 1 s on the biggest desk", slowest[1000], 1000, " ms")
}
