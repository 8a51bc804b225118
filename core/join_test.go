package core_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// reason is the code of an error, or of what is wrong with the input.
func reason(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok && len(e.Problems) > 0 {
		return e.Problems[0].Code
	}
	return code(err)
}

// said are the words on a ticket as somebody reads them.
func said(t *testing.T, c *storagetest.Campus, who core.Actor, id core.TicketID) []string {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range view.Messages {
		words = append(words, m.Body)
	}
	return words
}

func say(t *testing.T, c *storagetest.Campus, who core.Actor, id core.TicketID, body string) {
	t.Helper()
	if _, err := c.Desk.Reply(t.Context(), who, id, core.NewMessage{Body: body}); err != nil {
		t.Fatal(err)
	}
}

func merge(t *testing.T, c *storagetest.Campus, who core.Actor, id, into core.TicketID) {
	t.Helper()
	if _, err := c.Desk.Merge(t.Context(), who, id, 0, into); err != nil {
		t.Fatal(err)
	}
}

func TestAMergedTicketGoesOnInTheOther(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ana, ben := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH), storagetest.As(c.Ben, core.DoorSSH)
	of, into := c.Report(t, c.Ben, "Ben sees no network"), c.Report(t, c.Ana, "Ana sees no network")
	say(t, c, ines, into, "Hello Ana, before")
	merge(t, c, ines, of, into)
	say(t, c, ines, into, "We are on it")
	say(t, c, ben, of, "Ben is in a hurry")
	if _, err := c.Desk.Note(ctx, ines, into, core.NewMessage{Body: "the switch"}); err != nil {
		t.Fatal(err)
	}
	say(t, c, ines, of, "For Ben alone")
	for _, test := range []struct {
		name string
		who  core.Actor
		id   core.TicketID
		want []string
	}{
		{"the reporter of the target", ana, into, []string{"What happened: Ana sees no network", "Hello Ana, before", "We are on it"}},
		{"the reporter of the merged", ben, of, []string{"What happened: Ben sees no network", "We are on it", "Ben is in a hurry", "For Ben alone"}},
		{
			"staff, on the target", ines, into,
			[]string{"What happened: Ben sees no network", "What happened: Ana sees no network", "Hello Ana, before", "We are on it", "Ben is in a hurry", "the switch", "For Ben alone"},
		},
		{"staff, on the merged", ines, of, []string{"What happened: Ben sees no network", "We are on it", "Ben is in a hurry", "For Ben alone"}},
	} {
		if diff := cmp.Diff(test.want, said(t, c, test.who, test.id)); diff != "" {
			t.Errorf("%s reads:\n%s", test.name, diff)
		}
	}
	merged, target := ticket(t, c, ines, of), ticket(t, c, ines, into)
	if merged.Status != core.Closed || merged.Resolution != core.Duplicate || merged.MergedInto != into || merged.FirstResponseAt.IsZero() {
		t.Errorf("the merged ticket is %s, %s, into %s", merged.Status, merged.Resolution, merged.MergedInto)
	}
	if target.Status != core.Open || target.Merged != 1 {
		t.Errorf("the target is %s with %d merged", target.Status, target.Merged)
	}
}

func TestAReporterOfAMergedTicketWakesTheTarget(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ben := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ben, core.DoorSSH)
	of, into := c.Report(t, c.Ben, "Ben's"), c.Report(t, c.Ana, "Ana's")
	merge(t, c, ines, of, into)
	say(t, c, ines, into, "Which room?")
	if _, err := c.Desk.Change(t.Context(), ines, into, 0, waiting(core.WaitingReporter)); err != nil {
		t.Fatal(err)
	}
	before := ticket(t, c, ines, into)
	say(t, c, ben, of, "Room 204")
	after := ticket(t, c, ines, into)
	if after.Attention != core.NeedsStaff || after.WaitingOn != core.WaitingNobody || after.ETag() == before.ETag() {
		t.Errorf("the target needs %v, waits for %q", after.Attention, after.WaitingOn)
	}
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorSSH), into)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range view.Events {
		if e.User.ID == c.Ben.ID || strings.Contains(e.To, of.String()[1:]) {
			t.Errorf("Ana reads of Ben in the history: %+v", e)
		}
	}
}

