package core_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// sameButForTheHistory compares tickets by what people set on them.
func sameButForTheHistory() cmp.Option {
	return cmp.Options{
		cmpopts.IgnoreFields(core.Ticket{}, "Version", "LastSeq", "Chain", "UpdatedAt", "AttentionAt"),
		cmpopts.EquateEmpty(),
	}
}

func TestEveryReversibleCommandCanBeUndone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	desk := c.Desk
	for _, test := range []struct {
		name   string
		before func(context.Context, core.TicketID) error // by somebody else
		do     func(context.Context, core.TicketID) error
	}{
		{"take", nil, func(ctx context.Context, id core.TicketID) error { _, err := desk.Take(ctx, ines, id, 0); return err }},
		{
			"take over", func(ctx context.Context, id core.TicketID) error { _, err := desk.Take(ctx, ivan, id, 0); return err },
			func(ctx context.Context, id core.TicketID) error { _, err := desk.Take(ctx, ines, id, 0); return err },
		},
		{
			"release", func(ctx context.Context, id core.TicketID) error { _, err := desk.Take(ctx, ivan, id, 0); return err },
			func(ctx context.Context, id core.TicketID) error {
				_, err := desk.Release(ctx, ines, id, 0)
				return err
			},
		},
		{"assign", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Assign(ctx, ines, id, 0, c.Ivan.ID)
			return err
		}},
		{"set active", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.SetStatus(ctx, ines, id, 0, core.Active)
			return err
		}},
		{"close with a last word", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Close(ctx, ines, id, 0, core.Closing{Resolution: core.Fixed})
			return err
		}},
		{"reopen", func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Close(ctx, ivan, id, 0, core.Closing{Resolution: core.Fixed})
			return err
		}, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Reopen(ctx, ines, id, 0, "")
			return err
		}},
		{"priority", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Change(ctx, ines, id, 0, priority(core.Urgent))
			return err
		}},
		{"category", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Change(ctx, ines, id, 0, core.Change{Category: &c.Printing.ID})
			return err
		}},
		{
			"move out of one's own sight", func(ctx context.Context, id core.TicketID) error { _, err := desk.Take(ctx, ivan, id, 0); return err },
			func(ctx context.Context, id core.TicketID) error {
				_, err := desk.Change(ctx, ines, id, 0, core.Change{Queue: &c.Facilities.ID})
				return err
			},
		},
		{"place in words", func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Change(ctx, ivan, id, 0, core.Change{Where: &core.Where{Words: "behind the kiosk"}})
			return err
		}, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Change(ctx, ines, id, 0, core.Change{Where: &core.Where{Building: "SCI"}})
			return err
		}},
		{"waiting", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Change(ctx, ines, id, 0, waiting(core.WaitingReporter))
			return err
		}},
		{"tags", func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Tag(ctx, ivan, id, core.TagChange{Add: []string{"old"}})
			return err
		}, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Tag(ctx, ines, id, core.TagChange{Add: []string{"wifi", "exam"}, Remove: []string{"old"}})
			return err
		}},
		{"snooze", nil, func(ctx context.Context, id core.TicketID) error {
			_, err := desk.Snooze(ctx, ines, id, 0, desk.Now().Add(time.Hour))
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			id := c.Report(t, c.Ana, "No signal")
			ctx := t.Context()
			if test.before != nil {
				if err := test.before(ctx, id); err != nil {
					t.Fatal(err)
				}
			}
			was := ticket(t, c, ivan, id)
			if err := test.do(ctx, id); err != nil {
				t.Fatal(err)
			}
			undone, err := desk.Undo(ctx, ines, id)
			if err != nil {
				t.Fatal(err)
			}
			if len(undone.Taken) == 0 || !slices.Equal(undone.Tickets, []core.TicketID{id}) {
				t.Errorf("it says %+v", undone)
			}
			if diff := cmp.Diff(was, ticket(t, c, ivan, id), sameButForTheHistory()); diff != "" {
				t.Errorf("not as it was before:\n%s", diff)
			}
			view, err := desk.Ticket(ctx, ines, id)
			if err != nil {
				t.Fatal(err)
			}
			if last := view.Events[len(view.Events)-1]; last.Undoes != undone.Taken[0].Command {
				t.Errorf("the history does not say what was undone: %+v", last)
			}
			if test.before == nil {
				if _, err := desk.Undo(ctx, ines, id); code(err) != "nothing_to_undo" {
					t.Errorf("a second undo gave %v", err)
				}
			}
		})
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestUndoingGoesBackOneCommandAfterTheOther(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for _, p := range []core.Priority{core.High, core.Urgent, core.Low} {
		if _, err := c.Desk.Change(t.Context(), ines, id, 0, priority(p)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []core.Priority{core.Urgent, core.High, core.Normal} {
		undone, err := c.Desk.Undo(t.Context(), ines, id)
		if err != nil || undone.Ticket.Priority != want {
			t.Fatalf("priority %v, %v; want %v", undone.Ticket.Priority, err, want)
		}
	}
}

// However often a reopening is taken back, the ticket says when it was really closed.
func TestTakingAReopeningBackTwiceKeepsWhenItWasClosed(t *testing.T) {
	t.Parallel()
	now := &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now.Now}))
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	closed, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		now.pass(time.Hour)
		if _, err := c.Desk.Reopen(t.Context(), ines, id, 0, ""); err != nil {
			t.Fatal(err)
		}
		undone, err := c.Desk.Undo(t.Context(), ines, id)
		if err != nil {
			t.Fatal(err)
		}
		if !undone.Ticket.ClosedAt.Equal(closed.ClosedAt) {
			t.Errorf("it says that it was closed at %s, it was at %s", undone.Ticket.ClosedAt, closed.ClosedAt)
		}
	}
}

