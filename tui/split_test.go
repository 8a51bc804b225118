package tui_test

import (
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// aside is a ticket in whose conversation the reporter speaks of something else.
func aside(t *testing.T, c *storagetest.Campus, at *clock) core.TicketID {
	t.Helper()
	id := c.Report(t, c.Ana, "No signal")
	at.Pass(time.Minute)
	for _, said := range []struct {
		who  core.User
		body string
	}{{c.Ana, "By the way, the printer on the second floor jams."}, {c.Ines, "I have looked at the heating, too: it is cold."}} {
		if _, err := c.Desk.Reply(t.Context(), storagetest.As(said.who, core.DoorSSH), id, core.NewMessage{Body: said.body}); err != nil {
			t.Fatal(err)
		}
		at.Pass(time.Minute)
	}
	return id
}

func TestAMessageIsSplitOffByKeyAndComesBack(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	atOnce(t, c, c.Ines)
	id := aside(t, c, at)
	ines := sit(t, c, c.Ines, 120, 40)
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("it is cold")
	ines.press("S")
	ines.sees("What becomes a ticket of its own?")
	ines.seesNot("What happened: No signal, ") // the description is one already
	ines.write("printer")
	ines.press("enter")
	ines.sees("Split a message of " + id.String() + " off")
	ines.press("ctrl+s")
	ines.sees("Say in a few words what is wrong.")
	ines.write("Printer jams")
	ines.press("enter", "ctrl+u")
	ines.write("no such kind")
	ines.press("ctrl+s")
	ines.sees("This category does not exist")
	ines.retypes("print")
	ines.sees("› Printing")
	ines.press("enter", "ctrl+s")
	ines.sees("Split it off " + id.String() + "?")
	ines.sees("A new ticket of Ana Ruiz, kind Printing, priority normal, in IT support.")
	ines.sees("Told: Ana Ruiz, who finds it among their tickets.")
	ines.press("esc")
	ines.sees("Split a message of")
	ines.press("ctrl+s")
	ines.sees("Split it off")
	ines.press("y")
	ines.sees("It is #1002 now: v opens it, u undoes it.")
	ines.sees("related to #1002 · open")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorWeb), id+1)
	if err != nil || view.Ticket.Category.ID != c.Printing.ID || view.Messages[0].Body != "By the way, the printer on the second floor jams." {
		t.Errorf("Ana reads %+v, %v", view, err)
	}
	ines.press("u")
	ines.sees("merged    #1002 Printer jams")
}

func TestWordsOfStaffAreSplitOffForThemselvesOrTheReporter(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	atOnce(t, c, c.Ines)
	aside(t, c, at)
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("it is cold")
	ines.press("S", "enter")
	ines.write("Cold room")
	ines.press("tab", "tab")
	ines.sees("‹ yours: the reporter does not see it ›")
	ines.press("ctrl+s")
	ines.sees("Told: nobody. Only staff see it.")
	ines.press("esc", "right", "ctrl+s")
	ines.sees("Told: Ana Ruiz")
	ines.press("y")
	ines.sees("It is #1002 now")
	if _, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorWeb), 1002); err != nil {
		t.Errorf("Ana does not find it: %v", err)
	}
}

func TestWhatIsTypedInAFormOutlivesALostConnection(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	id := aside(t, c, at)
	ada, vanish := sitUntil(t, c, c.Ada)
	ada.sees("No signal")
	ada.press("enter")
	ada.sees("it is cold")
	ada.press("S", "enter")
	ada.sees("Split a message of " + id.String() + " off")
	ada.write("Cold room")
	ada.press("tab", "tab", "right")
	kept(t, c, ada, c.Ada, "Cold room", `"reporter"`)
	vanish()

	ada, vanish = sitUntil(t, c, c.Ada)
	ada.sees("What you typed in “Split a message of " + id.String() + " off” is kept")
	ada.sees("it is cold")
	ada.press("S", "enter")
	ada.sees("stands here again")
	ada.sees("Cold room")
	ada.sees("the reporter's: they see it as theirs")
	ada.press("esc", "esc") // dropped
	ada.seesNot("Cold room")
	ada.press("S", "enter")
	ada.sees("Split a message of")
	ada.seesNot("Cold room")
	ada.press("esc", ";")
	ada.sees("ctrl+o new")
	ada.settled()
	ada.press("ctrl+o")
	ada.sees("New macro")
	ada.write("Kind words")
	ada.press("down", "down", "down", "down")
	ada.write("We are sorry.")
	kept(t, c, ada, c.Ada, "Kind words", "We are sorry.")
	vanish()

	ada = sit(t, c, c.Ada, 100, 30)
	ada.sees("What you typed in “New macro” is kept")
	ada.press(";")
	ada.sees("ctrl+o new")
	ada.settled()
	ada.press("ctrl+o")
	ada.sees("Kind words")
	ada.sees("We are sorry.")
}
