package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// asking is one line or form that asks for something: how one comes to it, and what is typed there.
type asking struct {
	title string
	open  func(p *person)
	typed string
}

// keeps types into each, loses the connection, and finds what was typed when it is opened again.
func keeps(t *testing.T, who func(c *asked) core.User, all ...asking) {
	t.Helper()
	for _, at := range all {
		t.Run(at.title, func(t *testing.T) {
			t.Parallel()
			c, _ := newCampus(t)
			c.Report(t, c.Ana, "No signal")
			me := who(&asked{c.Ines, c.Ada})
			p, vanish := sitUntil(t, c, me)
			p.sees("No signal")
			at.open(p)
			p.sees(at.title)
			p.send(tea.PasteMsg{Content: at.typed})
			p.sees(at.typed)
			kept(t, c, p, me, at.typed)
			vanish()

			p = sit(t, c, me, 100, 30)
			p.sees("What you typed in “" + at.title)
			at.open(p)
			p.sees("stands here again")
			p.sees(at.typed)
		})
	}
}

// asked are those who are asked for something here.
type asked struct{ ines, ada core.User }

func TestWhatIsTypedInOneLineOutlivesALostConnection(t *testing.T) {
	t.Parallel()
	inTicket := func(key string) func(p *person) {
		return func(p *person) {
			if p.row("What happened") < 0 { // a console opens where it was
				p.opens("No signal")
			}
			p.press(key)
		}
	}
	keeps(t, func(c *asked) core.User { return c.ines },
		asking{"Correct the title of #1001", inTicket("e"), " in the library"},
		asking{"Make #1001 known", inTicket("P"), "Wi-Fi is down"},
		asking{"One-time code for whom?", func(p *person) { p.press("K") }, "somebody@example.edu"},
		asking{"Analyse which tickets?", func(p *person) {
			p.press("g", "d")
			p.sees("/ filter…")
			p.sees("Data Analysis")
			p.press("/")
		}, "queue:it priority:high"},
	)
}

func TestWhatIsTypedInPickersOutlivesALostConnection(t *testing.T) {
	t.Parallel()
	ticket := func(p *person) {
		if p.row("What happened") < 0 { // a console opens where it was
			p.opens("No signal")
		}
	}
	in := func(key string) func(p *person) { return func(p *person) { ticket(p); p.press(key) } }
	keeps(t, func(c *asked) core.User { return c.ines },
		asking{"Do or find", func(p *person) { p.press(":") }, "no such thing"},
		asking{"Assign #1001 to", in("a"), "iv"},
		asking{"Place of #1001", in("l"), "behind the shelf"},
		asking{"Tags of #1001", in("T"), "exam"},
		asking{"Let #1001 rest", in("z"), "tomorrow 14:30"},
		asking{"Merge #1001 into which ticket?", in("M"), "projector"},
		asking{"Macro for #1001", in(";"), "out"},
	)
}

func TestWhatIsTypedInAPickerIsForgottenWithWhoeverLeaves(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	ines, vanish := sitUntil(t, c, c.Ines)
	ines.sees("No signal")
	ines.press(":")
	ines.sees("Do or find")
	ines.write("clo")
	kept(t, c, ines, c.Ines, `"clo"`)
	vanish()
	ines = sit(t, c, c.Ines, 100, 30)
	ines.sees("What you typed in “Do or find” is kept")
	ines.press("q")
	ines.until("the end", func() bool { return ines.quit })
	ines = sit(t, c, c.Ines, 100, 30)
	ines.sees("No signal")
	ines.press(":")
	ines.sees("Do or find")
	ines.settled()
	if strings.Contains(ines.screen(), "stands here again") {
		t.Errorf("it is still there\n%s", ines.screen())
	}
}

func TestACalendarThatIsTooLongToBeKeptSaysSo(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := sit(t, c, c.Ada, 100, 30)
	ada.sees("Manage Tickets")
	ada.press("A")
	ada.sees("The audit trail keeps every change")
	ada.press("o")
	ada.settled()
	ada.press("i")
	ada.sees("Holidays of a calendar file")
	ada.send(tea.PasteMsg{Content: strings.Repeat("X-NOTE:nothing\n", 6000)})
	ada.seesNot("more than 100 kB")
	ada.send(tea.PasteMsg{Content: strings.Repeat("X-NOTE:nothing\n", 2000)})
	ada.sees("This is more than 100 kB: it is not kept if the connection is lost")
}

