package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// messageOf is the number of the message that has these words, as staff see it.
func messageOf(t *testing.T, c *storagetest.Campus, id core.TicketID, body string) core.MessageID {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range view.Messages {
		if m.Body == body {
			return m.ID
		}
	}
	t.Fatalf("nobody said %q on %s", body, id)
	return 0
}

func split(t *testing.T, c *storagetest.Campus, id core.TicketID, in core.NewSplit) core.Receipt {
	t.Helper()
	receipt, err := c.Desk.Split(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, in)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func TestASplitMessageIsATicketOfWhoSaidIt(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ana, ben := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH), storagetest.As(c.Ben, core.DoorSSH)
	of, into := c.Report(t, c.Ben, "Ben sees no network"), c.Report(t, c.Ana, "Ana sees no network")
	merge(t, c, ines, of, into)
	say(t, c, ben, of, "And the heating is cold")
	in := core.NewSplit{Message: messageOf(t, c, of, "And the heating is cold"), Key: "once", Title: "Cold heating", Category: c.Heating.ID}
	receipt := split(t, c, into, in)
	if again := split(t, c, into, in); !again.Repeated || again.Ticket != receipt.Ticket {
		t.Errorf("sent twice it made %+v", again)
	}
	if diff := cmp.Diff([]string{"And the heating is cold"}, said(t, c, ben, receipt.Ticket)); diff != "" {
		t.Errorf("its reporter reads on the new ticket:\n%s", diff)
	}
	if _, err := c.Desk.Ticket(ctx, ana, receipt.Ticket); code(err) != "ticket_not_found" {
		t.Errorf("the reporter of the ticket that Ben's is merged into opens it: %v", err)
	}
	made := ticket(t, c, core.Operator(), receipt.Ticket)
	if made.Reporter.ID != c.Ben.ID || made.CreatedBy.ID != c.Ines.ID || made.Queue.ID != c.Facilities.ID || made.Status != core.Open {
		t.Errorf("it is %+v", made)
	}
	view, err := c.Desk.Ticket(ctx, ana, into)
	if err != nil || len(view.Linked) != 0 || strings.Contains(cmp.Diff(view, core.TicketView{}), "eating") {
		t.Errorf("Ana learns of it on her own: %+v, %v", view, err)
	}
}

