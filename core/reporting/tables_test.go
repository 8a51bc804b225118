package reporting_test

import (
	"fmt"
	"strconv"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
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
	return figure{reporting.Took(d), seconds, seconds}
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
