// Package reporting makes the helpdesk's reports: the figures of the dashboards as tables, and those as text, CSV,
// JSON or Markdown. The command line and the verb over SSH print the same.
package reporting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
)

// Report is what a report says, whatever it is written as.
type Report struct {
	name     string
	at       time.Time
	from, to time.Time // zero for how things stand now; to is the last day
	zone     *time.Location
	where    string
	parts    []part
}

// part is one table of a report.
type part struct {
	name    string
	columns []string
	rows    [][]cell
}

// cell is a value and how people read it.
type cell struct {
	value any // string, int, float64, bool, or nil for nothing known
	words string
}

func word(s string) cell  { return cell{s, s} }
func number(n int) cell   { return cell{n, fmt.Sprint(n)} }
func yesNo(yes bool) cell { return cell{yes, map[bool]string{true: "yes", false: ""}[yes]} }

func percent(n, of int) cell {
	if of == 0 {
		return cell{}
	}
	share := float64(n) / float64(of) * 100
	return cell{share, fmt.Sprintf("%.1f %%", share)}
}

// length is a duration: in seconds for machines.
func length(n int, d time.Duration) cell {
	if n == 0 {
		return cell{nil, "–"}
	}
	return cell{d.Seconds(), d.Round(time.Second).String()}
}

func moment(t time.Time, zone *time.Location) cell {
	if t.IsZero() {
		return cell{nil, "–"}
	}
	t = t.In(zone)
	return cell{t.Format(time.RFC3339), t.Format("2006-01-02 15:04")}
}

func dayOf(t time.Time) cell { return word(t.Format(time.DateOnly)) }

// Narrow leaves one part of the report, or all where the name is empty.
func (r *Report) Narrow(name string) error {
	if name == "" {
		return nil
	}
	var names []string
	for _, p := range r.parts {
		if p.name == name {
			r.parts = []part{p}
			return nil
		}
		names = append(names, p.name)
	}
	return &core.Error{Kind: core.Invalid, Code: "report_part", Args: map[string]any{"Report": r.name, "Part": name, "Parts": strings.Join(names, ", ")}}
}

// Names are the reports that there are.
func Names() []string { return []string{"now", "flow", "speed", "where"} }

// Formats are the forms in which a report can be written.
func Formats() []string { return []string{"text", "csv", "json", "markdown"} }

// Make asks the desk for one report.
func Make(ctx context.Context, desk *core.Desk, who core.Actor, name string, ask core.Question) (*Report, error) {
	r := &Report{name: name, zone: desk.Zone(), where: ask.Query.String()}
	switch name {
	case "now":
		f, err := desk.AnalyseNow(ctx, who, ask.Query)
		r.now(&f)
		return r, err //nolint:wrapcheck // says what it did
	case "flow":
		f, err := desk.AnalyseFlow(ctx, who, ask)
		r.flow(&f)
		return r, err //nolint:wrapcheck // says what it did
	case "speed":
		f, err := desk.AnalyseSpeed(ctx, who, ask)
		r.speed(&f)
		return r, err //nolint:wrapcheck // says what it did
	case "where":
		f, err := desk.AnalyseWhere(ctx, who, ask)
		r.places(&f)
		return r, err //nolint:wrapcheck // says what it did
	}
	return nil, &core.Error{Kind: core.Invalid, Code: "report_unknown", Args: map[string]any{"Reports": strings.Join(Names(), ", ")}}
}

func (r *Report) about(at time.Time, days *core.Range) {
	r.at = at
	if days != nil && !days.To.IsZero() {
		r.from, r.to = days.From, days.To.AddDate(0, 0, -1)
	}
}

