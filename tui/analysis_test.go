package tui_test

import (
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
	"helpdesk.campus/tui/ui"
)

// month fills a campus with four weeks of work and leaves it at nine in the morning.
func month(t *testing.T, c *storagetest.Campus, at *clock) {
	t.Helper()
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for day := range 28 {
		if day%7 == 5 || day%7 == 6 {
			at.Pass(24 * time.Hour)
			continue
		}
		spent := time.Duration(0)
		pass := func(d time.Duration) { at.Pass(d); spent += d }
		for n := range 1 + (day*5)%4 {
			category := c.Network
			if (day+n)%3 == 1 {
				category = c.Printing
			}
			id := c.ReportIn(t, c.Ana, fmt.Sprintf("Trouble %d of day %d", n+1, day+1), category)
			pass(time.Duration(20+7*n) * time.Minute)
			who := ines
			if n%2 == 1 {
				who = ivan
			}
			if (day+n)%5 == 4 {
				continue
			}
			_, err := c.Desk.Take(t.Context(), who, id, 0)
			must(err)
			_, err = c.Desk.Reply(t.Context(), who, id, core.NewMessage{Body: "We are looking into it."})
			must(err)
			pass(time.Duration(15+11*day%90) * time.Minute)
			if (day+n)%4 != 3 {
				_, err = c.Desk.Close(t.Context(), who, id, 0, core.Closing{Resolution: core.Fixed})
				must(err)
			}
			if (day+n)%9 == 6 {
				pass(10 * time.Minute)
				_, err = c.Desk.Reopen(t.Context(), ines, id, 0, "")
				if core.KindOf(err) != core.Forbidden {
					must(err)
				}
			}
		}
		at.Pass(24*time.Hour - spent)
	}
	for n := range 3 {
		c.ReportIn(t, c.Ben, fmt.Sprintf("This morning %d", n+1), c.Network)
		at.Pass(25 * time.Minute)
	}
}

func TestAnalysisScreens(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		c, at := newCampus(t)
		empty := sit(t, c, c.Ines, width, height)
		empty.sees("No ticket is open")
		empty.press("D")
		empty.sees("Nothing is open or active.")
		snapshot(t, "empty", empty)
		empty.press("4")
		empty.sees("\n  Nothing was reported in these days")
		empty.press("5")
		empty.sees("\n  Nobody has anything before them")

		empty.press("esc")
		empty.until("the place to be the queue", func() bool {
			state, err := c.Desk.Place(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
			return err == nil && !strings.Contains(string(state), "analysis")
		})

		month(t, c, at)
		ines := sit(t, c, c.Ines, width, height)
		ines.sees("This morning")
		ines.press("D")
		ines.sees("who works on what")
		snapshot(t, "now", ines)
		for _, tab := range []struct{ key, name, sees string }{{"2", "flow", "backlog"}, {"3", "speed", "to first answer"}, {"4", "where", "building  room"}, {"5", "people", "Leads and admins see"}} {
			ines.press(tab.key)
			ines.sees(tab.sees)
			snapshot(t, tab.name, ines)
		}
	})
}

func TestABarOpensTheTicketsBehindIt(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	c.ReportIn(t, c.Ana, "No signal", c.Network)
	c.ReportIn(t, c.Ana, "No signal again", c.Network)
	c.ReportIn(t, c.Ana, "Paper jam", c.Printing)
	at.Pass(time.Minute)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Paper jam")
	ines.press("D")
	ines.sees("who works on what")
	ines.press("4", "right") // the figures need not be there yet
	ines.sees("3 tickets reported")
	for range 3 {
		if !strings.Contains(ines.screen(), "› Network") {
			ines.press("right")
		}
	}
	ines.press("j", "enter")
	ines.sees("category:printing created:")
	ines.sees("Paper jam")
	ines.seesNot("No signal")
	ines.press("esc")
	ines.sees("Data Analysis")
	ines.press("esc")
	ines.sees("No signal again")
}

func TestTheCursorStaysOnWhatItWasOnWhileFiguresChange(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	c.ReportIn(t, c.Ana, "No signal", c.Network)
	c.ReportIn(t, c.Ana, "No signal again", c.Network)
	c.ReportIn(t, c.Ana, "Paper jam", c.Printing)
	at.Pass(time.Minute)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Paper jam")
	ines.press("D", "4", "right", "right")
	ines.sees("3 tickets reported")
	ines.sees("› Network")
	ines.press("j")
	ines.sees("› Printing")
	for range 3 {
		c.ReportIn(t, c.Ben, "Paper jam again", c.Printing)
	}
	ines.sees("6 tickets reported")
	ines.sees("› Printing")
	ines.press("enter")
	ines.sees("category:printing created:")
}

func TestFiguresFollowWhatHappens(t *testing.T) {
	t.Parallel()
	c, _, ines := oneTicket(t, 100, 30)
	ines.press("D")
	ines.sees("1 open")
	c.Report(t, c.Ben, "Another")
	ines.sees("2 open")
}

