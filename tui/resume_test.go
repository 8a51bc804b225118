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

// sitUntil opens a console that vanishes, without a last word, when the function is called.
func sitUntil(t *testing.T, c *storagetest.Campus, who core.User) (p *person, vanish func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return sitIn(ctx, t, c, storagetest.As(who, core.DoorSSH), who, tui.Options{Width: 100, Height: 30}), cancel
}

// kept waits until the server knows where somebody is.
func kept(t *testing.T, c *storagetest.Campus, p *person, who core.User, words ...string) {
	t.Helper()
	p.until("the place to be kept", func() bool {
		state, err := c.Desk.Place(t.Context(), storagetest.As(who, core.DoorSSH))
		for _, w := range words {
			if !strings.Contains(string(state), w) {
				return false
			}
		}
		return err == nil
	})
}

func TestALostConsoleOpensWhereItWas(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	for n := range 40 {
		c.Report(t, c.Ana, fmt.Sprintf("Trouble number %02d", n))
		at.Pass(time.Minute)
	}
	ines, vanish := sitUntil(t, c, c.Ines)
	ines.sees("Trouble number 00")
	ines.press("tab", "tab", "tab") // Unassigned
	ines.sees("Trouble number 00")
	ines.press("/")
	ines.write("number")
	ines.press("enter")
	ines.sees("Trouble number 39") // what is found by words begins with the newest
	ines.settled()
	for range 12 {
		ines.press("j")
	}
	was := ines.row("Trouble number 27")
	ines.press("enter")
	ines.sees("What happened: Trouble number 27")
	ines.press("h", "r")
	ines.write("First line.\nSecond line.")
	ines.press("up", "home", "right", "right")
	kept(t, c, ines, c.Ines, `"writing": "reply"`, `"cursor": 2`, `"history": true`)
	ines.sees("Draft kept.")
	vanish()

	again := sit(t, c, c.Ines, 100, 30)
	again.sees("Second line.")
	again.write("XY")
	again.sees("FiXYrst line.")
	again.press("esc", "esc")
	again.sees("Trouble number 27")
	again.settled()
	if row := again.row("Trouble number 27"); row != was || !strings.Contains(again.screen(), "/ number") {
		t.Errorf("the row was on line %d, is on %d\n%s", was, row, again.screen())
	}
}

func TestEveryScreenIsComeBackTo(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	for n := range 30 {
		if _, err := c.Desk.Note(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, core.NewMessage{Body: fmt.Sprintf("Note %02d", n)}); err != nil {
			t.Fatal(err)
		}
	}
	ines, vanish := sitUntil(t, c, c.Ines)
	ines.sees("No signal")
	ines.press("D", "4")
	ines.sees("1 ticket reported")
	kept(t, c, ines, c.Ines, `"analysis"`, `"tab": 3`)
	vanish()

	ines, vanish = sitUntil(t, c, c.Ines)
	ines.sees("1 ticket reported")
	ines.press("enter")
	ines.sees("created:")
	ines.sees("No signal")
	kept(t, c, ines, c.Ines, `"found"`)
	vanish()

	ines, vanish = sitUntil(t, c, c.Ines)
	ines.sees("created:")
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("Note 29")
	ines.press("g", "g", "j", "j", "j", "j", "j", "j", "j", "j", "j")
	ines.settled()
	first := ines.row("Note 05")
	kept(t, c, ines, c.Ines, `"reading"`)
	vanish()

	ines = sit(t, c, c.Ines, 100, 30)
	ines.sees("Note 05")
	if row := ines.row("Note 05"); row != first || first < 0 {
		t.Errorf("the conversation opens with the note on line %d, was left with it on %d\n%s", row, first, ines.screen())
	}
	ines.press("esc")
	ines.sees("created:")
	ines.press("esc")
	ines.sees("Data Analysis")
}

func TestDraftsAreOnTheServerWithinASecond(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	ines.press("enter", "n")
	ines.sees("NOTE")
	ines.settled()
	ines.write("x")
	begun := time.Now()
	ines.until("the draft", func() bool {
		drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
		return err == nil && len(drafts) == 1
	})
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestTwoWindowsOnOneDraftLoseNothing(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	atOnce(t, c, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	first, second := sit(t, c, c.Ines, 100, 30), sit(t, c, c.Ines, 100, 30)
	for _, p := range []*person{first, second} {
		p.sees("No signal")
		p.press("enter", "r")
		p.sees("Reply — the reporter reads this")
		p.settled()
	}
	first.write("From the first window.")
	first.sees("Draft kept.")
	second.write("From the second.")
	second.sees("You wrote on this in another window too")
	second.sees("From the first window.")
	second.sees("From the second.")
	first.press("ctrl+s") // shows less than there is: the draft stays for the other window
	first.sees("Reply sent.")
	drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(drafts) != 1 || !strings.Contains(drafts[0].Body, "From the second.") {
		t.Errorf("the drafts are %v, %v", drafts, err)
	}
}

func TestADraftGoesFromHandToHand(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	atOnce(t, c, c.Ivan)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := sit(t, c, c.Ines, 100, 30), sit(t, c, c.Ivan, 100, 30)
	ivan.sees("No signal")
	ivan.settled()
	ines.opens("No signal")
	ines.settled()
	ines.press("H")
	ines.sees("You have no draft here to hand over")
	ines.press("r")
	ines.write("The words of Ines.")
	ines.sees("Draft kept.")
	ines.press("esc", "H")
	ines.sees("Who may take over")
	ines.write("ivan")
	ines.sees("@ivan")
	ines.press("enter")
	ines.sees("Ivan Iota may take your draft over now.")
	ivan.sees("Ines Itani handed you a draft of a reply on " + id.String())
	ivan.sees("draft for you")
	ivan.press("enter")
	ivan.sees("handed you a draft of a reply · H takes it over")
	ivan.press("r")
	ivan.write("The words of Ivan.")
	ivan.sees("Draft kept.")
	ivan.press("esc", "H")
	ivan.sees("Take over the draft of a reply of Ines Itani")
	ivan.press("enter")
	ivan.sees("Put the text of Ines Itani below mine")
	ivan.press("enter")
	ivan.sees("it is yours now")
	ivan.sees("The words of Ivan.")
	ivan.sees("The words of Ines.")
	ivan.press("ctrl+s")
	ivan.sees("Reply sent.")
	ines.sees("The words of Ivan.")
	ines.seesNot("Draft of a reply kept")
}

// TestAConsoleOpensWhereItWasAlsoWhenTheDatabaseIsBusyThen is what a storm of sign-ins does: the place cannot be read at once.
// A console that opened elsewhere meanwhile would have that kept as the place.
func TestAConsoleOpensWhereItWasAlsoWhenTheDatabaseIsBusyThen(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	ines, vanish := sitUntil(t, c, c.Ines)
	ines.sees("No signal")
	ines.press("enter")
	ines.sees("What happened")
	kept(t, c, ines, c.Ines, `"ticket": `+id.String()[1:])
	vanish()
	restore := storagetest.Cut(t, url)
	ines, _ = sitUntil(t, c, c.Ines)
	ines.sees("Trying again…")
	restore()
	ines.sees("What happened")
}
