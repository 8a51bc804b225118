package core

import (
	"errors"
	"strings"
	"time"

	"helpdesk.campus/core/query"
)

// Question is what an analysis is asked: which tickets, which days of the campus, and what to compare them with.
type Question struct {
	Query   query.Query
	Days    int        // the last so many days, today included; used when From is zero
	Term    bool       // the term that the campus is in, instead of days
	From    query.Date // first day; a year or a month is its first day
	To      query.Date // last day, included; today if zero
	Step    Step       // how long a bucket is; by the length of the range if ""
	Against Against
	Office  bool // times in office hours, not in calendar time
}

// Step is the length of a bucket.
type Step string

// The steps.
const (
	Hourly Step = "hour"
	Daily  Step = "day"
	Weekly Step = "week"
)

// Against is what a range is compared with.
type Against string

// What ranges are compared with.
const (
	AgainstBefore Against = ""     // as many days right before
	AgainstYear   Against = "year" // the same days a year before
)

// The bounds of a range.
const (
	DefaultDays = 30
	maxDays     = 20 * 366
	mostByHour  = 14
	mostByDay   = 92 // longer ranges are shown by the week
)

// Range is the time an analysis is about, whole days of the campus, and the time to compare it with.
type Range struct {
	From, To            time.Time // To is not in it
	Before, BeforeUntil time.Time // the period to compare with
	Days                int
	Step                Step
	Buckets             []Bucket
}

// Bucket is an hour, a day or a week (from Monday on) of a range.
type Bucket struct {
	Start, End time.Time
	Partial    bool // cut off by the range, or not over yet
}

// edges are where buckets begin, and where the last one ends.
func (r *Range) edges() []time.Time {
	edges := make([]time.Time, 0, len(r.Buckets)+1)
	for _, b := range r.Buckets {
		edges = append(edges, b.Start)
	}
	return append(edges, r.To)
}

// Unfinished reports whether the last bucket is not over yet.
func (r *Range) Unfinished() bool {
	return len(r.Buckets) > 0 && r.Buckets[len(r.Buckets)-1].Partial
}

// ParseDays reads a range as people write it: 30d or 4w for the last so many days, 2026-09-01 for all days
// since, 2026-09-01..2026-12-20, 2026-09 for a month, or term for the one that the campus is in.
func ParseDays(text string) (Question, error) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "term") {
		return Question{Term: true}, nil
	}
	wrong := &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{Field: "range", Code: "range_form"}}}
	if age, err := query.Parse("age:<" + text); err == nil && len(age.Terms) == 1 && len(age.Terms[0].Values) == 1 {
		length := age.Terms[0].Values[0].Duration
		if length < dayLong || length%dayLong != 0 {
			return Question{}, wrong
		}
		return Question{Days: int(length / dayLong)}, nil
	}
	q, err := query.Parse("created:" + text)
	if refused, ok := errors.AsType[*query.Error](err); ok && refused.Code == query.CodeBadRange {
		return Question{}, &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{Field: "range", Code: "range_backwards"}}}
	}
	if err != nil || len(q.Terms) != 1 || q.Terms[0].Field != query.Created || len(q.Terms[0].Values) != 1 || q.Terms[0].Values[0].From.IsZero() {
		return Question{}, wrong
	}
	ask := Question{From: q.Terms[0].Values[0].From, To: q.Terms[0].Values[0].To}
	if ask.From == ask.To && ask.From.Day > 0 {
		ask.To = query.Date{} // one day alone is where the range begins
	}
	return ask, nil
}

// CheckDays says what is wrong with the days of a question, for whoever wants to hear it before asking.
func (d *Desk) CheckDays(q Question) error {
	_, err := q.resolve(d.Now(), d.Zone())
	return err
}

// resolve turns a question's days into times. Days are counted on the campus's calendar, so that each has
// the 23, 24 or 25 hours that it has there.
func (q *Question) resolve(now time.Time, zone *time.Location) (Range, error) {
	now = now.In(zone)
	today := startOfDay(now)
	first, last := today, today
	var wrong problems
	if !q.To.IsZero() {
		last = day(q.To.Last(), zone)
	}
	switch days := q.Days; {
	case !q.From.IsZero():
		first = day(q.From.First(), zone)
	case days < 0 || days > maxDays:
		wrong.add("range", "range_days", "Max", maxDays)
	case days == 0:
		first = last.AddDate(0, 0, 1-DefaultDays)
	default:
		first = last.AddDate(0, 0, 1-days)
	}
	switch {
	case len(wrong) > 0:
	case first.After(today), last.After(today.AddDate(1, 0, 0)):
		wrong.add("range", "range_future")
	case last.Before(first):
		wrong.add("range", "range_backwards")
	case last.After(first.AddDate(0, 0, maxDays)):
		wrong.add("range", "range_days", "Max", maxDays)
	}
	if err := wrong.err(); err != nil {
		return Range{}, err
	}
	if last.After(today) {
		last = today
	}
	r := Range{From: first, To: last.AddDate(0, 0, 1)}
	for d := first; d.Before(r.To); d = d.AddDate(0, 0, 1) {
		r.Days++
	}
	r.Before, r.BeforeUntil = first.AddDate(0, 0, -r.Days), first
	if q.Against == AgainstYear {
		r.Before, r.BeforeUntil = first.AddDate(-1, 0, 0), r.To.AddDate(-1, 0, 0)
	}
	r.fill(q.Step, now)
	return r, nil
}

// fill divides the range into its buckets, as long as asked unless there would be too many to see.
func (r *Range) fill(step Step, now time.Time) {
	switch {
	case step == Hourly && r.Days <= mostByHour, step == "" && r.Days == 1:
		r.Step = Hourly
	case step == Weekly, r.Days > mostByDay:
		r.Step = Weekly
	default:
		r.Step = Daily
	}
	for start := r.From; start.Before(r.To); {
		whole := start.AddDate(0, 0, 1)
		partial := false
		switch r.Step {
		case Hourly: // an hour that the clocks leave out is none, one that they double is two
			whole = start.Add(time.Hour)
		case Weekly:
			sinceMonday := (int(start.Weekday()) + 6) % 7
			whole, partial = start.AddDate(0, 0, 7-sinceMonday), sinceMonday > 0
		case Daily:
		}
		end := whole
		if end.After(r.To) {
			end, partial = r.To, true
		}
		r.Buckets = append(r.Buckets, Bucket{Start: start, End: end, Partial: partial || whole.After(now)})
		start = end
	}
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func day(d query.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, zone)
}