func TestWhatOthersBuiltOnIsNotUndone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Change(t.Context(), ines, id, 0, priority(core.High)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Tag(t.Context(), ivan, id, core.TagChange{Add: []string{"exam"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Change(t.Context(), ivan, id, 0, priority(core.Low)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Desk.Undo(t.Context(), ines, id)
	refused, ok := errors.AsType[*core.Error](err)
	if !ok || refused.Code != "undo_built_on" || len(refused.Events) != 1 || refused.Events[0].User.ID != c.Ivan.ID || refused.Events[0].To != "low" {
		t.Fatalf("got %+v", err)
	}
	if now := ticket(t, c, ines, id); now.Priority != core.Low {
		t.Fatalf("priority is %v", now.Priority)
	}
	if _, err := c.Desk.Undo(t.Context(), ivan, id); err != nil { // his own last change can go
		t.Fatal(err)
	}
	if _, err := c.Desk.Undo(t.Context(), ines, id); err != nil { // and then nothing stands in the way
		t.Fatal(err)
	}
	if now := ticket(t, c, ines, id); now.Priority != core.Normal || !slices.Equal(now.Tags, []string{"exam"}) {
		t.Fatalf("priority is %v, tags %v", now.Priority, now.Tags)
	}
}

func TestWhatIsGoneIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, root := storagetest.As(c.Ines, core.DoorSSH), core.Operator()
	id := c.Report(t, c.Ana, "No signal")
	for _, to := range []core.UserID{c.Ivan.ID, c.Ines.ID} {
		if _, err := c.Desk.Assign(t.Context(), ines, id, 0, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Desk.Leave(t.Context(), root, c.Ivan.ID, c.IT.ID); err != nil {
		t.Fatal(err)
	}

	if _, err := c.Desk.Undo(t.Context(), ines, id); code(err) != "undo_gone" {
		t.Fatalf("got %v, want that Ivan works here no more", err)
	}
	if now := ticket(t, c, ines, id); now.Assignee.ID != c.Ines.ID {
		t.Errorf("it is with %s", now.Assignee.Name)
	}
}

func TestAMoveOutOfSightIsUndoneOnlyWhileNothingElseHappened(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, fay := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Fay, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Change(t.Context(), ines, id, 0, core.Change{Queue: &c.Facilities.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Note(t.Context(), fay, id, core.NewMessage{Body: "ours indeed"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Undo(t.Context(), ines, id); core.KindOf(err) != core.NotFound {
		t.Fatalf("got %v, want not found", err)
	}
}

func TestOnlyStaffUndo(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	for _, who := range []core.Actor{storagetest.As(c.Ana, core.DoorWeb), core.Anonymous(core.DoorWeb, "192.0.2.1"), core.System()} {
		if _, err := c.Desk.Undo(t.Context(), who, id); core.KindOf(err) != core.Forbidden {
			t.Errorf("%s got %v", who.Kind, err)
		}
	}
	if _, err := c.Desk.Undo(t.Context(), storagetest.As(c.Fay, core.DoorSSH), id); core.KindOf(err) != core.NotFound {
		t.Errorf("staff of another queue got %v", err)
	}
}

func TestAClosingThatIsSentTwiceSpeaksOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.KeepDraft(t.Context(), ines, id, core.Typed{Kind: core.DraftReply, Body: "half a reply"}); err != nil {
		t.Fatal(err)
	}
	in := core.Closing{Resolution: core.Fixed, Body: "The access point was replaced.", Key: "once"}
	for range 2 {
		after, err := c.Desk.Close(t.Context(), ines, id, 1, in)
		if err != nil || !after.IsClosed() {
			t.Fatalf("%s, %v", after.Status, err)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ines, id)
	if err != nil || len(view.Messages) != 2 {
		t.Fatalf("%d messages, %v; want the description and one last word", len(view.Messages), err)
	}
	if drafts, err := c.Desk.Drafts(t.Context(), ines, id); err != nil || len(drafts) != 1 {
		t.Errorf("the drafts are %v, %v: closing took a reply that was still being written", drafts, err)
	}
	in.Key = "another"
	if _, err := c.Desk.Close(t.Context(), ines, id, 0, in); core.KindOf(err) != core.Forbidden {
		t.Errorf("another closing of a closed ticket gave %v", err)
	}
}

// A ticket that goes on in another is as that one is: what was done to it before is taken back once it stands alone again.
func TestAMergedTicketIsNotReopenedByUndoing(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	id, into := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "No network")
	if _, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Declined}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Merge(t.Context(), ivan, id, 0, into); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Undo(t.Context(), ines, id); code(err) != "merged" {
		t.Errorf("undoing the closing of a merged ticket gave %v", err)
	}
	view, err := c.Desk.Ticket(t.Context(), ivan, id)
	if err != nil || !view.Ticket.IsClosed() || view.Ticket.MergedInto != into {
		t.Errorf("it is %s, in %s, %v", view.Ticket.Status, view.Ticket.MergedInto, err)
	}
	if _, err := c.Desk.Undo(t.Context(), ivan, id); err != nil {
		t.Fatalf("undo the merging: %v", err)
	}
	if undone, err := c.Desk.Undo(t.Context(), ines, id); err != nil || undone.Ticket.IsClosed() {
		t.Errorf("on its own again it is %s, %v", undone.Ticket.Status, err)
	}
}

// Whoever reported a ticket still sees it when it has left their queues, as its reporter; what they did as staff is theirs to take back.
func TestStaffTakeBackAMoveOfWhatTheyReportedThemselves(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ines, "My own screen stays dark")
	if _, err := c.Desk.Change(t.Context(), ines, id, 0, core.Change{Queue: &c.Facilities.ID}); err != nil {
		t.Fatal(err)
	}
	undone, err := c.Desk.Undo(t.Context(), ines, id)
	if err != nil || undone.Ticket.Queue.ID == c.Facilities.ID {
		t.Errorf("undoing left it with %s, %v", undone.Ticket.Queue.Name, err)
	}
}
