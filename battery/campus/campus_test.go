package campus_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"helpdesk.campus/battery/report"
	"helpdesk.campus/core/action"
)

var (
	seedFlag   = flag.Uint64("seed", 0, "run this one seed")                     //nolint:gochecknoglobals // a flag of the test
	seedsFlag  = flag.Uint64("seeds", 50, "run so many seeds, from 1 on")        //nolint:gochecknoglobals // a flag of the test
	weeksFlag  = flag.Int("weeks", 2, "how many weeks each campus lives")        //nolint:gochecknoglobals // a flag of the test
	everyFlag  = flag.Bool("every", false, "let every call fail in every way")   //nolint:gochecknoglobals // a flag of the test
	reportFlag = flag.String("report", "", "folder of the battery's report")     //nolint:gochecknoglobals // a flag of the test
	stepsFlag  = flag.Int("steps", 60, "how much happens in a week on a campus") //nolint:gochecknoglobals // a flag of the test
)

var rows report.Report //nolint:gochecknoglobals // the report of this run

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if *reportFlag != "" {
		if err := rows.Write(*reportFlag); err != nil {
			fmt.Fprintln(os.Stderr, "write the report:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// regressions are seeds that once found something wrong.
func regressions() []uint64 { return []uint64{12, 26, 30, 112, 347} }

func TestWeeksOfACampus(t *testing.T) {
	t.Parallel()
	var seeds []uint64
	for seed := uint64(1); seed <= *seedsFlag; seed++ {
		seeds = append(seeds, seed)
	}
	for _, seed := range regressions() {
		if seed > *seedsFlag {
			seeds = append(seeds, seed)
		}
	}
	if *seedFlag != 0 {
		seeds = []uint64{*seedFlag}
	}
	var mu sync.Mutex
	all, faults := map[string]int{}, 0
	r := report.New("WeeksOfACampus", "every so often a call of the database fails, the program restarts, a clock is set by an hour; summer time begins or ends",
		fmt.Sprintf("%d campuses, %d weeks each", len(seeds), *weeksFlag), *everyFlag)
	t.Cleanup(func() {
		r.Notef("%d calls failed on purpose, %d kinds of actions done", faults, len(all))
		r.End(!t.Failed())
		rows.Add(r)
	})
	t.Cleanup(func() {
		if t.Failed() || *seedFlag != 0 {
			return
		}
		t.Logf("%d seeds, %d calls that failed on purpose, %v", len(seeds), faults, all)
		for _, a := range action.All() { // a play that never gets anywhere tries nothing
			if all[string(a.Name)] == 0 {
				t.Errorf("nobody ever managed to %s", a.Name)
			}
		}
	})
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed)
			for range *weeksFlag {
				w.live(*stepsFlag)
				w.examine()
			}
			mu.Lock()
			defer mu.Unlock()
			faults += w.faults
			r.Counts.Attempted += len(w.tickets) + len(w.said) + w.faults
			r.Counts.Acknowledged += len(w.tickets) + len(w.said) // each is looked for, and there once
			for name, n := range w.done {
				all[name] += n
			}
		})
	}
}

// A new action is not done until people of the simulation do it.
func TestEveryActionHasAPlace(t *testing.T) {
	t.Parallel()
	list, other := plays(), elsewhere()
	for _, a := range action.All() {
		_, played := list[a.Name]
		_, told := other[a.Name]
		if played == told {
			t.Errorf("%s is not done in the simulation: give it a play, or say in elsewhere() where it is done", a.Name)
		}
		delete(list, a.Name)
		delete(other, a.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		t.Errorf("there is a play of %s, which is no action", name)
	}
	for _, name := range slices.Sorted(maps.Keys(other)) {
		t.Errorf("elsewhere() knows %s, which is no action", name)
	}
}
