package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
)

// bench is one run.
type bench struct {
	log      func(string)
	desk     string
	sizes    []int    // those of every day if nil
	parts    []string // all if nil
	consoles []int
	clients  []int
	program  string
	folder   string
	keep     string
	quick    bool
	uncut    bool

	rig   *rig.Rig
	desks []*rig.Desk // the smallest first
	doing string      // what was logged last
}

func (b *bench) biggest() *rig.Desk { return b.desks[len(b.desks)-1] }

func (b *bench) times(n int) int {
	if b.quick {
		return 8
	}
	return n
}

func (b *bench) lasting(t time.Duration) time.Duration {
	if b.quick {
		return 2 * time.Second
	}
	return t
}

func (b *bench) run(ctx context.Context) (err error) {
	began := time.Now()
	say := b.log
	b.log = func(s string) { b.doing = s; say(s) }
	if b.rig, err = rig.Open(ctx, b.program, b.log); err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	defer func() { err = errors.Join(err, b.rig.Close()) }()
	defer func() {
		for _, d := range b.desks {
			err = errors.Join(err, d.Close(context.WithoutCancel(ctx)))
		}
	}()
	if err := b.openDesks(ctx); err != nil {
		return err
	}
	report := &figure.Report{At: began.UTC().Truncate(time.Second)}
	if report.Version, report.Machine, err = b.facts(ctx); err != nil {
		return err
	}
	opened := time.Since(began)
	failed := b.measureAll(ctx, report, parts())
	report.Machine = append(report.Machine, figure.Fact{Name: "Time to open the desks", Value: whole(opened)})
	report.Took = "took " + whole(time.Since(began))
	return errors.Join(failed, b.write(report))
}

// measureAll measures the parts that are wanted. One that is not whole costs no other its figures.
func (b *bench) measureAll(ctx context.Context, report *figure.Report, parts []part) error {
	var failed []error
	var times []string
	for _, p := range parts {
		if b.parts != nil && !slices.Contains(b.parts, p.name) {
			continue
		}
		began := time.Now()
		tables, err := b.measure(ctx, p)
		report.Tables = append(report.Tables, tables...)
		times = append(times, p.name+" "+whole(time.Since(began)))
		if err != nil {
			reason, _, _ := strings.Cut(err.Error(), "\n")
			report.Cut = append(report.Cut, figure.Fact{Name: p.name, Value: reason})
			failed = append(failed, fmt.Errorf("measure %s: %w", p.name, err))
		}
	}
	report.Machine = append(report.Machine, figure.Fact{Name: "Time of the parts", Value: strings.Join(times, ", ")})
	return errors.Join(failed...)
}

func whole(t time.Duration) string { return t.Round(time.Second).String() }

// measure measures one part, for as long as it may take. What it has of figures when it fails or is cut is returned with the error.
func (b *bench) measure(ctx context.Context, p part) ([]*figure.Table, error) {
	if err := ctx.Err(); err != nil {
		return nil, errStopped
	}
	load := rig.Load()
	b.log(fmt.Sprintf("measure %s, load %.1f", p.name, load))
	inner, cancel := ctx, context.CancelFunc(func() {})
	if !b.uncut {
		inner, cancel = context.WithTimeout(ctx, p.most)
	}
	defer cancel()
	tables, err := p.measure(inner, b)
	tables = slices.DeleteFunc(tables, func(t *figure.Table) bool { return t == nil || len(t.Rows) == 0 })
	for _, t := range tables {
		t.Load = fmt.Sprintf("%.1f", load)
	}
	switch {
	case err == nil:
		return tables, nil
	case ctx.Err() != nil:
		err = errStopped
	case inner.Err() != nil:
		err = fmt.Errorf("%w after %s, at %q", errCut, p.most, b.doing)
	}
	b.log(fmt.Sprintf("%s is not whole: %v", p.name, err))
	return tables, err
}

var (
	errStopped = errors.New("stopped by hand")
	errCut     = errors.New("cut")
)

const million = 1_000_000

// openDesks opens the desks of the sizes asked for. Without any these are two small ones, and one of a million where none has to
// be filled for it: one that is kept, unless a big one of somebody else's is measured on.
func (b *bench) openDesks(ctx context.Context) error {
	if b.sizes == nil {
		b.sizes = []int{10_000, 100_000}
		kept, err := b.rig.Kept(ctx, million)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if kept && b.desk == "" {
			b.sizes = append(b.sizes, million)
		}
	}
	for _, n := range b.sizes {
		d, err := b.rig.Filled(ctx, n)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		b.desks = append(b.desks, d)
	}
	if b.desk == "" {
		return nil
	}
	d, err := rig.At(ctx, b.desk)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	b.desks = append(b.desks, d)
	return nil
}

// history is where reports are kept.
const history = "bench/history"

// write writes the report beside the newest one of the history.
func (b *bench) write(report *figure.Report) error {
	before, err := newest()
	if err != nil {
		return err
	}
	files := map[string]func(*os.File) error{
		filepath.Join(b.folder, "bench.md"):   func(f *os.File) error { return report.WriteMarkdown(f, before) },
		filepath.Join(b.folder, "bench.json"): func(f *os.File) error { return report.WriteJSON(f) },
	}
	if b.keep != "" {
		files[filepath.Join(history, b.keep+".json")] = func(f *os.File) error { return report.WriteJSON(f) }
	}
	for name, write := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { //nolint:gosec // for everybody to read
			return fmt.Errorf("make %s: %w", filepath.Dir(name), err)
		}
		f, err := os.Create(name)
		if err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		if err := errors.Join(write(f), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return report.WriteMarkdown(os.Stdout, before) //nolint:wrapcheck // says what it did
}

// newest is the last report of the history, nil if there is none.
func newest() (*figure.Report, error) {
	files, err := filepath.Glob(filepath.Join(history, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for earlier reports: %w", err)
	}
	var last *figure.Report
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read an earlier report: %w", err)
		}
		var r figure.Report
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if last == nil || r.At.After(last.At) {
			last = &r
		}
	}
	return last, nil
}
