package battery

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/programtest"
)

// whole is one process that serves everything, with a folder of its own for temporary files.
type whole struct {
	t               *testing.T
	url, temporary  string
	env             []string
	process         *programtest.Process
	web, ssh, admin string
}

// launchWhole starts one process that serves everything. Settings are added to those that every trial has.
func launchWhole(t *testing.T, url string, settings ...string) *whole {
	t.Helper()
	h := &whole{t: t, url: url, temporary: t.TempDir(), env: settings, web: "127.0.0.1:0", ssh: "127.0.0.1:0", admin: "127.0.0.1:0"}
	h.start()
	return h
}

func (h *whole) start() {
	h.t.Helper()
	h.process = programtest.Start(h.t, append([]string{
		"HELPDESK_DATABASE_URL=" + h.url, "HELPDESK_PUBLIC_URL=http://127.0.0.1", "HELPDESK_REPORTS_PER_ADDRESS=0", "HELPDESK_CALLS_PER_TOKEN=0", "TMPDIR=" + h.temporary,
	}, h.env...), "serve", "--web-addr="+h.web, "--ssh-addr="+h.ssh, "--admin-addr="+h.admin)
	find := func(service string) string {
		return h.process.Find(`msg=serving .*` + service + `=(127\.0\.0\.1:\d+)`)
	}
	h.web, h.ssh, h.admin = find("web"), find("ssh"), find("admin")
}

// restart is what a supervisor does with a process that was killed.
func (h *whole) restart() {
	h.t.Helper()
	h.process.Kill()
	h.start()
}

// organ is one thing that a process must not have ever more of.
type organ struct {
	name   string
	metric string  // under which the process tells of it; "" is what it has left in its folder for temporary files
	unit   float64 // of what is said
	slack  float64 // how much more is no growth, in units, beside a twentieth of what there was
}

const memory = 1 << 20

// organs are what is looked at. Memory of the system is told and not judged: Go gives it back when it pleases.
var organs = []organ{
	{"MiB of heap after a collection", "go_memstats_heap_alloc_bytes", memory, 3},
	{"goroutines", "go_goroutines", 1, 5},
	{"file descriptors", "process_open_fds", 1, 5},
	{"database connections", "helpdesk_database_connections_open", 1, 3},
	{"temporary files", "", 1, 0},
	{"MiB resident", "process_resident_memory_bytes", memory, 64},
}

// vitals are how much of each organ a process has.
type vitals []float64

// examine asks a process what it has, after collecting what it no longer needs.
func (h *whole) examine() vitals {
	h.t.Helper()
	for range 2 { // what a pool has goes with the second
		h.ask("/debug/pprof/heap?gc=1")
	}
	page, found := h.ask("/metrics"), make(vitals, len(organs))
	for i, o := range organs {
		if o.metric == "" {
			left, err := os.ReadDir(h.temporary)
			if err != nil {
				h.t.Fatal(err)
			}
			found[i] = float64(len(left))
			continue
		}
		line := regexp.MustCompile(`(?m)^` + o.metric + ` (\S+)$`).FindStringSubmatch(page)
		if line == nil {
			h.t.Fatalf("%s is not told:\n%s", o.metric, page)
		}
		value, err := strconv.ParseFloat(line[1], 64)
		if err != nil {
			h.t.Fatal(err)
		}
		found[i] = value / o.unit
	}
	return found
}

// ask fetches a page for those who run the process.
func (h *whole) ask(path string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.t.Context()), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.admin+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		h.t.Fatalf("%s is answered %d: %v", path, response.StatusCode, err)
	}
	return string(page)
}

// settle waits until the process has no more of anything than before, and says what it has in the end. What it still has
// too much of fails the trial.
func (h *whole) settle(before vitals, within time.Duration) vitals {
	h.t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(250 * time.Millisecond) {
		now := h.examine()
		grown := grew(before, now)
		if len(grown) == 0 {
			return now
		}
		if time.Now().After(deadline) {
			h.t.Errorf("%s after everybody has gone: %s", within, strings.Join(grown, "; "))
			return now
		}
	}
}

// grew says in words which organs grew more than they may.
func grew(before, now vitals) []string {
	var words []string
	for i, o := range organs {
		if more := now[i] - before[i]; more > o.slack+before[i]/20 {
			words = append(words, fmt.Sprintf("%.1f %s instead of %.1f", now[i], o.name, before[i]))
		}
	}
	return words
}

// slope is by how much a series grows from each value to the next, after Theil and Sen: the median over all pairs, which a few
// odd values do not move.
func slope(series []float64) float64 {
	var steps []float64
	for i := range series {
		for j := range i {
			steps = append(steps, (series[i]-series[j])/float64(i-j))
		}
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// percentile is the value below which a part of some times lies.
func percentile(took []time.Duration, part float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(int(part*float64(len(sorted))), len(sorted)-1)]
}
