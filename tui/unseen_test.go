package tui_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// crowded is a campus with more queues, people and rooms than a small window has lines.
func crowded(t *testing.T) *storagetest.Campus {
	t.Helper()
	c, at := newCampus(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 14 {
		code := fmt.Sprintf("team-%02d", n)
		queue, err := c.Desk.AddQueue(t.Context(), core.Operator(), core.Queue{Code: code, Name: "Team " + code, ReopenDays: 14})
		must(err)
		kind, err := c.Desk.AddCategory(t.Context(), core.Operator(), core.Category{Code: code, Name: "Kind " + code, Line: core.IT, Queue: queue.ID})
		must(err)
		room := fmt.Sprintf("LIB-3%02d", n)
		_, err = c.Desk.AddLocation(t.Context(), core.Operator(), core.Location{Parent: c.Library.ID, Kind: core.Room, Code: room, Name: "Carrel"})
		must(err)
		who, err := c.Desk.AddUser(t.Context(), core.Operator(), core.NewUser{Username: "helper-" + code, Name: "Helper " + code, Role: core.RoleStaff})
		must(err)
		must(c.Desk.Join(t.Context(), core.Operator(), who.ID, queue.ID, false))
		receipt, err := c.Desk.Report(t.Context(), storagetest.As(c.Ana, core.DoorSSH), core.NewTicket{
			Title: "Lamp " + code, Description: "It is dark.", Category: kind.ID, Where: core.Where{Words: room},
		})
		must(err)
		at.Pass(time.Minute)
		_, err = c.Desk.Take(t.Context(), storagetest.As(who, core.DoorSSH), receipt.Ticket, 0)
		must(err)
		_, err = c.Desk.Reply(t.Context(), storagetest.As(who, core.DoorSSH), receipt.Ticket, core.NewMessage{Body: "We are on our way."})
		must(err)
	}
	return c
}

func TestWhatHasNoRoomOnADashboardIsSaid(t *testing.T) {
	t.Parallel()
	ada := func() *person { c := crowded(t); return sit(t, c, c.Ada, 80, 24) }()
	ada.sees("Manage Tickets")
	ada.press("D")
	// holds expects so many rows in sight, and that the others are spoken of.
	holds := func(rows int, pattern, note string) {
		t.Helper()
		ada.sees(note)
		if n := len(regexp.MustCompile(pattern).FindAllString(ada.screen(), -1)); n != rows {
			t.Errorf("%d rows are in sight, want %d and %q:\n%s", n, rows, note, ada.screen())
		}
	}
	holds(5, `(?m)^ Team team-\d\d`, " queue · 9 more below ↓")
	ada.sees("e lists more: oldest")
	for range 13 {
		ada.press("j")
	}
	holds(5, `(?m)^ Team team-\d\d`, " queue · 9 more above ↑")
	ada.press("3")
	holds(7, `(?m)^[› ] (under )?\d+ (min|h|d).* %`, "How long it took · 1 more below ↓")
	ada.press("left")
	holds(7, `(?m)^[› ] (under )?\d+ (min|h|d).* %`, "How long it took · 1 more above ↑")
	ada.press("4")
	ada.sees("building  room")
	ada.press("right")
	holds(8, `(?m)^[› ] LIB-3\d\d Carrel`, "priority  · 6 more below ↓")
	for range 8 {
		ada.press("j")
	}
	holds(8, `(?m)^[› ] LIB-3\d\d Carrel`, "priority  · 1 above ↑, 5 below ↓")
	ada.press("v", "down", "enter")
	ada.sees("── as of 09:14  last 30 days against last year ─")
	ada.press("v", "enter", "5")
	holds(14, `Team team-\d\d`, "Team team-13")
	for range 20 {
		ada.press("j")
	}
	holds(7, `Helper team-\d\d`, " team · 5 more ↑")
	ada.sees(" person · 7 more ↓")
	for range 20 {
		ada.press("j")
	}
	holds(14, `Helper team-\d\d`, " team · 12 more ↑")
	ada.send(tea.WindowSizeMsg{Width: 80, Height: 16})
	holds(9, `Helper team-\d\d`, " person · 19 more ↑")
	if at := ada.row(" person ·"); !strings.Contains(strings.Split(ada.screen(), "\n")[at], "to answer") {
		t.Errorf("the columns have no titles:\n%s", ada.screen())
	}
}

func TestALowWindowDoesNotSayThatThereIsNothingToDraw(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	month(t, c, at)
	ines := sit(t, c, c.Ines, 80, 14)
	ines.sees("Trouble 1 of day")
	ines.press("D", "2")
	ines.sees("created 53")
	ines.sees("The curve needs a larger window.")
	ines.seesNot("makes no curve")
}