func TestWhatCannotBeAnalysedIsSaidAndTheFiguresStay(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 100, 30)
	ines.press("D")
	ines.sees("1 open")
	ines.press("/")
	ines.sees("Analyse which tickets?")
	ines.write("queue:")
	ines.press("enter")
	ines.sees("is missing")
	ines.retypes("queue:facilities")
	ines.press("enter")
	ines.sees("Nothing that the filter finds is open or active.")
	ines.press("2")
	ines.sees("created 0")
	ines.press("r")
	ines.sees("Which days?")
	ines.press("end", "down", "down", "down", "down", "enter")
	ines.sees("From which day")
	ines.write("2026-03-10..2026-03-01")
	ines.press("enter")
	ines.sees("Put the earlier day first")
	ines.retypes("2031")
	ines.press("enter")
	ines.sees("lies in the future")
}

func TestATimeOfSpeedAndATeamOpenTheTicketsBehindThem(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	month(t, c, at)
	ines := sit(t, c, c.Ines, 120, 40)
	ines.sees("This morning")
	ines.press("D", "3")
	ines.sees("between replies")
	ines.press("j", "j", "l", "enter")
	ines.sees("Found: finished:")
	ines.sees("closing:>=15m closing:<1h")
	ines.press("esc")
	ines.sees("between replies")
	ines.press("o")
	ines.sees("in office hours")
	ines.press("enter")
	ines.sees("Found: finished:2026-03-09..2026-04-07 office:>=15m")
	ines.press("esc")
	ines.sees("between replies")
	ines.press("v")
	ines.sees("Compare with what?")
	ines.press("down", "enter")
	ines.sees("against last year")
	ines.press("5")
	ines.sees("Leads and admins see")
	ines.press("enter")
	ines.sees("Found: queue:it ended:")
	ines.press("esc", "4")
	ines.sees("building  room")
	ines.press("e")
	ines.sees("The tickets behind which figure?")
	ines.press("enter")
	ines.sees("Found: building:LIB created:")
}

func TestAWallFillsTheWindowUntilItIsEnded(t *testing.T) {
	t.Parallel()
	_, _, ines := oneTicket(t, 80, 24)
	ines.press("D")
	ines.sees("1 open")
	ines.sees("? help")
	ines.press("w")
	ines.sees("w ends it")
	ines.seesNot("w ends it")
	ines.seesNot("? help")
	ines.seesNot("Data Analysis")
	ines.press("/") // what is asked has its keys below
	ines.sees("Analyse which tickets?")
	ines.sees("Data Analysis")
	ines.press("esc")
	ines.seesNot("Data Analysis")
	ines.press("w")
	ines.sees("? help")
	ines.sees("Data Analysis")
}

func TestACellOfTheMapOpensTheTicketsBehindIt(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	c.ReportIn(t, c.Ana, "No signal", c.Network)
	at.Pass(time.Hour)
	c.ReportIn(t, c.Ana, "Paper jam", c.Printing)
	reported := at.Now().In(c.Desk.Zone())
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("Paper jam")
	ines.press("D", "4")
	ines.sees("When it is reported")
	ines.press("m")
	ines.sees("› 09:00 to 10:00")
	for hour := 9; hour < reported.Hour(); hour++ {
		ines.press("right")
	}
	for hour := reported.Hour(); hour < 9; hour++ {
		ines.press("left")
	}
	for range (int(reported.Weekday()) + 6) % 7 {
		ines.press("down")
	}
	ines.sees(fmt.Sprintf("› %02d:00 to %02d:00: 1", reported.Hour(), reported.Hour()+1))
	ines.press("enter")
	ines.sees("Found: weekday:")
	ines.sees("Paper jam")
	ines.seesNot("No signal")
	ines.press("esc")
	ines.sees("When it is reported")
	ines.press("m") // the bars again
	ines.sees("enter shows: building:LIB")
}

func TestAWallReadsOnLightAndOnDark(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	wall := tui.NewWall(t.Context(), c.Desk, core.Kiosk("SHA256:x", ""), tui.Options{Width: 80, Height: 24})
	looks := func(when string, msg tea.Msg, background ui.Background) {
		t.Helper()
		if msg != nil {
			wall.Update(msg)
		}
		tab := ui.NewTheme(background).Match.Render("Now")
		if content := wall.View().Content; !strings.Contains(content, tab) {
			t.Errorf("%s the wall has no %q:\n%q", when, tab, content)
		}
	}
	looks("before the terminal has answered", nil, ui.Unknown)
	looks("on white", tea.BackgroundColorMsg{Color: color.White}, ui.Light)
	looks("on black", tea.BackgroundColorMsg{Color: color.Black}, ui.Dark)
	looks("without colours", tea.ColorProfileMsg{Profile: colorprofile.ASCII}, ui.NoColour)
}
