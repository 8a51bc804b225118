package reporting_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage/storagetest"
)

// figure is one value of a dashboard, as each form of its report must say it.
type figure struct{ text, csv, json string }

func number(n int) figure { return figure{strconv.Itoa(n), strconv.Itoa(n), strconv.Itoa(n)} }

func mean(n float64) figure {
	exact := strconv.FormatFloat(n, 'f', -1, 64)
	return figure{fmt.Sprintf("%.1f", n), exact, exact}
}

func share(n, of int) figure {
	exact := strconv.FormatFloat(float64(n)/float64(of)*100, 'f', -1, 64)
	return figure{fmt.Sprintf("%.1f %%", float64(n)/float64(of)*100), exact, exact}
}

func word(s string) figure { return figure{s, s, s} }

func took(n int, d time.Duration) figure {
	if n == 0 {
		return figure{"–", "", "<nil>"}
	}
	seconds := strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
	return figure{d.Round(time.Second).String(), seconds, seconds}
}

func stars(w *core.Work) figure {
	if w.Ratings == 0 {
		return figure{"–", "", "<nil>"}
	}
	return mean(w.Stars)
}

// table is a part of a report: under the names of columns, rows of what the dashboard shows.
type table struct {
	part    string
	columns []string
	rows    [][]figure
}

func (want *table) row(f ...figure) { want.rows = append(want.rows, f) }

func tablesOfNow(f *core.NowFigures) []table {
	queues := table{part: "queues", columns: []string{"queue", "name", "open", "usual", "active", "usual active", "waiting", "usual waiting", "unassigned", "usual unassigned"}}
	for _, q := range f.Queues {
		queues.row(word(q.Queue.Code), word(q.Queue.Name), number(q.Open), mean(q.Usual.Open), number(q.Active), mean(q.Usual.Active),
			number(q.Waiting), mean(q.Usual.Waiting), number(q.Unassigned), mean(q.Usual.Unassigned))
	}
	people := table{part: "people", columns: []string{"username", "open", "active", "waiting"}}
	for _, p := range f.People {
		people.row(word(p.Person.Username), number(p.Open), number(p.Active), number(p.Waiting))
	}
	hours := table{part: "arrivals", columns: []string{"reported", "usual"}}
	for _, h := range f.Hours {
		if !h.Future {
			hours.row(number(h.N), mean(h.Usual))
		}
	}
	oldest := table{part: "oldest", columns: []string{"status", "queue"}}
	for i := range f.Oldest {
		oldest.row(word(string(f.Oldest[i].Status)), word(f.Oldest[i].Queue.Code))
	}
	followed := table{part: "followed", columns: []string{"followers"}}
	for _, t := range f.Followed {
		followed.row(number(t.Followers))
	}
	return []table{queues, people, hours, oldest, followed}
}

func tablesOfFlow(f *core.FlowFigures) []table {
	days := table{part: "days", columns: []string{"from", "created", "closed", "reopened", "backlog"}}
	for _, b := range f.Buckets {
		days.row(word(b.Start.Format(time.DateOnly)), number(b.Created), number(b.Closed), number(b.Reopened), number(b.Backlog))
	}
	total := table{part: "total", columns: []string{"what", "number", "before"}}
	for _, c := range []struct {
		what string
		core.Compared
	}{{"created", f.Created}, {"closed", f.Closed}, {"reopened", f.Reopened}} {
		total.row(word(c.what), number(c.N), number(c.Before))
	}
	return []table{days, total, tableOfBands("ages", f.Ages)}
}

func tableOfBands(part string, bands []core.AgeBand) table {
	t := table{part: part, columns: []string{"from", "tickets"}}
	for _, b := range bands {
		t.row(took(1, b.From), number(b.N))
	}
	return t
}

func tablesOfSpeed(f *core.SpeedFigures) []table {
	pace := func(p core.Pace) []figure {
		return []figure{number(p.N), took(p.N, p.Median), took(p.N, p.P75), took(p.N, p.P90), took(p.N, p.P95)}
	}
	columns := []string{"tickets", "median", "p75", "p90", "p95"}
	total := table{part: "total", columns: columns}
	tables := []table{}
	for _, s := range f.Stages {
		total.row(pace(s.All)...)
		total.row(pace(s.Before)...)
		over := table{part: string(s.Stage), columns: columns}
		for _, p := range s.Buckets {
			over.row(pace(p)...)
		}
		tables = append(tables, over, tableOfBands(string(s.Stage)+"-spread", s.Spread))
	}
	return append(tables, total)
}

