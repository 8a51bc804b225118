// Package search_test measures how fast tickets are found and listed on a big desk:
//
//	HELPDESK_BENCH_TICKETS=1000000 go test -run '^$' -bench . -benchtime 200x ./bench/search
//
// With HELPDESK_BENCH_URL it measures on a database that bench/cmd/fill has filled.
package search_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/bench/fill"
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// desk is a filled desk, and the words that its tickets hold.
type desk struct {
	*core.Desk

	admin, staff   core.Actor
	common, rare   []string
	queues, people []string
}

// openDesk fills a desk of HELPDESK_BENCH_TICKETS tickets, 2,000 by default, and learns its words.
func openDesk(b *testing.B) *desk {
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
	d := &desk{Desk: storagetest.DeskWith(b, db, core.Options{})}
	if err := d.learn(b.Context(), url); err != nil {
		b.Fatal(err)
	}
	return d
}

// learn reads the words of all tickets, and finds out what there is to look for.
func (d *desk) learn(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for due := true; due; {
		if err := d.LearnWords(ctx, core.System()); err != nil {
			return err
		}
		if err := conn.QueryRow(ctx, `select exists (select from words_due)`).Scan(&due); err != nil {
			return err
		}
	}
	for _, statement := range []string{`analyze words`, `vacuum words_due`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	list := func(sql string) (words []string) {
		rows, _ := conn.Query(ctx, sql)
		words, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return words
	}
	d.common = list(`select word from words order by tickets desc, word limit 20`)
	d.rare = list(`select word from words where tickets < 50 order by tickets, word limit 20`)
	d.queues = list(`select code from queues order by id`)
	d.people = list(`select username from users where role = 'staff' order by id limit 10`)
	if err != nil {
		return err
	}
	var admin, staff core.UserID
	err = conn.QueryRow(ctx, `
		select (select id from users where role = 'admin' limit 1),
		       (select user_id from memberships group by user_id order by count(*) desc, user_id limit 1)`).Scan(&admin, &staff)
	d.admin = core.Actor{Kind: core.ActorUser, User: admin, Door: core.DoorSSH}
	d.staff = core.Actor{Kind: core.ActorUser, User: staff, Door: core.DoorSSH}
	return err
}

// measure runs one request after the other and reports the median, the 99th percentile and how many were stopped.
func (d *desk) measure(b *testing.B, requests []string) {
	b.Helper()
	queries := make([]query.Query, len(requests))
	for i, text := range requests {
		var err error
		if queries[i], err = query.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
	for name, who := range map[string]core.Actor{"admin": d.admin, "staff": d.staff} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			stopped, found, n := 0, 0, 0
			for b.Loop() {
				began := time.Now()
				page, err := d.Tickets(b.Context(), who, core.ListRequest{Query: queries[n%len(queries)]})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				n++
				if page.Stopped > 0 {
					stopped++
				}
				found += len(page.Tickets)
			}
			slices.Sort(took)
			milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
			b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(float64(stopped), "stopped")
			b.ReportMetric(float64(found)/float64(n), "rows")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func pairs(a, b []string) []string {
	var list []string
	for i := range min(len(a), len(b)) {
		list = append(list, a[i]+" "+b[(i+7)%len(b)])
	}
	return list
}

func around(before string, words []string, behind string) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = before + w + behind
	}
	return list
}

func beginnings(words []string, letters int) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string([]rune(w)[:min(letters, len([]rune(w)))])
	}
	return list
}

func misspelt(words []string) []string {
	var list []string
	for _, w := range words {
		if len(w) > 4 && !strings.ContainsFunc(w, func(r rune) bool { return r > 127 }) {
			list = append(list, w[:2]+w[3:4]+w[2:3]+w[4:])
		}
	}
	return list
}

// BenchmarkSearch looks for words of every kind.
func BenchmarkSearch(b *testing.B) {
	d := openDesk(b)
	for _, c := range []struct {
		name     string
		requests []string
	}{
		{"common", d.common},
		{"rare", d.rare},
		{"absent", []string{"zyzzyva", "qwxyzzy", "xylofonx", "4711081542"}},
		{"misspelt", misspelt(d.common)},
		{"two common", pairs(d.common, d.common)},
		{"common and rare", pairs(d.common, d.rare)},
		{"five common", pairs(pairs(d.common, d.common), pairs(d.common[3:], d.common[5:]))},
		{"beginnings of 2", beginnings(d.common, 2)},
		{"beginnings of 4", beginnings(d.common, 4)},
		{"common not closed", around("", d.common, " status:open|active")},
		{"common of last year", around("", d.common, " created:2025")},
		{"common by priority", around("", d.common, " status:open|active sort:-priority")},
	} {
		b.Run(c.name, func(b *testing.B) { d.measure(b, c.requests) })
	}
}

// BenchmarkList reads first pages without words.
func BenchmarkList(b *testing.B) {
	d := openDesk(b)
	for _, c := range []struct {
		name     string
		requests []string
	}{
		{"open", []string{"status:open"}},
		{"closed", []string{"status:closed"}},
		{"all", []string{""}},
		{"a queue", around("queue:", d.queues, " status:closed")},
		{"mine", []string{"assignee:me status:open|active"}},
		{"somebody's", around("assignee:", d.people, " status:closed")},
	} {
		b.Run(c.name, func(b *testing.B) { d.measure(b, c.requests) })
	}
}

// BenchmarkCounts counts the standard views.
func BenchmarkCounts(b *testing.B) {
	d := openDesk(b)
	for name, who := range map[string]core.Actor{"admin": d.admin, "staff": d.staff} {
		b.Run(name, func(b *testing.B) {
			views, err := d.Views(b.Context(), who)
			if err != nil {
				b.Fatal(err)
			}
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := d.CountViews(b.Context(), who, views); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
