package importer_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// tally is what the log says, counted from its lines alone.
type tally struct {
	states, priorities, locations, last map[string]int
	closings, reopenings                int
	took                                map[string][]float64 // seconds from opening to the first line of a state; "" for the first of Resolved and Closed
}

// count reads the log with nothing of the product.
func count(t *testing.T, data []byte) tally {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range records[0] {
		at[name] = i
	}
	moment := func(s string) time.Time {
		m, err := time.Parse("02-01-2006 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	lines := map[string][][]string{}
	for _, r := range records[1:] {
		lines[r[at["number"]]] = append(lines[r[at["number"]]], r)
	}
	done := func(state string) bool { return state == "Resolved" || state == "Closed" }
	c := tally{states: map[string]int{}, priorities: map[string]int{}, locations: map[string]int{}, last: map[string]int{}, took: map[string][]float64{}}
	for _, all := range lines {
		opened, first, before := moment(all[0][at["opened_at"]]), map[string]time.Time{}, "New"
		for _, r := range all {
			now, state := moment(r[at["sys_updated_at"]]), r[at["incident_state"]]
			if now.Before(opened) {
				opened = now // some were updated before they were opened
			}
			if state != before {
				c.states[state]++
			}
			if done(state) && !done(before) {
				c.closings++
			}
			if done(before) && !done(state) {
				c.reopenings++
			}
			if _, seen := first[state]; !seen && done(state) {
				first[state] = now
			}
			if _, seen := first[""]; !seen && done(state) {
				first[""] = now
			}
			before = state
		}
		for state, end := range first {
			c.took[state] = append(c.took[state], max(0, end.Sub(opened).Seconds()))
		}
		end := all[len(all)-1]
		c.last[before]++
		c.priorities[end[at["priority"]]]++
		c.locations[end[at["location"]]]++
	}
	return c
}

// percentile interpolates between neighbours, as PostgreSQL's percentile_cont does.
func percentile(values []float64, p float64) float64 {
	slices.Sort(values)
	at := p * float64(len(values)-1)
	low := int(at)
	high := min(low+1, len(values)-1)
	return values[low] + (at-float64(low))*(values[high]-values[low])
}

// TestTheFiguresOfTheRealLogAreThoseOfTheLogItself imports the log where it is at hand, and compares what
// the analysis says with what the file says.
func TestTheFiguresOfTheRealLogAreThoseOfTheLogItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "incident_event_log.csv")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: the real log is not at %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := count(t, data)
	desk := storagetest.Desk(t)
	run(t, desk, data, false)
	ask := core.Question{From: query.Date{Year: 2016, Month: 1, Day: 1}, To: query.Date{Year: 2017, Month: 12, Day: 31}}

	where, err := desk.AnalyseWhere(t.Context(), core.Operator(), ask)
	if err != nil {
		t.Fatal(err)
	}
	got := map[core.Dimension]map[string]int{}
	for _, spread := range where.Spreads {
		got[spread.By] = map[string]int{}
		for _, s := range spread.Shares {
			got[spread.By][s.Code] += s.N
		}
	}
	priorities := map[string]int{
		"urgent": want.priorities["1 - Critical"], "high": want.priorities["2 - High"], "normal": want.priorities["3 - Moderate"],
		"low": want.priorities["4 - Low"] + want.priorities["5 - Planning"],
	}
	for name, n := range priorities {
		if got[core.ByPriority][name] != n {
			t.Errorf("priority %s: %d, the log says %d", name, got[core.ByPriority][name], n)
		}
	}
	if len(got[core.ByBuilding]) != len(want.locations) {
		t.Errorf("%d locations, the log has %d", len(got[core.ByBuilding]), len(want.locations))
	}
	for name, n := range want.locations {
		code := strings.Replace(name, "Location ", "LOC", 1)
		if name == "?" {
			code = ""
		}
		if got[core.ByBuilding][code] != n {
			t.Errorf("%s: %d, the log says %d", name, got[core.ByBuilding][code], n)
		}
	}

	flow, err := desk.AnalyseFlow(t.Context(), core.Operator(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if flow.Closed.N != want.closings || flow.Reopened.N != want.reopenings {
		t.Errorf("closed %d and reopened %d; the log says %d and %d", flow.Closed.N, flow.Reopened.N, want.closings, want.reopenings)
	}
	now, err := desk.AnalyseNow(t.Context(), core.Operator(), query.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if left := now.Total().Open + now.Total().Active; flow.Created.N-left != want.last["Closed"] {
		t.Errorf("%d created and %d not closed; the log ends with %v", flow.Created.N, left, want.last)
	}

	speed, err := desk.AnalyseSpeed(t.Context(), core.Operator(), ask)
	if err != nil {
		t.Fatal(err)
	}
	closing := speed.Stages[2].All
	if closing.N != len(want.took[""]) {
		t.Errorf("%d closings measured, the log has %d", closing.N, len(want.took[""]))
	}
	t.Logf("%d closed, %d reopened, median %v, p90 %v, %d locations", flow.Closed.N, flow.Reopened.N, closing.Median, closing.P90, len(want.locations))
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.001 {
			t.Errorf("%s is %v s, the log says %v s", what, got, want)
		}
	}
	near("the median to closing", closing.Median.Seconds(), percentile(want.took[""], 0.5))
	near("the p75 to closing", closing.P75.Seconds(), percentile(want.took[""], 0.75))
	near("the p90 to closing", closing.P90.Seconds(), percentile(want.took[""], 0.9))
	near("the p95 to closing", closing.P95.Seconds(), percentile(want.took[""], 0.95))

	// The history keeps the log's own names of states, so that its Resolved and Closed can be told apart.
	states, took := map[string]int{}, map[string][]float64{}
	for _, v := range storagetest.Tickets(t, desk) {
		first := map[string]bool{}
		for _, e := range v.Events {
			if e.Field != core.FieldStatus {
				continue
			}
			states[e.Source]++
			if !first[e.Source] {
				first[e.Source] = true
				took[e.Source] = append(took[e.Source], max(0, e.At.Sub(v.Ticket.CreatedAt).Seconds()))
			}
		}
	}
	for state, n := range want.states {
		if states[state] != n {
			t.Errorf("state %s: entered %d times, the log says %d", state, states[state], n)
		}
	}
	for _, state := range []string{"Resolved", "Closed"} {
		near("the median to "+state, percentile(took[state], 0.5), percentile(want.took[state], 0.5))
		near("the p90 to "+state, percentile(took[state], 0.9), percentile(want.took[state], 0.9))
	}
}
