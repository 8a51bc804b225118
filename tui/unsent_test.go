package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
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
