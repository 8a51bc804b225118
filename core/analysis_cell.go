package core

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core/query"
)

// Cell is one figure of a dashboard and the query for the tickets behind it. The query finds as many as the figure
// says, but where a figure counts what happened: what happened to a ticket twice counts twice and is one ticket.
type Cell struct {
	Figure string // which figure, as docs/analytics.md calls it
	Name   string // which of its bars, rows or points; "" where there is one
	N      int
	Query  string // "" where none asks for it
}

// cells collects them, those that are not zero, each with the question's own filter.
type cells struct {
	list   []Cell
	filter string
}

func newCells(filter query.Query) *cells {
	c := &cells{}
	if words := filter.String(); words != "" {
		c.filter = " " + words
	}
	return c
}

func (c *cells) add(figure, name string, n int, terms ...string) {
	if n > 0 {
		c.list = append(c.list, Cell{Figure: figure, Name: name, N: n, Query: strings.Join(terms, " ") + c.filter})
	}
}

// addTicket adds a figure that is of one ticket.
func (c *cells) addTicket(figure string, id TicketID, words string) {
	c.add(figure, id.String()+" "+words, 1, id.String())
}

// DaysTerm is the term for what happened from one time to another, in whole days of the campus.
func DaysTerm(field query.Field, from, to time.Time) string {
	first, last := from.Format(time.DateOnly), to.Add(-time.Second).Format(time.DateOnly)
	if first == last {
		return string(field) + ":" + first
	}
	return string(field) + ":" + first + ".." + last
}

