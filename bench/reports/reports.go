// Package reports measures how many reports are acknowledged, beside what PostgreSQL alone does: pgbench runs, on the
// same durable server and in turn with the program, the very statements that a report brings about.
package reports

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

// Measure sends reports through the form and the API, from so many clients at once.
func Measure(ctx context.Context, r *rig.Rig, d *rig.Desk, clients []int, lasting time.Duration) ([]*figure.Table, error) {
	doors, err := openDoors(ctx, r, d, clients[len(clients)-1])
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "helpdesk-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	process, err := r.Serve(ctx, d, "web")
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	defer process.Stop()
	var tables []*figure.Table
	for _, door := range doors {
		door.process = process
		t := &figure.Table{
			Name: "reports " + door.name, Question: "How many reports are acknowledged through the " + door.name + "?", Subject: "clients",
			How:     fmt.Sprintf("Program, database and clients share the machine; the server is durable (fsync on). Beside it pgbench runs the %d statements of one such report with as many clients; the two take turns, twice, for %s each, pgbench after as long as its connections take to get warm. The last columns are what the program takes of a processor for one report, and the load average when the row began.", door.script.statements, lasting),
			Columns: []figure.Column{{Title: "reports/s"}, {Title: "pgbench/s"}, {Title: "ratio", Digits: 2}, {Title: "median, ms", Digits: 1}, {Title: "p99, ms", Digits: 1}, {Title: "program, ms each", Digits: 2}, {Title: "load", Digits: 1}},
		}
		tables = append(tables, t)
		for _, n := range clients {
			r.Log(fmt.Sprintf("reports through the %s, %d clients", door.name, n))
			if err := measure(ctx, d, door, t, folder, n, lasting); err != nil {
				return tables, fmt.Errorf("%d clients: %w", n, err)
			}
		}
	}
	return tables, nil
}

// measure lets program and pgbench take turns.
func measure(ctx context.Context, d *rig.Desk, door *door, t *figure.Table, folder string, clients int, lasting time.Duration) error {
	var ours, theirs float64
	var took figure.Times
	var spent time.Duration
	const turns = 2
	load := rig.Load()
	for range turns {
		rate, times, cpu, err := door.sendAll(ctx, clients, lasting)
		if err != nil {
			return err
		}
		spent += cpu
		took, ours = append(took, times...), ours+rate/turns
		rate, err = pgbench(ctx, d.URL, door.script, folder, clients, lasting)
		if err != nil {
			return err
		}
		theirs += rate / turns
	}
	t.Add(strconv.Itoa(clients), ours, theirs, ours/theirs, took.At(0.5), took.At(0.99), figure.Milliseconds(spent)/float64(len(took)), load)
	switch clients {
	case 8:
		t.AtMost("99 of 100 acknowledged within 50 ms at 8 clients", took.At(0.99), 50, " ms")
	case 32:
		t.AtLeast("at least 0.6 of pgbench's rate at 32 clients", ours/theirs, 0.6, "")
	}
	return nil
}

// openDoors makes the ways in, and finds out which statements a report through each brings about.
func openDoors(ctx context.Context, r *rig.Rig, d *rig.Desk, clients int) ([]*door, error) {
	const category = `from categories c where not confidential and not exists (select from categories where parent_id = c.id) order by id limit 1`
	id, err := rig.Value[int64](ctx, d, `select id `+category)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	code, err := rig.Value[string](ctx, d, `select code `+category)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	programs, err := api(ctx, d, code, clients)
	if err != nil {
		return nil, err
	}
	doors := []*door{form(d, core.CategoryID(id)), programs}
	const logged = `do $$ begin execute format('alter database %I set log_statement = ''all''', current_database()); end $$`
	const quiet = `do $$ begin execute format('alter database %I reset log_statement', current_database()); end $$`
	if err := d.Exec(ctx, logged); err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	defer func() { _ = d.Exec(context.WithoutCancel(ctx), quiet) }()
	process, err := r.Serve(ctx, d, "web")
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	defer process.Stop()
	for _, door := range doors {
		door.process = process
		if err := door.learn(ctx, r, d); err != nil {
			return nil, fmt.Errorf("record what a report through the %s does: %w", door.name, err)
		}
	}
	return doors, nil
}

// learn records the door's statements, after a first report that fills what the process keeps in memory.
func (d *door) learn(ctx context.Context, r *rig.Rig, desk *rig.Desk) error {
	line, err := rig.Dial(ctx, d.process.Address)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	defer line.Close()
	send := func() error {
		_, err := d.sendOne(line, 0)
		time.Sleep(100 * time.Millisecond) // until the bell has rung
		return err
	}
	for range 2 {
		if err := send(); err != nil {
			return err
		}
	}
	d.script, err = record(ctx, r, desk, send)
	return err
}

var progress = regexp.MustCompile(`progress: ([\d.]+) s, ([\d.]+) tps`)

// pgbench runs a script on the server with so many clients, as the role that the program works as, and says how many a second they
// did once they were warm: a new connection reads the catalogue and plans the statements first, which the program's have done long before.
func pgbench(ctx context.Context, databaseURL string, run *script, folder string, clients int, lasting time.Duration) (float64, error) {
	programs, err := embedded.Find("", 0)
	if err != nil {
		return 0, fmt.Errorf("find pgbench: %w", err)
	}
	file := filepath.Join(folder, "report.sql")
	if err := os.WriteFile(file, []byte(run.sql), 0o600); err != nil {
		return 0, fmt.Errorf("write the script: %w", err)
	}
	warm := time.Duration(clients) * lasting / 24
	args := []string{
		"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(clients), "--progress=1",
		"--time=" + strconv.Itoa(int(math.Ceil((warm + lasting).Seconds()))),
		"--jobs=" + strconv.Itoa(min(clients, 2)), "--file=" + file,
	}
	for _, variable := range run.variables {
		args = append(args, "--define="+variable)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(programs, "pgbench"), append(args, databaseURL)...) //nolint:gosec // the program found, on a file of ours
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c role="+storage.AppRole+" -c jit=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	return warmRate(string(out), warm)
}

// warmRate is how many transactions a second pgbench says that it did in the seconds that began after its connections were warm.
func warmRate(out string, warm time.Duration) (float64, error) {
	var sum, seconds float64
	for _, m := range progress.FindAllStringSubmatch(out, -1) {
		end, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, err //nolint:wrapcheck // it names the text
		}
		rate, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return 0, err //nolint:wrapcheck // it names the text
		}
		if end >= warm.Seconds()+1 {
			sum, seconds = sum+rate, seconds+1
		}
	}
	if seconds == 0 {
		return 0, fmt.Errorf("pgbench says no rate:\n%s", out) //nolint:err113 // said once, to a person
	}
	return sum / seconds, nil
}
