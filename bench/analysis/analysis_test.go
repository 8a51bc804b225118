// Package analysis_test measures how fast the dashboards are on a big desk:
//
//	HELPDESK_BENCH_TICKETS=1000000 go test -run '^$' -bench . -benchtime 20x ./bench/analysis
//
// With HELPDESK_BENCH_URL it measures on a database that bench/cmd/fill has filled.
package analysis_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"helpdesk.campus/bench/fill"
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// openDesk fills a desk of HELPDESK_BENCH_TICKETS tickets, 2,000 by default, and packs its finished days.
func openDesk(b *testing.B) *core.Desk {
	b.Helper()
	url := os.Getenv("HELPDESK_BENCH_URL")
	if url == "" {
		tickets, err := strconv.Atoi(os.Getenv("HELPDESK_BENCH_TICKETS"))
		if err != nil {
			tickets = 2000
		}
		url = storagetest.URL(b)
		if _, err := fill.Database(b.Context(), url, fill.Options{Tickets: tickets, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
	db, err := storage.Open(b.Context(), storage.Config{URL: url, Unsafe: true, Service: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	desk := storagetest.DeskWith(b, db, core.Options{})
	began := time.Now()
	if err := desk.PackDays(b.Context(), core.System()); err != nil {
		b.Fatal(err)
	}
	b.Logf("packed in %s", time.Since(began).Round(time.Millisecond))
	if _, err := db.Pool().Exec(b.Context(), `analyze packed_days, packed_milestones, packed_reports`); err != nil {
		b.Logf("not analysed: %v", err)
	}
	return desk
}

// BenchmarkDashboards asks for each dashboard over ranges, as the operator, who sees everything.
func BenchmarkDashboards(b *testing.B) {
	desk := openDesk(b)
	who := core.Operator()
	dashboards := []struct {
		name string
		ask  func(ctx context.Context, q core.Question) error
	}{
		{"now", func(ctx context.Context, q core.Question) error {
			_, err := desk.AnalyseNow(ctx, who, q.Query)
			return err
		}},
		{"flow", func(ctx context.Context, q core.Question) error { _, err := desk.AnalyseFlow(ctx, who, q); return err }},
		{"speed", func(ctx context.Context, q core.Question) error {
			_, err := desk.AnalyseSpeed(ctx, who, q)
			return err
		}},
		{"where", func(ctx context.Context, q core.Question) error {
			_, err := desk.AnalyseWhere(ctx, who, q)
			return err
		}},
		{"people", func(ctx context.Context, q core.Question) error {
			_, err := desk.AnalysePeople(ctx, who, q)
			return err
		}},
	}
	year := time.Now().Year()
	ranges := []struct {
		name string
		ask  core.Question
	}{
		{"30d", core.Question{Days: 30}},
		{"90d", core.Question{Days: 90}},
		{"all", core.Question{From: query.Date{Year: year - 5, Month: 1, Day: 1}}},
		{"all office", core.Question{From: query.Date{Year: year - 5, Month: 1, Day: 1}, Office: true}},
	}
	for _, dashboard := range dashboards {
		for _, r := range ranges {
			if dashboard.name == "now" && r.name != "30d" || r.ask.Office && dashboard.name != "speed" && dashboard.name != "people" {
				continue
			}
			b.Run(dashboard.name+"/"+r.name, func(b *testing.B) {
				var took []time.Duration
				stopped := 0
				for b.Loop() {
					began := time.Now()
					if err := dashboard.ask(b.Context(), r.ask); core.KindOf(err) == core.Unavailable {
						stopped++
					} else if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
				b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "slowest-ms")
				b.ReportMetric(float64(stopped), "stopped")
			})
		}
	}
}
