package core_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

const victimURL = "HELPDESK_TEST_VICTIM_URL"

// TestVictim is the process that is killed in the middle of a bulk; it does nothing by itself.
func TestVictim(t *testing.T) {
	t.Parallel()
	url := os.Getenv(victimURL)
	if url == "" {
		t.Skip("it is run by the test below")
	}
	desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	ines, err := desk.FindUser(t.Context(), core.Operator(), "ines")
	if err != nil {
		t.Fatal(err)
	}
	high := core.High
	deed := core.Deed{Action: action.Prioritise, Change: core.Change{Priority: &high}}
	plan, err := desk.PlanBulk(t.Context(), storagetest.As(ines, core.DoorSSH), []core.TicketID{1001, 1002, 1003, 1004, 1005}, deed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = desk.Bulk(t.Context(), storagetest.As(ines, core.DoorSSH), plan, func(done int) {
		if done == 2 {
			fmt.Println("two are done")
			select {} // until it is killed
		}
	})
	t.Fatal("it went through", err)
}

// cutOff leaves a bulk over five tickets whose process was killed after two, and a clock that is past it.
func cutOff(t *testing.T) (*storagetest.Campus, core.Actor) {
	t.Helper()
	url := storagetest.URL(t)
	later := func() time.Time { return time.Now().Add(time.Minute) }
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{Clock: later}))
	for n := range 5 {
		c.Report(t, c.Ana, fmt.Sprint("Ticket ", n))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	victim := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimURL+"="+url)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	word := make([]byte, len("two are done"))
	if _, err := out.Read(word); err != nil || string(word) != "two are done" {
		t.Fatalf("the process says %q, %v", word, err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	return c, storagetest.As(c.Ines, core.DoorSSH)
}

func priorities(t *testing.T, c *storagetest.Campus) (high int) {
	t.Helper()
	for id := core.TicketID(1001); id <= 1005; id++ {
		if ticket(t, c, core.Operator(), id).Priority == core.High {
			high++
		}
	}
	return high
}

func TestABulkWhoseProcessWasKilledIsGoneOnWith(t *testing.T) {
	t.Parallel()
	c, ines := cutOff(t)
	u, err := c.Desk.Unfinished(t.Context(), ines)
	if err != nil || u == nil || u.Of != 5 || len(u.Done) != 2 || u.Deed.Action != action.Prioritise {
		t.Fatalf("%+v, %v", u, err)
	}
	if other, err := c.Desk.Unfinished(t.Context(), storagetest.As(c.Ivan, core.DoorSSH)); err != nil || other != nil {
		t.Errorf("a colleague is asked about it: %+v, %v", other, err)
	}
	low := core.Low
	if _, err := c.Desk.Change(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), 1005, 0, core.Change{Priority: &low}); err != nil {
		t.Fatal(err)
	}
	result, err := c.Desk.GoOn(t.Context(), ines, u, nil)
	if err != nil || len(result.Done) != 2 || len(result.Refused) != 1 || result.Refused[0].Ticket != 1005 {
		t.Fatalf("%+v, %v", result, err)
	}
	if n := priorities(t, c); n != 4 {
		t.Errorf("%d are of high priority", n)
	}
	if _, err := c.Desk.GoOn(t.Context(), ines, u, nil); code(err) != "bulk_done" {
		t.Errorf("a second time: %v", err)
	}
	if undone, err := c.Desk.Undo(t.Context(), ines, 1001); err != nil || len(undone.Tickets) != 4 {
		t.Errorf("undone on %v, %v", undone.Tickets, err)
	}
}

func TestABulkWhoseProcessWasKilledIsUndoneOrLeft(t *testing.T) {
	t.Parallel()
	c, ines := cutOff(t)
	u, err := c.Desk.Unfinished(t.Context(), ines)
	if err != nil || u == nil {
		t.Fatal(u, err)
	}
	if undone, err := c.Desk.LeaveOff(t.Context(), ines, u, true); err != nil || len(undone.Tickets) != 2 {
		t.Errorf("undone on %v, %v", undone.Tickets, err)
	}
	if n := priorities(t, c); n != 0 {
		t.Errorf("%d are of high priority", n)
	}
	if u, err := c.Desk.Unfinished(t.Context(), ines); err != nil || u != nil {
		t.Errorf("it is asked about again: %+v, %v", u, err)
	}
}
