package core_test

import (
	"slices"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

func TestABulkIsPlannedDoneAndUndoneAsAWhole(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	var ids []core.TicketID
	for range 6 {
		ids = append(ids, c.Report(t, c.Ana, "No signal"))
	}
	ctx := t.Context()
	if _, err := c.Desk.Close(ctx, ivan, ids[0], 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	foreign := c.ReportIn(t, c.Ben, "Cold", c.Heating)
	if _, err := c.Desk.Assign(ctx, ivan, ids[1], 0, c.Ivan.ID); err != nil {
		t.Fatal(err)
	}
	plan, err := c.Desk.PlanBulk(ctx, ines, append(slices.Clone(ids), ids[5], foreign), core.Deed{Action: action.Assign, Person: c.Ivan.ID})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Will) != 4 || len(plan.Same) != 1 || len(plan.Refused) != 2 || plan.Reporters != 4 || len(plan.People) != 1 {
		t.Fatalf("the plan is %+v", plan)
	}
	if len(plan.Effects) != 2 || plan.Effects[0].Tickets != 4 {
		t.Fatalf("its effects are %+v", plan.Effects)
	}
	if now := ticket(t, c, ines, ids[2]); now.Assignee.ID != 0 || now.LastSeq != 1 {
		t.Fatal("planning changed a ticket")
	}
	if _, err := c.Desk.Change(ctx, ivan, ids[3], 0, priority(core.High)); err != nil { // another field: merges
		t.Fatal(err)
	}
	if _, err := c.Desk.Take(ctx, ivan, ids[4], 0); err != nil { // the same one: refused
		t.Fatal(err)
	}
	if _, err := c.Desk.Take(ctx, ines, ids[4], 0); err != nil {
		t.Fatal(err)
	}
	steps := 0
	result, err := c.Desk.Bulk(ctx, ines, plan, func(int) { steps++ })
	if err != nil || len(result.Done) != 3 || len(result.Refused) != 3 || steps != 4 {
		t.Fatalf("%+v after %d steps, %v", result, steps, err)
	}
	if _, err := c.Desk.Bulk(ctx, ines, plan, nil); core.KindOf(err) != core.Conflict {
		t.Fatalf("doing it twice gave %v", err)
	}
	if _, err := c.Desk.Take(ctx, ines, ids[5], 0); err != nil {
		t.Fatal(err)
	}
	undone, err := c.Desk.Undo(ctx, ines, ids[2])
	if err != nil {
		t.Fatal(err)
	}
	if len(undone.Tickets) != 2 || len(undone.Refused) != 1 || undone.Refused[0].Ticket != ids[5] {
		t.Fatalf("undoing says %+v", undone)
	}
	for _, id := range []core.TicketID{ids[2], ids[3]} {
		if now := ticket(t, c, ines, id); now.Assignee.ID != 0 || now.Status != core.Open {
			t.Errorf("%s is with %v, %s", id, now.Assignee, now.Status)
		}
	}
}

func TestWhatABulkCannotDoIsRefused(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	for name, test := range map[string]struct {
		ids  []core.TicketID
		deed core.Deed
		want string
	}{
		"nothing marked":  {nil, core.Deed{Action: action.Take}, "invalid"},
		"too many":        {make([]core.TicketID, core.MaxBulk+1), core.Deed{Action: action.Take}, "invalid"},
		"no such deed":    {[]core.TicketID{id}, core.Deed{Action: action.Reply}, "not_a_deed"},
		"withdrawing":     {[]core.TicketID{id}, core.Deed{Action: action.Close, Resolution: core.Withdrawn}, "invalid"},
		"a tag with dots": {[]core.TicketID{id}, core.Deed{Action: action.Tag, Tags: core.TagChange{Add: []string{"né"}}}, "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := c.Desk.PlanBulk(t.Context(), ines, test.ids, test.deed); code(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if _, err := c.Desk.PlanBulk(t.Context(), storagetest.As(c.Ana, core.DoorWeb), []core.TicketID{id}, core.Deed{Action: action.Take}); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter got %v", err)
	}
}
