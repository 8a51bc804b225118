package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestNewMessagesDoNotMoveWhatIsBeingRead(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ana := storagetest.As(c.Ana, core.DoorSSH)
	say := func(text string) {
		t.Helper()
		at.Pass(time.Minute)
		if _, err := c.Desk.Reply(t.Context(), ana, id, core.NewMessage{Body: text}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 12 {
		say(fmt.Sprintf("message %d", n))
	}
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("message 11")
	ines.press("g", "g")
	ines.settled()
	row := ines.row("message 2")
	say("and another")
	ines.sees("1 new message below from Ana Ruiz")
	if got := ines.row("message 2"); got != row {
		t.Errorf("what was being read went from line %d to line %d", row, got)
	}
	ines.press("G")
	ines.sees("and another")
	ines.seesNot("new message below")

	say("at the end one is taken along")
	ines.sees("at the end one is taken along")
	ines.press("r")
	ines.write("I am typ")
	say("while typing")
	ines.settled()
	ines.sees("I am typ")
	ines.sees("while typing")
	ines.write("ing.")
	ines.press("ctrl+s")
	ines.sees("u takes it back.")
	ines.sees("I am typing.")
}

func TestTheLastKnownRowsStayWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	at := newClock()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{Clock: at.Now}))
	c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("No signal")
	ines.settled()
	db.Close()
	ines.press("r")
	ines.sees("Shown as of 09:00.")
	ines.sees("Trying again")
	if !strings.Contains(ines.screen(), "No signal") {
		t.Errorf("the rows are gone\n%s", ines.screen())
	}
	ines.press("t")
	ines.sees("Could not take")
	ines.press("j")
	ines.seesNot("Could not take")
}

func TestPagesFollowTheCursor(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	for n := range 130 {
		c.Report(t, c.Ana, fmt.Sprintf("Ticket number %03d", n))
		at.Pass(time.Second)
	}
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("Ticket number 000")
	ines.sees("1 of ")
	for range 4 {
		ines.press("G")
		ines.settled()
	}
	ines.sees("130 of 130")
	ines.sees("Ticket number 129")
	ines.press("g", "g")
	ines.sees("Ticket number 000")
}

func TestTwoPeopleWorkSideBySide(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := sit(t, c, c.Ines, 120, 30), sit(t, c, c.Ivan, 120, 30)
	for _, p := range []*person{ines, ivan} {
		p.opens("No signal")
	}
	ines.press("t")
	ines.sees(id.String() + " is yours now.")
	ivan.sees("Ines Itani")
	ivan.press("n")
	ivan.write("I know this one.")
	ivan.press("alt+enter")
	ivan.sees("Note added.")
	ines.sees("I know this one.")
	ines.press("l")
	ines.sees("Place of")
	ines.write("by the door")
	ines.sees("in these words")
	ines.press("enter")
	ines.sees("is at by the door now.")
	ivan.sees("by the door")
	ines.press("w", "down", "enter")
	ines.sees("waits for reporter now.")
	ines.press("s")
	ines.sees("is open now.")
	ines.press("x")
	ines.sees("is back in its queue.")
	ivan.sees("nobody")
	ines.press("m")
	ines.sees("Facilities")
	ines.write("facil")
	ines.press("enter")
	ines.sees("is in Facilities now.")
	ines.settled()
	ines.press("esc")
	ines.sees("moved: No signal")
}