func (r *Report) now(f *core.NowFigures) {
	r.about(f.At, nil)
	queues := part{name: "queues", columns: []string{"queue", "name", "open", "active", "waiting", "unassigned", "oldest"}}
	for _, q := range f.Queues {
		queues.rows = append(queues.rows, []cell{word(q.Queue.Code), word(q.Queue.Name), number(q.Open), number(q.Active), number(q.Waiting), number(q.Unassigned), moment(q.Oldest, r.zone)})
	}
	people := part{name: "people", columns: []string{"username", "name", "open", "active", "waiting", "oldest"}}
	for _, p := range f.People {
		people.rows = append(people.rows, []cell{word(p.Person.Username), word(p.Person.Name), number(p.Open), number(p.Active), number(p.Waiting), moment(p.Oldest, r.zone)})
	}
	hours := part{name: "arrivals", columns: []string{"hour", "reported", "usual", "unfinished"}}
	for _, h := range f.Hours {
		if !h.Future {
			hours.rows = append(hours.rows, []cell{moment(h.Start, r.zone), number(h.N), {h.Usual, fmt.Sprintf("%.1f", h.Usual)}, yesNo(h.Partial)})
		}
	}
	oldest := part{name: "oldest", columns: []string{"ticket", "reported", "status", "queue", "title"}}
	for i := range f.Oldest {
		t := &f.Oldest[i]
		oldest.rows = append(oldest.rows, []cell{{int64(t.ID), t.ID.String()}, moment(t.CreatedAt, r.zone), word(string(t.Status)), word(t.Queue.Code), word(t.Title)})
	}
	r.parts = []part{queues, people, hours, oldest}
}

func (r *Report) flow(f *core.FlowFigures) {
	r.about(f.At, &f.Range)
	days := part{name: "days", columns: []string{"from", "to", "created", "closed", "reopened", "backlog", "partial"}}
	if f.Range.Weekly {
		days.name = "weeks"
	}
	for _, b := range f.Buckets {
		days.rows = append(days.rows, []cell{dayOf(b.Start), dayOf(b.End.AddDate(0, 0, -1)), number(b.Created), number(b.Closed), number(b.Reopened), number(b.Backlog), yesNo(b.Partial)})
	}
	total := part{name: "total", columns: []string{"what", "number", "before"}, rows: [][]cell{
		{word("created"), number(f.Created.N), number(f.Created.Before)},
		{word("closed"), number(f.Closed.N), number(f.Closed.Before)},
		{word("reopened"), number(f.Reopened.N), number(f.Reopened.Before)},
	}}
	r.parts = []part{days, total, bandsOf("ages", f.Ages)}
}

func bandsOf(name string, bands []core.AgeBand) part {
	p := part{name: name, columns: []string{"from", "below", "tickets"}}
	for _, b := range bands {
		below := length(1, b.To)
		if b.To == 0 {
			below = cell{nil, "–"}
		}
		p.rows = append(p.rows, []cell{length(1, b.From), below, number(b.N)})
	}
	return p
}

func (r *Report) speed(f *core.SpeedFigures) {
	r.about(f.At, &f.Range)
	total := part{name: "total", columns: []string{"time to", "period", "tickets", "median", "p75", "p90", "p95"}}
	r.parts = []part{total}
	for _, s := range f.Stages {
		paced := func(first []cell, p core.Pace) []cell {
			return append(slices.Clip(first), number(p.N), length(p.N, p.Median), length(p.N, p.P75), length(p.N, p.P90), length(p.N, p.P95))
		}
		r.parts[0].rows = append(r.parts[0].rows, paced([]cell{word(string(s.Stage)), word("asked")}, s.All), paced([]cell{word(string(s.Stage)), word("before")}, s.Before))
		over := part{name: string(s.Stage), columns: []string{"from", "to", "tickets", "median", "p75", "p90", "p95", "partial"}}
		for i, p := range s.Buckets {
			b := f.Range.Buckets[i]
			over.rows = append(over.rows, append(paced([]cell{dayOf(b.Start), dayOf(b.End.AddDate(0, 0, -1))}, p), yesNo(b.Partial)))
		}
		r.parts = append(r.parts, over, bandsOf(string(s.Stage)+"-spread", s.Spread))
	}
}

func (r *Report) places(f *core.WhereFigures) {
	r.about(f.At, &f.Range)
	for _, spread := range f.Spreads {
		p := part{name: string(spread.By), columns: []string{"code", "name", "tickets", "share", "before"}}
		for _, s := range spread.Shares {
			p.rows = append(p.rows, []cell{word(s.Code), word(s.Name), number(s.N), percent(s.N, spread.Total.N), number(s.Before)})
		}
		r.parts = append(r.parts, p)
	}
	heat := part{name: "hours", columns: []string{"weekday", "hour", "tickets"}}
	for d, hours := range f.Heat {
		for h, n := range hours {
			heat.rows = append(heat.rows, []cell{word([]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[d]), number(h), number(n)})
		}
	}
	r.parts = append(r.parts, heat)
}
