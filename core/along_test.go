package core_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// TestMergingAcrossTeamsMovesTheTicket merges as somebody who works in both: the one team reads all of it
// then, the other none, and undoing gives it back.
func TestMergingAcrossTeamsMovesTheTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ada, ivan, fay := storagetest.As(c.Ada, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH), storagetest.As(c.Fay, core.DoorSSH)
	heating, network := c.ReportIn(t, c.Ben, "cold server room", c.Heating), c.Report(t, c.Ana, "servers are down")
	before := ticket(t, c, ada, heating)
	merge(t, c, ada, heating, network)
	if got := said(t, c, ivan, network); len(got) != 2 {
		t.Errorf("the team that goes on reads %q", got)
	}
	if _, err := c.Desk.Ticket(ctx, fay, heating); core.KindOf(err) != core.NotFound {
		t.Errorf("the other team still opens it: %v", err)
	}
	// What is merged goes where the ticket goes.
	if _, err := c.Desk.Change(ctx, ada, network, 0, core.Change{Queue: &c.Facilities.ID}); err != nil {
		t.Fatal(err)
	}
	if got := said(t, c, fay, network); len(got) != 2 {
		t.Errorf("after a move the new team reads %q", got)
	}
	if _, err := c.Desk.Undo(ctx, ada, network); err != nil {
		t.Fatal(err)
	}
	if got := ticket(t, c, ada, heating).Queue.ID; got != c.IT.ID {
		t.Errorf("undoing the move left what is merged in %v", got)
	}
	if _, err := c.Desk.Undo(ctx, ada, network); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, ticket(t, c, ada, heating), sameButForTheHistory()); diff != "" {
		t.Errorf("not as it was before:\n%s", diff)
	}
}

func TestWhatIsMergedIntoSomethingThatBecomesConfidentialIsSoToo(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ada := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ada, core.DoorSSH)
	of, into := c.Report(t, c.Ben, "Ben's"), c.Report(t, c.Ana, "Ana's")
	merge(t, c, ines, of, into)
	if _, err := c.Desk.Change(ctx, ines, into, 0, core.Change{Category: &c.Abuse.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Ticket(ctx, ada, of); core.KindOf(err) != core.NotFound {
		t.Errorf("an admin opens what is merged into something confidential: %v", err)
	}
	if _, err := c.Desk.Change(ctx, ines, into, 0, core.Change{Category: &c.Network.ID}); code(err) != "merged_confidential" {
		t.Errorf("opening one up opened the other: %v", err)
	}
	if _, err := c.Desk.Undo(ctx, ines, into); err != nil {
		t.Fatal(err)
	}
	if ticket(t, c, ines, of).Confidential || ticket(t, c, ines, into).Confidential {
		t.Error("undoing left one of them confidential")
	}
}

func TestClosingTheOriginalClosesItsDuplicates(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	original, merged, linked, under := c.Report(t, c.Ana, "original"), c.Report(t, c.Ben, "merged"), c.Report(t, c.Ben, "linked"), c.Report(t, c.Ben, "under the linked")
	elsewhere, related := c.ReportIn(t, c.Ben, "of another team", c.Heating), c.Report(t, c.Ben, "only related")
	merge(t, c, ines, merged, original)
	merge(t, c, ines, under, linked)
	link := func(who core.Actor, id core.TicketID, r core.Relation, other core.TicketID) {
		if _, err := c.Desk.Link(ctx, who, id, r, other); err != nil {
			t.Fatal(err)
		}
	}
	link(ines, linked, core.DuplicateOf, original)
	link(ines, related, core.RelatedTo, original)
	link(storagetest.As(c.Ada, core.DoorSSH), original, core.DuplicatedBy, elsewhere)
	before := map[core.TicketID]core.Ticket{}
	for _, id := range []core.TicketID{original, merged, linked, under, elsewhere, related} {
		before[id] = ticket(t, c, core.Operator(), id)
	}

	plan, err := c.Desk.PlanBulk(ctx, ines, []core.TicketID{original}, core.Deed{Action: action.Close, Resolution: core.Fixed, Body: "The switch is new."})
	if err != nil {
		t.Fatal(err)
	}
	if want := []core.TicketID{merged, linked, under}; !slices.Equal(plan.Along, want) || plan.Reporters != 4 {
		t.Errorf("the plan closes %v along and tells %d reporters, want %v and 4", plan.Along, plan.Reporters, want)
	}
	if _, err := c.Desk.Close(ctx, ines, original, 0, core.Closing{Resolution: core.Fixed, Body: "The switch is new."}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []core.TicketID{original, merged, linked, under} {
		now := ticket(t, c, core.Operator(), id)
		reporter := storagetest.As(c.Ben, core.DoorWeb)
		if id == original {
			reporter = storagetest.As(c.Ana, core.DoorWeb)
		}
		words := said(t, c, reporter, id)
		if now.Status != core.Closed || now.Resolution != core.Fixed || words[len(words)-1] != "The switch is new." || len(words) != 2 {
			t.Errorf("%s is %s, %s; its reporter reads %q", before[id].Title, now.Status, now.Resolution, words)
		}
	}
	for _, id := range []core.TicketID{elsewhere, related} {
		if now := ticket(t, c, core.Operator(), id); now.IsClosed() {
			t.Errorf("%s was closed too", before[id].Title)
		}
	}
	undone, err := c.Desk.Undo(ctx, ines, original)
	if err != nil || len(undone.Refused) != 0 || len(undone.Tickets) != 4 {
		t.Fatalf("undoing took it back on %v, refused %v (%v)", undone.Tickets, undone.Refused, err)
	}
	for id, was := range before {
		now := ticket(t, c, core.Operator(), id)
		was.FirstResponseAt, was.Attention = now.FirstResponseAt, now.Attention // words once sent stay sent
		if diff := cmp.Diff(was, now, sameButForTheHistory()); diff != "" {
			t.Errorf("%s is not as it was before:\n%s", was.Title, diff)
		}
	}
}

func TestAReporterDoesNotWithdrawWhatOthersReportedToo(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	of, into := c.Report(t, c.Ben, "Ben's"), c.Report(t, c.Ana, "Ana's")
	merge(t, c, storagetest.As(c.Ines, core.DoorSSH), of, into)
	if _, err := c.Desk.Withdraw(t.Context(), storagetest.As(c.Ana, core.DoorWeb), into, 0); code(err) != "others_too" {
		t.Errorf("withdrawing gave %v", err)
	}
	if _, err := c.Desk.Reopen(t.Context(), storagetest.As(c.Ben, core.DoorWeb), of, 0, ""); code(err) != "merged_together" {
		t.Errorf("reopening the merged one gave %v", err)
	}
}
