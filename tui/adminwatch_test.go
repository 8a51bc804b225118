package tui_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// steady is a database of which the machine's own figures stay the same: its version, sizes and connections.
type steady struct {
	*storage.DB

	health core.Health
}

// Health says the figures.
func (s steady) Health(context.Context) (core.Health, error) { return s.health, nil }

// watched is a campus on which somebody signed in, something was changed and a team shares things.
func watched(t *testing.T) *storagetest.Campus {
	t.Helper()
	at := newClock()
	now := at.Now()
	db := storagetest.Open(t)
	desk, err := core.New(t.Context(), steady{db, core.Health{
		DatabaseClock: now, Server: "15.0", Schema: 20260101000000, Bytes: 1_234_000_000, Connections: 12, MostOfThem: 100,
		Tables:    []core.TableSize{{Name: "events", Rows: 10_000_000, Bytes: 4_100_000_000}, {Name: "tickets", Rows: 1_000_000, Bytes: 900_000_000}},
		Processes: []core.Process{{Name: "helpdesk web", Address: "10.0.0.7", Connections: 8, Since: now.Add(-26 * time.Hour)}, {Name: "helpdesk ssh", Connections: 4, Since: now.Add(-time.Hour)}},
		Replicas:  1, Lag: 120 * time.Millisecond, LagKnown: true, Durable: true, HistorySafe: true, LastSeal: now.Add(-5 * time.Minute),
		Slow:       []core.SlowStatement{{Statement: "select id from tickets where search @@ $1", Calls: 1200, Mean: 42 * time.Millisecond}},
		Jobs:       []core.JobHealth{{Kind: "mail", LastDone: now.Add(-time.Minute), Waiting: 3, Failed: 2}, {Kind: "seal", LastDone: now.Add(-5 * time.Minute)}},
		LastBackup: core.BackupMade{At: now.Add(-9 * 24 * time.Hour), Rows: 11_000_000, Bytes: 2_300_000_000},
	}}, core.Options{Clock: at.Now, Rand: rand.NewChaCha8([32]byte{7}), Hub: db.Hub(), Name: "Example Campus"})
	if err != nil {
		t.Fatal(err)
	}
	c := storagetest.CampusOn(t, desk)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c.SignIn(t, c.Ines, core.DoorWeb)
	at.Pass(7 * time.Minute)
	c.SignIn(t, c.Ivan, core.DoorSSH)
	at.Pass(time.Minute)
	ada, ines := storagetest.As(c.Ada, core.DoorWeb), storagetest.As(c.Ines, core.DoorSSH)
	do(desk.SetRole(t.Context(), ada, c.Ben.ID, core.RoleStaff))
	do(desk.Join(t.Context(), ada, c.Ben.ID, c.IT.ID, false))
	_, err = desk.SaveView(t.Context(), ines, core.ViewChange{Title: "Lamps", Query: "lamp status:open", Queue: "it"})
	do(err)
	_, err = desk.SaveMacro(t.Context(), ines, core.Macro{Name: "Restart it", Body: "Please restart it, and tell us what the lamp does then.", Queue: c.IT})
	do(err)
	return c
}

func TestScreensToWatchOver(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		ada := func() *person { c := watched(t); return sit(t, c, c.Ada, width, height) }()
		ada.sees("Manage Tickets")
		ada.press("A")
		for _, at := range []struct{ room, shows string }{
			{"Views and macros", "Restart it"}, {"Sessions", "Ivan Iota"}, {"Audit trail", "role: reporter"}, {"Health", "What to mend"},
		} {
			ada.enter(at.room)
			ada.sees("Administration  ›  " + at.room)
			ada.sees(at.shows)
			snapshot(t, strings.ToLower(strings.ReplaceAll(at.room, " ", "-")), ada)
			ada.press("esc")
		}
	})
}

func TestHolidaysOfACalendarFileArePastedAndShownBeforeTheyCount(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	if err := c.Desk.AddHoliday(t.Context(), core.Operator(), "2027-01-01", "A day off"); err != nil {
		t.Fatal(err)
	}
	holidays := func() string {
		t.Helper()
		days, err := c.Desk.Holidays(t.Context(), core.Operator(), calendar.Day{})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(days)
	}
	before := holidays()
	ada := administer(t, c, "Calendar")
	ada.press("i")
	ada.sees("Holidays of a calendar file")
	ada.send(tea.PasteMsg{Content: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:New\r\n  Year\r\nDTSTART;VALUE=DATE:20270101\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nSUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nSUMMARY:Party\r\nDTSTART:20261231T200000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VEVENT\nDTSTART:20260231"})
	ada.press("ctrl+s")
	ada.sees("Line 18: “DTSTART:20260231” cannot be used.")
	ada.press("ctrl+u", "backspace", "ctrl+u", "ctrl+s")
	ada.sees("New: 3. Renamed: 1.")
	ada.sees("2027-01-01 New Year")
	if now := holidays(); now != before {
		t.Errorf("the dry run changed the holidays to %s", now)
	}
	ada.press("esc")
	ada.sees("Paste what stands in an .ics file.") // with all that was pasted
	ada.press("ctrl+s")
	ada.sees("New: 3. Renamed: 1.")
	ada.press("y")
	ada.sees("3 holidays added, 1 renamed.")
	ada.seesNot("Paste what stands in an .ics file.")
	ada.sees("2026-12-26 Sat")
	if now := holidays(); !strings.Contains(now, "Christmas") || strings.Contains(now, "A day off") {
		t.Errorf("the holidays are %s", now)
	}
}

func TestHealthSaysThatNobodyKnowsHowFarAReplicaIsBehind(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	desk, err := core.New(t.Context(), steady{db, core.Health{Replicas: 2, Durable: true}}, core.Options{Hub: db.Hub()})
	if err != nil {
		t.Fatal(err)
	}
	ada := administer(t, storagetest.CampusOn(t, desk), "Health")
	ada.sees("2, how far behind is not known")
	ada.enter("How far behind")
	ada.sees("Grant it pg_monitor.")
}
