package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestCtrlDNeverSends(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	ines.press("enter", "r")
	ines.sees("the reporter reads this")
	ines.write("Half a sent")
	ines.press("ctrl+d")
	ines.sees("Draft kept.")
	ines.settled()
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(view.Messages) != 1 || !strings.Contains(ines.screen(), "Half a sent") {
		t.Errorf("%d messages, %v\n%s", len(view.Messages), err, ines.screen())
	}
}

func TestReopeningTakesWords(t *testing.T) {
	t.Parallel()
	_, id, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	ines.press("c", "enter")
	ines.sees("a last word")
	ines.press("ctrl+s")
	ines.sees("is closed, fixed.")
	ines.sees("o reopen")
	ines.press("o")
	ines.sees("say to the reporter why")
	ines.write("It broke again.")
	ines.sees("Draft kept.")
	ines.press("ctrl+s")
	ines.sees(id.String() + " is taken up again.")
	ines.sees("It broke again.")
	ines.press("u")
	ines.sees("status was open, is closed again")
}

func TestHelpIsSearched(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 24)
	ines.press("?", "/")
	ines.write("view")
	ines.sees("next view")
	ines.seesNot("one-time code")
	ines.write(" nonsense")
	ines.sees("No key does that here")
	ines.press("esc")
	ines.sees("one-time code")
	ines.press("/")
	ines.write("mark")
	ines.press("enter")
	ines.sees("mark range")
	ines.press("q")
	ines.seesNot("mark range")
	if ines.quit {
		t.Error("a key that closes the help quit the console")
	}
}

func TestTagsAreSetAndUndone(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	other := c.Report(t, c.Ana, "Paper jam")
	if _, err := c.Desk.Tag(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), other, core.TagChange{Add: []string{"exam-week"}}); err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, c.Ines, 80, 24)
	ines.opens("No signal")
	ines.press("T")
	ines.sees("exam-week")
	ines.write("exa")
	ines.sees("put it on")
	ines.press("enter")
	ines.sees(id.String() + " is tagged: exam-week.")
	ines.sees("#exam-week")
	ines.press("T")
	ines.write("wifi -exam-week")
	ines.sees("as typed")
	ines.press("enter")
	ines.sees("#wifi")
	ines.seesNot("#exam-week")
	ines.press("u")
	ines.sees("Undone on " + id.String())
	ines.sees("#exam-week")
	ines.press("T")
	ines.write("né!")
	ines.sees("as typed")
	ines.press("enter")
	ines.sees("A tag has small letters")
}

func TestASnoozeTakesATimeAndSaysWhatIsWrongWithOne(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.opens("No signal")
	ines.press("z")
	ines.write("someday")
	ines.press("enter")
	ines.sees("Say until when")
	ines.retypes("tomorrow 14:30")
	ines.sees("until 11 Mar 14:30")
	ines.press("up", "enter")
	ines.sees(id.String() + " is at rest until 11 Mar 14:30.")
	ines.sees("rests until 11 Mar 14:30")
	at.Pass(48 * time.Hour)
	if n, err := c.Desk.WakeSnoozed(t.Context(), core.System()); err != nil || n != 1 {
		t.Fatalf("%d woke, %v", n, err)
	}
	ines.seesNot("rests until")
	ines.press("h")
	ines.sees("The helpdesk woke it")
}

func TestUndoSaysWhoHasBuiltOnIt(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 120, 30)
	ines.opens("No signal")
	ines.press("u")
	ines.sees("nothing of yours to undo")
	ines.press("t")
	ines.sees("is yours now")
	takes(t, c, c.Ivan, id)
	ines.sees("Ivan Iota")
	ines.press("u")
	ines.sees("Not undone on " + id.String() + ": Ivan Iota took it")
}

func TestMarkedTicketsAreChangedTogetherAndUndoneTogether(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	ctx := t.Context()
	var ids []core.TicketID
	for n := range 6 {
		ids = append(ids, c.Report(t, c.Ana, fmt.Sprintf("Ticket number %d", n)))
		at.Pass(time.Minute)
	}
	ivan := storagetest.As(c.Ivan, core.DoorSSH)
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("Ticket number 5")
	ines.press("space", "space")
	ines.sees("2 tickets marked")
	ines.press("j", "V")
	ines.sees("4 tickets marked")
	if _, err := c.Desk.Close(ctx, ivan, ids[1], 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	ines.press("a")
	ines.sees("Assign 4 tickets to")
	ines.write("ivan")
	ines.sees("@ivan")
	ines.press("enter")
	ines.sees("Assign 3 tickets?")
	ines.sees("3 × with Ivan Iota")
	ines.sees("3 × status → active")
	ines.sees("1 × not: This ticket is closed. Reopen it first. " + ids[1].String())
	ines.sees("Told: 3 reporters see it, each on their own ticket, Ivan Iota.")
	if now, err := c.Desk.Ticket(ctx, ivan, ids[0]); err != nil || now.Ticket.Assignee.ID != 0 {
		t.Fatalf("the preview changed a ticket: %v, %v", now.Ticket.Assignee, err)
	}
	ines.press("y")
	ines.sees("Done, but not everywhere")
	ines.sees("3 tickets are with Ivan Iota now.")
	time.Sleep(450 * time.Millisecond) // the pause after which it takes keys
	ines.press("esc")
	ines.sees("1 ticket marked")
	ines.press("esc", "u")
	ines.sees("Undone on 3 tickets:")
	ines.sees("of 5")
	ines.press("g", "g")
	ines.sees("Ticket number 0")
	for _, id := range []core.TicketID{ids[0], ids[2], ids[3]} {
		if now, err := c.Desk.Ticket(ctx, ivan, id); err != nil || now.Ticket.Assignee.ID != 0 || now.Ticket.Status != core.Open {
			t.Errorf("%s is with %v, %s, %v", id, now.Ticket.Assignee, now.Ticket.Status, err)
		}
	}
	ines.press("*")
	ines.sees("5 tickets marked")
	ines.press("p", "down", "down", "down", "enter")
	ines.sees("5 × priority → urgent")
	ines.press("y")
	ines.sees("5 tickets are of priority urgent now. u undoes it.")
	ines.press("shift+down", "shift+down")
	ines.sees("3 tickets marked")
	ines.press("c", "enter")
	ines.sees("3 × resolution → fixed")
	ines.press("enter") // what cannot be undone is never the default, nor is anything that touches many
	ines.seesNot("resolution →")
	ines.sees("3 tickets marked")
}

func TestTheDatabaseComingBackIsSeenByItself(t *testing.T) {
	t.Parallel()
	at := newClock()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Clock: at.Now}))
	c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("No signal")
	ines.settled()
	restore := storagetest.Cut(t, url)
	ines.press("r")
	ines.sees("Trying again")
	restore()
	start := time.Now()
	ines.seesNot("Trying again")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s to see that the database is back", took)
	}
	ines.press("t")
	ines.sees("is yours now.")
}
