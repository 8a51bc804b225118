package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestAPasteOfAMegabyteIsCutAndSaidAndStaysFast(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	ines.press("enter", "r")
	ines.sees("Reply — the reporter reads this")
	ines.write("My own words. ")
	begun := time.Now()
	ines.send(tea.PasteMsg{Content: strings.Repeat("A line of a log, ünd ein wenig mehr 日本語\n", 22_000)})
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the paste took %s", took)
	}
	ines.sees("That was cut off")
	begun = time.Now()
	ines.write("still typing")
	if took := time.Since(begun) / 12; took > 100*time.Millisecond {
		t.Errorf("after it a key takes %s", took)
	}
	ines.press("ctrl+s")
	ines.sees("Could not send it; your text is kept. This text is too long")
	ines.until("the draft", func() bool {
		drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
		return err == nil && len(drafts) == 1 && strings.HasPrefix(drafts[0].Body, "My own words. A line")
	})
}

func TestALongPasteIntoOneLineIsCutAndSaid(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 24)
	ines.opens("No signal")
	ines.press("e")
	ines.sees("Correct the title")
	ines.send(tea.PasteMsg{Content: strings.Repeat("A title that has no end ", 50_000)})
	ines.sees("That was cut off: there is room for 400 characters.")
	ines.press("enter")
	ines.sees("Could not correct #1001.") // the desk takes fewer still
	ines.sees("Correct the title")
	ines.sees("A title that has no end")
}

func TestATitleOutlivesADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.opens("No signal")
	ines.press("e")
	ines.retypes("No Wi-Fi in the reading room")
	restore := storagetest.Cut(t, url)
	ines.press("enter")
	ines.sees("Could not correct #1001.")
	ines.sees("No Wi-Fi in the reading room")
	restore()
	ines.settled()
	ines.until("the title to be taken", func() bool {
		if strings.Contains(ines.screen(), "Correct the title") {
			ines.settled()
			ines.press("enter")
		}
		return strings.Contains(ines.screen(), "#1001 has its new title.")
	})
}

func TestAStormOfResizingWhileTypingLosesNoLetter(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 24)
	ines.press("enter", "n")
	ines.sees("NOTE")
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for n := range 500 {
		ines.send(tea.WindowSizeMsg{Width: 1 + n*37%400, Height: 1 + n*13%120})
		if n%20 == 0 {
			ines.write(string(letters[n/20]))
		}
	}
	ines.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	ines.sees(letters[:25])
}

func TestADraftOutlivesADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	at := newClock()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Clock: at.Now}))
	atOnce(t, c, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("No signal")
	ines.press("enter", "r")
	ines.sees("Reply — the reporter reads this")
	ines.write("Before. ")
	ines.sees("Draft kept.")
	restore := storagetest.Cut(t, url)
	ines.write("While it was away.")
	ines.sees("The draft is not on the server yet; trying again")
	ines.press("ctrl+s")
	ines.sees("Could not send it; your text is kept here")
	restore()
	begun := time.Now()
	ines.press("left", "right") // a key takes the words about the failure away
	ines.sees("Draft kept.")
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to keep the draft", took)
	}
	ines.press("ctrl+s")
	ines.sees("Reply sent.")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(view.Messages) != 2 || view.Messages[1].Body != "Before. While it was away." {
		t.Errorf("%v, %v", view.Messages, err)
	}
}
