package tui_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestATicketForWhoeverPhonesOutlivesALostConnectionAndAsksWhetherItIsKnown(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	known := c.Report(t, c.Ana, "No signal")
	ines, vanish := sitUntil(t, c, c.Ines)
	ines.sees("No signal")
	ines.press("N")
	ines.sees("New ticket for somebody who phones")
	ines.write("Nobody Known")
	ines.press("ctrl+s")
	ines.sees("Nobody of that name has an account.")
	ines.retypes("ana")
	ines.sees("› Ana Ruiz  @ana")
	ines.press("enter", "tab")
	ines.write("Wi-Fi is gone")
	ines.press("tab")
	ines.write("net")
	ines.sees("› Network and Wi-Fi")
	ines.press("enter")
	ines.write("lib-2")
	ines.sees("› LIB-204  Reading room")
	ines.press("enter", "right", "tab")
	ines.write("Since noon.\nOn every seat.")
	kept(t, c, ines, c.Ines, `On every seat.`)
	vanish()

	ines = sit(t, c, c.Ines, 100, 30)
	ines.sees("New ticket for somebody who phones")
	ines.sees("On every seat.")
	ines.settled()
	ines.press("esc")
	ines.sees("N goes on with it.")
	ines.press("N", "ctrl+s")
	ines.sees("Has it been reported already?")
	ines.sees("Open " + known.String() + " No signal")
	ines.press("enter")
	ines.sees("#1002 is filed for Ana Ruiz.")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorWeb), known+1)
	if err != nil || view.Ticket.Priority != core.Low || view.Ticket.Reporter.ID != c.Ana.ID || view.Messages[0].Body != "Since noon.\nOn every seat." || view.Ticket.Location.ID != c.Room.ID {
		t.Errorf("Ana's ticket is %+v, %v", view, err)
	}
	ines.press("N")
	ines.seesNot("On every seat.")
}

func TestWhoeverHasNoAccountIsReportedForWithALinkToPassOn(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("No ticket is open")
	ines.press("N")
	ines.write("Gus Guest")
	ines.press("tab")
	ines.write("555 0100")
	ines.press("tab")
	ines.write("No heating")
	ines.press("tab")
	ines.write("heating")
	ines.sees("› Heating")
	ines.press("enter")
	ines.write("by the fountain")
	ines.press("ctrl+s")
	ines.sees("Private link of #1001")
	ines.sees("/t/")
}
