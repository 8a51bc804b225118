package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"helpdesk.campus/core/calendar"
)

// HolidayReport says what reading the holidays of a calendar changed, or would change.
type HolidayReport struct {
	Added   []calendar.Holiday
	Renamed []calendar.Holiday // with their new names
	Same    int                // holidays of these names already
	Skipped int                // events that are no whole day, or cancelled
}

// ImportHolidays adds the holidays of an iCalendar file: all, or none if a line of it cannot be used. Of a day that is a holiday
// already the new name counts. A dry run says what would change. Admins may.
func (d *Desk) ImportHolidays(ctx context.Context, who Actor, file io.Reader, dry bool) (HolidayReport, error) {
	days, skipped, err := calendar.ReadHolidays(file)
	if err != nil {
		return HolidayReport{}, icalProblem(err)
	}
	if len(days) == 0 {
		return HolidayReport{}, problems{{Field: "ical", Code: "ical_empty"}}.err()
	}
	if days, err = checkHolidays(days); err != nil {
		return HolidayReport{}, err
	}
	var report HolidayReport
	with := func(before []calendar.Holiday) []calendar.Holiday {
		report = newHolidays(before, days)
		report.Skipped = skipped
		return append(slices.Clone(days), before...)
	}
	if dry {
		err = d.rehearseHolidays(ctx, who, with)
		return report, err
	}
	err = d.changeHolidays(ctx, who, func(_ Tx, before []calendar.Holiday) ([]calendar.Holiday, error) { return with(before), nil })
	return report, err
}

// rehearseHolidays looks what a change of the holidays comes to, and whether it may be made.
func (d *Desk) rehearseHolidays(ctx context.Context, who Actor, change func(before []calendar.Holiday) []calendar.Holiday) error {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return err
	}
	before, err := d.store.Holidays(ctx, calendar.Day{})
	if err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	_, err = checkHolidays(change(before))
	return err
}

// newHolidays compares the days of a file with the holidays there are.
func newHolidays(before, days []calendar.Holiday) HolidayReport {
	known := make(map[calendar.Day]string, len(before))
	for _, h := range before {
		known[h.Day] = h.Name
	}
	var report HolidayReport
	for _, h := range days {
		switch name, is := known[h.Day]; {
		case !is:
			report.Added = append(report.Added, h)
		case name != h.Name:
			report.Renamed = append(report.Renamed, h)
		default:
			report.Same++
		}
	}
	return report
}

// icalProblem says in words of the catalogue what is wrong with a calendar file, and in which line.
func icalProblem(err error) error {
	p := Problem{Field: "ical", Code: "ical_not"}
	switch {
	case errors.Is(err, calendar.ErrTooLarge):
		p = Problem{Field: "ical", Code: "ical_large"}
	case errors.Is(err, calendar.ErrDate):
		p = Problem{Field: "ical", Code: "ical_date"}
	case errors.Is(err, calendar.ErrRepeats):
		p = Problem{Field: "ical", Code: "ical_repeats"}
	}
	at, ok := errors.AsType[*calendar.LineError](err)
	if !ok {
		at = &calendar.LineError{Line: 1}
	}
	p.Args = map[string]any{"Line": at.Line, "What": truncate(cleanLine(at.What), maxName)}
	return problems{p}.err()
}
