package admin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// look is how often the health is looked at while it is in sight.
const look = 10 * time.Second

// newHealth shows how the installation is: first what should be mended, and how.
func newHealth(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Health", nested: true, minute: look, columns: widths(columns("", ""), 22)}
	s.hint = "Looked at every 10 seconds. On the command line: helpdesk doctor."
	s.read = func(ctx context.Context, _ ask) (page, error) {
		found, err := env.Desk.Examine(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		h, err := env.Desk.Health(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		rows := s.findings(found)
		rows = append(rows, processes(&h)...)
		rows = append(rows, databaseRows(&h)...)
		rows = append(rows, work(&h)...)
		return page{rows: append(rows, slow(&h)...)}, nil
	}
	return s
}

func heading(words string) row {
	return row{id: "head " + words, head: true, cells: []cell{say(words)}}
}

func fact(name string, value cell) row {
	return row{id: name, cells: []cell{say(name), value}, help: value.text.String()}
}

// findings are what was looked at, the worst first.
func (s *Screen) findings(found []core.Finding) []row {
	rank := map[core.Verdict]int{core.Ill: 0, core.Uneasy: 1, core.Healthy: 2}
	slices.SortStableFunc(found, func(a, b core.Finding) int { return cmp.Compare(rank[a.Verdict], rank[b.Verdict]) })
	rows := []row{heading("What to mend")}
	fine := 0
	for _, f := range found {
		words := s.env.Words.T("doctor."+f.Code, f.Args)
		name := bad("broken")
		switch f.Verdict {
		case core.Ill:
		case core.Uneasy:
			name = warn("should not stay so")
		case core.Healthy:
			fine++
			continue
		}
		rows = append(rows, row{id: f.Code, cells: []cell{name, say(words)}, help: words, verb: "all of it", press: func() tea.Cmd {
			s.env.Host.Show(&screen.Message{Host: s.env.Host, Title: name.text, Paragraphs: []screen.Paragraph{{Text: plain.Line(words)}}}, false)
			return nil
		}})
	}
	if len(rows) == 1 {
		rows = append(rows, row{id: "nothing", cells: []cell{good("nothing"), say("Everything that was looked at is as it should be.")}})
	}
	return append(rows, row{id: "fine", cells: []cell{good("in order"), say(ui.Plural(fine, "thing", "things") + " that were looked at")}})
}

func processes(h *core.Health) []row {
	rows := []row{heading("Processes")}
	for _, p := range h.Processes {
		where := p.Address
		if where == "" {
			where = "this machine"
		}
		rows = append(rows, row{id: p.Name + p.Address, cells: []cell{say(p.Name), say(fmt.Sprintf("%s · %s · started %s", where, ui.Plural(p.Connections, "connection", "connections"), ui.Ago(h.At, p.Since)))}})
	}
	if len(h.Processes) == 0 {
		rows = append(rows, row{id: "no process", cells: []cell{dim("none"), dim("No process says its name to the database.")}})
	}
	return rows
}

func databaseRows(h *core.Health) []row {
	rows := []row{
		heading("Database"),
		fact("PostgreSQL", say(h.Server)),
		fact("Schema", say(fmt.Sprint(h.Schema))),
		fact("Size", say(size(h.Bytes))),
		fact("Connections", say(fmt.Sprintf("%s of %s", ui.Number(h.Connections), ui.Number(h.MostOfThem)))),
		fact("Feed", say("waits for a transaction that has run for "+ui.Measured(h.OldestWork))),
		fact("Clock", say("apart from this machine by "+ui.Measured(h.At.Sub(h.DatabaseClock).Abs()))),
	}
	if h.OldestWork <= 0 {
		rows[5] = fact("Feed", good("waits for nobody"))
	}
	replicas := dim("none")
	switch {
	case h.Replicas > 0 && !h.LagKnown:
		replicas = warn(fmt.Sprintf("%d, how far behind is not known", h.Replicas))
	case h.Replicas > 0:
		replicas = say(fmt.Sprintf("%d, the slowest %s behind", h.Replicas, ui.Measured(h.Lag)))
	}
	rows = append(rows, fact("Replicas", replicas))
	const biggest = 5
	for _, t := range h.Tables[:min(biggest, len(h.Tables))] {
		rows = append(rows, row{id: "table " + t.Name, cells: []cell{dim("table " + t.Name), say(fmt.Sprintf("about %s rows, %s", ui.Number(max(0, t.Rows)), size(t.Bytes)))}})
	}
	return rows
}

func size(bytes int64) string {
	const kilo = 1000
	switch {
	case bytes >= kilo*kilo*kilo:
		return fmt.Sprintf("%.1f GB", float64(bytes)/(kilo*kilo*kilo))
	case bytes >= kilo*kilo:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(kilo*kilo))
	}
	return fmt.Sprintf("%d kB", bytes/kilo)
}

func ago(h *core.Health, at time.Time) cell {
	if at.IsZero() {
		return warn("never")
	}
	return say(ui.Ago(h.At, at))
}

func work(h *core.Health) []row {
	backup := ago(h, h.LastBackup.At)
	if !h.LastBackup.At.IsZero() {
		backup = say(fmt.Sprintf("%s, %s rows, %s", ui.Ago(h.At, h.LastBackup.At), ui.Number(h.LastBackup.Rows), size(h.LastBackup.Bytes)))
	}
	rows := []row{heading("Background work"), fact("Last backup", backup), fact("History signed", ago(h, h.LastSeal))}
	for _, job := range h.Jobs {
		last := "not lately"
		if !job.LastDone.IsZero() {
			last = "done " + ui.Ago(h.At, job.LastDone)
		}
		words := say(fmt.Sprintf("%s · %s waiting", last, ui.Number(job.Waiting)))
		if job.Failed > 0 {
			words = bad(fmt.Sprintf("%s · %s waiting · %s given up", last, ui.Number(job.Waiting), ui.Number(job.Failed)))
		}
		rows = append(rows, row{id: "job " + job.Kind, cells: []cell{say(strings.ReplaceAll(job.Kind, "_", " ")), words}})
	}
	return rows
}

func slow(h *core.Health) []row {
	rows := []row{heading("Slow statements")}
	for i, st := range h.Slow {
		rows = append(rows, row{
			id: fmt.Sprintf("slow %d", i), help: st.Statement,
			cells: []cell{say(fmt.Sprintf("%s × %s", ui.Measured(st.Mean), ui.Number(st.Calls))), dim(st.Statement)},
		})
	}
	if len(h.Slow) == 0 {
		rows = append(rows, row{id: "no slow", cells: []cell{dim("not counted"), dim("The server keeps no count (pg_stat_statements).")}})
	}
	return rows
}
