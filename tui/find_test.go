package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestTheListFollowsWhatIsTyped(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	c.Report(t, c.Ben, "No network at all")
	if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("No network")
	ines.press("/")
	ines.write("proj")
	ines.seesNot("No network")
	ines.sees("stays dark")

	ines.write(" status:opn")
	ines.sees("'opn' is not a status")
	caret := strings.Index(strings.Split(ines.screen(), "\n")[ines.row("/ proj")+1], "^")
	if want := len("  proj status:"); caret != want {
		t.Errorf("the caret is in column %d, want %d\n%s", caret, want, ines.screen())
	}
	ines.sees("stays dark") // the rows stay

	ines.press("backspace", "backspace", "backspace")
	ines.write("open")
	ines.seesNot("is not a status")
	ines.press("enter")
	ines.sees("/ proj status:open   esc clears")
	ines.press("esc")
	ines.sees("No network")

	ines.press("/")
	ines.write("projetcor")
	ines.sees("Nothing for 'projetcor'; showing 'projector'.")
	ines.sees("stays dark")
	ines.press("esc") // as it was
	ines.sees("No network")
	ines.seesNot("Nothing for")

	ines.press("/")
	ines.write("zeppelin")
	ines.sees("No tickets match.")
}

func TestAFilterTypedBeforeTheFirstRowsCameHolds(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	id := c.Report(t, c.Ben, "No network at all")
	ines := sit(t, c, c.Ines, 100, 30) // what was asked for when it opened is taken only below
	ines.press("/")
	ines.write(id.String())
	ines.press("enter")
	ines.sees("No network")
	if ines.row("stays dark") >= 0 || ines.row("/ "+id.String()+"   esc clears") < 0 {
		t.Errorf("the filter stands over rows that it does not hold\n%s", ines.screen())
	}
	ines.press("esc")
	ines.sees("stays dark")
}

func TestTabCompletesFromWhatExists(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("projector")
	ines.press("/")
	ines.write("ass")
	ines.sees("tab: assignee:")
	ines.press("tab")
	ines.sees("/ assignee:")
	ines.sees("tab: me  none")
	ines.write("i")
	ines.sees("tab: ines")
	ines.press("tab")
	ines.sees("/ assignee:ines")
	ines.press("tab")
	ines.sees("/ assignee:ivan")
	ines.press("tab")
	ines.sees("/ assignee:ines")
	ines.press("shift+tab")
	ines.sees("/ assignee:ivan")
	ines.sees("No tickets match.")
	ines.write(" location:lib")
	ines.press("tab")
	ines.sees("location:LIB")
}

func TestAViewIsSavedUsedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	c.Report(t, c.Ben, "No network at all")
	me, err := c.Desk.Me(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, me, 200, 40)
	ines.sees("No network")
	ines.press("/")
	ines.write("projector")
	ines.press("enter")
	ines.sees("/ projector   esc clears")
	ines.press("W")
	ines.sees("Save for all of IT support")
	ines.press("enter")
	ines.sees("Name of the new view")
	ines.write("Beamers")
	ines.press("enter")
	ines.sees("Beamers is saved.")
	ines.sees("Your views")
	ines.sees(" 8 Beamers")
	ines.seesNot("esc clears")
	ines.seesNot("No network")

	ines.press("1")
	ines.sees("No network")
	ines.press("8")
	ines.seesNot("No network")

	ines.press("W")
	ines.write("rename")
	ines.press("enter")
	ines.sees("New name of Beamers")
	ines.write(" and lamps")
	ines.press("enter")
	ines.sees(" 8 Beamers and lamps")

	ines.press("W")
	ines.write("delete")
	ines.press("enter")
	ines.sees("is deleted. It showed: status:open projector")
	ines.seesNot("Your views")
	ines.sees("No network")
}

func TestAViewOfTheTeamAppearsWhileOthersWatch(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	ivan := sit(t, c, c.Ivan, 200, 40)
	ivan.sees("projector")
	if _, err := c.Desk.SaveView(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ViewChange{Title: "Late", Query: "age:>2d", Queue: "it"}); err != nil {
		t.Fatal(err)
	}
	ivan.sees(" 8 Late")
	ivan.press("8", "W")
	ivan.sees("Save as a view of your own")
	if strings.Contains(ivan.screen(), "Delete Late") {
		t.Errorf("who leads nothing is offered to delete the team's view\n%s", ivan.screen())
	}
}

func TestManyViewsStayReachableOnANarrowScreen(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	for _, title := range []string{"Lamps", "Beamers", "Printers", "Cables", "Doors", "Lifts"} {
		if _, err := c.Desk.SaveView(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ViewChange{Title: title, Query: title}); err != nil {
			t.Fatal(err)
		}
	}
	ines := sit(t, c, c.Ines, 80, 24)
	ines.sees("1 Open")
	for range 10 {
		ines.press("tab")
	}
	ines.sees("Lifts 0")
	ines.send(tea.WindowSizeMsg{Width: 200, Height: 24})
	ines.sees("1 Open")
	ines.sees("Lifts")
}

func TestCountsOfTheViewsStayTrueWhileSomebodyLooksForSomething(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("1 Open 1")
	ines.press("r")
	c.Report(t, c.Ben, "No network at all")
	ines.press("/") // what was asked for before it is overtaken
	ines.write("nothing like it")
	ines.press("enter")
	ines.sees("No tickets match.")
	ines.sees("1 Open 2")
	ines.press("esc")
	ines.sees("No network")
	ines.press("3")
	ines.sees("You have no tickets.")
	ines.sees("1 Open 2")
}
