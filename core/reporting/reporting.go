// Package reporting makes the helpdesk's reports: the figures of the dashboards as tables, and those as text, CSV,
// JSON or Markdown. The command line and the verb over SSH print the same. It counts nothing: the desk does.
package reporting

import (
	"context"
	"fmt"
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
	return cell{d.Seconds(), took(d)}
}

// took says a length of time in its two largest units: "3 d 4 h", "20 min".
func took(d time.Duration) string {
	const day = 24 * time.Hour
	units := []struct {
		name   string
		length time.Duration
	}{{"d", day}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	rest := d.Round(time.Second)
	for i, u := range units[:3] {
		if rest < u.length {
			continue
		}
		rest = rest.Round(units[i+1].length)
		words := fmt.Sprintf("%d %s", rest/u.length, u.name)
		if more := rest % u.length / units[i+1].length; more > 0 {
			words += fmt.Sprintf(" %d %s", more, units[i+1].name)
		}
		return words
	}
	return fmt.Sprintf("%d s", rest/time.Second)
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
func Names() []string { return []string{"now", "flow", "speed", "where", "people"} }

// Formats are the forms in which a report can be written.
func Formats() []string { return []string{"text", "csv", "json", "markdown"} }

// Make asks the desk for one report.
func Make(ctx context.Context, desk *core.Desk, who core.Actor, name string, ask core.Question) (*Report, error) {
	r := &Report{name: name, zone: desk.Zone(), where: ask.Query.String()}
	switch name {
	case "now":
		f, err := desk.AnalyseNow(ctx, who, ask.Query)
		r.now(&f)
		return r, err
	case "flow":
		f, err := desk.AnalyseFlow(ctx, who, ask)
		r.flow(&f)
		return r, err
	case "speed":
		f, err := desk.AnalyseSpeed(ctx, who, ask)
		r.speed(&f)
		return r, err
	case "where":
		f, err := desk.AnalyseWhere(ctx, who, ask)
		r.places(&f)
		return r, err
	case "people":
		f, err := desk.AnalysePeople(ctx, who, ask)
		r.people(&f)
		return r, err
	}
	return nil, &core.Error{Kind: core.Invalid, Code: "report_unknown", Args: map[string]any{"Reports": strings.Join(Names(), ", ")}}
}

func (r *Report) about(at time.Time, days *core.Range) {
	r.at = at
	if days != nil && !days.To.IsZero() {
		r.from, r.to = days.From, days.To.AddDate(0, 0, -1)
	}
}
