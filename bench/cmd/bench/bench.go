package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"helpdesk.campus/bench/consoles"
	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/pages"
	"helpdesk.campus/bench/reports"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/bench/service"
)

// bench is one run.
type bench struct {
	log      func(string)
	desk     string
	sizes    []int
	parts    []string // all if nil
	consoles []int
	clients  []int
	program  string
	folder   string
	keep     string
	quick    bool

	rig   *rig.Rig
	desks []*rig.Desk // the smallest first
}

// part is what can be measured by itself.
type part struct {
	name    string
	measure func(ctx context.Context, b *bench) ([]*figure.Table, error)
}

// parts are in the order in which they are measured: what needs the smallest desk first, as later ones change it.
func parts() []part {
	return []part{
		{"service", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(service.Measure(ctx, b.rig, b.biggest(), b.times(10)))
		}},
		{"pages", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return pages.Measure(ctx, b.rig, b.desks, b.times(100))
		}},
		{"calls", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Calls(ctx, b.rig, b.biggest(), b.times(100), b.lasting(4*time.Second)))
		}},
		{"feed", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Delay(ctx, b.rig, b.biggest(), []int{1, 4}, b.times(25)))
		}},
		{"idle", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return one(consoles.Idle(ctx, b.rig, b.biggest(), 200, b.lasting(10*time.Second)))
		}},
		{"keys", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return consoles.Measure(ctx, b.rig, b.biggest(), b.consoles, b.times(100))
		}},
		{"reports", func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			return reports.Measure(ctx, b.rig, b.desks[0], b.clients, b.lasting(4*time.Second))
		}},
	}
}

func one(t *figure.Table, err error) ([]*figure.Table, error) { return []*figure.Table{t}, err }

func names() []string {
	var list []string
	for _, p := range parts() {
		list = append(list, p.name)
	}
	return list
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
	var failed error // what was measured before is written all the same
	for _, p := range parts() {
		if failed != nil || b.parts != nil && !slices.Contains(b.parts, p.name) {
			continue
		}
		load := rig.Load()
		b.log(fmt.Sprintf("measure %s, load %.1f", p.name, load))
		tables, err := p.measure(ctx, b)
		if err != nil {
			failed = fmt.Errorf("measure %s: %w", p.name, err)
			continue
		}
		for _, t := range tables {
			t.Load = fmt.Sprintf("%.1f", load)
		}
		report.Tables = append(report.Tables, tables...)
	}
	if failed != nil {
		b.keep = "" // half a run is nothing to compare with
	}
	report.Took = "took " + time.Since(began).Round(time.Second).String()
	return errors.Join(failed, b.write(report))
}

func (b *bench) openDesks(ctx context.Context) error {
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