func TestMergingIsRefusedInWords(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ada := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ada, core.DoorSSH)
	a, b, d := c.Report(t, c.Ana, "A"), c.Report(t, c.Ben, "B"), c.Report(t, c.Ben, "D")
	closed := c.Report(t, c.Ben, "closed")
	if _, err := c.Desk.Close(ctx, ines, closed, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	heating := c.ReportIn(t, c.Ben, "cold", c.Heating)
	secret := c.ReportIn(t, c.Ben, "secret", c.Abuse)
	merge(t, c, ines, b, a)
	merge(t, c, ines, d, b) // goes on where B goes on
	if got := ticket(t, c, ines, d).MergedInto; got != a {
		t.Errorf("merged into %s, want the root %s", got, a)
	}
	if err := c.Desk.Join(ctx, core.Operator(), c.Ada.ID, c.Conduct.ID, false); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		who      core.Actor
		id, into core.TicketID
		want     string
	}{
		{"into itself", ines, a, a, "merge_itself"},
		{"in a circle", ines, a, b, "merge_circle"},
		{"in a longer circle", ines, a, d, "merge_circle"},
		{"twice", ines, b, c.Report(t, c.Ana, "E"), "merged"},
		{"into what is closed", ines, a, closed, "merge_closed"},
		{"into another team's", ines, a, heating, "ticket_not_found"},
		{"out of another team's", ines, heating, a, "ticket_not_found"},
		{"into nothing", ines, a, 999_999, "ticket_not_found"},
		{"something open into something confidential", ada, a, secret, "merge_confidential"},
		{"something confidential into something open", ada, secret, a, "merge_confidential"},
		{"by its reporter", storagetest.As(c.Ana, core.DoorSSH), a, a, "staff_only"},
	} {
		before := ticket(t, c, core.Operator(), a)
		_, err := c.Desk.Merge(ctx, test.who, test.id, 0, test.into)
		if got := reason(err); got != test.want {
			t.Errorf("%s: %q, want %q (%v)", test.name, got, test.want, err)
		}
		if diff := cmp.Diff(before, ticket(t, c, core.Operator(), a)); diff != "" {
			t.Errorf("%s changed something:\n%s", test.name, diff)
		}
	}
}

func TestUnmergingGivesStatusBack(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	for _, test := range []struct {
		name string
		take func(of, into core.TicketID) error
	}{
		{"unmerge", func(of, _ core.TicketID) error { _, err := c.Desk.Unmerge(ctx, ivan, of, 0); return err }},
		{"undo on the merged", func(of, _ core.TicketID) error { _, err := c.Desk.Undo(ctx, ines, of); return err }},
		{"undo on the target", func(_, into core.TicketID) error { _, err := c.Desk.Undo(ctx, ines, into); return err }},
	} {
		t.Run(test.name, func(t *testing.T) {
			of, into := c.Report(t, c.Ben, "Ben's"), c.Report(t, c.Ana, "Ana's")
			if _, err := c.Desk.Take(ctx, ines, of, 0); err != nil {
				t.Fatal(err)
			}
			say(t, c, ines, of, "I look")
			if _, err := c.Desk.Change(ctx, ines, of, 0, waiting(core.WaitingThirdParty)); err != nil {
				t.Fatal(err)
			}
			before, target := ticket(t, c, ines, of), ticket(t, c, ines, into)
			merge(t, c, ines, of, into)
			if err := test.take(of, into); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, ticket(t, c, ines, of), sameButForTheHistory()); diff != "" {
				t.Errorf("not as it was before:\n%s", diff)
			}
			if diff := cmp.Diff(target, ticket(t, c, ines, into), sameButForTheHistory()); diff != "" {
				t.Errorf("the target is not as it was before:\n%s", diff)
			}
			say(t, c, ines, into, "to Ana alone again")
			if got := said(t, c, storagetest.As(c.Ben, core.DoorSSH), of); slices.Contains(got, "to Ana alone again") {
				t.Errorf("Ben reads %q", got)
			}
		})
	}
	of, into := c.Report(t, c.Ben, "Ben's"), c.Report(t, c.Ana, "Ana's")
	merge(t, c, ines, of, into)
	if _, err := c.Desk.Close(ctx, ivan, into, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Undo(ctx, ines, of); code(err) != "undo_built_on" {
		t.Errorf("undoing under a colleague's closing gave %v", err)
	}
	if _, err := c.Desk.Unmerge(ctx, ines, into, 0); code(err) != "not_merged" {
		t.Errorf("unmerging what is not merged gave %v", err)
	}
}

