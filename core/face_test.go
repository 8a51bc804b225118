package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage/storagetest"
)

// Name and zone are what the program was started with until an admin sets them. A change is there in every process that keeps
// its face, and whoever shows something is told to look again.
func TestNameAndZoneAreTheCampussOwn(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	madrid := core.Options{Name: "Started", Zone: time.FixedZone("Started/Zone", 3600)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), madrid))
	other := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Name: "Elsewhere"})
	ctx, stop := context.WithCancel(t.Context())
	kept := make(chan struct{})
	go func() { defer close(kept); other.KeepFace(ctx) }()
	t.Cleanup(func() { stop(); <-kept })
	if c.Desk.Name() != "Started" || c.Desk.Zone() != madrid.Zone {
		t.Fatalf("it begins as %s in %s", c.Desk.Name(), c.Desk.Zone())
	}

	box := other.Hub().Subscribe()
	defer box.Close()
	ada := storagetest.As(c.Ada, core.DoorSSH)
	until := func(name, zone string) {
		t.Helper()
		within, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for told := false; !told || other.Name() != name || other.Zone().String() != zone; {
			dirty, err := box.Wait(within)
			if err != nil {
				t.Fatalf("the other process is %s in %s, told %t: %v", other.Name(), other.Zone(), told, err)
			}
			told = told || dirty.All && dirty.Place
		}
	}
	set := func(key, text string) {
		t.Helper()
		if err := c.Desk.SetSetting(t.Context(), ada, key, text); err != nil {
			t.Fatal(err)
		}
	}
	set(core.SettingName, "  Südcampus Hilfe ")
	set(core.SettingZone, "Pacific/Auckland")
	if c.Desk.Name() != "Südcampus Hilfe" || c.Desk.Zone().String() != "Pacific/Auckland" {
		t.Errorf("where it was set it is %s in %s", c.Desk.Name(), c.Desk.Zone())
	}
	until("Südcampus Hilfe", "Pacific/Auckland")
	late := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Name: "Late"})
	held := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Zone: time.UTC, HoldZone: true})
	if late.Name() != "Südcampus Hilfe" || late.Zone().String() != "Pacific/Auckland" || held.Zone() != time.UTC {
		t.Errorf("a later process is %s in %s, one that holds its zone is in %s", late.Name(), late.Zone(), held.Zone())
	}

	for _, key := range []string{core.SettingName, core.SettingZone} {
		before, err := c.Desk.SettingBefore(t.Context(), ada, key)
		if err != nil || before.Text != "" || before.Change.To == "" {
			t.Errorf("before %s stood %+v (%v)", key, before, err)
		}
		if _, err := c.Desk.RevertSetting(t.Context(), ada, key, ""); err != nil {
			t.Fatal(err)
		}
	}
	until("Elsewhere", "UTC")
	if c.Desk.Name() != "Started" || c.Desk.Zone() != madrid.Zone {
		t.Errorf("taken back, it is %s in %s", c.Desk.Name(), c.Desk.Zone())
	}
	if _, err := c.Desk.RevertSetting(t.Context(), ada, core.SettingZone, ""); err != nil || c.Desk.Zone().String() != "Pacific/Auckland" {
		t.Errorf("the undo undone, it is in %s (%v)", c.Desk.Zone(), err)
	}
}

func TestNamesAndZonesThatCannotBe(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada := storagetest.As(c.Ada, core.DoorSSH)
	for text, code := range map[string]string{
		"Two\nlines": "campus_name_form", "Red \x1b[31m": "campus_name_form", "Turned \u202eround": "campus_name_form", "\xff": "campus_name_form",
		strings.Repeat("x", 61): "name_too_long",
	} {
		if err := c.Desk.SetSetting(t.Context(), ada, core.SettingName, text); codeOf(err) != code {
			t.Errorf("the name %q: %v", text, err)
		}
	}
	for _, text := range []string{"Mars/Olympus", "Local", "localtime", "posixrules", "europe/madrid", "../etc/passwd", "UTC+2", "Europe/Madrid\nUTC"} {
		if err := c.Desk.SetSetting(t.Context(), ada, core.SettingZone, text); codeOf(err) != "campus_zone" {
			t.Errorf("the zone %q: %v", text, err)
		}
	}
	for _, key := range []string{core.SettingName, core.SettingZone} {
		if err := c.Desk.SetSetting(t.Context(), storagetest.As(c.Ines, core.DoorSSH), key, "UTC"); core.KindOf(err) != core.Forbidden {
			t.Errorf("staff set the %s: %v", key, err)
		}
	}
	if c.Desk.Name() != "Example Campus" || c.Desk.Zone() != time.UTC {
		t.Errorf("it is %s in %s", c.Desk.Name(), c.Desk.Zone())
	}
	for _, zone := range []string{"CET", "EST5EDT", "Europe/Madrid"} { // as HELPDESK_ZONE takes them
		if err := c.Desk.SetSetting(t.Context(), ada, core.SettingZone, zone); err != nil || c.Desk.Zone().String() != zone {
			t.Errorf("%s was set, and it is in %s (%v)", zone, c.Desk.Zone(), err)
		}
	}
}

// Figures, filters and what a password may be follow at once.
func TestFiguresFollowTheZone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 10, 23, 30, 0, 0, time.UTC) // half past midnight in Madrid
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }}))
	ada := storagetest.As(c.Ada, core.DoorSSH)
	c.Report(t, c.Ana, "Late in the evening")
	now = now.AddDate(0, 0, 1)
	days := func() string {
		t.Helper()
		var out strings.Builder
		if err := reporting.Write(t.Context(), c.Desk, ada, reporting.Request{Name: "flow", Since: "2026-03-10..2026-03-11", Part: "days", Step: "day", Format: "csv"}, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := days(); !strings.Contains(got, "2026-03-10,2026-03-10,1,") || !strings.Contains(got, "2026-03-11,2026-03-11,0,") {
		t.Errorf("in UTC:\n%s", got)
	}
	if listed(t, c, storagetest.As(c.Ines, core.DoorSSH), "created:2026-03-10") != 1 {
		t.Error("the filter has it on another day in UTC")
	}
	if err := c.Desk.SetSetting(t.Context(), ada, core.SettingZone, "Europe/Madrid"); err != nil {
		t.Fatal(err)
	}
	if known, err := c.Desk.LastKnown(t.Context(), ada, "flow", core.Question{}); err != nil || known != nil {
		t.Errorf("figures of the old zone are still known: %v (%v)", known, err)
	}
	if got := days(); !strings.Contains(got, "2026-03-10,2026-03-10,0,") || !strings.Contains(got, "2026-03-11,2026-03-11,1,") {
		t.Errorf("in Madrid:\n%s", got)
	}
	if listed(t, c, storagetest.As(c.Ines, core.DoorSSH), "created:2026-03-11") != 1 {
		t.Error("the filter has it on another day in Madrid")
	}
	if err := c.Desk.SetSetting(t.Context(), ada, core.SettingName, "Quokkaville Support"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.AddUser(t.Context(), ada, core.NewUser{Username: "zed", Name: "Zed", Role: core.RoleStaff, Password: "QuokkavilleSupport1"}); codeOf(err) != "password_personal" {
		t.Errorf("the new name makes a password: %v", err)
	}
}
