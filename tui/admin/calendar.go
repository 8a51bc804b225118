package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/tui/screen"
)

// newCalendar shows office hours by weekday, and the holidays to come.
func newCalendar(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Calendar", nested: true, columns: widths(columns("", ""), 20)}
	s.hint = "Figures in office hours go by it, those of the past too."
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		hours, err := env.Desk.OfficeHours(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		days, err := env.Desk.Holidays(ctx, env.Who, calendar.DayOf(env.Desk.Now().In(env.Desk.Zone())))
		hoursOf := undoing{core.SettingOfficeHours, "the office hours", "Closed all week, as before."}
		holidaysOf := undoing{key: core.SettingHolidays, name: "the holidays"}
		p := page{rows: []row{{id: "hours", head: true, cells: []cell{say("Office hours, in " + env.Desk.Zone().String())}}}}
		for _, day := range []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday} {
			p.rows = append(p.rows, s.dayRow(day, hours))
			p.rows[len(p.rows)-1].thing = hoursOf
		}
		p.rows = append(p.rows, row{id: "holidays", head: true, cells: []cell{say("Holidays to come")}})
		for _, h := range days {
			p.rows = append(p.rows, s.holidayRow(h))
			p.rows[len(p.rows)-1].thing = holidaysOf
		}
		if len(days) == 0 {
			p.rows = append(p.rows, row{id: "none", thing: holidaysOf, cells: []cell{dim("none"), dim("a adds one")}})
		}
		return p, err
	}
	s.keys = func(at *row) []screen.Binding {
		return []screen.Binding{s.undoSetting(at), s.importKey(), {Keys: []string{"a"}, Words: "holiday…", Help: "Add a day on which the helpdesk stays closed.", Foot: true, Run: func() tea.Cmd {
			return s.fill("Add a holiday", "add the holiday", []screen.Field{
				{Name: "date", Label: "Date", Hint: "As 2026-12-24."},
				{Name: "name", Label: "Name", Hint: "What it is called; may stay empty."},
			}, func(ctx context.Context, typed screen.Typed) (string, error) {
				return "The helpdesk stays closed on " + typed["date"] + ".", env.Desk.AddHoliday(ctx, env.Who, typed["date"], typed["name"])
			})
		}}}
	}
	return s
}

func (s *Screen) dayRow(day time.Weekday, hours []calendar.Range) row {
	var parts []string
	for _, r := range hours {
		if r.Weekday == day {
			parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", r.Opens/60, r.Opens%60, r.Closes/60, r.Closes%60))
		}
	}
	typed := strings.Join(parts, ", ")
	words := say(typed)
	if typed == "" {
		words = dim("closed")
	}
	return row{id: day.String(), cells: []cell{say(day.String()), words}, verb: "change…", press: func() tea.Cmd {
		return s.fill("When is it open on "+day.String()+"s?", "change the hours", []screen.Field{
			{Name: "hours", Label: "Hours", Start: typed, Hint: "08:00-12:30, 13:30-17:00. Nothing means closed."},
		}, func(ctx context.Context, typed screen.Typed) (string, error) {
			return "Changed. All figures in office hours go by it now.", s.env.Desk.SetDayHours(ctx, s.env.Who, day, typed["hours"])
		})
	}}
}

func (s *Screen) holidayRow(h calendar.Holiday) row {
	weekday := time.Date(h.Day.Year, h.Day.Month, h.Day.Day, 0, 0, 0, 0, time.UTC).Weekday().String()[:3]
	return row{id: h.Day.String(), cells: []cell{say(h.Day.String() + " " + weekday), say(h.Name)}, verb: "remove…", press: func() tea.Cmd {
		return s.confirm("Is "+h.Day.String()+" no holiday?", "The helpdesk is open then as on any "+weekday+"; figures in office hours go by it.", "remove it", func() tea.Cmd {
			return s.change("remove the holiday", "Removed.", func(ctx context.Context) error {
				return s.env.Desk.RemoveHoliday(ctx, s.env.Who, h.Day)
			})
		})
	}}
}
