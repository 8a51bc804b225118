package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/storage/storagetest"
)

// administer opens Administration for an admin, and one of its screens.
func administer(t *testing.T, c *storagetest.Campus, screen string) *person {
	t.Helper()
	ada := sit(t, c, c.Ada, 120, 40)
	ada.sees("Manage Tickets")
	ada.press("g", "a")
	ada.sees("Audit trail")
	ada.on(screen)
	ada.press("enter")
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

func TestWhoIsNoAdminAnyMoreIsOutOfAdministration(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.on("ines")
	ada.press("enter")
	ada.sees("SSH keys")
	if err := c.Desk.SetRole(t.Context(), core.Operator(), c.Ines.ID, core.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := c.Desk.SetRole(t.Context(), core.Operator(), c.Ada.ID, core.RoleStaff); err != nil {
		t.Fatal(err)
	}
	ada.sees("You are no admin any more")
	ada.sees("Manage Tickets")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	ada.press("]")
	ada.seesNot("SSH keys")
}

func TestAnAdminMakesAnAccountAndInvitesItsOwner(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.press("a")
	ada.sees("Add a user")
	ada.write("No Way!\n")
	ada.write("Zoe Zimmer\n")
	ada.press("enter", "right", "enter") // no address; staff
	ada.sees("letter first.")
	ada.press("ctrl+u")
	ada.write("zoe")
	ada.press("ctrl+s")
	ada.sees("zoe has an account now.")
	ada.on("Zoe Zimmer")
	ada.press("enter")
	ada.sees("a key or a one-time code is the way in")
	ada.press("K")
	ada.sees("Make a one-time code for zoe?")
	ada.press("y")
	ada.sees("One-time code for Zoe Zimmer")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "zoe"); err != nil || user.Role != core.RoleStaff {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestAnAccountIsFoundWhileOneTypes(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.press("/")
	ada.write("iv")
	ada.sees("Ivan Iota")
	ada.seesNot("Ben Okafor")
	ada.write("zzz")
	ada.sees("Nothing is found by that.")
	ada.press("esc")
	ada.sees("Ben Okafor")
	ada.press("r")
	ada.sees("Whose accounts?")
	ada.write("admin")
	ada.press("enter")
	ada.sees("of the role admin")
	ada.seesNot("Ben Okafor")
}

func TestARoleIsGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.on("Ben Okafor")
	ada.press("enter")
	ada.on("Role")
	ada.press("enter")
	ada.sees("Which role for ben?")
	ada.press("down", "enter")
	ada.sees("Make ben staff?")
	ada.press("y")
	ada.sees("ben is staff now.")
	ada.press("u")
	ada.sees("Take back the newest change of ben?")
	ada.press("y")
	ada.sees("Taken back.")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "ben"); err != nil || user.Role != core.RoleReporter {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestTheLastAdminCannotDisableThemselves(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.on("Ada Admin")
	ada.press("enter")
	ada.on("State")
	ada.press("enter")
	ada.sees("Keep ada out?")
	ada.press("enter") // never by chance
	ada.press("enter", "y")
	ada.sees("Could not disable the account.")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "ada"); err != nil || user.Disabled {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestSomebodyJoinsATeamLeadsItAndLeaves(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.on("Fay Field")
	ada.press("enter")
	ada.sees("Facilities")
	ada.press("a")
	ada.sees("Add fay to which queue?")
	ada.write("IT sup")
	ada.sees("IT support")
	ada.press("enter")
	ada.sees("fay works in IT support now.")
	ada.on("IT support")
	ada.press("enter")
	ada.sees("Make them lead")
	ada.press("enter")
	ada.sees("fay leads IT support now.")
	ada.press("enter", "down", "enter")
	ada.sees("Take fay out of IT support?")
	ada.press("y")
	ada.sees("fay works in IT support no more.")
}

func TestAQueueIsMadeChangedAndKeptWhileInUse(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Queues")
	ada.press("a")
	ada.write("labs\nLaboratories\n")
	ada.press("ctrl+u")
	ada.write("soon\n")
	ada.sees("negative")
	ada.press("ctrl+u")
	ada.write("7\n")
	ada.sees("Made the queue Laboratories.")
	ada.on("IT support")
	ada.press("enter")
	ada.on("State")
	ada.press("enter")
	ada.sees("Archive IT support?")
	ada.press("y")
	ada.sees("Could not change the queue.")
	ada.press("a")
	ada.sees("Who works in IT support?")
	ada.write("nobody\n\n")
	ada.sees("There is no")
	ada.press("up", "ctrl+u")
	ada.write("fay")
	ada.press("ctrl+s")
	ada.sees("fay works in IT support now.")
	ada.sees("Fay Field")
}

func TestACategoryInUseIsNotRemovedButArchived(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	ada := administer(t, c, "Categories")
	ada.on("Network and Wi-Fi")
	ada.press("d")
	ada.sees("Remove Network and Wi-Fi?")
	ada.press("y")
	ada.sees("Could not remove the category.")
	ada.press("x")
	ada.sees("Archive Network and Wi-Fi?")
	ada.press("y")
	ada.sees("archived")
	ada.press("u")
	ada.press("y")
	ada.sees("Taken back.")
	ada.press("J")
	ada.sees("Moved.")
	ada.until("printing to stand first", func() bool { return ada.row("Printing") < ada.row("Network and Wi-Fi") })
	ada.press("enter")
	ada.sees("Change the category network")
	ada.press("ctrl+u", "enter")
	ada.press("ctrl+s")
	ada.sees("Enter a name.")
	ada.write("Networks")
	ada.press("ctrl+s")
	ada.sees("Networks")
}

func TestAPlaceCannotLieInItself(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Locations")
	ada.on("Main campus")
	ada.press("enter")
	ada.on("Library")
	ada.press("e")
	ada.sees("Change LIB")
	ada.press("tab", "ctrl+u")
	ada.write("LIB-204\n")
	ada.sees("It would lie in itself.")
	ada.press("ctrl+u")
	ada.write("NOWHERE\n")
	ada.sees("NOWHERE")
	ada.press("esc")
	ada.sees("esc once more drops it")
	ada.press("esc", "a")
	ada.sees("Add a place in Main campus")
	ada.write("GYM\nGymnasium\n\n")
	ada.sees("Added GYM.")
	ada.press("/")
	ada.write("204")
	ada.sees("Reading room")
	ada.press("esc", "esc")
	ada.sees("Main campus")
}

func TestACampusOfManyRoomsIsReadAsOneGoes(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	var list strings.Builder
	list.WriteString("code,name,kind,parent\n")
	for n := range 400 {
		fmt.Fprintf(&list, "SCI-%04d,Room %d,room,SCI\n", n, n)
	}
	if r, err := c.Desk.ImportLocations(t.Context(), core.Operator(), strings.NewReader(list.String()), false); err != nil || len(r.Problems) > 0 {
		t.Fatal(r, err)
	}
	ada := administer(t, c, "Locations")
	ada.on("Main campus")
	ada.press("enter")
	ada.on("Science Hall")
	ada.press("enter")
	ada.sees("SCI-0000")
	for range 6 {
		ada.press("G")
		ada.settled()
	}
	ada.sees("SCI-0399")
}

func TestOfficeHoursAndHolidaysAreChanged(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Calendar")
	ada.on("Tuesday")
	ada.press("enter")
	ada.sees("When is it open on Tuesdays?")
	ada.press("ctrl+u")
	ada.write("nine to five\n")
	ada.sees("Hours look like")
	ada.press("ctrl+u")
	ada.write("08:00-12:00, 11:00-17:00\n")
	ada.sees("overlap")
	ada.press("ctrl+u")
	ada.write("08:00-12:00, 13:00-17:30\n")
	ada.sees("All figures in office hours go by it now.")
	ada.press("a")
	ada.write("2026-02-30\nNever\n")
	ada.sees("A date looks like")
	ada.press("ctrl+u")
	ada.write("2026-12-24")
	ada.press("ctrl+s")
	ada.sees("2026-12-24 Thu")
	days, err := c.Desk.Holidays(t.Context(), core.Operator(), calendar.Day{})
	if err != nil || len(days) != 1 || days[0].Name != "Never" {
		t.Errorf("%v, %v", days, err)
	}
	ada.on("2026-12-24")
	ada.press("enter", "y")
	ada.sees("Removed.")
}

func TestAnEmergencyNoteIsWrittenAndTakenAway(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Campus")
	ada.sees("Example Campus")
	ada.on("all languages")
	ada.press("enter")
	ada.write("The library is closed by water.\nThe desk is in Science Hall.")
	ada.sees("ctrl+s send")
	ada.press("ctrl+s")
	ada.sees("Everybody reads it before the form now.")
	if notes, err := c.Desk.EmergencyNotes(t.Context()); err != nil || notes[""] != "The library is closed by water.\nThe desk is in Science Hall." {
		t.Errorf("%v, %v", notes, err)
	}
	ada.press("enter")
	ada.sees("The desk is in Science Hall.")
	ada.press("ctrl+end", "ctrl+u", "backspace", "ctrl+u", "ctrl+s")
	ada.sees("The note is gone.")
}

func TestASignInIsEnded(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	in := c.SignIn(t, c.Ines, core.DoorWeb)
	ada := administer(t, c, "Sessions")
	ada.on("Ines Itani")
	ada.press("enter")
	ada.sees("End this sign-in of ines")
	ada.press("y")
	ada.sees("Ended.")
	ada.seesNot("Ines Itani")
	if _, err := c.Desk.Me(t.Context(), in.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("it lives on: %v", err)
	}
}

func TestTheAuditTrailSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	at.Pass(time.Minute)
	if err := c.Desk.SetRole(t.Context(), storagetest.As(c.Ada, core.DoorWeb), c.Ben.ID, core.RoleStaff); err != nil {
		t.Fatal(err)
	}
	ada := administer(t, c, "Audit trail")
	ada.sees("changed role: reporter → staff")
	ada.press("enter")
	ada.sees("Before: reporter")
	ada.press("esc", "w")
	ada.sees("What did whom do?")
	ada.write("nobody\n")
	ada.sees("There is no")
	ada.press("ctrl+u")
	ada.write("ada\n")
	ada.seesNot("created code")
	ada.sees("by one person")
	ada.press("c")
	ada.sees("created code")
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

func TestAKeyForTheWallIsAddedAndRevoked(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Kiosk keys")
	ada.sees("No key opens the wall.")
	ada.press("a")
	ada.write("not a key\nwall\n")
	ada.sees("This is not a public SSH key.")
	ada.press("ctrl+u")
	ada.write("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWb0dlHCEcrO0fY/yXxGgYOWgZfXl4NMFPgGXL0aVwl")
	ada.press("ctrl+s")
	ada.sees("The key wall opens the wall.")
	ada.on("SHA256:")
	ada.press("enter")
	ada.sees("Revoke wall?")
	ada.press("y")
	ada.sees("revoked")
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
	ada.sees("off the known issues?")
	ada.press("y")
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
	ada.sees("Remove the view Lamps?")
	ada.press("y")
	ada.sees("No team shares a view")
}

func TestAdministrationScreens(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			c, _ := newCampus(t)
			ada := sit(t, c, c.Ada, size.w, size.h)
			ada.sees("Manage Tickets")
			ada.press("A")
			ada.sees("Audit trail")
			ada.settled()
			snapshot(t, "administration", ada)
			for _, at := range []string{"Users", "Queues", "Categories", "Locations", "Calendar", "Campus", "Kiosk keys", "Known issues"} {
				ada.on(at)
				ada.press("enter")
				ada.sees("Administration  ›  " + at)
				ada.seesNot("Reading…")
				ada.settled()
				snapshot(t, strings.ToLower(strings.ReplaceAll(at, " ", "-")), ada)
				ada.press("esc")
			}
			ada.on("Users")
			ada.press("enter")
			ada.on("Ines Itani")
			ada.press("enter")
			ada.sees("Where they are signed in")
			ada.settled()
			snapshot(t, "user", ada)
			ada.on("Name")
			ada.press("enter")
			ada.sees("Name and address of ines")
			ada.settled()
			snapshot(t, "form", ada)
		})
	}
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
