package tui_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestATicketIsMergedByKeyAndComesBack(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	atOnce(t, c, c.Ines)
	original := c.Report(t, c.Ana, "No signal in the library")
	at.Pass(1e9)
	twin := c.Report(t, c.Ben, "Wi-Fi is gone")
	ines := sit(t, c, c.Ines, 120, 40)
	ines.sees("Wi-Fi is gone")
	ines.press("j", "enter")
	ines.sees("What happened: Wi-Fi is gone")
	ines.press("M")
	ines.sees("into which ticket?")
	ines.write("signal")
	ines.settled()
	ines.sees(original.String() + " No signal")
	ines.press("enter")
	ines.sees("Merge " + twin.String() + " into " + original.String() + "?")
	ines.sees("Told: 1 reporter sees it on their own ticket.")
	ines.press("y")
	ines.sees(twin.String() + " goes on in " + original.String())
	ines.press("v")
	ines.sees("goes on with it")
	ines.press("enter")
	ines.sees("merged    " + twin.String())
	ines.sees("What happened: Wi-Fi is gone")
	ines.press("r")
	ines.sees("2 reporters read this")
	ines.write("We are on it.")
	ines.press("ctrl+s")
	ines.sees("Reply sent.")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ben, core.DoorWeb), twin)
	if err != nil || len(view.Messages) != 2 || view.Messages[1].Body != "We are on it." {
		t.Errorf("Ben reads %+v, %v", view.Messages, err)
	}
	ines.press("u")
	ines.sees("a reply cannot be taken back then.")
	ines.press("u")
	ines.sees("merged into " + original.String() + " no more")
	ines.seesNot("merged    " + twin.String())
}

func TestMarkedTicketsAreMergedIntoTheOneUnderTheCursor(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	for _, title := range []string{"First", "Second", "Third"} {
		c.Report(t, c.Ana, title)
		at.Pass(1e9)
	}
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Third")
	ines.press("*")
	ines.sees("3 tickets marked")
	ines.press("M")
	ines.sees("Merge 2 tickets into #1001?")
	ines.sees("2 reporters see it, each on their own ticket")
	ines.press("y")
	ines.sees("2 tickets are merged into #1001")
	ines.press("u")
	ines.sees("Undone on 2 tickets")
}

func TestClosingByKeySaysWhatIsClosedAlong(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	original, twin := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "Wi-Fi is gone")
	ines := sit(t, c, c.Ines, 120, 40)
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("What happened: No signal")
	ines.press("L")
	ines.write("duplicated by")
	ines.press("enter")
	ines.sees("duplicated by which ticket?")
	ines.write(twin.String())
	ines.settled()
	ines.sees("Wi-Fi is gone")
	ines.press("enter")
	ines.sees("is duplicated by " + twin.String() + " now")
	ines.sees("duplicated by " + twin.String() + " · open")
	ines.press("c", "enter")
	ines.sees("a last word")
	ines.write("The switch is new.")
	ines.press("ctrl+s")
	ines.sees("Closed along with it, as duplicates: " + twin.String() + ".")
	ines.sees("2 reporters read your last word, each on their own ticket.")
	ines.press("y")
	ines.sees(original.String() + " is closed, fixed.")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ben, core.DoorWeb), twin)
	if err != nil || !view.Ticket.IsClosed() || view.Messages[len(view.Messages)-1].Body != "The switch is new." {
		t.Errorf("Ben reads %+v, %v", view.Messages, err)
	}
}
