package core_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func relations(t *testing.T, c *storagetest.Campus, who core.Actor, id core.TicketID) map[core.TicketID]core.Relation {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	list := map[core.TicketID]core.Relation{}
	for _, l := range view.Linked {
		list[l.ID] = l.Relation
	}
	return list
}

func TestALinkIsSeenFromBothEnds(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for _, r := range core.Relations() {
		a, b := c.Report(t, c.Ana, "A"), c.Report(t, c.Ben, "B")
		for range 2 { // once more changes nothing
			if _, err := c.Desk.Link(ctx, ines, a, r, b); err != nil {
				t.Fatal(err)
			}
		}
		if there, back := relations(t, c, ines, a)[b], relations(t, c, ines, b)[a]; there != r || back != r.Reverse() {
			t.Errorf("%s reads %q and %q", r, there, back)
		}
		if _, err := c.Desk.Undo(ctx, ines, b); err != nil {
			t.Fatal(err)
		}
		if n := len(relations(t, c, ines, a)) + len(relations(t, c, ines, b)); n != 0 {
			t.Errorf("%s is undone at %d ends less than two", r, n)
		}
		if _, err := c.Desk.Link(ctx, ines, b, r, a); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Unlink(ctx, ines, a, b); err != nil {
			t.Fatal(err)
		}
		if len(relations(t, c, ines, b)) != 0 {
			t.Errorf("%s was not taken away", r)
		}
		if _, err := c.Desk.Undo(ctx, ines, a); err != nil {
			t.Fatal(err)
		}
		if got := relations(t, c, ines, b)[a]; got != r {
			t.Errorf("undoing the removal of %s gave %q", r, got)
		}
	}
}

func TestALinkIsSeenByThoseAloneWhoSeeTheOther(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ada, ines, ana := storagetest.As(c.Ada, core.DoorSSH), storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	here, there, mine := c.Report(t, c.Ana, "here"), c.ReportIn(t, c.Ben, "there", c.Heating), c.Report(t, c.Ana, "also mine")
	if _, err := c.Desk.Link(ctx, ada, here, core.BlockedBy, there); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Link(ctx, ines, here, core.RelatedTo, mine); err != nil {
		t.Fatal(err)
	}
	if got := relations(t, c, ines, here); len(got) != 1 || got[mine] != core.RelatedTo {
		t.Errorf("staff of one queue see %v", got)
	}
	if got := relations(t, c, ana, here); len(got) != 1 || got[mine] != core.RelatedTo {
		t.Errorf("the reporter sees %v", got)
	}
	view, err := c.Desk.Ticket(ctx, ines, here)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range view.Events {
		if _, other := e.Link(); e.Field == core.FieldLink && other == there {
			t.Errorf("the history tells staff of one queue about the other: %+v", e)
		}
	}
	events, _, err := c.Desk.Watch(ctx, ines, core.FeedCursor{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if _, other := e.Link(); e.Field == core.FieldLink && other == there {
			t.Errorf("the feed tells staff of one queue about the other: %+v", e)
		}
	}
	for name, want := range map[string]struct {
		id, other core.TicketID
		relation  core.Relation
		code      string
	}{
		"out of sight": {here, there, core.RelatedTo, "ticket_not_found"}, "itself": {here, here, core.RelatedTo, "link_itself"},
		"unknown": {here, mine, "likes", "relation_unknown"},
	} {
		if _, err := c.Desk.Link(ctx, ines, want.id, want.relation, want.other); reason(err) != want.code {
			t.Errorf("%s: %v, want %s", name, err, want.code)
		}
	}
	if _, err := c.Desk.Link(ctx, ines, here, core.Blocks, mine); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Link(ctx, ines, mine, core.Blocks, here); reason(err) != "link_reversed" {
		t.Errorf("blocking each other: %v", err)
	}
	if _, err := c.Desk.Unlink(ctx, ines, mine, c.Report(t, c.Ben, "far off")); reason(err) != "not_linked" {
		t.Errorf("unlinking what is not linked: %v", err)
	}
}

// TestAttackUndoingALinkToATicketOutOfSight undoes a link whose other end is another team's alone by now.
func TestAttackUndoingALinkToATicketOutOfSight(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	a, b := c.Report(t, c.Ana, "A"), c.Report(t, c.Ben, "B")
	if _, err := c.Desk.Link(ctx, ines, a, core.Blocks, b); err != nil {
		t.Fatal(err)
	}
	for _, change := range []core.Change{{Category: &c.Abuse.ID}, {Queue: &c.Conduct.ID}} {
		if _, err := c.Desk.Change(ctx, core.Operator(), b, 0, change); err != nil {
			t.Fatal(err)
		}
	}
	before, err := c.Desk.Ticket(ctx, storagetest.As(c.Cora, core.DoorSSH), b)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Desk.Undo(ctx, ines, a)
	wantKind(t, err, core.NotFound)
	after, err := c.Desk.Ticket(ctx, storagetest.As(c.Cora, core.DoorSSH), b)
	if err != nil || after.Ticket.Version != before.Ticket.Version || len(after.Linked) != len(before.Linked) {
		t.Errorf("it was changed from outside: %+v, %v", after.Ticket, err)
	}
}
