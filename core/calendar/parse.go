package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrForm is what hours or dates are refused with that are not written as such.
var ErrForm = errors.New("not written as hours or a date are")

// ParseDay reads a day as 2026-12-24.
func ParseDay(typed string) (Day, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(typed))
	if err != nil {
		return Day{}, fmt.Errorf("%q: %w", typed, ErrForm)
	}
	return DayOf(t), nil
}

// ParseHours reads the ranges of a weekday as people write them: "08:00-12:30, 13:30-17:00", or "8-17"; "24:00" is
// midnight. Nothing, or "closed", is no range.
func ParseHours(day time.Weekday, typed string) ([]Range, error) {
	typed = strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(typed), "–", "-"), " - ", "-")
	var ranges []Range
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if part == "closed" {
			continue
		}
		from, to, both := strings.Cut(part, "-")
		opens, ok := minute(from)
		closes, okToo := minute(to)
		if !both || !ok || !okToo {
			return nil, fmt.Errorf("%q: %w", part, ErrForm)
		}
		ranges = append(ranges, Range{Weekday: day, Opens: opens, Closes: closes})
	}
	return ranges, nil
}

// minute reads a time on the clock as minutes after midnight.
func minute(typed string) (int, bool) {
	if typed == "24:00" || typed == "24" {
		return lastMinute, true
	}
	for _, layout := range []string{"15:04", "15"} {
		if t, err := time.Parse(layout, typed); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	return 0, false
}

// ParseWeek reads ranges as [Range.String] says them, with commas between; nothing is a week in which the office stays closed.
func ParseWeek(text string) ([]Range, error) {
	var ranges []Range
	for part := range strings.SplitSeq(text, ", ") {
		if part == "" {
			continue
		}
		name, hours, _ := strings.Cut(part, " ")
		day := time.Sunday
		for day <= time.Saturday && day.String()[:3] != name {
			day++
		}
		parsed, err := ParseHours(day, hours)
		if err != nil || day > time.Saturday || len(parsed) != 1 {
			return nil, fmt.Errorf("%q: %w", part, ErrForm)
		}
		ranges = append(ranges, parsed...)
	}
	return ranges, nil
}
