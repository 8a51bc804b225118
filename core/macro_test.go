package core_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

func changes(t *testing.T, text string) core.MacroChanges {
	t.Helper()
	m, err := core.ParseMacroChanges(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatAMacroChangesIsReadAndWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "assignee:me status:active priority:high category:network queue:it waiting:reporter tag:wifi tag:exam-week -tag:new",
		`snooze:"tomorrow 9:00"`, "snooze:2h", "close:not_reproduced", "waiting:nobody",
	} {
		m := changes(t, text)
		if again := changes(t, m.String()); again.String() != m.String() || m.Empty() != (text == "") {
			t.Errorf("%q becomes %q", text, again.String())
		}
	}
	for text, want := range map[string]struct {
		code string
		at   int
	}{
		"priority:high colour:red": {"macro_change", 15}, "priority": {"macro_change", 1}, "é priority:high": {"macro_change", 1},
		"tag:a priority:huge": {"macro_value", 7}, "snooze:2020-01-01": {"macro_value", 1}, "snooze:soon": {"macro_value", 1}, "tag:": {"macro_value", 1},
		"priority:low priority:high": {"macro_twice", 14}, "close:fixed waiting:reporter": {"macro_closes", 0}, "close:withdrawn": {"macro_value", 1},
	} {
		_, err := core.ParseMacroChanges(text)
		e, ok := errors.AsType[*core.Error](err)
		if !ok || e.Problems[0].Code != want.code || want.at != 0 && e.Problems[0].Args["At"] != want.at {
			t.Errorf("%q: %v %+v", text, err, e)
		}
	}
}

func TestAnUnknownPlaceholderIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	_, err := c.Desk.SaveMacro(t.Context(), ines, core.Macro{Name: "x", Body: "Hello {Reporter},\nyóur {tikcet} {{reporter}"})
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Problems[0].Code != "placeholder_unknown" {
		t.Fatalf("%v", err)
	}
	args := e.Problems[0].Args
	if args["Name"] != "{tikcet}" || args["Line"] != 2 || args["At"] != 6 || !strings.Contains(args["Known"].(string), "{ticket}") {
		t.Errorf("%+v", args)
	}
}

