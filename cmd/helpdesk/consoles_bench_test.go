package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	bigdesk "helpdesk.campus/bench/fill"
	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// atLeast reads a number from the environment.
func atLeast(b *testing.B, name string, usual int) int {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

// benchHall is a process that serves consoles, and some of them open on it. HELPDESK_BENCH_TICKETS says how
// many tickets the desk has (0: forty), or HELPDESK_BENCH_URL which filled database, whose tickets it changes, to
// take; HELPDESK_BENCH_SESSIONS says how many consoles are open.
type benchHall struct {
	process  *programtest.Process
	addr     string
	key      gossh.AuthMethod
	sessions int
}

func newBenchHall(b *testing.B) *benchHall {
	b.Helper()
	url, tickets := os.Getenv("HELPDESK_BENCH_URL"), atLeast(b, "HELPDESK_BENCH_TICKETS", 0)
	filled := url != "" || tickets > 0
	switch {
	case url != "":
		if err := storage.Migrate(b.Context(), url); err != nil {
			b.Fatal(err)
		}
	case tickets == 0:
		url = storagetest.URL(b)
	default:
		server, err := embedded.TestServer(b.Context())
		if err != nil {
			storagetest.Need(b, err, "PostgreSQL's programs")
		}
		copied, drop, err := bigdesk.Clone(b.Context(), server.DatabaseURL("postgres"), bigdesk.Options{Tickets: tickets, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = drop(b.Context()) })
		url = copied
	}
	desk := storagetest.DeskWith(b, storagetest.OpenURL(b, url), core.Options{})
	var worker core.User
	if !filled {
		c := storagetest.CampusOn(b, desk)
		for n := range 40 {
			c.Report(b, c.Ana, fmt.Sprintf("Trouble number %02d", n))
		}
		worker = c.Ines
	} else {
		var err error
		name := fmt.Sprintf("bench.%d", time.Now().UnixNano()) // a kept database knows those of before
		worker, err = desk.AddUser(b.Context(), core.Operator(), core.NewUser{Username: name, Name: "Bench Worker", Email: name + "@campus.example", Role: core.RoleStaff})
		if err != nil {
			b.Fatal(err)
		}
		queues, err := desk.Queues(b.Context(), core.Operator())
		if err != nil {
			b.Fatal(err)
		}
		for _, q := range queues {
			if err := desk.Join(b.Context(), core.Operator(), worker.ID, q.ID, false); err != nil {
				b.Fatal(err)
			}
		}
	}
	h := &benchHall{key: signer(b, desk, worker), sessions: atLeast(b, "HELPDESK_BENCH_SESSIONS", 50)}
	h.process, h.addr = serveConsoles(b, url)
	return h
}

// open opens a console, and waits until it shows its list.
func (h *benchHall) open(b *testing.B, width, height int) *sshtest.Terminal {
	b.Helper()
	console := sshtest.Open(b, sshtest.Dial(b, h.addr, "whoever", h.key), width, height)
	console.WaitFor("the list", func(screen string) bool { return strings.Contains(screen, " #") && strings.Contains(screen, "Open ") })
	return console
}

// resident is how much memory the process has, in KiB, and how much CPU time it has used.
func (h *benchHall) resident(b *testing.B) (kib int, cpu time.Duration) {
	b.Helper()
	folder := filepath.Join("/proc", strconv.Itoa(h.process.Cmd.Process.Pid))
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	storagetest.Need(b, err, "/proc")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ = strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	storagetest.Need(b, err, "/proc")
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	const user, system, tick = 11, 12, 10 * time.Millisecond
	for _, at := range []int{user, system} {
		n, err := strconv.Atoi(fields[at])
		if err != nil {
			b.Fatal(err)
		}
		cpu += time.Duration(n) * tick
	}
	return kib, cpu
}

// BenchmarkIdleConsoles opens consoles and lets them be: what each takes of memory, and all together of a
// CPU, presence and feed included.
func BenchmarkIdleConsoles(b *testing.B) {
	for _, size := range []struct{ w, h int }{{80, 24}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			h := newBenchHall(b)
			h.open(b, size.w, size.h)
			before, _ := h.resident(b)
			for range h.sessions {
				h.open(b, size.w, size.h)
			}
			for b.Loop() {
				const idle = 20 * time.Second
				time.Sleep(5 * time.Second)
				_, begun := h.resident(b)
				time.Sleep(idle)
				after, ended := h.resident(b)
				b.ReportMetric(float64(after-before)/float64(h.sessions), "KiB/session")
				b.ReportMetric(100*float64(ended-begun)/float64(idle), "%CPU")
			}
			b.ReportMetric(float64(h.sessions), "sessions")
		})
	}
}

// BenchmarkKeys measures from a key to the frame that answers it, with many consoles open beside.
func BenchmarkKeys(b *testing.B) {
	h := newBenchHall(b)
	for n := range h.sessions {
		if n%2 == 0 {
			h.open(b, 80, 24)
		} else {
			h.open(b, 200, 60)
		}
	}
	console := h.open(b, 120, 40)
	frame := func(key string) time.Duration {
		before := len(console.Raw())
		begun := time.Now()
		console.Type(key)
		console.WaitFor("the next frame", func(string) bool { return len(console.Raw()) > before })
		return time.Since(begun)
	}
	until := func(key, words string) time.Duration {
		begun := time.Now()
		console.Type(key)
		console.Wait(words)
		return time.Since(begun)
	}
	home := func() {
		console.Type("\x1b")
		console.Gone("r reply")
	}
	b.Run("flip status", func(b *testing.B) {
		console.Type("\r")
		console.Wait("r reply")
		var took []time.Duration
		for b.Loop() { // there and back, so that the ticket stays in its view
			took = append(took, until("s", " is active now."), until("s", " is open now."))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		home()
	})
	for _, k := range []struct {
		name  string
		press func(n int) time.Duration
	}{
		{"down and up", func(n int) time.Duration { return frame([]string{"j", "k"}[n%2]) }},
		{"open a ticket", func(int) time.Duration {
			took := until("\r", "r reply")
			home()
			return took
		}},
		{"type a filter", func(n int) time.Duration {
			if n%8 == 0 {
				console.Type("/")
				console.Wait("/ ")
			}
			took := frame("e")
			if n%8 == 7 {
				console.Type("\x15\x1b")
				time.Sleep(100 * time.Millisecond) // esc alone
			}
			return took
		}},
	} {
		b.Run(k.name, func(b *testing.B) {
			var took []time.Duration
			for n := 0; b.Loop(); n++ {
				took = append(took, k.press(n))
				time.Sleep(20 * time.Millisecond) // as fast as a key repeats
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
