package tui_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestATicketIsNotMergedIntoItselfNorInACircle(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	first := c.Report(t, c.Ana, "No signal")
	at.Pass(time.Minute)
	second := c.Report(t, c.Ben, "Wi-Fi is gone")
	if _, err := c.Desk.Merge(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), first, 0, second); err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, c.Ines, 120, 40)
	ines.opens("Wi-Fi is gone")
	ines.press("M")
	ines.sees("into which ticket?")
	ines.write(second.String())
	ines.sees("Nothing matches.")
	ines.retypes(first.String())
	ines.sees("No signal")
	ines.settled()
	ines.press("enter")
	ines.sees("Could not merge " + second.String() + ". " + first.String() + " already goes on in " + second.String())
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), second)
	if err != nil || view.Ticket.MergedInto != 0 {
		t.Errorf("merged into %v, %v", view.Ticket.MergedInto, err)
	}
}

func TestUndoSaysWhenWhatItWasBeforeIsGone(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 120, 30)
	takes(t, c, c.Ivan, id)
	ines.opens("No signal")
	ines.sees("Ivan Iota")
	ines.press("t")
	ines.sees("is yours now.")
	if err := c.Desk.Leave(t.Context(), core.Operator(), c.Ivan.ID, c.IT.ID); err != nil {
		t.Fatal(err)
	}
	ines.press("u")
	ines.sees("Could not undo on " + id.String() + ". What it was before no longer exists.")
	if now, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || now.Ticket.Assignee.ID != c.Ines.ID {
		t.Errorf("it is with %v, %v", now.Ticket.Assignee, err)
	}
}

func TestTheTicketSaysWhileTheDatabaseIsAwayAndKeepsTheDraftOnceItIsBack(t *testing.T) {
	t.Parallel()
	at := newClock()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Clock: at.Now}))
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 120, 30)
	ines.opens("No signal")
	ines.settled()
	restore := storagetest.Cut(t, url)
	ines.press("ctrl+r")
	ines.sees("Shown as last read; trying again…")
	ines.press("n")
	ines.write("Said while it was away")
	ines.settled()
	restore()
	begun := time.Now()
	ines.seesNot("trying again")
	ines.until("the draft", func() bool {
		drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
		return err == nil && len(drafts) == 1 && strings.HasSuffix(drafts[0].Body, "Said while it was away")
	})
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to see that the database is back", took)
	}
}
