package core_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/storage/storagetest"
)

// The words of a note are in no event, and come back all the same; and go again, undone once more.
func TestANoteComesBackAlthoughNoEventHoldsIt(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	const spanish = core.SettingEmergencyNote + ".es"
	for _, set := range [][2]string{{core.SettingEmergencyNote, "Flood"}, {spanish, "Inundación"}, {core.SettingEmergencyNote, "Power cut"}, {core.SettingEmergencyNote, "Power cut"}} {
		if err := c.Desk.SetSetting(ctx, ada, set[0], set[1]); err != nil {
			t.Fatal(err)
		}
	}
	undone := func(key, was, now string) {
		t.Helper()
		before, err := c.Desk.SettingBefore(ctx, ada, key)
		if err != nil || before.Text != now {
			t.Errorf("%s would be %q (%v), want %q", key, before.Text, err, now)
		}
		if text, _ := c.Desk.Setting(ctx, ada, key); text != was {
			t.Errorf("%s is %q, want %q", key, text, was)
		}
		if _, err := c.Desk.RevertSetting(ctx, ada, key, before.Change.Command); err != nil {
			t.Fatal(err)
		}
		if text, _ := c.Desk.Setting(ctx, ada, key); text != now {
			t.Errorf("taken back, %s is %q, want %q", key, text, now)
		}
		if _, err := c.Desk.RevertSetting(ctx, ada, key, before.Change.Command); codeOf(err) != "undo_built_on" {
			t.Errorf("the same change of %s is taken back twice: %v", key, err)
		}
	}
	undone(core.SettingEmergencyNote, "Power cut", "Flood")
	undone(core.SettingEmergencyNote, "Flood", "Power cut")
	undone(spanish, "Inundación", "")
	undone(spanish, "", "Inundación")

	events, _, err := c.Desk.Trail(ctx, ada, core.TrailFilter{Stream: core.StreamSettings}, core.TrailCursor{}, 50)
	if err != nil || len(events) != 7 || events[0].Undoes == "" || events[0].Undoes != events[1].Command {
		t.Errorf("the history says %+v (%v)", events, err)
	}
	for i := range events {
		if events[i].From+events[i].To != "" {
			t.Errorf("an event holds words of people: %+v", events[i])
		}
	}
	if _, err := c.Desk.SettingBefore(ctx, ada, core.SettingTerms); codeOf(err) != "undo_none" {
		t.Errorf("before terms that nobody set: %v", err)
	}
	if _, err := c.Desk.RevertSetting(ctx, ada, "epoch", ""); codeOf(err) != "setting_unknown" {
		t.Errorf("the epoch is taken back: %v", err)
	}
	for _, key := range []string{core.SettingEmergencyNote, core.SettingHolidays} {
		if _, err := c.Desk.SettingBefore(ctx, storagetest.As(c.Ines, core.DoorSSH), key); core.KindOf(err) != core.Forbidden {
			t.Errorf("staff read what %s was: %v", key, err)
		}
		if _, err := c.Desk.RevertSetting(ctx, storagetest.As(c.Ines, core.DoorSSH), key, ""); core.KindOf(err) != core.Forbidden {
			t.Errorf("staff take %s back: %v", key, err)
		}
	}
}