func TestWordsOfStaffBecomeATicketOfWhoSplits(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "No network")
	if _, err := c.Desk.Note(ctx, ines, id, core.NewMessage{Body: "the switch smells burnt"}); err != nil {
		t.Fatal(err)
	}
	say(t, c, ines, id, "You will get a new cable")
	note, reply := messageOf(t, c, id, "the switch smells burnt"), messageOf(t, c, id, "You will get a new cable")
	category := ticket(t, c, ines, id).Category.ID
	receipt := split(t, c, id, core.NewSplit{Message: note, Title: "Burnt switch", Category: category})
	if got := ticket(t, c, ines, receipt.Ticket); got.Reporter.ID != c.Ines.ID {
		t.Errorf("a note became a report of %s", got.Reporter.Name)
	}
	if _, err := c.Desk.Ticket(ctx, ana, receipt.Ticket); code(err) != "ticket_not_found" {
		t.Errorf("the reporter reads what was a note: %v", err)
	}
	given := split(t, c, id, core.NewSplit{Message: reply, Title: "New cable", Category: category, ForReporter: true})
	view, err := c.Desk.Ticket(ctx, ana, given.Ticket)
	if err != nil || view.Messages[0].Side != core.StaffSide || view.Messages[0].Author.ID != c.Ines.ID {
		t.Errorf("staff's words given to the reporter are %+v, %v", view.Messages, err)
	}
	for _, test := range []struct {
		name string
		who  core.Actor
		in   core.NewSplit
		want string
	}{
		{"a note for the reporter", ines, core.NewSplit{Message: note, Title: "x", Category: category, ForReporter: true}, "split_note"},
		{"the description", ines, core.NewSplit{Message: messageOf(t, c, id, "What happened: No network"), Title: "x", Category: category}, "split_description"},
		{"a message of another ticket", ines, core.NewSplit{Message: messageOf(t, c, given.Ticket, "You will get a new cable"), Title: "x", Category: category}, "message_not_here"},
		{"without a title", ines, core.NewSplit{Message: reply, Category: category}, "title_missing"},
		{"without a category", ines, core.NewSplit{Message: reply, Title: "x"}, "category_missing"},
		{"by the reporter", ana, core.NewSplit{Message: reply, Title: "x", Category: category}, "staff_only"},
		{"by the operator", core.Operator(), core.NewSplit{Message: reply, Title: "x", Category: category}, "account_needed"},
	} {
		if _, err := c.Desk.Split(ctx, test.who, id, test.in); reason(err) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestWhatIsSplitOffAConfidentialTicketStaysWithItsTeam(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	cora, ana := storagetest.As(c.Cora, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.ReportIn(t, c.Ana, "Somebody reads my mail", c.Abuse)
	say(t, c, ana, id, "The heating is cold too")
	in := core.NewSplit{Message: messageOf(t, c, id, "The heating is cold too"), Title: "Cold", Category: c.Heating.ID}
	receipt, err := c.Desk.Split(t.Context(), cora, id, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := ticket(t, c, core.Operator(), receipt.Ticket); !got.Confidential || got.Queue.ID != c.Conduct.ID {
		t.Errorf("it went to %s, confidential: %v", got.Queue.Name, got.Confidential)
	}
	if _, err := c.Desk.Split(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, in); code(err) != "ticket_not_found" {
		t.Errorf("another team splits it: %v", err)
	}
}

func TestUndoingASplitLetsItGoOnWhereItCameFrom(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "No network")
	say(t, c, ana, id, "And no telephone")
	category := ticket(t, c, ines, id).Category.ID
	for _, on := range []string{"the old ticket", "the new ticket"} {
		receipt := split(t, c, id, core.NewSplit{Message: messageOf(t, c, id, "And no telephone"), Title: "No telephone", Category: category})
		say(t, c, ana, receipt.Ticket, "Since Monday")
		from := map[string]core.TicketID{"the old ticket": id, "the new ticket": receipt.Ticket}[on]
		done, err := c.Desk.Undo(ctx, ines, from)
		if err != nil || len(done.Tickets) != 1 {
			t.Fatalf("undone on %s: %+v, %v", on, done, err)
		}
		if got := ticket(t, c, ines, receipt.Ticket); got.MergedInto != id || !got.IsClosed() {
			t.Errorf("undone on %s it is %s in %s", on, got.Status, got.MergedInto)
		}
	}
	view, err := c.Desk.Ticket(ctx, ines, id)
	if err != nil || len(view.Linked) != 0 {
		t.Errorf("links that stay: %+v, %v", view.Linked, err)
	}
	if words := strings.Join(said(t, c, ines, id), "; "); !strings.Contains(words, "Since Monday") {
		t.Errorf("what was said meanwhile is lost: %s", words)
	}
}

// What was split off and put back was closed when it was put back, also once it has stood alone for a while and that was undone.
func TestAnUndoneSplitStaysClosedSinceThen(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ctx, ines := t.Context(), storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	say(t, c, storagetest.As(c.Ana, core.DoorSSH), id, "And the heating is cold")
	off := split(t, c, id, core.NewSplit{Message: messageOf(t, c, id, "And the heating is cold"), Title: "Cold heating", Category: c.Network.ID}).Ticket
	undo := func() {
		t.Helper()
		clock.by += time.Minute
		if _, err := c.Desk.Undo(ctx, ines, off); err != nil {
			t.Fatal(err)
		}
	}
	undo()
	since := ticket(t, c, ines, off).ClosedAt
	clock.by += time.Minute
	if _, err := c.Desk.Unmerge(ctx, ines, off, 0); err != nil {
		t.Fatal(err)
	}
	undo()
	if again := ticket(t, c, ines, off); since.IsZero() || !again.ClosedAt.Equal(since) || again.MergedInto != id {
		t.Errorf("it was closed at %s, and now at %s, merged into %s", since, again.ClosedAt, again.MergedInto)
	}
}
