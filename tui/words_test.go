package tui_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

func TestAReplyIsTakenBackBeforeItGoes(t *testing.T) {
	t.Parallel()
	c, clock := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := sit(t, c, c.Ines, 100, 30), sit(t, c, c.Ivan, 100, 30)
	for _, p := range []*person{ines, ivan} {
		p.opens("No signal")
	}
	ines.press("r")
	ines.sees("the reporter reads this")
	ines.write("Turn it off")
	ines.sees("Draft kept.")
	ines.press("ctrl+s")
	ines.sees("u takes it back.")
	ines.sees("sending in 20 s")
	ines.sees("u take reply back")
	ivan.sees("sending in 20 s · the reporter does not see it yet")
	clock.Pass(5 * time.Second)
	ines.sees("sending in 15 s")
	ines.press("u")
	ines.sees("Taken back. Nothing was sent")
	ines.sees("the reporter reads this")
	ines.sees("Turn it off")
	ivan.seesNot("sending in")
	ines.write(" and on")
	ines.sees("Draft kept.")
	ines.press("ctrl+s")
	ines.sees("sending in 20 s")
	clock.Pass(21 * time.Second)
	if n, err := c.Desk.SendHeld(t.Context(), core.System()); err != nil || n != 1 {
		t.Fatalf("%d went, %v", n, err)
	}
	ines.seesNot("going now")
	ines.sees("Turn it off and on")
	ines.press("u")
	ines.sees("Sent just now: a reply cannot be taken back then. u again undoes what was before.")
	ines.press("u")
	ines.sees("There is nothing of yours to undo on this ticket.")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorSSH), id)
	if err != nil || len(view.Messages) != 2 || view.Messages[1].Body != "Turn it off and on" {
		t.Errorf("%+v, %v", view.Messages, err)
	}
}

func TestUndoAfterAReplyThatHasGoneSaysSoBeforeItUndoesAnythingElse(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 80, 24)
	atOnce(t, c, c.Ines)
	status := func(want core.Status) {
		t.Helper()
		now, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
		if err != nil || now.Ticket.Status != want {
			t.Errorf("%s, want %s, %v", now.Ticket.Status, want, err)
		}
	}
	ines.opens("No signal")
	ines.press("s")
	ines.sees(" is active now.")
	ines.press("r")
	ines.sees("the reporter reads this")
	ines.write("On our way")
	ines.sees("Draft kept.")
	ines.write("!")
	if !strings.Contains(ines.screen(), "The draft is being kept…") {
		t.Errorf("what is typed is not said to be on its way\n%s", ines.screen())
	}
	ines.press("ctrl+s")
	ines.sees("Reply sent.")
	ines.press("u") // before it is known how the ticket stands now
	ines.sees("Sent just now: a reply cannot be taken back then.")
	status(core.Active)
	ines.press("u")
	ines.sees("Undone on " + id.String() + ": status was active")
	status(core.Open)
}

func TestAMacroIsMadeAndUsedByItsKeyAndEditedBeforeItGoes(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 34)
	ines.opens("No signal")
	ines.press(";")
	ines.sees("ctrl+o new")
	ines.settled()
	ines.press("ctrl+o")
	ines.sees("New macro")
	ines.write("Wi-Fi reset\nw\nit\npriority:hihg\n")
	ines.write("Dear {reporter}, about {tikcet}")
	ines.press("ctrl+s")
	ines.sees("priority:hihg at character 1 is not possible")
	ines.press("esc")
	ines.sees("esc once more drops it")
	ines.press("ctrl+u") // the cursor has gone to what is wrong
	ines.write("priority:high tag:wifi assignee:me")
	ines.press("ctrl+s")
	ines.sees("{tikcet} in line 1, character 24, is no placeholder")
	for range len("{tikcet}") {
		ines.press("backspace")
	}
	ines.write("{ticket}.")
	ines.press("ctrl+s")
	ines.sees("The macro “Wi-Fi reset” is kept.")
	ines.press(";", ";", "w")
	ines.sees("Dear Ana Ruiz, about " + id.String() + ".")
	ines.sees("priority → high")
	if view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id); err != nil || view.Ticket.Version != 1 {
		t.Fatalf("the preview changed the ticket: %+v, %v", view.Ticket, err)
	}
	ines.until("the editor", func() bool {
		ines.press("y")
		return strings.Contains(ines.screen(), "with “Wi-Fi reset”: assignee:me priority:high tag:wifi")
	})
	ines.write(" Bye")
	ines.sees("Draft kept.")
	ines.press("ctrl+s")
	ines.sees("is done with: “Wi-Fi reset”.")
	ines.sees("sending in")
	ines.sees("Bye")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || view.Ticket.Priority != core.High || view.Ticket.Assignee.ID != c.Ines.ID || len(view.Held) != 1 {
		t.Fatalf("%+v, held %+v, %v", view.Ticket, view.Held, err)
	}
	ines.press("u")
	ines.sees("Taken back.")
	ines.press("esc", "u")
	ines.sees("Undone on " + id.String())
}

