package tui_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
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
		Replicas:  1, Lag: 120 * time.Millisecond, Durable: true, HistorySafe: true, LastSeal: now.Add(-5 * time.Minute),
		Slow:       []core.SlowStatement{{Statement: "select id from tickets where search @@ $1", Calls: 1200, Mean: 42 * time.Millisecond}},
		Jobs:       []core.JobHealth{{Kind: "mail", LastDone: now.Add(-time.Minute), Waiting: 3, Failed: 2}, {Kind: "seal", LastDone: now.Add(-5 * time.Minute)}},
		LastBackup: core.BackupMade{At: now.Add(-9 * 24 * time.Hour), Rows: 11_000_000, Bytes: 2_300_000_000},
	}}, core.Options{Clock: at.Now, Rand: rand.NewChaCha8([32]byte{7}), Hub: db.Hub()})
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
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			ada := func() *person { c := watched(t); return sit(t, c, c.Ada, size.w, size.h) }()
			ada.sees("Manage Tickets")
			ada.press("A")
			for _, at := range []struct{ room, shows string }{
				{"Views and macros", "Restart it"}, {"Sessions", "Ivan Iota"}, {"Audit trail", "changed role"}, {"Health", "What to mend"},
			} {
				ada.on(at.room)
				ada.press("enter")
				ada.sees("Administration  ›  " + at.room)
				ada.sees(at.shows)
				ada.settled()
				snapshot(t, strings.ToLower(strings.ReplaceAll(at.room, " ", "-")), ada)
				ada.press("esc")
			}
		})
	}
}