func tablesOfWhere(f *core.WhereFigures) []table {
	tables := []table{}
	for _, spread := range f.Spreads {
		t := table{part: string(spread.By), columns: []string{"code", "tickets", "share", "before"}}
		for _, s := range spread.Shares {
			t.row(word(s.Code), number(s.N), share(s.N, spread.Total.N), number(s.Before))
		}
		tables = append(tables, t)
	}
	heat := table{part: "hours", columns: []string{"hour", "tickets"}}
	for _, day := range f.Heat {
		for hour, n := range day {
			heat.row(number(hour), number(n))
		}
	}
	back := table{part: "returns", columns: []string{"location", "category", "came back"}}
	for _, r := range f.Returns {
		back.row(word(r.Location), word(r.Category), number(r.N))
	}
	return append(tables, heat, back)
}

func tablesOfPeople(f *core.PeopleFigures) []table {
	columns := func(who string) []string {
		return []string{
			who, "open", "active", "waiting", "answered", "replied", "closed", "median to answer", "p90 to answer", "median to closing", "p90 to closing", "ratings", "stars",
		}
	}
	work := func(who string, w *core.Work) []figure {
		return []figure{
			word(who), number(w.Open), number(w.Active), number(w.Waiting), number(w.Answered), number(w.Replied), number(w.Closed),
			took(w.Answers.N, w.Answers.Median), took(w.Answers.N, w.Answers.P90), took(w.Closings.N, w.Closings.Median), took(w.Closings.N, w.Closings.P90),
			number(w.Ratings), stars(w),
		}
	}
	teams, persons := table{part: "teams", columns: columns("queue")}, table{part: "persons", columns: columns("username")}
	for i := range f.Teams {
		teams.row(work(f.Teams[i].Queue.Code, &f.Teams[i].Work)...)
	}
	for i := range f.Persons {
		persons.row(work(f.Persons[i].Person.Username, &f.Persons[i].Work)...)
	}
	given, words := table{part: "stars", columns: []string{"stars", "ratings"}}, table{part: "ratings", columns: []string{"stars", "queue", "assignee"}}
	for i, n := range f.Stars {
		given.row(number(i+1), number(n))
	}
	for _, r := range f.Ratings {
		words.row(number(r.Stars), word(r.Queue.Code), word(r.Assignee.Username))
	}
	return []table{teams, persons, given, words}
}

// formula is what people write who want a spreadsheet to work for them.
const formula = `=HYPERLINK("http://evil.example","a | b")`

// worked is a campus on which something of every kind has happened, and where every word is a formula.
func worked(t *testing.T) *storagetest.Campus {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }}))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for i := range 24 {
		in := core.NewTicket{Title: formula, Description: "It is broken", Category: []core.Category{c.Network, c.Printing, c.Heating}[i%3].ID, Where: core.Where{Words: "LIB-204"}}
		view, err := c.Desk.Report(t.Context(), storagetest.As(c.Ana, core.DoorSSH), in)
		must(err)
		id := view.Ticket
		now = now.Add(50 * time.Minute)
		if i%3 == 2 {
			continue
		}
		if i%2 == 0 {
			_, err = c.Desk.Take(t.Context(), ines, id, 0)
			must(err)
			_, err = c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "We are on it."})
			must(err)
			must(c.Desk.Follow(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id))
		}
		now = now.Add(time.Duration(3+i) * time.Hour)
		if i%4 == 0 {
			_, err = c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed})
			must(err)
			_, err = c.Desk.Rate(t.Context(), storagetest.As(c.Ana, core.DoorWeb), id, 1+i%5, formula)
			must(err)
		}
		if i%8 == 0 {
			_, err = c.Desk.Reopen(t.Context(), ines, id, 0, "")
			must(err)
		}
	}
	return c
}

