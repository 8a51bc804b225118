// Package report writes what the trials of the battery came to: a row each, as a table to read and as JSON. Those of several test
// binaries come into one report, one after another.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Counts are what the set checker of Jepsen counts. Recovered is what is there although its client saw an error and gave
// up; that is allowed. Lost, duplicated and unexpected are not.
type Counts struct {
	Attempted    int `json:"attempted"`
	Acknowledged int `json:"acknowledged"`
	Lost         int `json:"lost"`
	Duplicated   int `json:"duplicated"`
	Unexpected   int `json:"unexpected"`
	Recovered    int `json:"recovered"`
}

// Row is one trial.
type Row struct {
	Trial  string         `json:"trial"`
	Fault  string         `json:"fault"`
	Load   string         `json:"load"`
	Counts Counts         `json:"counts"`
	Outage time.Duration  `json:"outage_ns"` // the longest time in which nothing was acknowledged
	Errors map[string]int `json:"errors"`    // that clients saw, and tried again after
	Notes  []string       `json:"notes"`
	Passed bool           `json:"passed"`
	Long   bool           `json:"long"`
	At     time.Time      `json:"at"`
	Took   time.Duration  `json:"took_ns"`
}

// New opens the row of a trial that begins now.
func New(trial, fault, load string, long bool) *Row {
	return &Row{Trial: trial, Fault: fault, Load: load, Errors: map[string]int{}, Long: long, At: time.Now().UTC().Truncate(time.Second)} //nolint:forbidigo // when the trial began
}

// End closes it.
func (r *Row) End(passed bool) {
	r.Took, r.Passed = time.Since(r.At), passed //nolint:forbidigo // how long the trial took
}

// Notef adds a figure or a remark in words.
func (r *Row) Notef(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Line is the row as one of a Markdown table.
func (r *Row) Line() string {
	result := "passed"
	if !r.Passed {
		result = "**FAILED**"
	}
	c, outage, seen := r.Counts, "–", 0
	if r.Outage > 0 {
		outage = r.Outage.Round(10 * time.Millisecond).String()
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(r.Errors)) {
		seen += r.Errors[kind]
		kinds = append(kinds, fmt.Sprintf("%d %s", r.Errors[kind], kind))
	}
	remarks := slices.Clone(r.Notes)
	if seen > 0 {
		remarks = append(remarks, "clients saw "+strings.Join(kinds, ", "))
	}
	return fmt.Sprintf("| %s | %s | %s | %d | %d | %d | %d | %d | %d | %s | %d | %s | %s |",
		r.Trial, r.Fault, r.Load, c.Attempted, c.Acknowledged, c.Lost, c.Duplicated, c.Unexpected, c.Recovered, outage, seen, result, strings.Join(remarks, "; "))
}

// Report is the rows of a run. It is safe for concurrent use.
type Report struct {
	mu   sync.Mutex
	rows []*Row
}

// Add adds one.
func (r *Report) Add(one *Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, one)
}

// Write writes the rows to battery.md and battery.json in a folder, over those of the same trials of earlier runs.
func (r *Report) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	path := filepath.Join(dir, "battery.json")
	var before []*Row
	switch text, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(text, &before); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
	all := slices.DeleteFunc(before, func(b *Row) bool {
		return slices.ContainsFunc(r.rows, func(now *Row) bool { return now.Trial == b.Trial })
	})
	all = append(all, r.rows...)
	slices.SortFunc(all, func(a, b *Row) int { return strings.Compare(a.Trial, b.Trial) })
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return err
	}
	var page strings.Builder
	fmt.Fprintf(&page, "# Battery\n\n%s, %d CPUs, %s/%s.\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	page.WriteString("| trial | fault | load | attempted | acknowledged | lost | duplicated | unexpected | recovered | outage | errors seen | result | remarks |\n")
	page.WriteString("| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --- | --- |\n")
	for _, one := range all {
		page.WriteString(one.Line() + "\n")
	}
	return os.WriteFile(filepath.Join(dir, "battery.md"), []byte(page.String()), 0o600)
}
