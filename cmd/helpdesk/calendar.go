package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
)

type calendarCommand struct {
	Ls      calendarLsCommand      `cmd:"" help:"Print office hours, and the holidays to come."`
	Hours   calendarHoursCommand   `cmd:"" help:"Change the office hours of a weekday."`
	Holiday calendarHolidayCommand `cmd:"" help:"Add a holiday, or remove one."`
	Import  calendarImportCommand  `cmd:"" help:"Add the holidays of an iCalendar file."`
}

type calendarLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run prints the calendar.
func (c *calendarLsCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, func(desk *core.Desk) error {
		hours, err := desk.OfficeHours(ctx, core.Operator())
		if err != nil {
			return err
		}
		days, err := desk.Holidays(ctx, core.Operator(), calendar.DayOf(desk.Now()))
		if err != nil {
			return err
		}
		out := newSheet(o.out, c.CSV, "day", "what")
		for _, r := range hours {
			day, open, _ := strings.Cut(r.String(), " ")
			out.row(day, open)
		}
		for _, h := range days {
			out.row(h.Day.String(), h.Name)
		}
		return out.flush()
	})
}

type calendarHoursCommand struct {
	database `embed:""`

	Day   string `arg:"" enum:"mon,tue,wed,thu,fri,sat,sun" help:"The weekday: ${enum}."`
	Hours string `arg:"" help:"When it is open: '08:00-12:30, 13:30-17:00', or 'closed'."`
}

// Run changes the hours of a weekday.
func (c *calendarHoursCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, func(desk *core.Desk) error {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if !strings.EqualFold(day.String()[:3], c.Day) {
				continue
			}
			if err := desk.SetDayHours(ctx, core.Operator(), day, c.Hours); err != nil {
				return err
			}
			o.printf("Changed the hours of %s.\n", day)
		}
		return nil
	})
}

type calendarHolidayCommand struct {
	database `embed:""`

	Date   string `arg:"" help:"The day, as 2026-12-24."`
	Name   string `arg:"" optional:"" help:"What it is called."`
	Remove bool   `help:"It is no holiday."`
}

// Run adds or removes a holiday.
func (c *calendarHolidayCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, func(desk *core.Desk) error {
		if !c.Remove {
			if err := desk.AddHoliday(ctx, core.Operator(), c.Date, c.Name); err != nil {
				return err
			}
			o.printf("The helpdesk stays closed on %s.\n", c.Date)
			return nil
		}
		day, err := calendar.ParseDay(c.Date)
		if err != nil {
			return fmt.Errorf("read the date: %w", err)
		}
		if err := desk.RemoveHoliday(ctx, core.Operator(), day); err != nil {
			return err
		}
		o.printf("%s is no holiday.\n", day)
		return nil
	})
}

type calendarImportCommand struct {
	database `embed:""`

	DryRun bool   `help:"Print what would be added or renamed, and change nothing."`
	File   string `arg:"" type:"existingfile" help:"An iCalendar file (.ics) with whole days."`
}

// Run adds the holidays of the file: all, or none if one cannot be read.
func (c *calendarImportCommand) Run(ctx context.Context, o *output) error {
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	return c.work(ctx, o, func(desk *core.Desk) error {
		report, err := desk.ImportHolidays(ctx, core.Operator(), file, c.DryRun)
		if err != nil {
			return err
		}
		if c.DryRun {
			out := newSheet(o.out, false, "day", "name", "what")
			for _, h := range report.Added {
				out.row(h.Day.String(), h.Name, "new")
			}
			for _, h := range report.Renamed {
				out.row(h.Day.String(), h.Name, "renamed")
			}
			return out.flush()
		}
		o.printf("Holidays added: %d, renamed: %d, known already: %d. Events with hours are none: %d left out.\n",
			len(report.Added), len(report.Renamed), report.Same, report.Skipped)
		return nil
	})
}