func TestWhatIsTypedInFormsOfTheAdministrationOutlivesALostConnection(t *testing.T) {
	t.Parallel()
	room := func(letter, key string) func(p *person) {
		return func(p *person) {
			p.press("g", "q")
			p.sees("No signal")
			p.press("A")
			p.sees("The audit trail keeps every change")
			p.press(letter)
			p.settled()
			p.press(key)
		}
	}
	keeps(t, func(c *asked) core.User { return c.ada },
		asking{"What did whom do?", room("t", "w"), "somebody"},
		asking{"Of which days?", room("t", "d"), "2026-02"},
		asking{"Holidays of a calendar file", room("o", "i"), "SUMMARY:New Year"},
	)
}

// outdone types new words into the line of a ticket while somebody else changes what it is about.
func outdone(t *testing.T, key, words string, meanwhile func(c *storagetest.Campus, id core.TicketID) error) (*storagetest.Campus, core.TicketID, *person) {
	t.Helper()
	c, id, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	before, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil {
		t.Fatal(err)
	}
	ines.press(key)
	ines.retypes(words)
	if err := meanwhile(c, id); err != nil {
		t.Fatal(err)
	}
	ines.press("enter") // on the version before
	ines.sees("Somebody was faster")
	ines.settled()
	if now, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || now.Ticket.Version <= before.Ticket.Version {
		t.Fatalf("nothing was changed meanwhile: %v, %v", now.Ticket, err)
	}
	return c, id, ines
}

func TestATitleStandsInItsLineAgainWhenAColleagueWasFaster(t *testing.T) {
	t.Parallel()
	c, id, ines := outdone(t, "e", "No Wi-Fi in the reading room", func(c *storagetest.Campus, id core.TicketID) error {
		title := "No signal at all"
		_, err := c.Desk.Correct(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, 0, core.Correction{Title: &title})
		return err
	})
	ines.sees("back to what you typed")
	kept(t, c, ines, c.Ines, "No Wi-Fi in the reading room") // also while the dialog asks
	ines.press("esc")
	ines.sees("Correct the title")
	ines.sees("No Wi-Fi in the reading room")
	ines.press("enter")
	ines.sees(id.String() + " has its new title.")
}

func TestAPlaceInWordsStandsInItsLineAgainWhenAColleagueWasFaster(t *testing.T) {
	t.Parallel()
	_, id, ines := outdone(t, "l", "by the door", func(c *storagetest.Campus, id core.TicketID) error {
		_, err := c.Desk.Change(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id, 0, core.Change{Where: &core.Where{Words: "in the cellar"}})
		return err
	})
	ines.press("esc")
	ines.sees("Place of")
	ines.sees("by the door")
	ines.sees("in these words")
	ines.press("enter")
	ines.sees(id.String() + " is at by the door now.")
}

func TestANameThatIsNotTakenStandsInItsLineAgain(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 100, 30)
	ines.press("K")
	ines.write("anna")
	ines.press("enter")
	ines.sees("Could not make a one-time code.")
	ines.settled()
	ines.sees("One-time code for whom?")
	ines.sees("› anna")
	ines.press("esc")
	ines.settings()
	ines.choose("Add a key")
	ines.write("ssh-ed25519 AAAA cut short")
	ines.press("enter")
	ines.sees("Could not add the key.")
	ines.sees("ssh-ed25519 AAAA cut short")
}

// TestWhatGoesOnlyOnTheSecondTryLeavesTheEditor is about words that go with a change which somebody else's came before.
func TestWhatGoesOnlyOnTheSecondTryLeavesTheEditor(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	changes, err := core.ParseMacroChanges("priority:high")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.SaveMacro(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.Macro{Name: "Outage", Key: "o", Body: "Dear {reporter}", Changes: changes}); err != nil {
		t.Fatal(err)
	}
	ines.opens("No signal")
	ines.press(";", ";", "o")
	ines.sees("Dear Ana Ruiz")
	ines.settled()
	ines.press("y")
	ines.sees("with “Outage”")
	ines.sees("Draft kept.")
	urges(t, c, c.Ivan, id, core.Low)
	ines.press("ctrl+s")
	ines.sees("Somebody was faster")
	ines.settled()
	ines.press("a")
	ines.sees("is done with: “Outage”.")
	ines.seesNot("with “Outage”: priority:high")
	if drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || len(drafts) != 0 {
		t.Errorf("drafts: %+v, %v", drafts, err)
	}
}

func TestAFormThatMayNotBeSentStaysWithItsText(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	ivan := sit(t, c, c.Ivan, 100, 34)
	ivan.opens("No signal")
	ivan.press(";")
	ivan.sees("ctrl+o new")
	ivan.settled()
	ivan.press("ctrl+o")
	ivan.sees("New macro")
	ivan.write("Outage\n\nit\n\nDear {reporter}, all of it is down.")
	ivan.press("ctrl+s") // for a team that he does not lead
	ivan.sees("Could not keep the macro.")
	ivan.sees("all of it is down.")
}
