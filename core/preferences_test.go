package core_test

import (
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestPreferencesAreKeptWithTheAccountAndInItsHistory(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if p, err := c.Desk.Preferences(t.Context(), ines); err != nil || p != core.DefaultPreferences() || !p.HoldReplies {
		t.Errorf("before any choice: %+v, %v", p, err)
	}
	want := core.Preferences{Theme: core.ThemeContrast, Zone: "Europe/Madrid", Mouse: true, Plain: true, ExactTimes: true}
	box := c.Desk.Hub().Subscribe()
	defer box.Close()
	for range 2 { // the second time changes nothing
		if err := c.Desk.SetPreferences(t.Context(), ines, want); err != nil {
			t.Fatal(err)
		}
	}
	waitForUser(t, box, c.Ines.ID)
	if p, err := c.Desk.Preferences(t.Context(), ines); err != nil || p != want {
		t.Errorf("%+v, %v", p, err)
	}
	if me, err := c.Desk.Me(t.Context(), ines); err != nil || me.Preferences != want {
		t.Errorf("they do not come with the account: %+v, %v", me, err)
	}
	if n, err := c.Desk.Notices(t.Context(), ines); err != nil || n != core.DefaultNotices() {
		t.Errorf("notices changed with them: %+v, %v", n, err)
	}
	if p, err := c.Desk.Preferences(t.Context(), storagetest.As(c.Ivan, core.DoorSSH)); err != nil || p != core.DefaultPreferences() {
		t.Errorf("somebody else's: %+v, %v", p, err)
	}
	var fields int
	const count = `select count(*) from events where stream = 'user' and stream_id = $1 and field in ('theme', 'zone', 'mouse', 'plain', 'exact_times', 'hold_replies')`
	if err := db.Pool().QueryRow(t.Context(), count, int64(c.Ines.ID)).Scan(&fields); err != nil || fields != 6 {
		t.Errorf("history has %d lines of them, want 6 (%v)", fields, err)
	}
}

func TestPreferencesThatMeanNothingAreRefused(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for name, change := range map[string]func(*core.Preferences){
		"theme":  func(p *core.Preferences) { p.Theme = "pink" },
		"none":   func(p *core.Preferences) { p.Theme = "" },
		"zone":   func(p *core.Preferences) { p.Zone = "Europe/Atlantis" },
		"server": func(p *core.Preferences) { p.Zone = "Local" },
		"path":   func(p *core.Preferences) { p.Zone = "../../etc/passwd" },
	} {
		p := core.DefaultPreferences()
		change(&p)
		if err := c.Desk.SetPreferences(t.Context(), ines, p); core.KindOf(err) != core.Invalid {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
	wantKind(t, c.Desk.SetPreferences(t.Context(), core.Operator(), core.DefaultPreferences()), core.Unauthenticated)
	_, err := c.Desk.Preferences(t.Context(), core.Anonymous(core.DoorWeb, ""))
	wantKind(t, err, core.Unauthenticated)
}

func TestTimesAreReadInOnesOwnZone(t *testing.T) {
	t.Parallel()
	if zone := (core.Preferences{}).Location(time.UTC); zone != time.UTC {
		t.Errorf("without a choice: %v", zone)
	}
	if zone := (core.Preferences{Zone: "Asia/Tokyo"}).Location(time.UTC); zone.String() != "Asia/Tokyo" {
		t.Errorf("chosen: %v", zone)
	}
	if zone := (core.Preferences{Zone: "Gone/Away"}).Location(time.UTC); zone != time.UTC {
		t.Errorf("a zone that no longer exists: %v", zone)
	}
}