func TestAMacroSaysAndChangesInOneCommand(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "{me} has no signal")
	m, err := c.Desk.SaveMacro(t.Context(), ines, core.Macro{
		Name: "Wi-Fi reset", Key: "w", Body: "Dear {reporter}, about {ticket} {title} in {place}: {{ok} — {me}",
		Changes: changes(t, "assignee:me priority:high tag:wifi waiting:reporter"),
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := c.Desk.PlanMacro(t.Context(), ines, id, m)
	want := "Dear Ana Ruiz, about " + id.String() + " {me} has no signal in LIB-204: {ok} — Ines Itani"
	if err != nil || !strings.HasPrefix(plan.Text, "Dear Ana Ruiz, about "+id.String()+" {me} has no signal in ") || !strings.HasSuffix(plan.Text, ": {ok} — Ines Itani") {
		t.Fatalf("%q, want about %q; %v", plan.Text, want, err)
	}
	if len(plan.Effects) != 5 { // assignee, status, priority, tag, waiting
		t.Errorf("effects: %+v", plan.Effects)
	}
	if view, err := c.Desk.Ticket(t.Context(), ines, id); err != nil || view.Ticket.Version != 1 || len(view.Messages) != 1 {
		t.Fatalf("looking at it changed it: %+v, %v", view.Ticket, err)
	}
	run := core.Deed{Action: action.Macro, Macro: core.MacroRun{Text: plan.Text + " {sic}", Edited: true, Changes: m.Changes, Key: "once"}}
	for range 2 {
		if _, err := c.Desk.Perform(t.Context(), ines, id, 0, run); err != nil {
			t.Fatal(err)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ines, id)
	if err != nil || len(view.Messages) != 2 || !strings.HasSuffix(view.Messages[1].Body, "{sic}") {
		t.Fatalf("%+v, %v", view.Messages, err)
	}
	got := view.Ticket
	if got.Assignee.ID != c.Ines.ID || got.Status != core.Active || got.Priority != core.High || got.WaitingOn != core.WaitingReporter || got.Attention != core.Resting {
		t.Errorf("%+v", got)
	}
	command := view.Events[len(view.Events)-1].Command
	for _, e := range view.Events[1:] {
		if e.Command != command {
			t.Errorf("%s %s stands apart from the command", e.Kind, e.Field)
		}
	}
	undone, err := c.Desk.Undo(t.Context(), ines, id)
	if err != nil || undone.Ticket.Priority != core.Normal || undone.Ticket.Assignee.ID != 0 || len(undone.Ticket.Tags) != 0 {
		t.Errorf("undone: %+v, %v", undone.Ticket, err)
	}
}

func TestAMacroIsDoneAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id := closed(t, c, "No signal")
	_, err := c.Desk.Perform(t.Context(), ines, id, 0, core.Deed{Action: action.Macro, Macro: core.MacroRun{Text: "Hello", Changes: changes(t, "tag:x priority:high")}})
	if core.KindOf(err) != core.Forbidden {
		t.Fatalf("%v", err)
	}
	if view, err := c.Desk.Ticket(t.Context(), ines, id); err != nil || len(view.Messages) != 1 || len(view.Ticket.Tags) != 0 {
		t.Errorf("half of it was done: %+v, %v", view.Messages, err)
	}
}

func TestWordsOfAMacroAreHeldUnlessItCloses(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for text, held := range map[string]int{"priority:high": 1, "close:fixed": 0} {
		id := c.Report(t, c.Ana, "No signal")
		if _, err := c.Desk.Perform(t.Context(), ines, id, 0, core.Deed{Action: action.Macro, Macro: core.MacroRun{
			Text: "Hello", Edited: true, Changes: changes(t, text), Hold: core.HoldAsChosen,
		}}); err != nil {
			t.Fatal(err)
		}
		view, err := c.Desk.Ticket(t.Context(), ines, id)
		if err != nil || len(view.Held) != held || len(view.Messages) != 2-held || view.Ticket.Version == 1 {
			t.Errorf("%s: %d held, %d said, %v", text, len(view.Held), len(view.Messages), err)
		}
	}
	clock.by += time.Minute
	if n, err := c.Desk.SendHeld(t.Context(), core.System()); err != nil || n != 1 {
		t.Errorf("%d went, %v", n, err)
	}
}

func TestAMacroOnMarkedTicketsFillsInEach(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	ids := []core.TicketID{c.Report(t, c.Ana, "One"), c.Report(t, c.Ben, "Two"), closed(t, c, "Three")}
	plan, err := c.Desk.PlanBulk(t.Context(), ines, ids, core.Deed{Action: action.Macro, Macro: core.MacroRun{Text: "Dear {reporter}", Changes: changes(t, "tag:outage priority:high")}})
	if err != nil || len(plan.Will) != 2 || len(plan.Refused) != 1 || plan.Reporters != 2 {
		t.Fatalf("%+v, %v", plan, err)
	}
	result, err := c.Desk.Bulk(t.Context(), ines, plan, nil)
	if err != nil || len(result.Done) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	for i, want := range []string{"Dear Ana Ruiz", "Dear Ben Okafor"} {
		view, err := c.Desk.Ticket(t.Context(), ines, ids[i])
		if err != nil || len(view.Messages) != 2 || view.Messages[1].Body != want {
			t.Errorf("%+v, %v", view.Messages, err)
		}
	}
	if undone, err := c.Desk.Undo(t.Context(), ines, ids[0]); err != nil || len(undone.Tickets) != 2 {
		t.Errorf("%+v, %v", undone, err)
	}
}

func TestMacrosAreChangedByThoseWhoMay(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	as := func(u core.User) core.Actor { return storagetest.As(u, core.DoorSSH) }
	shared, err := c.Desk.SaveMacro(t.Context(), as(c.Ines), core.Macro{Name: "Shared", Key: "s", Queue: c.IT, Body: "Hello"})
	if err != nil {
		t.Fatal(err)
	}
	own, err := c.Desk.SaveMacro(t.Context(), as(c.Ivan), core.Macro{Name: "Shared", Key: "s", Body: "My hello"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		who  core.User
		m    core.Macro
		want core.Kind
	}{
		{"a member changes what the team shares", c.Ivan, shared, core.Forbidden},
		{"a stranger to the queue", c.Fay, shared, core.NotFound},
		{"an admin changes a queue's", c.Ada, shared, ""},
		{"even an admin leaves others' own alone", c.Ada, own, core.NotFound},
		{"a reporter", c.Ana, core.Macro{Name: "x", Body: "x"}, core.Forbidden},
		{"one of a queue of others", c.Ines, core.Macro{Name: "x", Body: "x", Queue: c.Facilities}, core.NotFound},
		{"a name that is taken", c.Ivan, core.Macro{Name: "shared", Body: "x"}, core.Invalid},
		{"a key that is taken", c.Ivan, core.Macro{Name: "Other", Key: "s", Body: "x"}, core.Invalid},
		{"a key that is none", c.Ivan, core.Macro{Name: "Other", Key: "ctrl+s", Body: "x"}, core.Invalid},
		{"nothing in it", c.Ivan, core.Macro{Name: "Other"}, core.Invalid},
		{"a category that does not exist", c.Ivan, core.Macro{Name: "Other", Changes: changes(t, "category:nowhere")}, core.Invalid},
	} {
		if _, err := c.Desk.SaveMacro(t.Context(), as(test.who), test.m); core.KindOf(err) != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if m, err := c.Desk.FindMacro(t.Context(), as(c.Ivan), "s"); err != nil || m.Body != "My hello" {
		t.Errorf("one's own hides the queue's: %+v, %v", m, err)
	}
	if list, err := c.Desk.Macros(t.Context(), as(c.Fay)); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := c.Desk.DeleteMacro(t.Context(), as(c.Ivan), shared.ID); core.KindOf(err) != core.Forbidden {
		t.Errorf("%v", err)
	}
	if err := c.Desk.DeleteMacro(t.Context(), as(c.Ivan), own.ID); err != nil {
		t.Error(err)
	}
}