// A change that a program made which kept nothing is not answered with something else.
func TestANoteThatWasNotKeptDoesNotComeBack(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ada := storagetest.As(c.Ada, core.DoorSSH)
	for _, text := range []string{"Flood", "Power cut"} {
		if err := c.Desk.SetSetting(t.Context(), ada, core.SettingEmergencyNote, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.KeepReplaced(t.Context(), core.SettingEmergencyNote, "Something else", "00000000-0000-4000-8000-000000000000"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.RevertSetting(t.Context(), ada, core.SettingEmergencyNote, ""); codeOf(err) != "undo_not_kept" {
		t.Errorf("taken back: %v", err)
	}
}

func TestOfficeHoursComeBack(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	hours := func() string {
		t.Helper()
		all, err := c.Desk.OfficeHours(ctx, ada)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, r := range all {
			words = append(words, r.String())
		}
		return strings.Join(words, ", ")
	}
	began := hours()
	if err := c.Desk.SetDayHours(ctx, ada, time.Wednesday, "08:00-12:30, 13:30-24:00"); err != nil {
		t.Fatal(err)
	}
	changed := hours()
	before, err := c.Desk.SettingBefore(ctx, ada, core.SettingOfficeHours)
	if err != nil || before.Text != began || began == changed {
		t.Errorf("before %q stood %q (%v), want %q", changed, before.Text, err, began)
	}
	for _, want := range []string{began, changed, began} {
		if _, err := c.Desk.RevertSetting(ctx, ada, core.SettingOfficeHours, ""); err != nil || hours() != want {
			t.Errorf("taken back, the hours are %q (%v), want %q", hours(), err, want)
		}
	}
}

// What was read from one file is one change: all of it comes back, and no more.
func TestHolidaysComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	days := func() string {
		t.Helper()
		all, err := c.Desk.Holidays(ctx, ada, calendar.Day{})
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, h := range all {
			words = append(words, h.Day.String()+" "+h.Name)
		}
		return strings.Join(words, ", ")
	}
	undone := func(doing string) {
		t.Helper()
		if _, err := c.Desk.RevertSetting(ctx, ada, core.SettingHolidays, ""); err != nil {
			t.Fatalf("%s: %v", doing, err)
		}
	}
	one := "2026-12-24 Eve"
	if err := c.Desk.AddHoliday(ctx, ada, "2026-12-24", "Eve"); err != nil {
		t.Fatal(err)
	}
	undone("added")
	if days() != "" {
		t.Errorf("the added day is still there: %s", days())
	}
	undone("the undo")
	if days() != one {
		t.Errorf("the undo undone, the days are %q", days())
	}
	if err := c.Desk.RemoveHoliday(ctx, ada, calendar.Day{Year: 2026, Month: time.December, Day: 24}); err != nil || days() != "" {
		t.Fatal(days(), err)
	}
	undone("removed")
	if days() != one {
		t.Errorf("the removed day is not back with its name: %q", days())
	}
	file := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:Christmas Eve\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if _, err := c.Desk.ImportHolidays(ctx, ada, strings.NewReader(file), false); err != nil {
		t.Fatal(err)
	}
	all := days()
	before, err := c.Desk.SettingBefore(ctx, ada, core.SettingHolidays)
	if err != nil || len(before.Back) != 0 || len(before.Gone) != 2 || len(before.Renamed) != 1 || before.Renamed[0].Name != "Eve" || before.Change.From != "1" || before.Change.To != "3" {
		t.Errorf("before the file stood %+v (%v)", before, err)
	}
	undone("the file")
	if days() != one {
		t.Errorf("after the file is taken back the days are %q", days())
	}
	before, err = c.Desk.SettingBefore(ctx, ada, core.SettingHolidays)
	if err != nil || len(before.Back) != 2 || len(before.Gone) != 0 || len(before.Renamed) != 1 {
		t.Errorf("before that stood %+v (%v)", before, err)
	}
	undone("that")
	if days() != all {
		t.Errorf("the file is not back: %q", days())
	}
}

// Two admins who change what is of the campus in the same moment: neither change is lost.
func TestChangesOfTheCampusInTheSameMomentAreAllKept(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx, ada := t.Context(), storagetest.As(c.Ada, core.DoorSSH)
	var all sync.WaitGroup
	at := func(change func() error) {
		all.Go(func() {
			if err := change(); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 5 {
		day := calendar.Day{Year: 2026, Month: time.December, Day: 24 + i}
		at(func() error { return c.Desk.AddHolidays(ctx, ada, calendar.Holiday{Day: day, Name: "Closed"}) })
		at(func() error { return c.Desk.SetDayHours(ctx, ada, time.Weekday(1+i), "10:00-11:00") })
	}
	all.Wait()
	days, err := c.Desk.Holidays(ctx, ada, calendar.Day{})
	if err != nil || len(days) != 5 {
		t.Errorf("the holidays are %v (%v)", days, err)
	}
	hours, err := c.Desk.OfficeHours(ctx, ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hours {
		if h.Opens != 10*60 || h.Closes != 11*60 {
			t.Errorf("the office hours are %v", hours)
			break
		}
	}
}
