package main

import (
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

func TestWhoWasSlowerIsShownWhatHappenedAndDecides(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.Report(t, h.Ana, "No signal")
	ines, ivan := h.console(t, h.Ines, 100, 30), h.console(t, h.Ivan, 100, 30)
	ines.Wait("No signal")
	ivan.Wait("No signal")
	ivan.Type("a") // the list of colleagues is made for the ticket as it is now
	ivan.Wait("Assign "+id.String()+" to", "Ines Itani")
	ines.Type("t")
	ines.Wait(id.String() + " is yours now.")
	ivan.Type("ivan")
	ivan.WaitFor("what is typed", func(screen string) bool { return !strings.Contains(screen, "@ines") })
	ivan.Type("\r")
	ivan.Wait("Somebody was faster", "Ines Itani", "Nothing of yours is lost")
	time.Sleep(500 * time.Millisecond) // somebody reads; keys before that are not for the dialog
	ivan.Type("a")
	ivan.Wait(id.String() + " is with Ivan Iota now.")
	ines.Wait("3 Mine 0")
}

func TestAMergeShowsInTheListOfAColleague(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Report(t, h.Ana, "No signal")
	h.Report(t, h.Ben, "Wi-Fi is gone")
	ines, ivan := h.console(t, h.Ines, 100, 30), h.console(t, h.Ivan, 100, 30)
	ines.Wait("No signal", "Wi-Fi is gone")
	ivan.Wait("No signal", "Wi-Fi is gone", "1 Open 2")
	ines.Type("*")
	ines.Wait("2 tickets marked")
	ines.Type("M")
	ines.Wait("Merge 1 ticket into #1001?")
	time.Sleep(500 * time.Millisecond) // the preview comes by itself, so it takes keys after a pause
	ines.Type("y")
	ivan.Gone("Wi-Fi is gone")
	ivan.Wait("1 Open 1", "No signal")
}

func TestAQueryThatDoesNotParseIsPointedAtOverSSH(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Report(t, h.Ana, "No signal")
	ines := h.console(t, h.Ines, 80, 24)
	ines.Wait("No signal")
	ines.Type("/")
	ines.Type("status:opn")
	ines.Wait("'opn' is not a status", "^", "No signal")
	ines.Type("\x7f\x7fpen\r")
	ines.Gone("is not a status")
	ines.Wait("No signal")
}

func TestRightsTakenAwayEndTheConsoleAndKeepTheDraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.Report(t, h.Ana, "No signal")
	ines, ivan := h.console(t, h.Ines, 100, 30), h.console(t, h.Ivan, 100, 30)
	ivan.Wait("No signal")
	ines.Wait("No signal")
	ines.Type("\r")
	ines.Wait("What happened")
	ines.Type("r")
	ines.Wait("the reporter reads this")
	ines.Type("Half a sentence")
	ines.Wait("Draft kept.")
	begun := time.Now()
	if err := h.Desk.SetRole(t.Context(), core.Operator(), h.Ines.ID, core.RoleReporter); err != nil {
		t.Fatal(err)
	}
	if status := ines.Exit(); status == 0 || ines.Alternate() {
		t.Errorf("exit status %d, alternate screen %v", status, ines.Alternate())
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	ivan.Type("t")
	ivan.Wait(id.String() + " is yours now.")
	if err := h.Desk.SetRole(t.Context(), core.Operator(), h.Ines.ID, core.RoleStaff); err != nil {
		t.Fatal(err)
	}
	drafts, err := h.Desk.Drafts(t.Context(), storagetest.As(h.Ines, core.DoorSSH), id)
	if err != nil || len(drafts) != 1 || drafts[0].Body != "Half a sentence" {
		t.Errorf("%+v, %v", drafts, err)
	}
}

func TestADatabaseThatIsAwayIsSaidAndComesBackByItself(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	key := signer(t, c.Desk, c.Ines)
	_, addr := serveConsoles(t, url)
	client := sshtest.Dial(t, addr, "whoever", key)
	list, writes := sshtest.Open(t, client, 120, 30), sshtest.Open(t, client, 100, 30)
	list.Wait("No signal")
	writes.Wait("No signal")
	writes.Type("\r")
	writes.Wait("What happened")
	writes.Type("r")
	writes.Wait("the reporter reads this")
	writes.Type("Before. ")
	writes.Wait("Draft kept.")

	restore := storagetest.Cut(t, url)
	list.Type("r")
	list.Wait("Trying again", "No signal") // the last known rows stay
	writes.Type("While it was away.")
	writes.Wait("The draft is not on the server yet")
	restore()
	within(t, 5*time.Second, "the list to come back by itself", func() bool { return !strings.Contains(list.Screen(), "Trying again") })
	within(t, 5*time.Second, "the draft to be kept", func() bool {
		drafts, err := c.Desk.Drafts(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
		return err == nil && len(drafts) == 1 && drafts[0].Body == "Before. While it was away."
	})
	writes.Type("\x13")
	writes.Wait("Reply")
	list.Wait("No signal")
}
