package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/query"
)

// SettingTerms is on which days of the year terms begin, for figures of "this term": 04-01 10-01, month and day.
const SettingTerms = "terms"

// DefaultTerms holds as long as the campus has set none.
const DefaultTerms = "04-01 10-01"

// mostTerms is how many terms a year can have.
const mostTerms = 12

// yearDay is a day of every year.
type yearDay struct {
	month time.Month
	day   int
}

// parseTerms reads the first days of terms, with spaces or commas between, in the order of the year.
func parseTerms(text string) ([]yearDay, error) {
	wrong := problems{{Field: "text", Code: "terms_form"}}.err()
	var days []yearDay
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		const someYear = "2023-" // that is no leap year: 02-29 does not come every year
		at, err := time.Parse(time.DateOnly, someYear+word)
		if err != nil {
			return nil, wrong
		}
		days = append(days, yearDay{at.Month(), at.Day()})
	}
	slices.SortFunc(days, func(a, b yearDay) int { return int(a.month-b.month)*100 + a.day - b.day })
	days = slices.Compact(days)
	if len(days) == 0 || len(days) > mostTerms {
		return nil, wrong
	}
	return days, nil
}

// termsText writes them as they are kept.
func termsText(days []yearDay) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = fmt.Sprintf("%02d-%02d", d.month, d.day)
	}
	return strings.Join(words, " ")
}

// termOf is the first day of the term in which a moment lies.
func termOf(days []yearDay, now time.Time) query.Date {
	for _, d := range slices.Backward(days) {
		if d.month < now.Month() || d.month == now.Month() && d.day <= now.Day() {
			return query.Date{Year: now.Year(), Month: int(d.month), Day: d.day}
		}
	}
	last := days[len(days)-1]
	return query.Date{Year: now.Year() - 1, Month: int(last.month), Day: last.day}
}

// Term is the first day of the term that the campus is in.
func (d *Desk) Term(ctx context.Context) (query.Date, error) {
	text, err := d.store.SettingText(ctx, SettingTerms)
	if errors.Is(err, ErrNoRow) {
		text, err = DefaultTerms, nil
	}
	if err != nil {
		return query.Date{}, fmt.Errorf("read the terms: %w", err)
	}
	days, err := parseTerms(text)
	if err != nil {
		return query.Date{}, fmt.Errorf("read the terms: %w", err)
	}
	return termOf(days, d.Now().In(d.Zone())), nil
}

// checkTerms is on which days terms begin as it is kept, or what is wrong with it.
func checkTerms(text string) (string, error) {
	if text = cleanBlock(text); text == "" {
		return "", nil
	}
	days, err := parseTerms(text)
	return termsText(days), err
}

// rangeOf is the time that a question is about.
func (d *Desk) rangeOf(ctx context.Context, q Question, clock Clock) (Range, error) {
	if q.Term {
		var err error
		if q.From, err = d.Term(ctx); err != nil {
			return Range{}, err
		}
		q.To = query.Date{}
	}
	return q.resolve(clock.Now, clock.Zone)
}
