package tui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

func TestAKeyRightAfterAChangeWaitsUntilItIsKnownWhetherItCanBe(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	ines.press("enter")
	ines.sees("s set active")
	ines.press("s")
	ines.sees(" is active now.") // the answer to the change; what may be done next has not been read yet
	ines.press("s")
	ines.sees(" is open now.")
	if now, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || now.Ticket.Status != core.Open || now.Ticket.Version != 3 {
		t.Errorf("%s, version %d, %v", now.Ticket.Status, now.Ticket.Version, err)
	}
}

func TestARowThatHasLeftTheViewSaysWhoHasItNow(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	takes(t, c, c.Ines, id)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Manage Tickets")
	ines.press("3")
	ines.sees("you")
	ines.settled()
	takes(t, c, c.Ivan, id)
	ines.sees("moved: No signal")
	ines.sees("has left this view: active, with Ivan Iota")
	if row := strings.Split(ines.screen(), "\n")[ines.row("moved: No signal")]; !strings.Contains(row, "Ivan Iota") {
		t.Errorf("the row is %q", row)
	}
}

func TestOnANarrowScreenTheViewIsShownWithItsNeighbours(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 24)
	tabs := func() string { return strings.TrimRight(strings.Split(ines.screen(), "\n")[1], " ") }
	if got := tabs(); !strings.HasSuffix(got, " more ›") || strings.Contains(got, "‹") {
		t.Errorf("at the first view the tabs are %q", got)
	}
	for range 3 {
		ines.press("tab")
	}
	ines.settled()
	if got := tabs(); !strings.Contains(got, "‹ ") || !strings.Contains(got, " more ›") || !strings.Contains(got, " 4 ") {
		t.Errorf("at the fourth view the tabs are %q", got)
	}
	ines.press("shift+tab", "shift+tab", "shift+tab", "shift+tab")
	ines.settled()
	if got := tabs(); !strings.Contains(got, "‹ ") || strings.Contains(got, "›") {
		t.Errorf("at the last view the tabs are %q", got)
	}
}

func TestEveryRoomOfTheAdministrationHasItsLetter(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := sit(t, c, c.Ada, 100, 30)
	ada.sees("Manage Tickets")
	ada.press("A")
	ada.sees("Audit trail")
	for key, room := range map[string]string{"t": "Audit trail", "b": "Kiosk keys", "h": "Health", "u": "Users"} {
		ada.press(key)
		ada.sees("Administration  ›  " + room)
		ada.press("esc")
		ada.sees("The audit trail keeps every change")
	}
	ada.press(":")
	ada.write("administration")
	ada.settled()
	if n := strings.Count(ada.screen(), "│ Administration "); n > 1 {
		t.Errorf("the palette lists it %d times\n%s", n, ada.screen())
	}
}

func TestALostConsoleOpensInsideTheAdministration(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ctx, vanish := context.WithCancel(t.Context())
	ada := sitIn(ctx, t, c, storagetest.As(c.Ada, core.DoorSSH), c.Ada, tui.Options{Width: 100, Height: 30})
	ada.sees("Manage Tickets")
	ada.press("A")
	ada.sees("Audit trail")
	ada.press("u")
	ada.sees("ana")
	ada.press("/")
	ada.write("iv")
	ada.sees("Ivan Iota")
	ada.seesNot("Ines Itani  ")
	ada.press("enter", "enter")
	ada.sees("Users  ›  ivan")
	kept(t, c, ada, c.Ada, fmt.Sprintf(`"user": %d`, c.Ivan.ID))
	vanish()
	ada = sit(t, c, c.Ada, 100, 30)
	ada.sees("Users  ›  ivan")
	ada.press("esc")
	ada.sees("Ivan Iota")
	if strings.Contains(ada.screen(), "Ben Okafor") {
		t.Errorf("the list is no longer narrowed\n%s", ada.screen())
	}
	for _, change := range []struct {
		who  core.User
		role core.Role
	}{{c.Fay, core.RoleAdmin}, {c.Ada, core.RoleStaff}} {
		if err := c.Desk.SetRole(t.Context(), core.Operator(), change.who.ID, change.role); err != nil {
			t.Fatal(err)
		}
	}
	me := c.Ada
	me.Role = core.RoleStaff
	ada = sit(t, c, me, 100, 30)
	ada.sees("Manage Tickets")
	ada.settled()
	if strings.Contains(ada.screen(), "Administration  ›") {
		t.Error("somebody who is no admin any more is let in")
	}
}

func TestAChangeOnWhatSomebodyElseChangedIsShownAsAConflict(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		c, at := newCampus(t)
		id := c.Report(t, c.Ana, "No signal")
		at.Pass(5 * time.Minute)
		ines := sit(t, c, c.Ines, width, height)
		ines.opens("No signal")
		ines.press("p") // the picker is for the version that was on the screen then
		ines.sees("Priority of")
		urges(t, c, c.Ivan, id, core.Low)
		ines.press("down", "down", "enter")
		ines.sees("Somebody was faster.")
		snapshot(t, "conflict", ines)
	})
}
