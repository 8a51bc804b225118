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

// TestWhatHasRunOutIsRemoved lets a worker over a real job queue clean up after a sign-in of long ago.
func TestWhatHasRunOutIsRemoved(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	past := time.Now().Add(-365 * 24 * time.Hour)
	old := storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return past }})
	campus := storagetest.CampusOn(t, old)
	campus.SignIn(t, campus.Ana, core.DoorWeb)

	now := storagetest.DeskWith(t, db, core.Options{})
	w, err := worker.New(now, db.Pool(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	deadline := time.Now().Add(20 * time.Second)
	for sessions(t, db) > 0 {
		if time.Now().After(deadline) {
			t.Fatal("the old session is still there")
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func sessions(t *testing.T, db *storage.DB) int {
	t.Helper()
	var n int
	if err := db.Pool().QueryRow(t.Context(), `select count(*) from sessions`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestASnoozedTicketIsWoken lets a worker find a ticket whose rest has ended.
func TestASnoozedTicketIsWoken(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	past := time.Now().Add(-3 * time.Hour)
	old := storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return past }})
	campus := storagetest.CampusOn(t, old)
	id := campus.Report(t, campus.Ana, "No signal")
	ines := storagetest.As(campus.Ines, core.DoorSSH)
	if _, err := old.Snooze(t.Context(), ines, id, 0, past.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	now := storagetest.DeskWith(t, db, core.Options{})
	w, err := worker.New(now, db.Pool(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	deadline := time.Now().Add(20 * time.Second)
	for {
		view, err := now.Ticket(t.Context(), ines, id)
		if err != nil {
			t.Fatal(err)
		}
		if view.Ticket.SnoozedUntil.IsZero() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it still rests")
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestAHeldReplyGoesByItself lets a worker send a reply that was held by a desk on real time.
func TestAHeldReplyGoesByItself(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	ago := time.Now().Add(-core.HoldFor + 2*time.Second)
	begun := time.Now()
	desk := storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return ago.Add(time.Since(begun)) }})
	campus := storagetest.CampusOn(t, desk)
	id := campus.Report(t, campus.Ana, "No signal")
	ines, ana := storagetest.As(campus.Ines, core.DoorSSH), storagetest.As(campus.Ana, core.DoorSSH)
	now := storagetest.DeskWith(t, db, core.Options{})
	w, err := worker.New(now, db.Pool(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	said, err := desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "On my way", Hold: core.HoldForAWhile})
	if err != nil || said.GoesAt.IsZero() {
		t.Fatalf("%+v, %v", said, err)
	}
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		view, err := now.Ticket(t.Context(), ana, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(view.Messages) == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it has not gone")
		}
	}
	if time.Now().Before(said.GoesAt) {
		t.Error("it went early")
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
