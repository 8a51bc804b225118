package tui_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

func TestWhoIsAtATicketIsSeenInTheListAndInTheTicket(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	ines, ivan := sit(t, c, c.Ines, 80, 24), sit(t, c, c.Ivan, 120, 30)
	for _, p := range []*person{ines, ivan} {
		p.sees("No signal")
	}
	ivan.press("enter")
	ivan.sees("What happened")
	ines.sees("Ivan ") // in the list
	ines.sees("Ivan Iota is looking")
	ines.press("enter")
	ines.sees("Ivan Iota is looking")
	ivan.sees("Ines Itani is looking")

	ivan.press("r")
	ines.sees("Ivan Iota is typing a reply")
	ines.press("r")
	ines.sees("Reply — the reporter reads this")
	ivan.sees("── Ines Itani is typing a reply") // beside the editor's own label
	ivan.press("esc")
	ines.seesNot("Ivan Iota is typing")
	ines.press("esc", "esc")
	ivan.press("n")
	ines.sees("Ivan types")
	ivan.press("esc", "esc")
	ines.seesNot("Ivan")
}

func TestTwoWindowsOfOnePersonKnowOfEachOther(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	first, second := sit(t, c, c.Ines, 100, 30), sit(t, c, c.Ines, 100, 30)
	first.sees("No signal")
	first.press("enter", "r")
	first.sees("Reply — the reporter reads this")
	second.sees("you type")
	second.press("enter")
	second.sees("you are typing a reply in another window")
}

func TestSilenceAndIdlingCountAsAway(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ivan := sit(t, c, c.Ivan, 100, 30)
	ivan.sees("No signal")
	ivan.press("enter")
	ines.sees("Ivan Iota is looking")
	ivan.send(tui.Silence{Silent: true})
	ines.seesNot("Ivan Iota is looking")
	ivan.send(tui.Silence{Silent: false})
	ines.sees("Ivan Iota is looking")
	_, err := c.Desk.Change(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, 0, core.Change{Queue: &c.Facilities.ID})
	if err != nil {
		t.Fatal(err)
	}
	fay := sit(t, c, c.Fay, 100, 30)
	fay.sees("No signal")
	fay.settled()
	fay.seesNot("Ivan") // nobody is said to be at a ticket that they may no longer see
}
