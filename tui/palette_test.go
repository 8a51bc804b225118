package tui_test

import (
	"strings"
	"testing"
)

// finds types into the palette.
func (p *person) finds(typed string) {
	p.t.Helper()
	p.press(":")
	p.sees("Do or find")
	p.write(typed)
}

func TestThePaletteDoesWhatAKeyDoes(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 2)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 02")
	ines.finds("take tick")
	ines.sees("Take ticket")
	ines.press("enter")
	ines.sees("#1001 is yours now.")
	ines.finds("take tick") // and says why it cannot be done again
	ines.sees("not now: #1001 is yours already.")
	ines.press("enter")
	ines.sees("#1001 is yours already.")
	ines.finds("analys")
	ines.press("enter")
	ines.sees("Data Analysis")
	ines.finds("mine")
	ines.press("enter")
	ines.sees("Ticket number 01")
	ines.seesNot("Ticket number 02")
}

func TestThePaletteOpensATicketByItsNumber(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 3)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 03")
	ines.finds("1002")
	ines.sees("Open #1002")
	ines.press("enter")
	ines.sees("What happened: Ticket number 02")
	ines.finds("#9999")
	ines.press("enter")
	ines.sees("There is no such ticket")
}

func TestThePaletteFindsPeopleAndQueries(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 2)
	takes(t, c, c.Ivan, 1002)
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("Ticket number 01")
	ines.finds("ivio")
	ines.sees("what @ivan works on")
	ines.press("enter")
	ines.sees("Found: assignee:ivan")
	ines.sees("Ticket number 02")
	ines.seesNot("Ticket number 01")
	ines.press("esc")
	ines.finds("@ana")
	ines.sees("what @ana reported")
	ines.press("enter")
	ines.sees("Found: reporter:ana")
	ines.press("esc")
	ines.finds("assignee:none")
	ines.sees("Search for assignee:none")
	ines.press("enter")
	ines.sees("Found: assignee:none")
	ines.sees("Ticket number 01")
	ines.press("esc")
	ines.finds("zzqq")
	ines.sees("Search for zzqq")
	ines.press("esc")
	if strings.Contains(ines.screen(), "Do or find") {
		t.Error("esc does not close it")
	}
}
