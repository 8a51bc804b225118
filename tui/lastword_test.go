package tui_test

import (
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestALastWordBecomesAReplyWhenAColleagueClosesFirst(t *testing.T) {
	t.Parallel()
	c, clock := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.opens("No signal")
	ines.press("c", "enter")
	ines.sees("a last word")
	ines.write("The switch is new.")
	ines.sees("Draft kept.")
	ines.press("esc")
	if _, err := c.Desk.Close(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	ines.sees("r sends it as a reply")
	ines.press("r")
	ines.sees("Your last word can go as a reply.")
	ines.sees("Draft kept.")
	ines.press("ctrl+s")
	ines.sees("u takes it back.")
	drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(drafts) != 0 {
		t.Errorf("%d drafts are left, %v", len(drafts), err)
	}
	clock.Pass(core.HoldFor + time.Second)
	if n, err := c.Desk.SendHeld(t.Context(), core.System()); err != nil || n != 1 {
		t.Fatalf("%d went, %v", n, err)
	}
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorWeb), id)
	if err != nil || view.Messages[len(view.Messages)-1].Body != "The switch is new." {
		t.Errorf("the reporter reads %+v, %v", view.Messages, err)
	}
}
