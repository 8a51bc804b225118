package core

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/calendar"
)

type calendarStore interface {
	OfficeHours(ctx context.Context) ([]calendar.Range, error)
	ReplaceOfficeHours(ctx context.Context, hours []calendar.Range) error
	// Holidays lists them from a day on, the earliest first.
	Holidays(ctx context.Context, from calendar.Day) ([]calendar.Holiday, error)
	ReplaceHolidays(ctx context.Context, days []calendar.Holiday) error
}

// The most that a calendar holds.
const (
	maxHolidays = 5000
	maxHours    = 7 * 12
)

// OfficeHours are when the helpdesk is open, by weekday from Monday on. Staff may read them.
func (d *Desk) OfficeHours(ctx context.Context, who Actor) ([]calendar.Range, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return nil, err
	}
	hours, err := d.store.OfficeHours(ctx)
	return hours, wrap("read office hours", err)
}

// Holidays are the days from a day on when the helpdesk stays closed. Staff may read them.
func (d *Desk) Holidays(ctx context.Context, who Actor, from calendar.Day) ([]calendar.Holiday, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return nil, err
	}
	days, err := d.store.Holidays(ctx, from)
	return days, wrap("read holidays", err)
}

// SetOfficeHours replaces the office hours. Admins may. All figures in office hours are by the new ones from then on,
// those of the past too.
func (d *Desk) SetOfficeHours(ctx context.Context, who Actor, hours []calendar.Range) error {
	if _, err := d.checkHours(hours); err != nil {
		return err
	}
	return d.changeHours(ctx, who, func([]calendar.Range) []calendar.Range { return hours })
}

// SetDayHours replaces the office hours of one weekday by what people write: "08:00-12:30, 13:30-17:00", or nothing
// for a day on which the helpdesk is closed. Admins may.
func (d *Desk) SetDayHours(ctx context.Context, who Actor, day time.Weekday, typed string) error {
	ranges, err := calendar.ParseHours(day, typed)
	if err != nil {
		return problems{{Field: "hours", Code: "hours_form"}}.err()
	}
	return d.changeHours(ctx, who, func(before []calendar.Range) []calendar.Range {
		others := slices.DeleteFunc(slices.Clone(before), func(r calendar.Range) bool { return r.Weekday == day })
		return append(others, ranges...)
	})
}