// TestMergingBothWaysAtOnceMakesNoCircle lets many people merge the same few tickets into one another.
func TestMergingBothWaysAtOnceMakesNoCircle(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	people := []core.Actor{storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)}
	for range 4 {
		var ids []core.TicketID
		for i := range 4 {
			ids = append(ids, c.Report(t, c.Ana, fmt.Sprint("report ", i)))
		}
		var wait sync.WaitGroup
		for i := range 12 {
			wait.Go(func() {
				of, into, who := ids[i%4], ids[(i+1+i/4)%4], people[i%2]
				var err error
				switch {
				case of != into:
					_, err = c.Desk.Merge(ctx, who, of, 0, into)
				default:
					_, err = c.Desk.Reply(ctx, who, of, core.NewMessage{Body: "meanwhile"})
				}
				if kind := core.KindOf(err); kind == core.Internal || kind == core.Unavailable {
					t.Errorf("%s into %s: %v", of, into, err)
				}
			})
		}
		wait.Wait()
		roots := 0
		for _, id := range ids {
			seen := map[core.TicketID]bool{}
			for at := ticket(t, c, people[0], id); at.MergedInto != 0; at = ticket(t, c, people[0], at.MergedInto) {
				if seen[at.ID] {
					t.Fatalf("%s goes round in a circle", id)
				}
				seen[at.ID] = true
			}
			if ticket(t, c, people[0], id).MergedInto == 0 {
				roots++
			}
		}
		if roots != 1 {
			t.Errorf("%d tickets stand by themselves, want 1", roots)
		}
	}
}

// TestNoReporterEverReadsAnothersWords does what comes to people's minds, in any order, and reads every
// ticket as its reporter after each step.
func TestNoReporterEverReadsAnothersWords(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	people := []core.User{c.Ana, c.Ben, c.Fay} // Fay works elsewhere, and reports here
	var owners []core.User
	var ids []core.TicketID
	number := 0
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.WithoutCancel(t.Context())
		owners, ids = nil, nil
		staff := []core.Actor{storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)}
		for i := range rapid.IntRange(2, 5).Draw(rt, "tickets") {
			number++
			owner := people[i%len(people)]
			owners = append(owners, owner)
			ids = append(ids, c.Report(t, owner, fmt.Sprintf("[%s %d]", owner.Username, number)))
		}
		which := rapid.IntRange(0, len(ids)-1)
		deeds := []string{"merge", "merge", "merge", "unmerge", "answer", "note", "reply", "reply", "link", "close", "reopen", "undo", "wait", "own reopen"}
		for range rapid.IntRange(3, 9).Draw(rt, "steps") {
			deed, i, j := rapid.SampledFrom(deeds).Draw(rt, "deed"), which.Draw(rt, "ticket"), which.Draw(rt, "other")
			who := rapid.SampledFrom(staff).Draw(rt, "who")
			number++
			var err error
			switch deed {
			case "merge":
				_, err = c.Desk.Merge(ctx, who, ids[i], 0, ids[j])
			case "unmerge":
				_, err = c.Desk.Unmerge(ctx, who, ids[i], 0)
			case "answer":
				_, err = c.Desk.Reply(ctx, who, ids[i], core.NewMessage{Body: fmt.Sprintf("[staff %d]", number)})
			case "note":
				_, err = c.Desk.Note(ctx, who, ids[i], core.NewMessage{Body: fmt.Sprintf("[note %d]", number)})
			case "reply":
				_, err = c.Desk.Reply(ctx, storagetest.As(owners[i], core.DoorSSH), ids[i], core.NewMessage{Body: fmt.Sprintf("[%s %d]", owners[i].Username, number)})
			case "link":
				_, err = c.Desk.Link(ctx, who, ids[i], core.DuplicateOf, ids[j])
			case "close":
				_, err = c.Desk.Close(ctx, who, ids[i], 0, core.Closing{Resolution: core.Fixed, Body: fmt.Sprintf("[staff %d]", number)})
			case "wait":
				_, err = c.Desk.Change(ctx, who, ids[i], 0, waiting(core.WaitingReporter))
			case "own reopen":
				_, err = c.Desk.Reopen(ctx, storagetest.As(owners[i], core.DoorWeb), ids[i], 0, "")
			case "reopen":
				_, err = c.Desk.Reopen(ctx, who, ids[i], 0, "")
			case "undo":
				_, err = c.Desk.Undo(ctx, who, ids[i])
			}
			if kind := core.KindOf(err); kind == core.Internal || kind == core.Unavailable {
				rt.Fatalf("%s on %s: %v", deed, ids[i], err)
			}
			for i, id := range ids {
				view, err := c.Desk.Ticket(ctx, storagetest.As(owners[i], core.DoorWeb), id)
				if err != nil {
					rt.Fatal(err)
				}
				for _, m := range view.Messages {
					mine := strings.Contains(m.Body, "["+owners[i].Username+" ") || strings.HasPrefix(m.Body, "[staff ")
					if !mine || m.Side == core.ReporterSide && m.Author.ID != owners[i].ID {
						rt.Fatalf("after %s, %s reads %q by %s on %s", deed, owners[i].Username, m.Body, m.Author.Username, id)
					}
				}
				for _, e := range view.Events {
					if !slices.Contains([]core.UserID{0, owners[i].ID, c.Ines.ID, c.Ivan.ID}, e.User.ID) {
						rt.Fatalf("after %s, %s reads in the history of %s", deed, owners[i].Username, e.User.Username)
					}
				}
			}
		}
	})
}
