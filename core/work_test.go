package core_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestMovingToAnotherTeamReleasesWhoDoesNotWorkThere(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "The socket sparks")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Take(t.Context(), ines, id, 0); err != nil {
		t.Fatal(err)
	}
	moved, err := c.Desk.Change(t.Context(), ines, id, 0, core.Change{Queue: &c.Facilities.ID})
	if err != nil {
		t.Fatal(err)
	}
	if moved.Queue.ID != c.Facilities.ID || moved.Assignee.ID != 0 || moved.Status != core.Active {
		t.Errorf("after moving: queue %s, with %v, %s", moved.Queue.Code, moved.Assignee, moved.Status)
	}
	if _, err := c.Desk.Ticket(t.Context(), ines, id); core.KindOf(err) != core.NotFound {
		t.Errorf("who gave it away still sees it: %v", err)
	}
	if _, err := c.Desk.Take(t.Context(), storagetest.As(c.Fay, core.DoorSSH), id, moved.Version); err != nil {
		t.Errorf("the other team cannot take it: %v", err)
	}
}

func TestOnlyMembersOfTheQueueAreAssigned(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for _, other := range []core.User{c.Fay, c.Ana} {
		if _, err := c.Desk.Assign(t.Context(), ines, id, 0, other.ID); core.KindOf(err) != core.Invalid {
			t.Errorf("assigning to %s gives %v", other.Username, err)
		}
	}
	got, err := c.Desk.Assign(t.Context(), ines, id, 0, c.Ivan.ID)
	if err != nil || got.Status != core.Active || got.Assignee.Name != "Ivan Iota" {
		t.Errorf("assigned: %v, %s, %v", got.Assignee, got.Status, err)
	}
}

func TestAReporterReopensWithinTheQueuesDays(t *testing.T) {
	t.Parallel()
	now := &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now.Now}))
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	for range 2 {
		if _, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
			t.Fatal(err)
		}
		now.pass(13 * 24 * time.Hour)
		got, err := c.Desk.Reopen(t.Context(), ana, id, 0, "It is back.")
		if err != nil {
			t.Fatal(err)
		}
		if got.Status != core.Open || got.Resolution != "" || !got.ClosedAt.IsZero() {
			t.Errorf("reopened: %s, %q, closed at %v", got.Status, got.Resolution, got.ClosedAt)
		}
	}
	if _, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	now.pass(15 * 24 * time.Hour)
	if _, err := c.Desk.Reopen(t.Context(), ana, id, 0, ""); core.KindOf(err) != core.Forbidden {
		t.Errorf("after the queue's days the reporter gets %v", err)
	}
	if _, err := c.Desk.Reopen(t.Context(), ines, id, 0, ""); err != nil {
		t.Errorf("staff may at any time: %v", err)
	}
}

func TestAnAnswerEndsTheWaiting(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "Which device?"}); err != nil {
		t.Fatal(err)
	}
	got, err := c.Desk.Change(t.Context(), ines, id, 0, waiting(core.WaitingReporter))
	if err != nil || got.Attention != core.Resting {
		t.Fatalf("waiting: %d, %v", got.Attention, err)
	}
	if _, err := c.Desk.Reply(t.Context(), ana, id, core.NewMessage{Body: "A telephone."}); err != nil {
		t.Fatal(err)
	}
	after := ticket(t, c, ines, id)
	if after.WaitingOn != core.WaitingNobody || after.Attention != core.NeedsStaff {
		t.Errorf("after the answer it waits on %q and has attention %d", after.WaitingOn, after.Attention)
	}
}

func TestACorrectionKeepsTheOldWordsAndFindsTheNew(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "The prointer jams")
	title, words := "The printer jams", "It is the grey one."
	if _, err := c.Desk.Correct(t.Context(), ana, id, 0, core.Correction{Title: &title, Description: &words, Where: &core.Where{Building: "sci", Words: "by the lift"}}); err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(t.Context(), ines, id)
	if err != nil {
		t.Fatal(err)
	}
	if view.Ticket.Title != title || view.Messages[0].Body != words || view.Ticket.Location.Code != "SCI" || view.Ticket.Place != "by the lift" {
		t.Errorf("corrected: %q, %q, %s %q", view.Ticket.Title, view.Messages[0].Body, view.Ticket.Location.Code, view.Ticket.Place)
	}
	for text, want := range map[string]int{"printer": 1, "prointer": 0, "grey": 1} {
		page, err := c.Desk.Tickets(t.Context(), ines, core.ListRequest{Query: parse(t, text)})
		if err != nil || len(page.Tickets) != want {
			t.Errorf("%q finds %d (%v), want %d", text, len(page.Tickets), err, want)
		}
	}
	var kept, inEvents int
	if err := db.Pool().QueryRow(t.Context(), `select count(*) from revisions where body = 'The prointer jams'`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if err := db.Pool().QueryRow(t.Context(), `select count(*) from events where events::text like '%prointer%' or events::text like '%lift%'`).Scan(&inEvents); err != nil {
		t.Fatal(err)
	}
	if kept != 1 || inEvents != 0 {
		t.Errorf("the old title is kept %d times, and stands in %d events", kept, inEvents)
	}
}

func TestHistoryCannotBeChangedByTheApplication(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	c.Report(t, c.Ana, "No signal")
	for _, sql := range []string{`update events set kind = 'noted'`, `delete from events`, `truncate events`, `drop table events`} {
		if _, err := db.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is carried out", sql)
		}
	}
}

func TestBadReportsAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	_, err := c.Desk.Report(t.Context(), core.Anonymous(core.DoorSSH, ""), core.NewTicket{
		Title: string(make([]rune, core.MaxTitle+1)) + "x", Category: 9999, Contact: core.Contact{Email: "not an address", Phone: "call me"},
	})
	e := core.KindOf(err)
	if e != core.Invalid {
		t.Fatalf("it gives %v", err)
	}
	for _, field := range []string{"building", "category", "email", "phone"} {
		if !problemIn(err, field) {
			t.Errorf("nothing is said of %s: %v", field, err)
		}
	}
}

func problemIn(err error, field string) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && slices.ContainsFunc(e.Problems, func(p core.Problem) bool { return p.Field == field })
}
