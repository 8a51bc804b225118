package storage_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

func TestReportIsListedTakenAnsweredAndClosed(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	id := c.Report(t, c.Ana, "Wi-Fi drops in the reading room")
	ines := storagetest.As(c.Ines, core.DoorSSH)

	q, err := query.Parse("status:open queue:it location:LIB* category:network priority:>=low age:<1d reading sort:-priority")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Desk.Tickets(ctx, ines, core.ListRequest{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Tickets) != 1 || page.Tickets[0].ID != id {
		t.Fatalf("list = %v, want ticket %v", page.Tickets, id)
	}
	taken, err := c.Desk.Take(ctx, ines, id, page.Tickets[0].Version)
	if err != nil {
		t.Fatal(err)
	}
	if taken.Status != core.Active || taken.Assignee.ID != c.Ines.ID {
		t.Fatalf("after taking: %s, %v", taken.Status, taken.Assignee)
	}
	if _, err := c.Desk.Reply(ctx, ines, id, core.NewMessage{Body: "Which room?"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Note(ctx, ines, id, core.NewMessage{Body: "the old access point again"}); err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(ctx, storagetest.As(c.Ana, core.DoorSSH), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Messages) != 2 {
		t.Fatalf("the reporter sees %d messages, want 2: the note is not theirs", len(view.Messages))
	}
	closed, err := c.Desk.Close(ctx, ines, id, taken.Version, core.Closing{Resolution: core.Fixed, Body: "Replaced."})
	if err != nil {
		t.Fatal(err)
	}
	if closed.Status != core.Closed || closed.ClosedAt.IsZero() {
		t.Fatalf("after closing: %s at %v", closed.Status, closed.ClosedAt)
	}
	views, err := c.Desk.Views(ctx, ines)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := c.Desk.CountViews(ctx, ines, views)
	if err != nil {
		t.Fatal(err)
	}
	if counts[4].N != 1 || counts[0].N != 0 {
		t.Fatalf("counts = %v", counts)
	}
}
