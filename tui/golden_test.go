package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// busy fills a campus with a morning's work.
func busy(t *testing.T, c *storagetest.Campus, at *clock) core.TicketID {
	t.Helper()
	ctx := t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	titles := []string{
		"Wi-Fi drops every few minutes in the reading room", "Printer on the second floor jams", "Cannot reach the library catalogue from home",
		"Password reset link never arrives", "Ethernet socket by the window is dead", "The projector does not turn on",
		"Slow network in Science Hall", "eduroam refuses my certificate", "Scanner saves empty files", "No sound in lecture recordings",
	}
	var ids []core.TicketID
	for i := range 26 {
		who := c.Ana
		if i%3 == 1 {
			who = c.Ben
		}
		category := c.Network
		if i%4 == 1 {
			category = c.Printing
		}
		ids = append(ids, c.ReportIn(t, who, titles[i%len(titles)], category))
		at.Pass(7 * time.Minute)
	}
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	urgent, high, low, waits := core.Urgent, core.High, core.Low, core.WaitingReporter
	for _, change := range []struct {
		id core.TicketID
		in core.Change
	}{{ids[20], core.Change{Priority: &urgent}}, {ids[12], core.Change{Priority: &high}}, {ids[17], core.Change{Priority: &low}}} {
		_, err := c.Desk.Change(ctx, ines, change.id, 0, change.in)
		do(err)
	}
	talk := ids[20]
	_, err := c.Desk.Take(ctx, ines, talk, 0)
	do(err)
	_, err = c.Desk.Reply(ctx, ines, talk, core.NewMessage{Body: "Hello Ana,\n\nwe can see the access point in LIB-204 restarting. Which seat are you at, and does it also happen on the other side of the room? A colleague will come by this morning with a replacement in any case."})
	do(err)
	at.Pass(4 * time.Minute)
	_, err = c.Desk.Note(ctx, ivan, talk, core.NewMessage{Body: "AP-LIB-2-07 has rebooted 14 times since 06:00. The injector is from the bad batch."})
	do(err)
	at.Pass(3 * time.Minute)
	_, err = c.Desk.Reply(ctx, storagetest.As(c.Ben, core.DoorSSH), talk, core.NewMessage{Body: "Seat 41. Everywhere in the room, I walked around with my phone."})
	if err != nil {
		_, err = c.Desk.Reply(ctx, storagetest.As(c.Ana, core.DoorSSH), talk, core.NewMessage{Body: "Seat 41. Everywhere in the room, I walked around with my phone."})
	}
	do(err)
	_, err = c.Desk.Take(ctx, ivan, ids[3], 0)
	do(err)
	_, err = c.Desk.Take(ctx, ines, ids[5], 0)
	do(err)
	_, err = c.Desk.Change(ctx, ines, ids[5], 0, core.Change{Waiting: &waits})
	do(err)
	for _, id := range ids[:2] {
		_, err = c.Desk.Close(ctx, ines, id, 0, core.Closing{Resolution: core.Fixed})
		do(err)
	}
	at.Pass(12 * time.Minute)
	return talk
}

func TestScreens(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		c, at := newCampus(t)
		empty := sit(t, c, c.Ines, width, height)
		empty.sees("No ticket is open")
		snapshot(t, "empty", empty)

		talk := busy(t, c, at)
		ines := sit(t, c, c.Ines, width, height)
		ines.sees("#1024")
		ines.press("j", "j")
		snapshot(t, "queue", ines)
		ines.press("space", "space", "T")
		ines.sees("Tags of 2 tickets")
		ines.write("exam")
		ines.sees("as typed")
		ines.press("enter")
		ines.sees("tag exam put on")
		snapshot(t, "bulk", ines)
		ines.press("y")
		ines.sees("tagged: exam.")
		ines.seesNot("u undoes it") // the toast goes by the real time
		ines.press("k")
		ines.sees("#exam")
		ines.press("*")
		ines.sees("21 tickets marked")
		snapshot(t, "marked", ines)
		ines.press("esc", "3")
		ines.sees("active  The projector")
		snapshot(t, "mine", ines)
		ines.press("?")
		snapshot(t, "help", ines)
		ines.press("esc", ":")
		ines.sees("Do or find")
		ines.write("close")
		snapshot(t, "palette", ines)
		ines.press("esc", ",")
		ines.sees("Time zone")
		snapshot(t, "settings", ines)
		ines.press("esc", "/")
		ines.write("status:opne")
		ines.press("enter")
		snapshot(t, "filter", ines)
		ines.press("esc")

		ines.sees(talk.String() + " · ")
		ines.press("enter")
		ines.sees("Seat 41")
		snapshot(t, "ticket", ines)
		ines.press("h")
		snapshot(t, "history", ines)
		ines.press("h", "a")
		ines.sees("Ivan Iota  ")
		snapshot(t, "picker", ines)
		ines.press("esc", "n")
		snapshot(t, "note", ines)
		ines.press("esc", "r")
		ines.write("Thank you. The new access point is up; please tell us if it drops again.\n\nInes")
		ines.sees("Draft kept.")
		snapshot(t, "reply", ines)
	})
}

// snapshot compares the screen, once it stands still, with how it was, in words alone and with its colours.
func snapshot(t *testing.T, name string, p *person) {
	t.Helper()
	p.settled()
	words := p.screen()
	t.Run(name, func(t *testing.T) {
		var lines []string
		for line := range strings.SplitSeq(words, "\n") {
			lines = append(lines, strings.TrimRight(line, " ")+"▏")
		}
		cursor := "none"
		if at := p.console.View().Cursor; at != nil {
			cursor = fmt.Sprintf("%d,%d", at.X, at.Y)
		}
		golden.RequireEqual(t, strings.Join(lines, "\n")+"\ncursor "+cursor+"\n")
	})
	t.Run(name+".colour", func(t *testing.T) {
		golden.RequireEqual(t, strings.ReplaceAll(p.raw, "\x1b[", "␛[")+"\n")
	})
}
