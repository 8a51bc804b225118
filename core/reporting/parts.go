package reporting

import (
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core"
)

func mean(n float64) cell { return cell{n, fmt.Sprintf("%.1f", n)} }

func (r *Report) now(f *core.NowFigures) {
	r.about(f.At, nil)
	queues := part{name: "queues", columns: []string{"queue", "name", "open", "usual", "active", "usual active", "waiting", "usual waiting", "unassigned", "usual unassigned", "oldest"}}
	for _, q := range f.Queues {
		queues.rows = append(queues.rows, []cell{
			word(q.Queue.Code), word(q.Queue.Name), number(q.Open), mean(q.Usual.Open), number(q.Active), mean(q.Usual.Active),
			number(q.Waiting), mean(q.Usual.Waiting), number(q.Unassigned), mean(q.Usual.Unassigned), moment(q.Oldest, r.zone),
		})
	}
	people := part{name: "people", columns: []string{"username", "name", "open", "active", "waiting", "oldest"}}
	for _, p := range f.People {
		name := p.Person.Name
		if p.Person.ID == 0 {
			name = "nobody"
		}
		people.rows = append(people.rows, []cell{word(p.Person.Username), word(name), number(p.Open), number(p.Active), number(p.Waiting), moment(p.Oldest, r.zone)})
	}
	hours := part{name: "arrivals", columns: []string{"hour", "reported", "usual", "unfinished"}}
	for _, h := range f.Hours {
		if !h.Future {
			hours.rows = append(hours.rows, []cell{moment(h.Start, r.zone), number(h.N), mean(h.Usual), yesNo(h.Partial)})
		}
	}
	oldest := part{name: "oldest", columns: []string{"ticket", "reported", "status", "queue", "title"}}
	for i := range f.Oldest {
		t := &f.Oldest[i]
		oldest.rows = append(oldest.rows, []cell{ticket(t.ID), moment(t.CreatedAt, r.zone), word(string(t.Status)), word(t.Queue.Code), word(t.Title)})
	}
	followed := part{name: "followed", columns: []string{"ticket", "reported", "followers", "queue", "title"}}
	for _, t := range f.Followed {
		followed.rows = append(followed.rows, []cell{ticket(t.ID), moment(t.CreatedAt, r.zone), number(t.Followers), word(t.Queue), word(t.Title)})
	}
	r.parts = []part{queues, people, hours, oldest, followed}
}

func ticket(id core.TicketID) cell { return cell{int64(id), id.String()} }

// span says when a bucket begins, and when it ends or what its last day is.
func (r *Report) span(days *core.Range, b core.Bucket) []cell {
	if days.Step == core.Hourly {
		return []cell{moment(b.Start, r.zone), moment(b.End, r.zone)}
	}
	return []cell{dayOf(b.Start), dayOf(b.End.AddDate(0, 0, -1))}
}

func (r *Report) flow(f *core.FlowFigures) {
	r.about(f.At, &f.Range)
	days := part{name: string(f.Range.Step) + "s", columns: []string{"from", "to", "created", "closed", "reopened", "backlog", "partial"}}
	for _, b := range f.Buckets {
		days.rows = append(days.rows, append(r.span(&f.Range, b.Bucket), number(b.Created), number(b.Closed), number(b.Reopened), number(b.Backlog), yesNo(b.Partial)))
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

func paced(first []cell, p core.Pace) []cell {
	return append(slices.Clip(first), number(p.N), length(p.N, p.Median), length(p.N, p.P75), length(p.N, p.P90), length(p.N, p.P95))
}

func (r *Report) speed(f *core.SpeedFigures) {
	r.about(f.At, &f.Range)
	r.parts = []part{{name: "total", columns: []string{"time to", "period", "tickets", "median", "p75", "p90", "p95"}}}
	for _, s := range f.Stages {
		r.parts[0].rows = append(r.parts[0].rows, paced([]cell{word(string(s.Stage)), word("asked")}, s.All), paced([]cell{word(string(s.Stage)), word("before")}, s.Before))
		over := part{name: string(s.Stage), columns: []string{"from", "to", "tickets", "median", "p75", "p90", "p95", "partial"}}
		for i, p := range s.Buckets {
			b := f.Range.Buckets[i]
			over.rows = append(over.rows, append(paced(r.span(&f.Range, b), p), yesNo(b.Partial)))
		}
		r.parts = append(r.parts, over, bandsOf(string(s.Stage)+"-spread", s.Spread))
	}
}

func (r *Report) places(f *core.WhereFigures) {
	r.about(f.At, &f.Range)
	for _, spread := range f.Spreads {
		p := part{name: string(spread.By), columns: []string{"code", "name", "tickets", "share", "before"}}
		for _, s := range spread.Shares {
			name := s.Name
			if s.Code == "" {
				name = "no place known"
			}
			p.rows = append(p.rows, []cell{word(s.Code), word(name), number(s.N), percent(s.N, spread.Total.N), number(s.Before)})
		}
		r.parts = append(r.parts, p)
	}
	heat := part{name: "hours", columns: []string{"weekday", "hour", "tickets"}}
	for d, hours := range f.Heat {
		for h, n := range hours {
			heat.rows = append(heat.rows, []cell{word(time.Weekday((d + 1) % 7).String()[:3]), number(h), number(n)})
		}
	}
	back := part{name: "returns", columns: []string{"location", "place", "category", "kind", "came back"}}
	for _, b := range f.Returns {
		back.rows = append(back.rows, []cell{word(b.Location), word(b.LocationName), word(b.Category), word(b.CategoryName), number(b.N)})
	}
	r.parts = append(r.parts, heat, back)
}

func workColumns(first ...string) []string {
	return append(first, "open", "active", "waiting", "answered", "replied", "closed", "median to answer", "p90 to answer", "median to closing", "p90 to closing", "ratings", "stars")
}

func work(first []cell, w *core.Work) []cell {
	stars := cell{nil, "–"}
	if w.Ratings > 0 {
		stars = mean(w.Stars)
	}
	return append(first, number(w.Open), number(w.Active), number(w.Waiting), number(w.Answered), number(w.Replied), number(w.Closed),
		length(w.Answers.N, w.Answers.Median), length(w.Answers.N, w.Answers.P90), length(w.Closings.N, w.Closings.Median), length(w.Closings.N, w.Closings.P90),
		number(w.Ratings), stars)
}

func (r *Report) people(f *core.PeopleFigures) {
	r.about(f.At, &f.Range)
	teams := part{name: "teams", columns: workColumns("queue", "name")}
	for i := range f.Teams {
		t := &f.Teams[i]
		teams.rows = append(teams.rows, work([]cell{word(t.Queue.Code), word(t.Queue.Name)}, &t.Work))
	}
	persons := part{name: "persons", columns: workColumns("username", "name")}
	for i := range f.Persons {
		p := &f.Persons[i]
		persons.rows = append(persons.rows, work([]cell{word(p.Person.Username), word(p.Person.Name)}, &p.Work))
	}
	stars := part{name: "stars", columns: []string{"stars", "ratings"}}
	for i, n := range f.Stars {
		stars.rows = append(stars.rows, []cell{number(i + 1), number(n)})
	}
	words := part{name: "ratings", columns: []string{"ticket", "rated", "stars", "queue", "assignee", "words"}}
	for _, t := range f.Ratings {
		words.rows = append(words.rows, []cell{ticket(t.Ticket), moment(t.At, r.zone), number(t.Stars), word(t.Queue.Code), word(t.Assignee.Username), word(t.Body)})
	}
	r.parts = []part{teams, persons, stars, words}
}
