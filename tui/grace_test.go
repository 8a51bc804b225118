package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// Somebody types on while a dialog that they did not ask for comes up: none of those keys answers it.
func TestADialogThatComesByItselfTakesNoKeyMeantForTheScreen(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	ines.press("a")
	ines.sees("Ivan Iota")
	takes(t, c, c.Ivan, id)
	ines.write("ines")
	ines.press("enter")
	ines.sees("Somebody was faster")
	for range 3 {
		ines.press("a", "esc", "enter", "y")
		time.Sleep(50 * time.Millisecond) // as fast as people type
	}
	if view, err := c.Desk.Preview(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || view.Ticket.Assignee.ID != c.Ivan.ID {
		t.Errorf("a key meant for the screen answered the dialog: %+v, %v", view.Ticket.Assignee, err)
	}
	ines.sees("Somebody was faster")
	time.Sleep(500 * time.Millisecond) // somebody reads
	ines.press("a")
	ines.sees(id.String() + " is with Ines Itani now.")
}

func TestWhatWasSaidBeforeDoesNotStandBelowADialog(t *testing.T) {
	t.Parallel()
	_, id, ines := oneTicket(t, 80, 24)
	ines.press("t")
	ines.sees(id.String() + " is yours now.")
	ines.press("p")
	ines.sees("Priority of " + id.String())
	if strings.Contains(ines.screen(), "is yours now.") {
		t.Errorf("it still says what was done before\n%s", ines.screen())
	}
}

func TestWhereOneIsInTheListIsSaidOnTheNarrowestScreen(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	who := storagetest.As(c.Ines, core.DoorSSH)
	waiting := core.WaitingThirdParty
	if _, err := c.Desk.Change(t.Context(), who, id, 0, core.Change{Waiting: &waiting}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Tag(t.Context(), who, id, core.ParseTags("exam-week wireless-network conference")); err != nil {
		t.Fatal(err)
	}
	ines.sees("1 of 1 · " + id.String() + " · waits for third party")
}

func TestHelpSaysWhyAKeyDoesNothingNow(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 120, 60)
	ines.press("t")
	ines.sees("is yours now.")
	ines.press("?")
	ines.sees("not now: #1001 is yours already.")
	ines.press("/")
	ines.write("yours already")
	ines.sees("take")
	ines.seesNot("next view")
}

func TestThePaletteMarksWhatIsDangerous(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 1)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 01")
	ines.finds("one-time")
	ines.sees("asks first · one-time code")
	ines.press("esc")
	ines.finds("take tick")
	ines.sees("Take ticket")
	if line := strings.Split(ines.screen(), "\n")[ines.row("Take ticket")]; strings.Contains(line, "asks first") {
		t.Errorf("taking is marked as dangerous: %s", line)
	}
}

func TestWhatIsSaidIsReadInFullAlsoOnANarrowScreen(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{60, 20}, {30, 20}} {
		_, _, ines := oneTicket(t, size[0], size[1])
		ines.press("u")
		const said = "Nothing was changed in this session. In a ticket, u undoes your last change."
		if words := strings.Join(strings.Fields(ines.screen()), " "); !strings.Contains(words, said) {
			t.Errorf("at %v it is cut\n%s", size, ines.screen())
		}
		whole(t, "what is said", ines, size[0], size[1])
	}
	_, _, ines := oneTicket(t, 80, 24)
	ines.send(tea.WindowSizeMsg{Width: 12, Height: 8})
	ines.press("u")
	ines.sees("…")
	whole(t, "what is said in the smallest window", ines, 12, 8)
}

func TestHelpCutsNoWordsForAKey(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 60)
	ines.press("?")
	ines.sees("new for somebody…")
	ines.press("esc")
	ines.opens("No signal")
	ines.press("?")
	ines.sees("hand draft over…")
	ines.sees("no longer known")
}

// TestWhoSaidSomethingIsReadBesideTheList is about the narrow preview: when exactly gives way to who, and the label of a note to its name.
func TestWhoSaidSomethingIsReadBesideTheList(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 120, 40)
	if _, err := c.Desk.Note(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, core.NewMessage{Body: "The switch again."}); err != nil {
		t.Fatal(err)
	}
	ines.sees("NOTE · Ivan Iota · just now")
	ines.press("enter")
	ines.sees("NOTE — not shown to the reporter · Ivan Iota · just now, 09:00")
}
