package calendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What can be wrong with a file of holidays.
var (
	ErrNotICal  = errors.New("this is no iCalendar file: it does not begin with BEGIN:VCALENDAR")
	ErrTooLarge = errors.New("more than 2,000 holidays, or a line of more than 64 kB")
	ErrDate     = errors.New("a date that cannot be read")
	ErrRepeats  = errors.New("an event that repeats by a rule (RRULE): export it as single days, or for the years that matter")
)

// LineError says in which line of a file something is wrong.
type LineError struct {
	Line int
	What string // stands there; "" if it is too long to say
	Err  error
}

// Error says the line, what stands there and what is wrong with it.
func (e *LineError) Error() string {
	if e.What == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d: %s: %v", e.Line, e.What, e.Err)
}

// Unwrap returns what is wrong.
func (e *LineError) Unwrap() error { return e.Err }

const (
	mostHolidays = 2000
	mostDays     = 60 // of one event: longer than any vacation
	longestLine  = 64 << 10
)

// ReadHolidays reads the whole days of an iCalendar file (RFC 5545): events with a date for their beginning. Events with
// an hour are no holidays and are skipped; skipped says how many. Every error names its line.
func ReadHolidays(r io.Reader) (days []Holiday, skipped int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	p := icalParser{}
	for lines.Scan() {
		p.number++
		raw := strings.TrimSuffix(lines.Text(), "\r")
		if p.number == 1 && !strings.EqualFold(strings.TrimPrefix(raw, "\ufeff"), "BEGIN:VCALENDAR") {
			return nil, 0, ErrNotICal
		}
		if strings.HasPrefix(raw, " ") || strings.HasPrefix(raw, "\t") { // the line before goes on
			if p.line.Len()+len(raw) > longestLine {
				return nil, 0, &LineError{Line: p.number, Err: ErrTooLarge}
			}
			p.line.WriteString(raw[1:])
			continue
		}
		if err := p.take(); err != nil {
			return nil, 0, err
		}
		p.line.Reset()
		p.line.WriteString(raw)
		p.began = p.number
	}
	if lines.Err() != nil {
		return nil, 0, &LineError{Line: p.number + 1, Err: ErrTooLarge}
	}
	if p.number == 0 {
		return nil, 0, ErrNotICal
	}
	if err := p.take(); err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(p.days, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return slices.CompactFunc(p.days, func(a, b Holiday) bool { return a.Day == b.Day }), p.skipped, nil
}

type icalParser struct {
	number, began int
	line          strings.Builder
	inside        bool
	event         icalEvent
	days          []Holiday
	skipped       int
}

type icalEvent struct {
	name      string
	from, to  Day // to is not in it; zero if the file does not say
	timed     bool
	cancelled bool
}

func (p *icalParser) take() error {
	name, value, ok := strings.Cut(p.line.String(), ":")
	if !ok {
		return nil
	}
	name, parameters, _ := strings.Cut(strings.ToUpper(name), ";")
	switch {
	case name == "BEGIN" && strings.EqualFold(value, "VEVENT"):
		p.inside, p.event = true, icalEvent{}
	case !p.inside:
	case name == "END" && strings.EqualFold(value, "VEVENT"):
		p.inside = false
		return p.finish()
	case name == "SUMMARY":
		p.event.name = unescape(value)
	case name == "STATUS":
		p.event.cancelled = strings.EqualFold(value, "CANCELLED")
	case name == "RRULE":
		return &LineError{Line: p.began, Err: ErrRepeats}
	case name == "DTSTART", name == "DTEND":
		return p.date(name, parameters, value)
	}
	return nil
}

func (p *icalParser) date(name, parameters, value string) error {
	value = strings.TrimSpace(value)
	const layout = "20060102"
	if len(value) > len(layout) && !strings.Contains(parameters, "VALUE=DATE") || strings.Contains(value, "T") {
		p.event.timed = true
		return nil
	}
	t, err := time.Parse(layout, value)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return &LineError{Line: p.began, What: name + ":" + value, Err: ErrDate}
	}
	if name == "DTSTART" {
		p.event.from = DayOf(t)
	} else {
		p.event.to = DayOf(t)
	}
	return nil
}

func (p *icalParser) finish() error {
	e := p.event
	if e.timed || e.cancelled || e.from == (Day{}) {
		p.skipped++
		return nil
	}
	if e.to == (Day{}) || e.to == e.from {
		e.to = e.from.After(1)
	}
	if e.to.Compare(e.from) < 0 || e.from.After(mostDays).Compare(e.to) < 0 {
		return &LineError{Line: p.began, What: fmt.Sprintf("from %s to %s", e.from, e.to), Err: ErrDate}
	}
	for d := e.from; d.Compare(e.to) < 0; d = d.After(1) {
		if len(p.days) == mostHolidays {
			return &LineError{Line: p.began, Err: ErrTooLarge}
		}
		p.days = append(p.days, Holiday{Day: d, Name: e.name})
	}
	return nil
}

// unescape reads a text value.
func unescape(s string) string {
	s = strings.NewReplacer(`\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return strings.Join(strings.Fields(s), " ")
}