// changeHours replaces office hours by what is made of those there were.
func (d *Desk) changeHours(ctx context.Context, who Actor, change func(before []calendar.Range) []calendar.Range) error {
	return d.changeCampus(ctx, who, "set office hours", func(ctx context.Context, tx Tx, p *principal) error {
		before, err := tx.OfficeHours(ctx)
		if err != nil {
			return fmt.Errorf("read office hours: %w", err)
		}
		hours, err := d.checkHours(change(before))
		if err != nil {
			return err
		}
		if slices.Equal(before, hours) {
			return nil
		}
		if err := tx.ReplaceOfficeHours(ctx, hours); err != nil {
			return fmt.Errorf("write office hours: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, SettingOfficeHours, hoursCode(before), hoursCode(hours))
	})
}

// checkHours puts hours in order, or says what is wrong with them.
func (d *Desk) checkHours(hours []calendar.Range) ([]calendar.Range, error) {
	var wrong problems
	if len(hours) > maxHours {
		wrong.add("hours", "hours_many", "Max", maxHours)
	}
	switch _, err := calendar.New(d.Zone(), hours, nil); {
	case errors.Is(err, calendar.ErrOverlap):
		wrong.add("hours", "hours_overlap")
	case err != nil:
		wrong.add("hours", "hours_range")
	}
	hours = slices.Clone(hours)
	slices.SortFunc(hours, func(a, b calendar.Range) int {
		return cmp.Or(cmp.Compare((a.Weekday+6)%7, (b.Weekday+6)%7), cmp.Compare(a.Opens, b.Opens))
	})
	return hours, wrong.err()
}

// hoursCode says hours for the history.
func hoursCode(hours []calendar.Range) string {
	codes := make([]string, len(hours))
	for i, h := range hours {
		codes[i] = h.String()
	}
	return strings.Join(codes, ", ")
}

// SetHolidays replaces all holidays; of a day that is named twice the first name counts. Admins may.
func (d *Desk) SetHolidays(ctx context.Context, who Actor, days []calendar.Holiday) error {
	return d.changeHolidays(ctx, who, func(Tx, []calendar.Holiday) ([]calendar.Holiday, error) { return days, nil })
}

// AddHolidays adds days on which the helpdesk stays closed; of one that is known already the new name counts. Admins may.
func (d *Desk) AddHolidays(ctx context.Context, who Actor, days ...calendar.Holiday) error {
	return d.changeHolidays(ctx, who, func(_ Tx, before []calendar.Holiday) ([]calendar.Holiday, error) {
		return append(slices.Clone(days), before...), nil
	})
}

// AddHoliday adds one day, by its date as people write it: 2026-12-24. Admins may.
func (d *Desk) AddHoliday(ctx context.Context, who Actor, date, name string) error {
	day, err := calendar.ParseDay(date)
	if err != nil {
		return problems{{Field: "date", Code: "holiday_form"}}.err()
	}
	return d.AddHolidays(ctx, who, calendar.Holiday{Day: day, Name: name})
}

// RemoveHoliday has the helpdesk open on a day as on others. Admins may.
func (d *Desk) RemoveHoliday(ctx context.Context, who Actor, day calendar.Day) error {
	return d.changeHolidays(ctx, who, func(_ Tx, before []calendar.Holiday) ([]calendar.Holiday, error) {
		after := slices.DeleteFunc(slices.Clone(before), func(h calendar.Holiday) bool { return h.Day == day })
		if len(after) == len(before) {
			return nil, Missing("holiday")
		}
		return after, nil
	})
}

// changeHolidays replaces the holidays by what is made of those there were.
func (d *Desk) changeHolidays(ctx context.Context, who Actor, change func(tx Tx, before []calendar.Holiday) ([]calendar.Holiday, error)) error {
	return d.changeCampus(ctx, who, "set holidays", func(ctx context.Context, tx Tx, p *principal) error {
		before, err := tx.Holidays(ctx, calendar.Day{})
		if err != nil {
			return fmt.Errorf("read holidays: %w", err)
		}
		days, err := change(tx, before)
		if err != nil {
			return err
		}
		if days, err = checkHolidays(days); err != nil {
			return err
		}
		if slices.Equal(before, days) {
			return nil
		}
		if err := tx.ReplaceHolidays(ctx, days); err != nil {
			return fmt.Errorf("write holidays: %w", err)
		}
		replaced, err := json.Marshal(before)
		if err != nil {
			return fmt.Errorf("write holidays: %w", err)
		}
		if err := d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, SettingHolidays, fmt.Sprint(len(before)), fmt.Sprint(len(days))); err != nil {
			return err
		}
		return keepReplaced(ctx, tx, p, SettingHolidays, string(replaced))
	})
}

// checkHolidays puts holidays in order, each day once, or says what is wrong with them.
func checkHolidays(days []calendar.Holiday) ([]calendar.Holiday, error) {
	var wrong problems
	days = slices.Clone(days)
	for i := range days {
		days[i].Name = truncate(cleanLine(days[i].Name), maxName)
		if days[i].Day != days[i].Day.After(0) || days[i].Day.Year < 1900 || days[i].Day.Year > 2200 {
			wrong.add("date", "holiday_date")
			break
		}
	}
	slices.SortStableFunc(days, func(a, b calendar.Holiday) int { return a.Day.Compare(b.Day) })
	days = slices.CompactFunc(days, func(a, b calendar.Holiday) bool { return a.Day == b.Day })
	if len(days) > maxHolidays {
		wrong.add("holidays", "holidays_many", "Max", maxHolidays)
	}
	return days, wrong.err()
}

// officeHours are the calendar that figures are measured by.
func (d *Desk) officeHours(ctx context.Context) (*calendar.Hours, error) {
	ranges, err := d.store.OfficeHours(ctx)
	if err != nil {
		return nil, fmt.Errorf("read office hours: %w", err)
	}
	days, err := d.store.Holidays(ctx, calendar.Day{})
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	hours, err := calendar.New(d.Zone(), ranges, days)
	return hours, wrap("understand office hours", err)
}

// OfficeTime is how long the helpdesk was open between two times. Staff may ask.
func (d *Desk) OfficeTime(ctx context.Context, who Actor, from, to time.Time) (time.Duration, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return 0, err
	}
	hours, err := d.officeHours(ctx)
	if err != nil {
		return 0, err
	}
	return hours.Between(from, to), nil
}
