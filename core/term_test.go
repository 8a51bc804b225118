package core_test

import (
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestThisTermBeginsWhereTheCampusSays(t *testing.T) {
	t.Parallel()
	now := time.Time{}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }}))
	ada := storagetest.As(c.Ada, core.DoorSSH)
	asked, err := core.ParseDays(" Term ")
	if err != nil {
		t.Fatal(err)
	}
	begins := func(at, want string) {
		t.Helper()
		if now, err = time.Parse(time.DateTime, at); err != nil {
			t.Fatal(err)
		}
		flow, err := c.Desk.AnalyseFlow(t.Context(), ada, asked)
		if got := flow.Range.From.Format(time.DateOnly); err != nil || got != want || flow.Range.To.Before(now) {
			t.Errorf("at %s the term begins on %s and ends on %s, want %s (%v)", at, got, flow.Range.To, want, err)
		}
	}
	set := func(text string) error { return c.Desk.SetSetting(t.Context(), ada, core.SettingTerms, text) }
	kept := func() string {
		t.Helper()
		text, err := c.Desk.Setting(t.Context(), ada, core.SettingTerms)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	begins("2026-03-31 23:59:00", "2025-10-01")
	begins("2026-04-01 00:00:00", "2026-04-01")
	begins("2026-12-31 12:00:00", "2026-10-01")

	if err := set("09-15, 02-15 09-15"); err != nil || kept() != "02-15 09-15" {
		t.Fatalf("the terms are %q (%v)", kept(), err)
	}
	begins("2026-03-31 23:59:00", "2026-02-15")
	begins("2026-02-14 12:00:00", "2025-09-15")
	for _, text := range []string{"soon", "31-12", "02-29", "02-30", "2026-09-15", "09-15;02-15", ", ,", "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 01-09 01-10 01-11 01-12 01-13"} {
		if err := set(text); codeOf(err) != "terms_form" {
			t.Errorf("terms %q: %v", text, err)
		}
	}
	if err := c.Desk.SetSetting(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.SettingTerms, "01-01"); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff set the terms: %v", err)
	}

	if err := set("01-10"); err != nil {
		t.Fatal(err)
	}
	begins("2026-01-09 12:00:00", "2025-01-10")
	events, _, err := c.Desk.Trail(t.Context(), ada, core.TrailFilter{Stream: core.StreamSettings}, core.TrailCursor{}, 1)
	if err != nil || len(events) != 1 || events[0].Field != core.SettingTerms || events[0].From != "02-15 09-15" || events[0].To != "01-10" {
		t.Errorf("the trail says %+v (%v)", events, err)
	}
	if err := c.Desk.SetSetting(t.Context(), ada, core.SettingEmergencyNote, "Flood"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.RevertSetting(t.Context(), ada, core.SettingTerms, ""); err != nil || kept() != "02-15 09-15" {
		t.Errorf("taken back, the terms are %q (%v)", kept(), err)
	}
	if keys, err := c.Desk.Settings(t.Context(), ada); err != nil || len(keys) != 2 || keys[1] != core.SettingTerms {
		t.Errorf("the settings are %q (%v)", keys, err)
	}
	if err := set(""); err != nil {
		t.Fatal(err)
	}
	begins("2026-04-01 00:00:00", "2026-04-01")
}
