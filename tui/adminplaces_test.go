package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/storage/storagetest"
)

func TestAQueueIsMadeChangedAndKeptWhileInUse(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Queues")
	ada.press("a")
	ada.write("labs\nLaboratories\n")
	ada.retypes("soon\n")
	ada.sees("negative")
	ada.retypes("7\n")
	ada.sees("Made the queue Laboratories.")
	ada.enter("IT support")
	ada.enter("State")
	ada.agrees("Archive IT support?")
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
	ada.agrees("Remove Network and Wi-Fi?")
	ada.sees("Could not remove the category.")
	ada.press("x")
	ada.agrees("Archive Network and Wi-Fi?")
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
	ada.enter("Main campus")
	ada.on("Library")
	ada.press("e")
	ada.sees("Change LIB")
	ada.press("tab", "ctrl+u")
	ada.write("LIB-204\n")
	ada.sees("It would lie in itself.")
	ada.retypes("NOWHERE\n")
	ada.sees("NOWHERE")
	ada.press("esc")
	ada.sees("esc once more drops it")
	ada.press("esc", "a")
	ada.sees("Add a place in Main campus")
	ada.write("GYM\nGymnasium\n\n")
	ada.sees("Added GYM.")
	ada.sees("Gymnasium")
	ada.press("a")
	ada.write("LIB\nAnother library\n\n")
	ada.sees("This code is taken")
	ada.press("esc", "esc")
	ada.enter("Gymnasium")
	ada.send(tea.WindowSizeMsg{Width: 60, Height: 24})
	ada.sees("Nothing lies here yet.")
	ada.sees("\n  location import FILE.csv") // what has no room goes on below
	ada.press("a")
	ada.sees("Add a place in Gymnasium")
	ada.write("GYM-S\nA site\n")
	ada.press("left", "left", "ctrl+s")
	ada.sees("does not lie in a building")
	ada.press("esc", "esc", "esc")
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
	ada.enter("Main campus")
	ada.enter("Science Hall")
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
	ada.enter("Tuesday")
	ada.sees("When is it open on Tuesdays?")
	ada.retypes("nine to five\n")
	ada.sees("Hours look like")
	ada.retypes("08:00-12:00, 11:00-17:00\n")
	ada.sees("overlap")
	ada.retypes("08:00-12:00, 13:00-17:30\n")
	ada.sees("All figures in office hours go by it now.")
	ada.press("a")
	ada.write("2026-02-30\nNever\n")
	ada.sees("A date looks like")
	ada.retypes("2026-12-24")
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
	ada.enter("all languages")
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
	ada.press("u")
	ada.sees("You made it just now.")
	ada.sees("What comes back: The library is closed by water.")
	ada.agrees("Take back the newest change of the note for all languages?")
	ada.sees("Taken back.")
	ada.press("u")
	ada.sees("There will be no such note again.")
	ada.agrees("Take back the newest change of the note for all languages?")
	ada.until("the note to be gone again", func() bool {
		text, err := c.Desk.Setting(t.Context(), core.Operator(), core.SettingEmergencyNote)
		return err == nil && text == ""
	})
}

// A console that is open shows itself as the campus is set meanwhile, wherever that is done.
func TestNameAndZoneAreSetAndShownAtOnce(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	ines := sit(t, c, c.Ines, 120, 30)
	ines.sees("Example Campus")
	ada := administer(t, c, "Campus")
	ada.sees("UTC, as the program was started")
	ada.enter("Time zone")
	ada.write("Mars/Olympus\n")
	ada.sees("There is no time zone “Mars/Olympus”")
	ada.retypes("Pacific/Auckland\n")
	ada.sees("It is " + at.Now().In(zoneOf(t, "Pacific/Auckland")).Format("15:04") + " on campus now, in Pacific/Auckland.")
	ada.enter("Name")
	ada.write("Kowhai Campus\n")
	ada.sees("It is called Kowhai Campus now.")
	ines.sees("Kowhai Campus")
	ines.press("X")
	ines.sees("Times are exact, in Pacific/Auckland.")
	ada.on("Name")
	ada.press("u")
	ada.sees("What the program was started with holds again: Example Campus")
	ada.agrees("Take back the newest change of the name?")
	ines.sees("Example Campus")
}

func TestOfficeHoursAndHolidaysAreTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Calendar")
	ada.enter("Wednesday")
	ada.retypes("10:00-11:00, 12:00-13:00\n")
	ada.sees("Changed. All figures in office hours go by it now.")
	ada.on("Wednesday")
	ada.press("u")
	ada.sees("Open again: Mon-Fri 08:00-17:00.")
	ada.agrees("Take back the newest change of the office hours?")
	ada.sees("Taken back.")
	ada.press("u")
	ada.sees("Open again: Mon-Tue 08:00-17:00; Wed 10:00-11:00, 12:00-13:00;")
	ada.press("esc")
	ada.press("a")
	ada.write("2099-12-24\nEve\n")
	ada.sees("The helpdesk stays closed on 2099-12-24.")
	ada.on("2099-12-24")
	ada.press("u")
	ada.sees("No holidays any more: 2099-12-24 Eve.")
	ada.agrees("Take back the newest change of the holidays?")
	ada.sees("Taken back.")
	ada.on("none")
	ada.press("u")
	ada.sees("Holidays again: 2099-12-24 Eve.")
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTheFirstDaysOfTermsAreSetAndTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Campus")
	ada.sees("04-01 10-01, as none are set")
	ada.enter("First days")
	ada.write("31-12\n")
	ada.sees("Write the first days of the terms as 04-01 10-01")
	ada.retypes("02-15, 09-15\n")
	ada.sees("Figures of this term go by it now.")
	ada.sees("02-15 09-15")
	ada.press("g", "d")
	ada.sees("Data Analysis")
	ada.press("2", "r")
	ada.sees("Which days?")
	ada.write("this term")
	ada.press("enter")
	ada.sees("this term, since 15 Feb 2026")
	ada.press("v", "down", "enter")
	ada.sees("since 15 Feb 2026 against last year")
	ada.until("the range to be kept", func() bool {
		place, err := c.Desk.Place(t.Context(), storagetest.As(c.Ada, core.DoorSSH))
		return err == nil && strings.Contains(string(place), `"year"`)
	})
	again := sit(t, c, c.Ada, 120, 40)
	again.sees("since 15 Feb 2026 against last year")

	ada.press("esc")
	ada.sees("Example Campus")
	ada.on("First days")
	ada.press("u")
	ada.agrees("Take back the newest change of the terms?")
	ada.sees("04-01 10-01, as none are set")
}

// Administration opens with one key from the figures too, for whom it opens at all.
func TestAdministrationOpensFromTheFigures(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	for who, opens := range map[string]bool{"ada": true, "ines": false} {
		p := sit(t, c, map[string]core.User{"ada": c.Ada, "ines": c.Ines}[who], 120, 40)
		p.press("g", "d")
		p.sees("Data Analysis")
		if !opens {
			p.seesNot("A administration")
			continue
		}
		p.sees("A administration")
		p.press("A")
		p.sees("accounts, roles, keys")
		p.press("esc")
		p.sees("Data Analysis")
	}
}

// Where the codes of the teams that one leads have no room in the heading, it says so in other words.
func TestTheHeadingOfOnesTeamsIsNotCut(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	long, err := c.Desk.AddQueue(t.Context(), core.Operator(), core.Queue{Code: "lecture-halls", Name: "Lecture halls"})
	if err != nil {
		t.Fatal(err)
	}
	for queue, lead := range map[core.QueueID]bool{long.ID: true, c.Facilities.ID: false} {
		if err := c.Desk.Join(t.Context(), core.Operator(), c.Ines.ID, queue, lead); err != nil {
			t.Fatal(err)
		}
	}
	takes(t, c, c.Ines, c.Report(t, c.Ana, "Projector is dark"))
	ines := sit(t, c, c.Ines, 120, 40)
	ines.press("g", "d")
	ines.sees("in your teams")
	wide := sit(t, c, c.Ines, 200, 40)
	wide.press("g", "d")
	wide.sees("who works on")
	wide.seesNot("in your teams")
}