// termLength is a limit as queries have it.
func termLength(d time.Duration) string {
	switch {
	case d%dayLong == 0:
		return fmt.Sprintf("%dd", d/dayLong)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// term asks for what a field says is as long as the band.
func (b AgeBand) term(field query.Field) string {
	var terms []string
	if b.From > 0 {
		terms = append(terms, string(field)+":>="+termLength(b.From))
	}
	if b.To > 0 {
		terms = append(terms, string(field)+":<"+termLength(b.To))
	}
	return strings.Join(terms, " ")
}

// name says the band in words that every reader of a report knows.
func (b AgeBand) name() string {
	switch {
	case b.To == 0:
		return termLength(b.From) + " or more"
	case b.From == 0:
		return "under " + termLength(b.To)
	}
	return termLength(b.From) + " – " + termLength(b.To)
}

// WithinQueues narrows what is asked of a person to the queues that their figures are of.
func WithinQueues(text string, led []string) string {
	if len(led) == 0 {
		return text
	}
	return string(query.Queue) + ":" + strings.Join(led, "|") + " " + text
}

const notClosed = "status:open|active"

// Cells are the figures of how things stand.
func (n *NowFigures) Cells(filter query.Query) []Cell {
	c := newCells(filter)
	for i := range n.Queues {
		q := &n.Queues[i]
		code := "queue:" + q.Queue.Code
		c.add("open", q.Queue.Name, q.Open, code, "status:open")
		c.add("active", q.Queue.Name, q.Active, code, "status:active")
		c.add("waiting", q.Queue.Name, q.Waiting, code, notClosed, "waiting:reporter|third_party")
		c.add("unassigned", q.Queue.Name, q.Unassigned, code, notClosed, "assignee:none")
	}
	for i := range n.People {
		p := &n.People[i]
		name, code := p.Person.Name, p.Person.Username
		if p.Person.ID == 0 {
			name, code = "nobody", query.None
		}
		c.add("who works on what", name, p.Open+p.Active, WithinQueues("assignee:"+code, n.Led), notClosed)
	}
	for i, h := range n.Hours {
		if i > 0 && n.Hours[i-1].Start.Hour() == h.Start.Hour() {
			continue // the clocks double this hour, and a query takes both
		}
		count := h.N
		if i+1 < len(n.Hours) && n.Hours[i+1].Start.Hour() == h.Start.Hour() {
			count += n.Hours[i+1].N
		}
		c.add("reported today", h.Start.Format("15:04"), count, DaysTerm(query.Created, h.Start, h.Start.Add(time.Minute)), hourTerm(query.Hour, h.Start.Hour()))
	}
	for i := range n.Oldest {
		c.addTicket("oldest", n.Oldest[i].ID, n.Oldest[i].Title)
	}
	for i := range n.Followed {
		c.addTicket("most followed", n.Followed[i].ID, n.Followed[i].Title)
	}
	return c.list
}

func hourTerm(field query.Field, hour int) string { return string(field) + ":" + strconv.Itoa(hour) }

// BucketTerms ask for what happened in a bucket: in an hour of a day, or in whole days.
func (r *Range) BucketTerms(field query.Field, b Bucket) string {
	if r.Step != Hourly {
		return DaysTerm(field, b.Start, b.End)
	}
	hour := query.At
	if field == query.Created {
		hour = query.Hour
	}
	return DaysTerm(field, b.Start, b.Start.Add(time.Minute)) + " " + hourTerm(hour, b.Start.Hour())
}

// addBuckets adds a figure of each bucket.
func (c *cells) addBuckets(figure string, field query.Field, r *Range, count func(int) int) {
	same := func(i, j int) bool { // the clocks double this hour, and a query takes both
		return r.Step == Hourly && i >= 0 && j < len(r.Buckets) && r.Buckets[i].Start.Hour() == r.Buckets[j].Start.Hour()
	}
	for i, b := range r.Buckets {
		if same(i-1, i) {
			continue
		}
		n := count(i)
		if same(i, i+1) {
			n += count(i + 1)
		}
		name := b.Start.Format("Mon 2 Jan 2006")
		if r.Step == Hourly {
			name = b.Start.Format("Mon 2 Jan 15:04")
		}
		c.add(figure, name, n, r.BucketTerms(field, b))
	}
}

// Cells are the figures of what came and went.
func (f *FlowFigures) Cells(filter query.Query) []Cell {
	c := newCells(filter)
	happened := func(figure string, field query.Field, total int, count func(*FlowBucket) int) {
		c.add(figure, "", total, DaysTerm(field, f.Range.From, f.Range.To))
		c.addBuckets(figure, field, &f.Range, func(i int) int { return count(&f.Buckets[i]) })
	}
	happened("created", query.Created, f.Created.N, func(b *FlowBucket) int { return b.Created })
	happened("closed", query.Ended, f.Closed.N, func(b *FlowBucket) int { return b.Closed })
	happened("reopened", query.Reopened, f.Reopened.N, func(b *FlowBucket) int { return b.Reopened })
	for _, band := range f.Ages {
		c.add("age", band.name(), band.N, band.term(query.Age), notClosed)
	}
	return c.list
}

// asked are the fields that ask for a stage: on which days it ended, and how long it took.
func (s Stage) asked() (ended, took query.Field) {
	switch s {
	case StageAnswer:
		return query.Answered, query.Response
	case StageReply:
		return query.Replied, query.Reply
	case StageClosing:
	}
	return query.Finished, query.Closing
}

// Behind asks for what ended in a range and took as long as a band says.
func (f *SpeedFigures) Behind(stage Stage, band AgeBand) string {
	ended, took := stage.asked()
	if f.Office {
		took = query.Office
	}
	r := &f.Range
	return strings.TrimSpace(DaysTerm(ended, r.From, r.To) + " " + band.term(took))
}

// Cells are the figures of speed.
func (f *SpeedFigures) Cells(filter query.Query) []Cell {
	c := newCells(filter)
	for i := range f.Stages {
		s := &f.Stages[i]
		ended, _ := s.Stage.asked()
		days := DaysTerm(ended, f.Range.From, f.Range.To)
		c.add(string(s.Stage), "", s.All.N, days)
		c.addBuckets(string(s.Stage), ended, &f.Range, func(i int) int { return s.Buckets[i].N })
		for _, band := range s.Spread {
			c.add(string(s.Stage), band.name(), band.N, f.Behind(s.Stage, band))
		}
	}
	return c.list
}

// Cells are the figures of where tickets come from, and when.
func (f *WhereFigures) Cells(filter query.Query) []Cell {
	c := newCells(filter)
	days := DaysTerm(query.Created, f.Range.From, f.Range.To)
	for i := range f.Spreads {
		s := &f.Spreads[i]
		for _, share := range s.Shares {
			name := share.Name
			if share.Code == "" {
				name = "no place known"
			}
			c.add("by "+string(s.By), name, share.N, s.By.Behind(share.Code), days)
		}
	}
	for d, hours := range f.Heat {
		for h, n := range hours {
			c.add("hour × weekday", fmt.Sprintf("%s %02d:00", weekdayName(d), h), n, f.BehindHour(d, h))
		}
	}
	for _, r := range f.Returns {
		c.add("came back", r.Location+" "+r.CategoryName, r.N, "location:"+r.Location, "category:"+r.Category, "is:repeat", days)
	}
	return c.list
}

// BehindHour asks for what was reported in an hour of a weekday, Monday being 0.
func (f *WhereFigures) BehindHour(day, hour int) string {
	return "weekday:" + strings.ToLower(weekdayName(day)) + " " + hourTerm(query.Hour, hour) + " " + DaysTerm(query.Created, f.Range.From, f.Range.To)
}

func weekdayName(day int) string { return time.Weekday((day + 1) % 7).String()[:3] }

// Behind asks for the tickets that have a value of the dimension; "" is no place known.
func (by Dimension) Behind(code string) string {
	field := string(by)
	if by == ByRoom {
		field = string(query.Location)
	}
	if code == "" {
		field, code = string(query.Location), query.None
	}
	return field + ":" + code
}

// Cells are the figures of teams and persons.
func (f *PeopleFigures) Cells(filter query.Query) []Cell {
	c := newCells(filter)
	work := func(name string, w *Work, has, did string) {
		c.add("load", name, w.Open+w.Active, has, notClosed)
		c.add("answered", name, w.Answered, did, DaysTerm(query.Answered, f.Range.From, f.Range.To))
		c.add("replied", name, w.Replied, did, DaysTerm(query.Replied, f.Range.From, f.Range.To))
		c.add("closed", name, w.Closed, did, DaysTerm(query.Ended, f.Range.From, f.Range.To))
	}
	for i := range f.Teams {
		t := &f.Teams[i]
		work(t.Queue.Name, &t.Work, "queue:"+t.Queue.Code, "queue:"+t.Queue.Code)
	}
	for i := range f.Persons {
		p := &f.Persons[i]
		work(p.Person.Name, &p.Work, WithinQueues("assignee:"+p.Person.Username, f.Led), WithinQueues("by:"+p.Person.Username, f.Led))
	}
	for i := range f.Ratings {
		r := &f.Ratings[i]
		c.addTicket("ratings", r.Ticket, fmt.Sprintf("%d of 5 stars  %s", r.Stars, r.Body))
	}
	return c.list
}