func TestAMacroIsUsedOnMarkedTickets(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	c.Report(t, c.Ben, "No paper")
	changes, err := core.ParseMacroChanges("priority:high")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.SaveMacro(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.Macro{Name: "Outage", Key: "o", Body: "Dear {reporter}", Changes: changes}); err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("No paper")
	ines.press("*")
	ines.sees("2 tickets marked")
	ines.press(";")
	ines.sees("Outage")
	ines.press(";", "o")
	ines.sees("2 × priority → high")
	ines.sees("2 × a reply to the reporter")
	ines.sees("Told: 2 reporters")
	ines.press("y")
	ines.sees("2 tickets are done with “Outage”.")
}

func TestAColleagueIsNamedAndFindsIt(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	ivan := sit(t, c, c.Ivan, 100, 30)
	ivan.sees("No signal")
	ines := sit(t, c, c.Ines, 100, 30)
	ines.opens("No signal")
	ines.press("n")
	ines.sees("not shown to the reporter")
	ines.settled()
	ines.write("Ask @iv")
	ines.sees("tab completes: @ivan")
	ines.press("tab")
	ines.write("and @fay")
	ines.sees("Ask @ivan and @fay")
	ines.press("ctrl+s")
	ines.sees("@fay may not read it, and hears nothing.")
	ivan.sees("@you · No signal")
	ivan.press("enter")
	ivan.sees("Ask @ivan")
	ivan.settled()
	ivan.press("esc")
	ivan.sees("No signal")
	ivan.seesNot("@you")
}

func TestWhatIsFollowedIsMarkedWhenSomebodyWrites(t *testing.T) {
	t.Parallel()
	c, id, ines := oneTicket(t, 100, 30)
	ines.opens("No signal")
	ines.press("f")
	ines.sees("You follow " + id.String())
	ines.press("esc")
	ines.sees("No signal")
	if _, err := c.Desk.Reply(t.Context(), storagetest.As(c.Ana, core.DoorSSH), id, core.NewMessage{Body: "Still broken"}); err != nil {
		t.Fatal(err)
	}
	ines.sees("1 new · No signal")
	ines.press("enter")
	ines.sees("Still broken")
	ines.settled()
	ines.press("f")
	ines.sees("You no longer follow")
	ines.press("esc")
	ines.seesNot("1 new")
}

func TestAFileGivesALinkThatOpensItOnce(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	ana := storagetest.As(c.Ana, core.DoorSSH)
	if _, err := c.Desk.Upload(t.Context(), ana, "k", "valve.png", &picture); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Report(t.Context(), ana, core.NewTicket{Key: "k", Title: "A leak", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}}); err != nil {
		t.Fatal(err)
	}
	ines := sitAs(t, c, storagetest.As(c.Ines, core.DoorSSH), c.Ines, tui.Options{Width: 100, Height: 30, Page: "https://help.example/"})
	ines.sees("A leak")
	ines.press("enter")
	ines.sees("valve.")
	ines.press("A")
	ines.sees("opens the file once, in a browser")
	ines.sees("image/png")
	ines.press("enter")
	ines.sees("https://help.example/files/once/")
	_, after, _ := strings.Cut(ines.screen(), "/files/once/")
	if file, _, err := c.Desk.OpenLinkedFile(t.Context(), after[:22]); err != nil || !strings.HasPrefix(file.Name, "valve.") {
		t.Errorf("%+v, %v", file, err)
	}
}
