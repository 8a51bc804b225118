package worker_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/worker"
)

// atWork starts a worker over a database, with a real job queue and real time, and gives the desk that it calls. It is
// stopped when the test ends, and must end well.
func atWork(t *testing.T, db *storage.DB) *core.Desk {
	t.Helper()
	desk := storagetest.DeskWith(t, db, core.Options{})
	w, err := worker.New(desk, db.Pool(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return desk
}

// await looks again and again until it is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	const patience = 40 * time.Second
	for deadline := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// campusAt is a small campus whose desk has the time of that clock.
func campusAt(t *testing.T, db *storage.DB, clock func() time.Time) *storagetest.Campus {
	t.Helper()
	return storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{Clock: clock}))
}

func TestWhatHasRunOutIsRemoved(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	past := time.Now().Add(-365 * 24 * time.Hour)
	campus := campusAt(t, db, func() time.Time { return past })
	campus.SignIn(t, campus.Ana, core.DoorWeb)

	atWork(t, db)
	await(t, "the old session to be removed", func() bool { return sessions(t, db) == 0 })
}

func sessions(t *testing.T, db *storage.DB) int {
	t.Helper()
	var n int
	if err := db.Pool().QueryRow(t.Context(), `select count(*) from sessions`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASnoozedTicketIsWoken(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	past := time.Now().Add(-3 * time.Hour)
	campus := campusAt(t, db, func() time.Time { return past })
	id := campus.Report(t, campus.Ana, "No signal")
	ines := storagetest.As(campus.Ines, core.DoorSSH)
	if _, err := campus.Desk.Snooze(t.Context(), ines, id, 0, past.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}

	now := atWork(t, db)
	await(t, "the ticket to wake", func() bool { return read(t, now, ines, id).Ticket.SnoozedUntil.IsZero() })
}

func read(t *testing.T, desk *core.Desk, who core.Actor, id core.TicketID) core.TicketView {
	t.Helper()
	view, err := desk.Ticket(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// The desk that holds the reply is some seconds behind, so that the worker has only those to wait.
func TestAHeldReplyGoesByItself(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	ago, begun := time.Now().Add(-core.HoldFor+2*time.Second), time.Now()
	campus := campusAt(t, db, func() time.Time { return ago.Add(time.Since(begun)) })
	id := campus.Report(t, campus.Ana, "No signal")
	ines, ana := storagetest.As(campus.Ines, core.DoorSSH), storagetest.As(campus.Ana, core.DoorSSH)

	now := atWork(t, db)
	said, err := campus.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "On my way", Hold: core.HoldForAWhile})
	if err != nil || said.GoesAt.IsZero() {
		t.Fatalf("%+v, %v", said, err)
	}
	await(t, "the reply to go", func() bool { return len(read(t, now, ana, id).Messages) == 2 })
	if time.Now().Before(said.GoesAt) {
		t.Error("it went early")
	}
}
