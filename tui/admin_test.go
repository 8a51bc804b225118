package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// administer opens Administration for an admin, and one of its screens.
func administer(t *testing.T, c *storagetest.Campus, screen string) *person {
	t.Helper()
	ada := sit(t, c, c.Ada, 120, 40)
	ada.sees("Manage Tickets")
	ada.press("g", "a")
	ada.sees("Audit trail")
	ada.enter(screen)
	ada.sees("Administration  ›  " + screen)
	ada.seesNot("Reading…")
	return ada
}

// on puts the cursor on the row that holds the words.
func (p *person) on(words string) {
	p.t.Helper()
	const below = 2 // the status line and the footer
	p.until("a row with "+words, func() bool { at := p.row(words); return at >= 0 && at < strings.Count(p.screen(), "\n")+1-below })
	p.press("g", "g")
	for range 100 {
		if at := p.console.View().Cursor; at != nil && strings.Contains(strings.Split(p.screen(), "\n")[at.Y], words) {
			return
		}
		p.press("j")
	}
	p.t.Fatalf("the cursor does not come to %q\n%s", words, p.screen())
}

// enter opens the row that holds the words.
func (p *person) enter(words string) {
	p.t.Helper()
	p.on(words)
	p.press("enter")
}

func TestStaffDoNotGetIntoAdministration(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Manage Tickets")
	ines.press("g", "a")
	ines.sees("Administration is for admins.")
	ines.press("A")
	ines.press(":")
	ines.write("administration")
	ines.sees("not now: Administration is for")
}

func TestFromAnywhereInAdministrationItsListIsTwoKeysAway(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.enter("ines")
	ada.sees("SSH keys")
	ada.press("g", "a")
	ada.sees("Audit trail")
}

func TestWhoIsNoAdminAnyMoreIsOutOfAdministration(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.enter("ines")
	ada.sees("SSH keys")
	makes(t, c, c.Ines, core.RoleAdmin)
	began := time.Now()
	makes(t, c, c.Ada, core.RoleStaff)
	ada.sees("You are no admin any more")
	ada.sees("Manage Tickets")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	ada.press("]")
	ada.seesNot("SSH keys")
}

func TestTheAuditTrailSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	at.Pass(time.Minute)
	if err := c.Desk.SetRole(t.Context(), storagetest.As(c.Ada, core.DoorWeb), c.Ben.ID, core.RoleStaff); err != nil {
		t.Fatal(err)
	}
	ada := administer(t, c, "Audit trail")
	ada.sees("role: reporter → staff")
	ada.press("enter")
	ada.sees("Before: reporter")
	ada.press("esc", "w")
	ada.sees("What did whom do?")
	ada.write("nobody\n")
	ada.sees("There is no")
	ada.retypes("ada\n")
	ada.seesNot("location made")
	ada.sees("by one person")
	ada.press("c")
	ada.sees("location made")
	ada.press("d")
	ada.write("2026-03-10..2026-03-01\n")
	ada.sees("Put the earlier day first")
	ada.press("esc", "esc", "f")
	ada.write("location")
	ada.press("enter")
	ada.sees("about location")
	ada.seesNot("reporter → staff")
}

func TestHealthSaysWhatToMend(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Health")
	ada.sees("No backup was made")
	ada.sees("PostgreSQL")
}

func TestWhatIsKnownIsTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ada := administer(t, c, "Known issues")
	ada.sees("Nothing is published.")
	if _, err := c.Desk.Publish(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, 0, "Wi-Fi is down in the library"); err != nil {
		t.Fatal(err)
	}
	ada.sees("Wi-Fi is down in the library")
	ada.press("U")
	ada.agrees("off the known issues?")
	ada.sees("Nothing is published.")
}

func TestViewsOfTeamsAreListed(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	if _, err := c.Desk.SaveView(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ViewChange{Title: "Lamps", Query: "lamp", Queue: "it"}); err != nil {
		t.Fatal(err)
	}
	ada := administer(t, c, "Views and macros")
	ada.sees("Lamps")
	ada.press("d")
	ada.agrees("Remove the view Lamps?")
	ada.sees("No team shares a view")
}

func TestAdministrationScreens(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		c, _ := newCampus(t)
		ada := sit(t, c, c.Ada, width, height)
		ada.sees("Manage Tickets")
		ada.press("A")
		ada.sees("Audit trail")
		snapshot(t, "administration", ada)
		for _, at := range []string{"Users", "Queues", "Categories", "Locations", "Calendar", "Campus", "Kiosk keys", "Known issues"} {
			ada.enter(at)
			ada.sees("Administration  ›  " + at)
			ada.seesNot("Reading…")
			snapshot(t, strings.ToLower(strings.ReplaceAll(at, " ", "-")), ada)
			ada.press("esc")
		}
		ada.enter("Users")
		ada.enter("Ines Itani")
		ada.sees("Where they are signed in")
		snapshot(t, "user", ada)
		ada.enter("Name")
		ada.sees("Name and address of ines")
		snapshot(t, "form", ada)
	})
}

func TestAdministrationFitsAnyWindow(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.press("a")
	for _, size := range []struct{ w, h int }{{10, 3}, {1, 1}, {40, 6}, {200, 60}} {
		ada.send(tea.WindowSizeMsg{Width: size.w, Height: size.h})
		lines := strings.Split(ada.screen(), "\n")
		if len(lines) != size.h {
			t.Errorf("%dx%d: %d lines", size.w, size.h, len(lines))
		}
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > size.w {
				t.Errorf("%dx%d: a line of %d columns: %q", size.w, size.h, w, line)
			}
		}
	}
	ada.press("esc")
	ada.send(tea.WindowSizeMsg{Width: 10, Height: 3})
	for _, key := range []string{"G", "k", "enter", "esc", "/", "x", "esc", "?", "esc"} {
		ada.press(key)
		ada.settled()
	}
}

func TestAListThatIsLongerThanTheWindowSaysWhereOneIs(t *testing.T) {
	t.Parallel()
	c := crowded(t)
	if err := c.Desk.Join(t.Context(), core.Operator(), c.Ines.ID, c.Facilities.ID, false); err != nil {
		t.Fatal(err)
	}
	ada := sit(t, c, c.Ada, 80, 24)
	ada.sees("Manage Tickets")
	ada.press("g", "a")
	ada.sees("Audit trail")
	ada.enter("Users")
	ada.sees("1 of 21 · Who may sign in. Many at once: helpdesk user import FILE.csv ")
	ada.press("G")
	ada.sees("21 of 21 · ")
	ada.on("ines")
	ada.sees("20 of 21 · ines works in ")
	ada.send(tea.WindowSizeMsg{Width: 80, Height: 40})
	ada.sees("\n ines works in facilities, it (lead)")
	ada.press("esc")
	ada.enter("Audit trail")
	ada.sees("1 of 100+ · The newest first. As a file: helpdesk trail --csv --limit 0 ")
}
