package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// shelf fills a queue with numbered tickets.
func shelf(t *testing.T, c *storagetest.Campus, at *clock, n int) {
	t.Helper()
	for i := range n {
		c.Report(t, c.Ana, fmt.Sprintf("Ticket number %02d", i+1))
		at.Pass(time.Minute)
	}
}

// onRow waits until the cursor is on the row with these words.
func (p *person) onRow(words string) {
	p.t.Helper()
	p.until("the cursor on "+words, func() bool {
		at := p.console.View().Cursor
		lines := strings.Split(p.screen(), "\n")
		return at != nil && at.Y < len(lines) && strings.Contains(lines[at.Y], words)
	})
}

func TestANumberBeforeAKeyRepeatsIt(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 20)
	ines := sit(t, c, c.Ines, 100, 40)
	ines.sees("Ticket number 20")
	ines.press("5")
	ines.sees("5…")
	ines.sees("esc forgets it")
	ines.press("j")
	ines.onRow("Ticket number 06")
	ines.press("1", "2", "G")
	ines.onRow("Ticket number 12")
	ines.press("3", "k")
	ines.onRow("Ticket number 09")
	ines.press("1", "0", "g", "g")
	ines.onRow("Ticket number 10")
	ines.press("g", "g")
	ines.onRow("Ticket number 01")
	ines.press("4", "esc", "j")
	ines.onRow("Ticket number 02")
	ines.press("1", "0", "t") // taking takes no number: nothing is done
	ines.sees("t takes no number")
	ines.seesNot("is yours now")
}

func TestADigitGoesToAViewAtOnceOrAfterAMoment(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 2)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 02")
	ines.press("3")
	ines.sees("enter: Mine")
	ines.press("enter")
	ines.sees("You have no tickets")
	ines.press("5") // and nothing more: it waits, and goes by itself
	ines.sees("Nothing has been closed yet")
	ines.press("1", "/") // a key that takes no number ends the wait
	ines.sees("Ticket number 02")
	ines.write("35") // digits are text where text is typed
	ines.sees("/ 35")
}

func TestGGoesPlaces(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 2)
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("Ticket number 02")
	ines.press("g")
	ines.sees("d analysis")
	ines.press("d")
	ines.sees("Data Analysis")
	ines.press("g", "q")
	ines.opens("Ticket number 02")
	ines.press("g", "v", "3")
	ines.sees("You have no tickets")
	ines.press("g", "v", "9")
	ines.sees("There are 7 views, and no view 9.")
	ines.press("g", "x")
	ines.sees("g x goes nowhere.")
	ines.press("g", "i")
	ines.press("g", "esc", "2")
	ines.sees("No tickets here.")
}

func TestOneGoesBackAndForwardAgain(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 3)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 03")
	ines.press("[")
	ines.sees("You have not been anywhere else yet.")
	ines.press("enter")
	ines.sees("Manage Tickets  ›  #1001")
	ines.press("g", "d")
	ines.sees("Data Analysis")
	ines.press("alt+left")
	ines.sees("Manage Tickets  ›  #1001")
	ines.press("[")
	ines.sees("Ticket number 03")
	ines.press("]", "alt+right")
	ines.sees("Data Analysis")
	ines.press("]")
	ines.sees("You have not gone back.")
	ines.press("[", "[", "j", "enter")
	ines.sees("›  #1002")
	ines.press("]")
	ines.sees("You have not gone back.")
	ines.press("q")
	ines.sees("q quits there.")
	ines.press("g", "q", "q")
	ines.until("the end", func() bool { return ines.quit })
}

func TestWhatIsBeingWrittenIsThereWhenOneComesBack(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 1)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.opens("Ticket number 01")
	ines.press("n")
	ines.write("half a note")
	ines.press("esc")
	ines.sees("Draft of a note kept")
	ines.press("g", "d")
	ines.sees("Data Analysis")
	ines.press("[", "n")
	ines.sees("half a note")
}

func TestTheInboxIsOneChordAway(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	id := c.Report(t, c.Ana, "Dark corridor")
	if _, err := c.Desk.Note(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, core.NewMessage{Body: "Yours, @ines?"}); err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("No signal")
	ines.sees("Mentions 1")
	ines.press("gi")
	ines.sees("Dark corridor")
	ines.seesNot("No signal")
}
