package core_test

import (
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestATimeIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 27, 15, 30, 0, 0, zone) // a Friday, two days before the clocks change
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }, Zone: zone})
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	for typed, want := range map[string]time.Time{
		"30m": now.Add(30 * time.Minute), "2h": now.Add(2 * time.Hour), "in 3 days": now.Add(72 * time.Hour), "1 w": now.Add(7 * 24 * time.Hour),
		"tomorrow": at(3, 28, 9, 0), "Tomorrow 14:30": at(3, 28, 14, 30), "mon": at(3, 30, 9, 0), "friday": at(4, 3, 9, 0), "sun 8": at(3, 29, 8, 0),
		"17:00": at(3, 27, 17, 0), "9": at(3, 28, 9, 0), "today 18:00": at(3, 27, 18, 0), "2026-04-01": at(4, 1, 9, 0), " 2026-04-01  7:05 ": at(4, 1, 7, 5),
	} {
		if got, err := desk.ParseSnooze(core.User{}, typed); err != nil || !got.Equal(want) {
			t.Errorf("%q is %v, %v; want %v", typed, got.In(zone), err, want)
		}
	}
	for _, typed := range []string{
		"", "soon", "-2h", "0h", "25:00", "9:61", "tomorrow morning", "today 9:00", "2026-02-30", "2025-01-01", "2030-01-01", "99999999999999h", "mo",
		"10000d", "2h tomorrow 9:00", "9:5", "٣h",
	} {
		if got, err := desk.ParseSnooze(core.User{}, typed); core.KindOf(err) != core.Invalid {
			t.Errorf("%q is %v, %v; want a refusal", typed, got, err)
		}
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	far := core.User{Preferences: core.Preferences{Zone: "Asia/Tokyo"}} // where it is Friday evening
	if got, err := desk.ParseSnooze(far, "23:45"); err != nil || !got.Equal(time.Date(2026, 3, 27, 23, 45, 0, 0, tokyo)) {
		t.Errorf("somebody far away means %v, %v", got.In(tokyo), err)
	}
}

func TestASnoozedTicketRestsAndWakes(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return start.Add(time.Duration(passed.Load())) }
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock}))
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorWeb)
	ctx := t.Context()
	wake := func(want int) {
		t.Helper()
		if n, err := c.Desk.WakeSnoozed(ctx, core.System()); err != nil || n != want {
			t.Fatalf("%d woke, %v; want %d", n, err, want)
		}
	}
	byTime, byAnswer := c.Report(t, c.Ana, "By time"), c.Report(t, c.Ana, "By answer")
	for _, id := range []core.TicketID{byTime, byAnswer} {
		after, err := c.Desk.Snooze(ctx, ines, id, 0, clock().Add(2*time.Hour))
		if err != nil || after.Attention != core.Resting {
			t.Fatalf("attention %d, %v", after.Attention, err)
		}
	}
	wake(0)
	key, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Reply(ctx, ana, byAnswer, core.NewMessage{Key: key, Body: "It is back."}); err != nil {
		t.Fatal(err)
	}
	if now := ticket(t, c, ines, byAnswer); !now.SnoozedUntil.IsZero() || now.Attention != core.NeedsStaff {
		t.Errorf("after the answer: %v, attention %d", now.SnoozedUntil, now.Attention)
	}
	passed.Store(int64(2 * time.Hour))
	wake(1)
	wake(0)
	view, err := c.Desk.Ticket(ctx, ines, byTime)
	if err != nil || !view.Ticket.SnoozedUntil.IsZero() || view.Ticket.Attention != core.NeedsStaff {
		t.Fatalf("%+v, %v", view.Ticket, err)
	}
	if last := view.Events[len(view.Events)-1]; last.Field != core.FieldSnoozed || last.To != "" || last.Actor != core.ActorSystem {
		t.Errorf("the history ends with %+v", last)
	}
	if _, err := c.Desk.Undo(ctx, ines, byTime); code(err) != "undo_built_on" {
		t.Errorf("undoing a rest that has ended gave %v", err)
	}
}