// The screen draws the model that is read here; every figure of it stands in every form of the report.
func TestEveryFormOfAReportSaysWhatTheScreenShows(t *testing.T) {
	t.Parallel()
	c := worked(t)
	who, ask := storagetest.As(c.Ines, core.DoorSSH), core.Question{Days: 20}
	for name, read := range map[string]func() ([]table, error){
		"now": func() ([]table, error) {
			f, err := c.Desk.AnalyseNow(t.Context(), who, query.Query{})
			return tablesOfNow(&f), err
		},
		"flow": func() ([]table, error) {
			f, err := c.Desk.AnalyseFlow(t.Context(), who, ask)
			return tablesOfFlow(&f), err
		},
		"speed": func() ([]table, error) {
			f, err := c.Desk.AnalyseSpeed(t.Context(), who, ask)
			return tablesOfSpeed(&f), err
		},
		"where": func() ([]table, error) {
			f, err := c.Desk.AnalyseWhere(t.Context(), who, ask)
			return tablesOfWhere(&f), err
		},
		"people": func() ([]table, error) {
			f, err := c.Desk.AnalysePeople(t.Context(), who, ask)
			return tablesOfPeople(&f), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := read()
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range want {
				if len(table.rows) == 0 && table.part != "returns" {
					t.Errorf("%s has no rows to compare", table.part)
				}
				for form, parse := range map[string]func(*testing.T, string) []map[string]string{"csv": fromCSV, "json": fromJSON, "markdown": fromMarkdown, "text": fromText} {
					var out bytes.Buffer
					made, err := reporting.Make(t.Context(), c.Desk, who, name, ask)
					if err == nil {
						err = made.Narrow(table.part)
					}
					if err == nil {
						err = made.Write(&out, form)
					}
					if err != nil {
						t.Fatal(err)
					}
					table.hold(t, form, parse(t, out.String()))
				}
			}
		})
	}
}

// hold compares a part of the report in one form with the figures.
func (want *table) hold(t *testing.T, form string, got []map[string]string) {
	t.Helper()
	if len(got) != len(want.rows) {
		t.Errorf("%s as %s has %d rows, the screen %d", want.part, form, len(got), len(want.rows))
		return
	}
	for i, row := range want.rows {
		for k, f := range row {
			shown := map[string]string{"csv": f.csv, "json": f.json, "markdown": f.text, "text": f.text}[form]
			if said := got[i][want.columns[k]]; said != shown {
				t.Errorf("%s as %s, row %d: %s is %q, the screen's %q", want.part, form, i+1, want.columns[k], said, shown)
			}
		}
	}
}

func fromCSV(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range list[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[list[0][i]] = cell
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func fromJSON(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	var document struct{ Parts map[string][]map[string]any }
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&document); err != nil {
		t.Fatal(err)
	}
	for _, part := range document.Parts {
		for _, values := range part {
			row := map[string]string{}
			for name, value := range values {
				said := fmt.Sprint(value)
				if n, ok := value.(json.Number); ok {
					exact, err := n.Float64()
					if err != nil {
						t.Fatal(err)
					}
					said = strconv.FormatFloat(exact, 'f', -1, 64)
				}
				row[strings.ReplaceAll(name, "_", " ")] = said
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func fromMarkdown(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	var names []string
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|\n"), " |")
		if names == nil {
			names = cells
		}
		if len(cells) != len(names) {
			t.Errorf("%d cells under %d columns: %s", len(cells), len(names), line)
			continue
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[strings.TrimSpace(names[i])] = strings.ReplaceAll(strings.TrimSpace(cell), `\`, "")
		}
		rows = append(rows, row)
	}
	return rows[1:] // the first are the columns
}

// fromText reads columns by where they stand: every line is blank between two of them.
func fromText(t *testing.T, s string) (rows []map[string]string) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")[3:] // behind the heading and the name of the part
	var grid [][]rune
	width := 0
	for _, line := range lines {
		grid = append(grid, []rune(line))
		width = max(width, len([]rune(line)))
	}
	if len(lines) == 1 && strings.TrimSpace(lines[0]) == "none" {
		return nil
	}
	blank := func(at int) bool {
		for _, line := range grid {
			if at >= 0 && at < len(line) && line[at] != ' ' {
				return false
			}
		}
		return true
	}
	var columns [][2]int
	for at, from := 0, -1; at <= width; at++ {
		switch {
		case from < 0 && !blank(at):
			from = at
		case from >= 0 && blank(at) && blank(at+1):
			columns = append(columns, [2]int{from, at})
			from = -1
		}
	}
	cell := func(line []rune, c [2]int) string {
		return strings.TrimSpace(string(line[min(c[0], len(line)):min(c[1], len(line))]))
	}
	for _, line := range grid[1:] {
		row := map[string]string{}
		for _, c := range columns {
			row[cell(grid[0], c)] = cell(line, c)
		}
		rows = append(rows, row)
	}
	return rows
}
