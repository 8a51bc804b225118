// Package calendar knows when an office is open: several ranges a day, holidays, and the time zone of the campus
// with the days on which its clocks change. It reads no clock: every time is given to it.
package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Range is when the office is open on a weekday: minutes after midnight, on the clock on the wall.
type Range struct {
	Weekday time.Weekday
	Opens   int
	Closes  int // not in it; 1440 is midnight
}

const lastMinute = 24 * 60

// String says it as people write it: "Mon 08:00-12:30".
func (r Range) String() string {
	return fmt.Sprintf("%s %02d:%02d-%02d:%02d", r.Weekday.String()[:3], r.Opens/60, r.Opens%60, r.Closes/60, r.Closes%60)
}

// Holiday is a day on which the office stays closed.
type Holiday struct {
	Day  Day
	Name string
}

// Day is a date on the campus's calendar.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day of a time, on the clock of its own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// String is the day as 2026-12-24.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Compare tells which day is earlier.
func (d Day) Compare(o Day) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// After is so many days later.
func (d Day) After(days int) Day {
	return DayOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC))
}

// What can be wrong with hours.
var (
	ErrRange   = errors.New("a range of hours ends before it begins, or lies outside the day")
	ErrOverlap = errors.New("two ranges of hours of a day overlap")
)

// Hours are office hours with holidays in a zone. The zero Hours are never open.
type Hours struct {
	zone     *time.Location
	week     [7][]Range // by weekday, from Sunday as time.Weekday has it; ordered
	holidays map[Day]bool
}

// New makes office hours, or says what is wrong with the ranges.
func New(zone *time.Location, ranges []Range, holidays []Holiday) (*Hours, error) {
	h := &Hours{zone: zone, holidays: make(map[Day]bool, len(holidays))}
	for _, r := range ranges {
		if r.Weekday < time.Sunday || r.Weekday > time.Saturday || r.Opens < 0 || r.Closes > lastMinute || r.Opens >= r.Closes {
			return nil, fmt.Errorf("%s: %w", r, ErrRange)
		}
		h.week[r.Weekday] = append(h.week[r.Weekday], r)
	}
	for _, day := range h.week {
		slices.SortFunc(day, func(a, b Range) int { return cmp.Compare(a.Opens, b.Opens) })
		for i := 1; i < len(day); i++ {
			if day[i].Opens < day[i-1].Closes {
				return nil, fmt.Errorf("%s and %s: %w", day[i-1], day[i], ErrOverlap)
			}
		}
	}
	for _, d := range holidays {
		h.holidays[d.Day] = true
	}
	return h, nil
}

// ranges are when the office is open on a day.
func (h *Hours) ranges(d Day) []Range {
	if h.holidays[d] {
		return nil
	}
	return h.week[time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()]
}

// at is a minute of a day in the zone. One that a change of the clocks leaves out is the moment of the change; of one
// that it doubles, the first counts: the office opens once.
func (h *Hours) at(d Day, minute int) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, h.zone)
	wanted := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC)
	_, offset := t.Zone()
	if shown := t.UTC().Add(time.Duration(offset) * time.Second); !shown.Equal(wanted) { // left out
		start, end := t.ZoneBounds()
		if shown.Before(wanted) {
			return end
		}
		return start
	}
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return t
	}
	_, before := start.Add(-time.Second).Zone()
	if earlier := t.Add(time.Duration(offset-before) * time.Second); before > offset && earlier.Before(start) {
		return earlier
	}
	return t
}

// Open reports whether the office is open at a time.
func (h *Hours) Open(t time.Time) bool {
	for _, r := range h.ranges(DayOf(t.In(h.zone))) {
		if !t.Before(h.at(DayOf(t.In(h.zone)), r.Opens)) && t.Before(h.at(DayOf(t.In(h.zone)), r.Closes)) {
			return true
		}
	}
	return false
}

// Between is how long the office is open from one time to another, exactly; nothing when they are the wrong way round.
// For many of them there is a [Clock].
func (h *Hours) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	if !from.Before(to) {
		return 0
	}
	last := DayOf(to.In(h.zone))
	for d := DayOf(from.In(h.zone)); d.Compare(last) <= 0; d = d.After(1) {
		for _, r := range h.ranges(d) {
			opens, closes := h.at(d, r.Opens), h.at(d, r.Closes)
			if opens.Before(from) {
				opens = from
			}
			if closes.After(to) {
				closes = to
			}
			if opens.Before(closes) {
				sum += closes.Sub(opens)
			}
		}
	}
	return sum
}
