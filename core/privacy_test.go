package core_test

import (
	"errors"
	"slices"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

func parse(t *testing.T, text string) query.Query {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestAConfidentialTicketIsSeenByItsQueueAlone tries every way in which somebody else might learn of
// one: opening it, listing it, counting it, finding its words, what is related to another ticket.
func TestAConfidentialTicketIsSeenByItsQueueAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	secret := c.ReportIn(t, c.Ana, "Zanzibar was shouted at me", c.Abuse)
	if _, err := c.Desk.Note(ctx, storagetest.As(c.Cora, core.DoorSSH), secret, core.NewMessage{Body: "quicksilver"}); err != nil {
		t.Fatal(err)
	}
	for _, other := range []core.User{c.Ines, c.Fay, c.Ada, c.Ben} {
		who := storagetest.As(other, core.DoorSSH)
		if _, err := c.Desk.Ticket(ctx, who, secret); core.KindOf(err) != core.NotFound {
			t.Errorf("%s opens it: %v", other.Username, err)
		}
		if _, err := c.Desk.Take(ctx, who, secret, 0); core.KindOf(err) != core.NotFound {
			t.Errorf("%s takes it: %v", other.Username, err)
		}
		for _, words := range []string{"", "zanzibar", "quicksilver", "#" + secret.String()[1:], "category:harassment", "queue:conduct"} {
			if !other.IsStaff() && words == "queue:conduct" {
				continue // refused, whatever there is
			}
			page, err := c.Desk.Tickets(ctx, who, core.ListRequest{Query: parse(t, words)})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Tickets) != 0 {
				t.Errorf("%s finds it by %q", other.Username, words)
			}
			counts, err := c.Desk.CountViews(ctx, who, []core.View{{Query: parse(t, words)}})
			if err != nil {
				t.Fatal(err)
			}
			if counts[0].N != 0 {
				t.Errorf("%s counts it by %q", other.Username, words)
			}
		}
		if other.IsStaff() {
			events, _, err := c.Desk.Watch(ctx, who, core.FeedCursor{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if len(events) != 0 {
				t.Errorf("%s sees its events in the feed", other.Username)
			}
		}
	}
	page, err := c.Desk.Tickets(ctx, storagetest.As(c.Cora, core.DoorSSH), core.ListRequest{Query: parse(t, "quicksilver")})
	if err != nil || len(page.Tickets) != 1 {
		t.Fatalf("its own staff find %d by the note's word (%v), want 1", len(page.Tickets), err)
	}
}

// TestAttackACodeThatOpensAConfidentialTicket has somebody of another team make a one-time code for whoever reported one: with it they
// could read it as its reporter. Its team sees that in its history; whoever made the code learns of nothing.
func TestAttackACodeThatOpensAConfidentialTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	secret, plain := c.ReportIn(t, c.Ana, "Zanzibar was shouted at me", c.Abuse), c.Report(t, c.Ana, "No signal")
	ines, cora := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Cora, core.DoorSSH)
	box := c.Desk.Hub().Subscribe()
	defer box.Close()
	if _, _, err := c.Desk.IssueCode(ctx, ines, c.Ana.ID); err != nil {
		t.Fatal(err)
	}
	codes := func(who core.Actor, id core.TicketID) (by []string) {
		view, err := c.Desk.Ticket(ctx, who, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range view.Events {
			if e.Kind == core.EventCode {
				by = append(by, e.User.Username)
			}
		}
		return by
	}
	if by := codes(cora, secret); !slices.Equal(by, []string{"ines"}) {
		t.Errorf("its team sees codes made by %q", by)
	}
	if by := codes(storagetest.As(c.Ana, core.DoorWeb), secret); len(by) > 0 {
		t.Errorf("its reporter sees %q", by)
	}
	if by := codes(ines, plain); len(by) > 0 {
		t.Errorf("a ticket that anybody may read names %q", by)
	}
	if dirty, err := box.Wait(ctx); err != nil || !dirty.Tickets[secret] {
		t.Errorf("an open console does not show it: %+v, %v", dirty, err)
	}
	view, err := c.Desk.Ticket(ctx, cora, secret)
	if err != nil || view.Ticket.Version != 1 || view.Ticket.UpdatedAt != view.Ticket.CreatedAt {
		t.Errorf("it has moved: %+v, %v", view.Ticket, err)
	}
}

func TestANoteIsNotFoundByItsReporter(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Note(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, core.NewMessage{Body: "quicksilver"}); err != nil {
		t.Fatal(err)
	}
	ana := storagetest.As(c.Ana, core.DoorWeb)
	for _, words := range []string{"quicksilver", "quick", `"quicksilver"`} {
		page, err := c.Desk.Tickets(t.Context(), ana, core.ListRequest{Query: parse(t, words)})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Tickets) != 0 {
			t.Errorf("the reporter finds their ticket by %q, a word of a note", words)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ana, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Messages) != 1 || len(view.Events) != 1 {
		t.Errorf("the reporter sees %d messages and %d events, want 1 and 1", len(view.Messages), len(view.Events))
	}
}

func TestAGuestOpensNothingButTheirOwnTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	report := func(name string) core.Receipt {
		guest := core.Anonymous(core.DoorWeb, "192.0.2.7")
		key, err := c.Desk.NewFormKey(guest)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := c.Desk.Report(ctx, guest, core.NewTicket{
			Key: key, Title: name, Category: c.Network.ID, Where: core.Where{Words: "by the fountain"}, Contact: core.Contact{Email: "g@example.org"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return receipt
	}
	mine, other := report("mine"), report("other")
	guest, id, err := c.Desk.Guest(ctx, core.DoorWeb, mine.Link, "192.0.2.7")
	if err != nil || id != mine.Ticket {
		t.Fatalf("the link opens %v (%v), want %v", id, err, mine.Ticket)
	}
	if _, err := c.Desk.Ticket(ctx, guest, mine.Ticket); err != nil {
		t.Fatal(err)
	}
	_, byNumber := c.Desk.Ticket(ctx, guest, other.Ticket)
	_, missing := c.Desk.Ticket(ctx, guest, 999_999)
	_, byReference := c.Desk.TicketByReference(ctx, guest, other.Reference)
	altered := []byte(mine.Link)
	altered[0] ^= 1
	_, _, byLink := c.Desk.Guest(ctx, core.DoorWeb, string(altered), "")
	for name, err := range map[string]error{"number": byNumber, "missing number": missing, "reference": byReference, "altered link": byLink} {
		e, ok := errors.AsType[*core.Error](err)
		if !ok || e.Kind != core.NotFound || e.Code != "ticket_not_found" {
			t.Errorf("by %s: %v, want the same answer as for a ticket that does not exist", name, err)
		}
	}
}

func TestARoleTakenAwayIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Take(ctx, ines, id, 0); err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.SetRole(ctx, core.Operator(), c.Ines.ID, core.RoleReporter); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Reply(ctx, ines, id, core.NewMessage{Body: "still me"}); core.KindOf(err) != core.NotFound {
		t.Errorf("replying gives %v, want not found", err)
	}
	if _, err := c.Desk.Views(ctx, ines); core.KindOf(err) != core.Forbidden {
		t.Errorf("the console's views give %v, want forbidden", err)
	}
}

func TestPolicyOfEveryAction(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	people := map[string]core.Actor{
		"staff": storagetest.As(c.Ines, core.DoorSSH), "admin": storagetest.As(c.Ada, core.DoorSSH), "reporter": storagetest.As(c.Ana, core.DoorWeb),
	}
	allowed := map[string][]action.Name{
		"staff": {
			action.View, action.Reply, action.Note, action.Take, action.Assign, action.Activate, action.Close, action.Correct,
			action.Prioritise, action.Categorise, action.Move, action.Place, action.Wait, action.Tag, action.Snooze, action.Undo,
			action.RenewLink, action.RevokeLink, action.Publish, action.Link, action.Unlink, action.Merge, action.Split, action.HandOver, action.Follow, action.Unfollow, action.Macro, action.TakeBack,
		},
		"reporter": {action.View, action.Reply, action.Withdraw, action.Correct, action.RenewLink, action.RevokeLink},
	}
	allowed["admin"] = allowed["staff"]
	for name, who := range people {
		view, err := c.Desk.Ticket(t.Context(), who, id)
		if err != nil {
			t.Fatal(err)
		}
		may := make(map[action.Name]bool)
		for _, a := range allowed[name] {
			may[a] = true
		}
		for a, refused := range view.May {
			if (refused == nil) != may[a] {
				t.Errorf("%s may %s: %t, want %t", name, a, refused == nil, may[a])
			}
		}
	}
}
