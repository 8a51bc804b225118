package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

func TestATicketIsTakenAnsweredAndClosed(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	first := c.Report(t, c.Ana, "The projector stays dark")
	at.Pass(20 * time.Minute)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("The projector stays dark")

	ines.press("t")
	ines.sees(first.String() + " is yours now.")
	ines.press("enter")
	ines.sees("What happened: The projector stays dark")
	ines.press("r")
	ines.write("I am on my way.\nStay there.")
	ines.press("ctrl+s")
	ines.sees("u takes it back.")
	ines.sees("Stay there.")
	ines.press("n")
	ines.sees("NOTE — not shown to the reporter")
	ines.write("Lamp is old.")
	ines.press("ctrl+s")
	ines.sees("Note added.")
	ines.press("c")
	ines.sees("How did it end?")
	ines.press("enter")
	ines.sees("Close as fixed")
	ines.write("New lamp.")
	ines.press("ctrl+s")
	ines.sees("is closed, fixed.")

	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorSSH), first)
	if err != nil {
		t.Fatal(err)
	}
	if got := view.Ticket.Status; got != core.Closed {
		t.Errorf("the ticket is %s, want closed", got)
	}
	var said []string
	for _, m := range view.Messages {
		said = append(said, m.Body)
	}
	want := "What happened: The projector stays dark|I am on my way.\nStay there.|New lamp."
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("the reporter reads %q, want %q", got, want)
	}
}

func TestNewTicketsAppearWithoutMovingTheRowUnderTheCursor(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	for _, title := range []string{"One", "Two", "Three"} {
		c.Report(t, c.Ana, title)
		at.Pass(time.Minute)
	}
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Three")
	ines.press("j")
	row := ines.row("Two")
	for range 3 {
		at.Pass(time.Minute)
		c.Report(t, c.Ben, "Urgent and new")
	}
	ines.sees("6")
	ines.settled()
	if got := ines.row("Two"); got != row {
		t.Errorf("the row under the cursor went from line %d to line %d\n%s", row, got, ines.screen())
	}
	if !strings.Contains(ines.screen(), "Urgent and new") {
		t.Errorf("the new tickets are not on the screen\n%s", ines.screen())
	}
}

func TestATicketThatLeavesTheViewStaysUnderTheCursor(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "First one")
	second := c.Report(t, c.Ana, "Second one")
	c.Report(t, c.Ana, "Third one")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Third one")
	for range 3 {
		if ines.row("Second one") != cursorRow(ines) {
			ines.press("j")
		}
	}
	row := ines.row("Second one")
	takes(t, c, c.Ivan, second)
	ines.sees("moved: Second one")
	if got := ines.row("Second one"); got != row {
		t.Errorf("it went from line %d to line %d", row, got)
	}
	ines.press("k")
	ines.seesNot("Second one")
}

func cursorRow(p *person) int {
	if at := p.console.View().Cursor; at != nil {
		return at.Y
	}
	return -1
}

func TestADraftSurvivesALostConnection(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	ines.press("r")
	ines.write("Half a sent")
	ines.sees("Draft kept.")
	kept(t, c, ines, c.Ines, `"writing": "reply"`)

	again := sit(t, c, c.Ines, 100, 30)
	again.sees("Half a sent")
	again.sees(id.String())
	again.press("esc")
	again.sees("The draft is kept.")
	again.sees("Draft of a reply kept")
	again.press("r")
	again.sees("Half a sent")
}

func TestAConflictShowsWhatOthersDidAndOffersToDoItAgain(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	ines.press("p")
	ines.sees("Priority of")
	urges(t, c, c.Ivan, id, core.High)
	ines.press("down", "down", "enter") // urgent, on the version before
	ines.sees("Somebody was faster")
	ines.sees("Ivan Iota changed the priority from normal to high")
	ines.press("a")
	if !strings.Contains(ines.screen(), "Somebody was faster") {
		t.Error("a dialog that nobody asked for took a key at once")
	}
	time.Sleep(450 * time.Millisecond) // the pause after which it takes keys
	ines.press("a")
	ines.sees("has priority urgent now.")
}

func TestARoleTakenAwayEndsTheConsole(t *testing.T) {
	t.Parallel()
	c, _, ines := oneTicket(t, 80, 24)
	makes(t, c, c.Ines, core.RoleReporter)
	ines.until("the end", func() bool { return ines.quit })
	if got := ines.console.Farewell(); !strings.Contains(got, "no longer") {
		t.Errorf("it said %q", got)
	}
}

func TestDisabledKeysSayWhy(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	ines.press("o")
	ines.sees("not closed")
	ines.press("?")
	ines.sees("not now:")
	ines.press("esc")
	ines.seesNot("not now:")
	ines.press("esc")
	ines.sees("Unassigned")
}

func TestAWrongFilterKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	c.Report(t, c.Ana, "Paper jam")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Paper jam")
	ines.press("/")
	ines.write("priority:huge")
	ines.press("enter")
	ines.sees("is not a")
	ines.sees("/ priority:huge")
	ines.retypes("jam")
	ines.press("enter")
	ines.seesNot("No signal")
	ines.sees("Paper jam")
	ines.press("esc")
	ines.sees("No signal")
}

func TestAOneTimeCodeIsShownUntilAKeyIsPressed(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("No ticket is open")
	ines.press("K")
	ines.sees("One-time code for whom?")
	ines.write("nobody.here")
	ines.press("enter")
	ines.sees("Could not make a one-time code")
	ines.settled()
	ines.retypes("ana@campus.example")
	ines.press("enter")
	ines.sees("One-time code for Ana Ruiz")
	ines.sees("It is not shown again.")
}

func TestSilenceEndsTheConsoleAfterAWarning(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sitAs(t, c, storagetest.As(c.Ines, core.DoorSSH), c.Ines, tui.Options{Width: 80, Height: 24, Idle: 2 * time.Second})
	ines.sees("signing out in")
	ines.press("j")
	ines.seesNot("signing out in")
	ines.until("the end", func() bool { return ines.quit })
	if got := ines.console.Farewell(); !strings.Contains(got, "without a key") {
		t.Errorf("it said %q", got)
	}
}

func TestNoticesStayAndGoodbyesEnd(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("No ticket is open")
	ines.send(tui.Notice{Text: "The service restarts in 5 s, sign in again."})
	ines.press("j", "j")
	ines.sees("restarts in 5 s")
	ines.send(tui.Goodbye{Text: "Until soon."})
	ines.until("the end", func() bool { return ines.quit })
	if got := ines.console.Farewell(); got != "Until soon." {
		t.Errorf("it said %q", got)
	}
}

func TestKeysTypedBeforeTheFirstScreenAreNotLost(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 80, 24)
	ines.press("/")
	ines.write("abc")
	ines.sees("/ abc")
}

func TestQuittingTakesCtrlCTwiceWhileADraftIsNotKept(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	ines.press("enter", "n") // the note is for the ticket, which is not there yet
	ines.sees("NOTE")
	ines.send(tea.PasteMsg{Content: "pasted\nin one go"})
	ines.press("ctrl+c")
	if ines.quit || !strings.Contains(ines.screen(), "ctrl+c again") {
		t.Errorf("it did not ask\n%s", ines.screen())
	}
	ines.press("ctrl+c")
	ines.until("the end", func() bool { return ines.quit })
	drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(drafts) != 1 || drafts[0].Body != "pasted\nin one go" {
		t.Errorf("the draft is %v, %v", drafts, err)
	}
}
