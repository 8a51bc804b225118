package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// BenchmarkReports sends reports through the form to a process of its own over a durable database,
// and lets pgbench run the same statement on the same server right after: the ratio of the two is
// what the page costs.
func BenchmarkReports(b *testing.B) {
	server := storagetest.Durable(b)
	network := storagetest.CampusAt(b, server.URL()).Network.ID
	db, err := storage.Open(b.Context(), storage.Config{URL: server.URL(), Service: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	desk, err := core.New(b.Context(), db, core.Options{})
	if err != nil {
		b.Fatal(err)
	}
	p := programtest.Start(b, []string{"HELPDESK_DATABASE_URL=" + server.URL(), "HELPDESK_PUBLIC_URL=http://127.0.0.1", "HELPDESK_REPORTS_PER_ADDRESS=0"},
		"serve", "--only=web", "--web-addr=127.0.0.1:0")
	base := "http://" + p.Find(`web=(127\.0\.0\.1:\d+)`)
	defer p.Kill()
	for _, clients := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			form := sendReports(b, desk, base, network, clients)
			database := pgbench(b, server, network, clients)
			b.ReportMetric(form, "reports/s")
			b.ReportMetric(database, "pgbench/s")
			b.ReportMetric(form/database, "ratio")
		})
	}
}

func sendReports(b *testing.B, desk *core.Desk, base string, network core.CategoryID, clients int) float64 {
	b.Helper()
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = clients
	const lasting = 4 * time.Second
	var sent atomic.Int64
	var wg sync.WaitGroup
	begun := time.Now()
	for range clients {
		wg.Go(func() {
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			for time.Since(begun) < lasting {
				key, err := desk.NewFormKey(core.Anonymous(core.DoorWeb, ""))
				if err != nil {
					b.Error(err)
					return
				}
				form := url.Values{
					"key": {key}, "title": {"The projector shows only blue"}, "room": {"by the fountain"}, "category": {network.String()},
					"contact": {"gus@example.org"}, "description": {"Since this morning's lecture it shows everything in blue."},
				}
				response, err := client.PostForm(base+"/report", form)
				if err != nil {
					b.Error(err)
					return
				}
				_ = response.Body.Close()
				if response.StatusCode != http.StatusSeeOther {
					b.Errorf("the page answers %s", response.Status)
					return
				}
				sent.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(sent.Load()) / time.Since(begun).Seconds()
}

// pgbench runs the very statement that makes a ticket, with its placeholders filled in.
func pgbench(b *testing.B, server *embedded.Server, network core.CategoryID, clients int) float64 {
	b.Helper()
	source, err := os.ReadFile("../../storage/ticket.go")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "const createTicket = `")
	statement, _, found := strings.Cut(rest, "`")
	if !found {
		b.Fatal("the statement is not where it was")
	}
	values := map[int]string{
		1: "'bench:' || gen_random_uuid()", 2: "now()", 3: "substr(gen_random_uuid()::text, 1, 13)", 4: "2::smallint", 5: "0::smallint",
		6: "'The projector shows only blue'::text", 7: network.String(), 8: "1", 9: "null::bigint", 10: "'by the fountain'",
		11: "null::bigint", 12: "null::bigint", 13: "false", 14: "false", 15: "'web'", 16: "'en'", 17: "''", 18: "'gus@example.org'", 19: "''",
		20: "'Since this morning''s lecture it shows everything in blue.'::text", 21: "decode(md5(random()::text), 'hex')",
		22: "gen_random_uuid()", 23: "'it'", 24: "'anonymous'", 25: "null::bigint", 26: "''",
	}
	placeholder := regexp.MustCompile(`\$(\d+)`)
	statement = placeholder.ReplaceAllStringFunc(statement, func(p string) string {
		n, err := strconv.Atoi(p[1:])
		if err != nil {
			b.Fatal(err)
		}
		return values[n]
	})
	file := filepath.Join(b.TempDir(), "report.sql")
	if err := os.WriteFile(file, []byte(strings.Join(strings.Fields(statement), " ")+";\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	folder, err := embedded.Find("", 0)
	if err != nil {
		b.Fatal(err)
	}
	out, err := exec.CommandContext(b.Context(), filepath.Join(folder, "pgbench"), "-n", "-M", "prepared", "-T", "4",
		"-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)), "-f", file, server.URL()).CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	m := regexp.MustCompile(`tps = ([\d.]+)`).FindSubmatch(out)
	if m == nil {
		b.Fatalf("pgbench says no rate:\n%s", out)
	}
	rate, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

// BenchmarkKeyToScreen moves the cursor in a queue over SSH and waits for the screen to say so.
func BenchmarkKeyToScreen(b *testing.B) {
	h := newHouse(b)
	for n := range 30 {
		h.Report(b, h.Ana, fmt.Sprintf("Report number %d", n))
	}
	console := h.console(b, h.Ines, 80, 24)
	console.Wait("Report number")
	var took []time.Duration
	keys := []string{"j", "k"}
	for n := 0; b.Loop(); n++ {
		before := len(console.Raw())
		begun := time.Now()
		console.Type(keys[n%2])
		console.WaitFor("the next frame", func(string) bool { return len(console.Raw()) > before })
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

// BenchmarkReportToConsole files a report and waits until an open console shows it.
func BenchmarkReportToConsole(b *testing.B) {
	h := newHouse(b)
	h.Report(b, h.Ana, "The first")
	console := h.console(b, h.Ines, 80, 24)
	console.Wait("The first")
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		title := fmt.Sprintf("Arrival %d.", n)
		begun := time.Now()
		id := h.Report(b, h.Ana, title)
		console.WaitFor(title, func(screen string) bool { return strings.Contains(screen, title) || strings.Contains(screen, "new") })
		took = append(took, time.Since(begun))
		if _, err := h.Desk.Close(b.Context(), storagetest.As(h.Ines, core.DoorCLI), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
			b.Fatal(err)
		}
		console.WaitFor("its end", func(screen string) bool { return !strings.Contains(screen, title) })
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
}
