package core_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

func priority(p core.Priority) core.Change { return core.Change{Priority: &p} }

func waiting(w core.Waiting) core.Change { return core.Change{Waiting: &w} }

// onTwoScreens is a ticket that several people have before them, and the version that they see.
func onTwoScreens(t *testing.T) (c *storagetest.Campus, id core.TicketID, seen int) {
	t.Helper()
	c = storagetest.NewCampus(t)
	id = c.Report(t, c.Ana, "No signal")
	return c, id, ticket(t, c, storagetest.As(c.Ines, core.DoorSSH), id).Version
}

func TestTwoStaffChangingTheSameFieldConflict(t *testing.T) {
	t.Parallel()
	c, id, seen := onTwoScreens(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	if _, err := c.Desk.Change(t.Context(), ines, id, seen, priority(core.High)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Desk.Change(t.Context(), ivan, id, seen, priority(core.Low))
	conflict, ok := errors.AsType[*core.Error](err)
	if !ok || conflict.Kind != core.Conflict {
		t.Fatalf("the second change gave %v, want a conflict", err)
	}
	if len(conflict.Events) != 1 || conflict.Events[0].User.ID != c.Ines.ID || conflict.Events[0].To != "high" {
		t.Fatalf("the conflict shows %+v, want what Ines did", conflict.Events)
	}
	if now := ticket(t, c, ivan, id); now.Priority != core.High {
		t.Fatalf("priority is %v: the first change was overwritten", now.Priority)
	}
}

// However much else has happened since, what one changes oneself is never overwritten unseen.
func TestAConflictIsFoundBehindHundredsOfOtherChanges(t *testing.T) {
	t.Parallel()
	c, id, seen := onTwoScreens(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	for n := range 201 {
		to := []core.Waiting{core.WaitingReporter, core.WaitingThirdParty}[n%2]
		if _, err := c.Desk.Change(t.Context(), ines, id, 0, waiting(to)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Desk.Change(t.Context(), ines, id, 0, priority(core.High)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Change(t.Context(), ivan, id, seen, priority(core.Low)); core.KindOf(err) != core.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestTwoStaffChangingDifferentFieldsMerge(t *testing.T) {
	t.Parallel()
	c, id, seen := onTwoScreens(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	if _, err := c.Desk.Change(t.Context(), ines, id, seen, priority(core.High)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Change(t.Context(), ivan, id, seen, waiting(core.WaitingThirdParty)); err != nil {
		t.Fatal(err)
	}
	if now := ticket(t, c, ivan, id); now.Priority != core.High || now.WaitingOn != core.WaitingThirdParty {
		t.Fatalf("priority %v, waiting on %q: one change is lost", now.Priority, now.WaitingOn)
	}
}

func TestClosingWhatSomebodyElseJustClosedShowsWhoDid(t *testing.T) {
	t.Parallel()
	c, id, seen := onTwoScreens(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	if _, err := c.Desk.Close(t.Context(), ines, id, seen, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Desk.Close(t.Context(), ivan, id, seen, core.Closing{Resolution: core.Declined})
	if core.KindOf(err) != core.Conflict {
		t.Fatalf("got %v, want a conflict", err)
	}
}

// TestSixtyFourPeopleAtOneTicket lets everybody do something at once and then checks that the history
// is whole (numbered without a gap) and explains the state that is left.
func TestSixtyFourPeopleAtOneTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "Everybody wants this one")
	staff := []core.Actor{storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)}
	var wg sync.WaitGroup
	for n := range 64 {
		wg.Go(func() {
			who := staff[n%2]
			for range 4 {
				if err := anything(t.Context(), c, who, id); err != nil && core.KindOf(err) != core.Conflict && core.KindOf(err) != core.Forbidden {
					t.Errorf("person %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()

	view, err := c.Desk.Ticket(t.Context(), staff[0], id)
	if err != nil {
		t.Fatal(err)
	}
	told := replay(t, view.Events)
	got := map[string]string{
		core.FieldStatus: string(view.Ticket.Status), core.FieldPriority: view.Ticket.Priority.String(),
		core.FieldWaiting: string(view.Ticket.WaitingOn), core.FieldAssignee: "", core.FieldResolution: string(view.Ticket.Resolution),
	}
	if a := view.Ticket.Assignee.ID; a != 0 {
		got[core.FieldAssignee] = fmt.Sprint(int64(a))
	}
	for field, value := range got {
		if told[field] != value {
			t.Errorf("%s is %q, but the history says %q", field, value, told[field])
		}
	}
	if view.Ticket.LastSeq != len(view.Events) {
		t.Errorf("the ticket counts %d events, the history has %d", view.Ticket.LastSeq, len(view.Events))
	}
}

func anything(ctx context.Context, c *storagetest.Campus, who core.Actor, id core.TicketID) error {
	var err error
	view, err := c.Desk.Preview(ctx, who, id)
	if err != nil {
		return err
	}
	version := view.Ticket.Version
	switch rand.IntN(7) {
	case 0:
		_, err = c.Desk.Take(ctx, who, id, version)
	case 1:
		_, err = c.Desk.Release(ctx, who, id, version)
	case 2:
		_, err = c.Desk.Change(ctx, who, id, version, priority(core.Priorities()[rand.IntN(4)]))
	case 3:
		_, err = c.Desk.Close(ctx, who, id, version, core.Closing{Resolution: core.Fixed})
	case 4:
		_, err = c.Desk.Reopen(ctx, who, id, version, "")
	case 5:
		_, err = c.Desk.Change(ctx, who, id, version, waiting(core.WaitingReporter))
	default:
		_, err = c.Desk.Note(ctx, who, id, core.NewMessage{Body: "me too"})
	}
	return err
}

// replay tells the state that a history ends in, and that it has no gap and no step from elsewhere.
func replay(t *testing.T, events []core.Event) map[string]string {
	t.Helper()
	state := map[string]string{core.FieldStatus: "open", core.FieldPriority: "normal"}
	for i, e := range events {
		if e.Seq != i+1 {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
		if e.Field == "" {
			continue
		}
		if state[e.Field] != e.From {
			t.Errorf("event %d changes %s from %q, but it was %q", e.Seq, e.Field, e.From, state[e.Field])
		}
		state[e.Field] = e.To
	}
	return state
}

func TestTheSameFormSentTwentyTimesIsOneTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	guest := core.Anonymous(core.DoorWeb, "192.0.2.7")
	key, err := c.Desk.NewFormKey(guest)
	if err != nil {
		t.Fatal(err)
	}
	const times = 20
	receipts := make([]core.Receipt, times)
	var wg sync.WaitGroup
	for i := range times {
		wg.Go(func() {
			var err error
			receipts[i], err = c.Desk.Report(t.Context(), guest, core.NewTicket{
				Key: key, Title: "The heating is off", Category: c.Heating.ID, Where: core.Where{Building: "lib", Room: "204"},
				Contact: core.Contact{Name: "Gus", Email: "gus@example.org"},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	fresh := 0
	for _, r := range receipts {
		if r.Ticket != receipts[0].Ticket || r.Reference != receipts[0].Reference || r.Link != receipts[0].Link || r.Link == "" {
			t.Errorf("answers differ: %+v and %+v", r, receipts[0])
		}
		if !r.Repeated {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d of the answers say that they made the ticket, want 1", fresh)
	}
}

func ticket(t *testing.T, c *storagetest.Campus, who core.Actor, id core.TicketID) core.Ticket {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return view.Ticket
}

// Whoever is in the middle of a transaction asks for no second connection: all of them may be held by others who wait
// for what it has locked.
func TestACommandNeedsNoMoreThanOneConnection(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	ines := storagetest.As(c.Ines, core.DoorSSH)
	db, err := storage.Open(t.Context(), storage.Config{URL: url, Unsafe: true, Service: "test", MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	for name, deed := range map[string]func(id, other core.TicketID) core.Deed{
		"merge":   func(_, other core.TicketID) core.Deed { return core.Deed{Action: action.Merge, Into: other} },
		"unmerge": func(_, _ core.TicketID) core.Deed { return core.Deed{Action: action.Unmerge} },
		"macro": func(_, _ core.TicketID) core.Deed {
			return core.Deed{Action: action.Macro, Macro: core.MacroRun{Changes: changes(t, "category:printing priority:high tag:paper")}}
		},
		"category": func(_, _ core.TicketID) core.Deed {
			return core.Deed{Action: action.Categorise, Change: core.Change{Category: &c.Printing.ID}}
		},
	} {
		id, other := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "No signal either")
		if name == "unmerge" {
			if _, err := c.Desk.Merge(t.Context(), ines, id, 0, other); err != nil {
				t.Fatal(err)
			}
		}
		fresh := storagetest.DeskWith(t, db, core.Options{}) // that has read nothing yet
		if _, err := fresh.Perform(t.Context(), ines, id, 0, deed(id, other)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
