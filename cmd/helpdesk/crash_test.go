package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

var (
	errNoForm       = errors.New("the page has no form")
	errNotConfirmed = errors.New("the report was not confirmed")
)

// durable is a database server of the test's own that keeps what it acknowledges.
func durable(t *testing.T) (embedded.Config, *embedded.Server) {
	t.Helper()
	dir, err := os.MkdirTemp("", "helpdesk-durable-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := embedded.Config{Dir: dir, Database: "helpdesk"}
	server, err := embedded.Start(t.Context(), config)
	if errors.Is(err, embedded.ErrNoPrograms) {
		storagetest.Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	if err := storage.Migrate(t.Context(), server.URL()); err != nil {
		t.Fatal(err)
	}
	return config, server
}

// category makes one queue with one category to report under.
func category(t testing.TB, url string) core.CategoryID {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: url, Service: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	desk, err := core.New(t.Context(), db, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := desk.AddQueue(t.Context(), core.Operator(), core.Queue{Code: "it", Name: "IT"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := desk.AddCategory(t.Context(), core.Operator(), core.Category{Code: "network", Name: "Network", Line: core.IT, Queue: queue.ID})
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func serve(t testing.TB, databaseURL string) (*process, string) {
	t.Helper()
	p := start(t, []string{"HELPDESK_DATABASE_URL=" + databaseURL, "HELPDESK_PUBLIC_URL=http://127.0.0.1", "HELPDESK_REPORTS_PER_ADDRESS=0"},
		"serve", "--only=web", "--web-addr=127.0.0.1:0")
	return p, "http://" + p.find(`web=(127\.0\.0\.1:\d+)`)
}

// ledger remembers which reports the page has acknowledged.
type ledger struct {
	sent atomic.Int64 // every report has its own title

	mu           sync.Mutex
	acknowledged []core.Reference
}

// write sends reports one after another until sending fails or the context ends.
func (l *ledger) write(ctx context.Context, t *testing.T, base string, category core.CategoryID) {
	t.Helper()
	b := newBrowser(t, base)
	for ctx.Err() == nil {
		ref, err := b.report(fmt.Sprint("report ", l.sent.Add(1)), category)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.acknowledged = append(l.acknowledged, ref)
		l.mu.Unlock()
	}
}

func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acknowledged)
}

// during runs writers while something bad happens once enough has been acknowledged.
func (l *ledger) during(t *testing.T, base string, category core.CategoryID, bad func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() { l.write(ctx, t, base, category) })
	}
	for enough := l.size() + 40; l.size() < enough && ctx.Err() == nil; {
		time.Sleep(time.Millisecond)
	}
	bad()
	cancel()
	writers.Wait()
}

// check finds every acknowledged report in the database, once.
func (l *ledger) check(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	refs := make([]string, len(l.acknowledged))
	for i, ref := range l.acknowledged {
		refs[i] = string(ref)
	}
	var kept, whole, doubled int
	if err := conn.QueryRow(t.Context(), `select count(*) from tickets where reference = any($1)`, refs).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	const parts = `
		select count(*) from tickets t
		where exists (select from messages where ticket_id = t.id) and exists (select from ticket_search where ticket_id = t.id)
		  and exists (select from events where stream = 'ticket' and stream_id = t.id and seq = 1)`
	var all int
	if err := conn.QueryRow(t.Context(), `select count(*), (`+parts+`), count(*) - count(distinct title) from tickets`).Scan(&all, &whole, &doubled); err != nil {
		t.Fatal(err)
	}
	if len(refs) == 0 {
		t.Fatal("no report was acknowledged: the test proves nothing")
	}
	if kept != len(refs) || whole != all || doubled != 0 {
		t.Errorf("of %d acknowledged reports %d are there; of %d tickets %d are whole and %d doubled", len(refs), kept, all, whole, doubled)
	}
	t.Logf("%d acknowledged, %d in the database", len(refs), all)
}

func TestReportsSurviveTheDeathOfTheProcess(t *testing.T) {
	t.Parallel()
	_, server := durable(t)
	network := category(t, server.URL())
	var l ledger
	for range 3 {
		p, base := serve(t, server.URL())
		l.during(t, base, network, p.kill)
	}
	l.check(t, server.URL())
}

func TestReportsSurviveTheDeathOfTheDatabase(t *testing.T) {
	t.Parallel()
	config, server := durable(t)
	network := category(t, server.URL())
	p, base := serve(t, server.URL())
	var l ledger
	l.during(t, base, network, func() {
		if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	again, err := embedded.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Stop() })
	b := newBrowser(t, base)
	back := time.Now()
	for {
		ref, err := b.report("after the crash", network)
		if err == nil {
			l.acknowledged = append(l.acknowledged, ref)
			break
		}
		if time.Since(back) > 10*time.Second {
			t.Fatalf("the page does not come back by itself: %v\n%s", err, p.output)
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.check(t, again.URL())
}
