package battery

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
	"testing"
	"time"
)

// row is one trial in the report.
type row struct {
	Trial  string         `json:"trial"`
	Fault  string         `json:"fault"`
	Load   string         `json:"load"`
	Counts counts         `json:"counts"`
	Outage time.Duration  `json:"outage_ns"` // the longest time in which nothing was acknowledged
	Errors map[string]int `json:"errors"`    // that clients saw, and tried again after
	Notes  []string       `json:"notes"`
	Passed bool           `json:"passed"`
	Long   bool           `json:"long"`
	At     time.Time      `json:"at"`
	Took   time.Duration  `json:"took_ns"`
}

// begin opens the row of a trial, which goes into the report when the test ends.
func begin(t *testing.T, fault, load string) *row {
	t.Helper()
	r := &row{Trial: strings.TrimPrefix(t.Name(), "Test"), Fault: fault, Load: load, Errors: map[string]int{}, Long: *long, At: time.Now().UTC().Truncate(time.Second)}
	t.Cleanup(func() {
		if t.Skipped() {
			return
		}
		r.Took, r.Passed = time.Since(r.At), !t.Failed()
		rows.add(r)
		t.Log(r.line())
	})
	return r
}

// notef adds a figure or a remark in words.
func (r *row) notef(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// line is the row as one of a Markdown table.
func (r *row) line() string {
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

// report is the rows of a run.
type report struct {
	mu   sync.Mutex
	rows []*row
}

var rows report

func (r *report) add(one *row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, one)
}

// write writes the rows over those of the same trials of earlier runs.
func (r *report) write(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	path := filepath.Join(dir, "battery.json")
	var before []*row
	switch text, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if err := json.Unmarshal(text, &before); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
	all := slices.DeleteFunc(before, func(b *row) bool {
		return slices.ContainsFunc(r.rows, func(now *row) bool { return now.Trial == b.Trial })
	})
	all = append(all, r.rows...)
	slices.SortFunc(all, func(a, b *row) int { return strings.Compare(a.Trial, b.Trial) })
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
		page.WriteString(one.line() + "\n")
	}
	return os.WriteFile(filepath.Join(dir, "battery.md"), []byte(page.String()), 0o600)
}
