// Package service measures the program as somebody who installs it sees it: how big it is, how fast it starts, and what
// it takes while nobody asks anything of it.
package service

import (
	"context"
	"fmt"
	"os"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
)

// Measure starts the program in all its ways.
func Measure(ctx context.Context, r *rig.Rig, d *rig.Desk, times int) (*figure.Table, error) {
	t := &figure.Table{
		Name: "service", Question: "What does it take to have it run?", Subject: "what",
		How:     fmt.Sprintf("Starting is from the start of the program until it serves, on a desk of %d tickets; `make run` is what the command does after building, with an empty data folder, and again with the folder it left.", d.Tickets),
		Columns: []figure.Column{{Title: "figure", Digits: 1}},
	}
	r.Log("starting")
	program, err := os.Stat(r.Program)
	if err != nil {
		return nil, fmt.Errorf("look at the program: %w", err)
	}
	t.Add("size of the program, MiB", float64(program.Size())/(1<<20))
	var took figure.Times
	for range times {
		began := time.Now()
		p, err := r.Serve(ctx, d, "web")
		if err != nil {
			return t, err //nolint:wrapcheck // says what it did
		}
		took = append(took, time.Since(began))
		p.Stop()
	}
	t.Add("start until it serves, median, ms", took.At(0.5))
	if err := idle(ctx, r, d, t); err != nil {
		return t, err
	}
	return t, demo(ctx, r, t)
}

// idle looks at a whole process, with page, console and jobs, that nobody asks anything of.
func idle(ctx context.Context, r *rig.Rig, d *rig.Desk, t *figure.Table) error {
	r.Log("an idle process")
	p, err := r.Serve(ctx, d, "")
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	defer p.Stop()
	time.Sleep(3 * time.Second)
	before, err := p.Usage()
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	const watched = 6 * time.Second
	time.Sleep(watched)
	after, err := p.Usage()
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	t.Add("memory of an idle process, MiB", float64(after.Resident)/(1<<20))
	t.Add("processor of an idle process, % of one", 100*float64(after.CPU-before.CPU)/float64(watched))
	return nil
}

// demo starts the demonstration, the first time and again.
func demo(ctx context.Context, r *rig.Rig, t *figure.Table) error {
	folder, err := os.MkdirTemp("", "helpdesk-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := os.Chmod(folder, 0o711); err != nil { //nolint:gosec // the database's user passes through
		return fmt.Errorf("open the folder: %w", err)
	}
	for _, name := range []string{"make run, the first time, s", "make run, again, s"} {
		r.Log(name)
		began := time.Now()
		p, err := rig.Start(ctx, r.Program, "run", "--data="+folder+"/data", "--web-addr=127.0.0.1:0", "--ssh-addr=127.0.0.1:0")
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		_, err = p.Find(`(Report on the page)`)
		took := time.Since(began)
		p.Stop()
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		t.Add(name, took.Seconds())
	}
	return nil
}
