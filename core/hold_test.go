package core_test

import (
	"sync"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// holding is a ticket of ana's on which ines holds a reply.
type holding struct {
	*storagetest.Campus
	clock      *later
	id         core.TicketID
	ines, ivan core.Actor
	ana        core.Actor
}

func hold(t *testing.T, body string) *holding {
	t.Helper()
	c, clock := campusAt(t, core.Limits{})
	h := &holding{
		Campus: c, clock: clock, id: c.Report(t, c.Ana, "No signal"),
		ines: storagetest.As(c.Ines, core.DoorSSH), ivan: storagetest.As(c.Ivan, core.DoorSSH), ana: storagetest.As(c.Ana, core.DoorSSH),
	}
	h.reply(t, body)
	return h
}

func (h *holding) reply(t *testing.T, body string) core.Message {
	t.Helper()
	said, err := h.Desk.Reply(t.Context(), h.ines, h.id, core.NewMessage{Key: body, Body: body, Hold: core.HoldAsChosen})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func (h *holding) see(t *testing.T, who core.Actor) core.TicketView {
	t.Helper()
	view, err := h.Desk.Ticket(t.Context(), who, h.id)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func (h *holding) send(t *testing.T) int {
	t.Helper()
	n, err := h.Desk.SendHeld(t.Context(), core.System())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHeldReplyIsNotSentUntilItsTime(t *testing.T) {
	t.Parallel()
	h := hold(t, "Dear Ana, @ivan knows")
	for _, who := range []core.Actor{h.ines, h.ivan} {
		if view := h.see(t, who); len(view.Held) != 1 || view.Held[0].GoesAt.IsZero() || len(view.Messages) != 1 || !view.Ticket.FirstResponseAt.IsZero() {
			t.Errorf("staff see %+v", view.Held)
		}
	}
	if view := h.see(t, h.ana); len(view.Held) != 0 || len(view.Messages) != 1 {
		t.Error("the reporter sees what is held")
	}
	if n := listed(t, h.Campus, h.ines, "knows"); n != 0 {
		t.Error("held words are found")
	}
	if n := listed(t, h.Campus, h.ivan, "mentions:me"); n != 0 || h.send(t) != 0 {
		t.Error("something went early")
	}
	h.clock.by += core.HoldFor + time.Second
	bell := h.Desk.Hub().Subscribe()
	defer bell.Close()
	if n := h.send(t); n != 1 {
		t.Fatalf("%d went", n)
	}
	if dirty, err := bell.Wait(t.Context()); err != nil || !dirty.Tickets[h.id] {
		t.Errorf("nobody is told: %+v, %v", dirty, err)
	}
	view := h.see(t, h.ana)
	if len(view.Messages) != 2 || view.Messages[1].Author.Username != "ines" || view.Messages[1].Door != core.DoorSSH {
		t.Fatalf("%+v", view.Messages)
	}
	staff := h.see(t, h.ivan)
	if len(staff.Held) != 0 || staff.Ticket.FirstResponseAt.IsZero() || staff.Ticket.Attention != core.InHand || listed(t, h.Campus, h.ivan, "mentions:unseen") != 1 {
		t.Errorf("it does not count as sent: %+v", staff.Ticket)
	}
	if last := staff.Events[len(staff.Events)-1]; last.Kind != core.EventReplied || last.User.Username != "ines" || last.Door != core.DoorSSH {
		t.Errorf("history says %+v", last)
	}
	if h.send(t) != 0 {
		t.Error("it went twice")
	}
}

func TestAHeldReplyIsTakenBackAsADraft(t *testing.T) {
	t.Parallel()
	h := hold(t, "Dear Ana")
	if _, err := h.Desk.KeepDraft(t.Context(), h.ines, h.id, core.Typed{Kind: core.DraftReply, Body: "and more"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Desk.TakeBack(t.Context(), h.ivan, h.id); core.KindOf(err) != core.Forbidden {
		t.Errorf("a colleague takes it back: %v", err)
	}
	draft, err := h.Desk.TakeBack(t.Context(), h.ines, h.id)
	if err != nil || draft.Body != "Dear Ana\n\nand more" {
		t.Fatalf("%q, %v", draft.Body, err)
	}
	if drafts, err := h.Desk.Drafts(t.Context(), h.ines, h.id); err != nil || len(drafts) != 1 || drafts[0].Body != draft.Body {
		t.Errorf("%+v, %v", drafts, err)
	}
	h.clock.by += time.Minute
	if h.send(t) != 0 || len(h.see(t, h.ana).Messages) != 1 {
		t.Error("it went all the same")
	}
	// The request that was answered and lost comes once more.
	if _, err := h.Desk.Reply(t.Context(), h.ines, h.id, core.NewMessage{Key: "Dear Ana", Body: "Dear Ana", Hold: core.HoldAsChosen}); core.KindOf(err) != core.Conflict {
		t.Errorf("what was taken back is sent again: %v", err)
	}
	if _, err := h.Desk.TakeBack(t.Context(), h.ines, h.id); core.KindOf(err) != core.Forbidden {
		t.Errorf("nothing is held: %v", err)
	}
}

func TestAHeldReplyIsHeldAndGoesOnce(t *testing.T) {
	t.Parallel()
	h := hold(t, "Dear Ana")
	if again := h.reply(t, "Dear Ana"); again.GoesAt.IsZero() || len(h.see(t, h.ines).Held) != 1 {
		t.Error("sent twice, it is held twice")
	}
	h.clock.by += time.Minute
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := h.Desk.SendHeld(t.Context(), core.System()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(h.see(t, h.ana).Messages); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
	if again := h.reply(t, "Dear Ana"); again.ID == 0 || len(h.see(t, h.ana).Messages) != 2 {
		t.Errorf("sent again after it went: %+v", again)
	}
}

func TestWhatHappensMeanwhileDoesNotStopAHeldReply(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		after func(t *testing.T, h *holding) error
		goes  bool
		level core.Attention
	}{
		{"the ticket is closed", func(t *testing.T, h *holding) error {
			t.Helper()
			_, err := h.Desk.Close(t.Context(), h.ivan, h.id, 0, core.Closing{Resolution: core.Fixed, Body: "Done."})
			return err
		}, true, core.InHand},
		{"it is handed to another team", func(t *testing.T, h *holding) error {
			t.Helper()
			_, err := h.Desk.Change(t.Context(), h.ines, h.id, 0, core.Change{Queue: &h.Facilities.ID})
			return err
		}, true, core.InHand},
		{"the reporter writes, and waits for an answer to that", func(t *testing.T, h *holding) error {
			t.Helper()
			h.clock.by += 5 * time.Second
			if _, err := h.Desk.Reply(t.Context(), h.ivan, h.id, core.NewMessage{Body: "A word"}); err != nil {
				return err
			}
			_, err := h.Desk.Reply(t.Context(), h.ana, h.id, core.NewMessage{Body: "Hello?"})
			return err
		}, true, core.NeedsStaff},
		{"its author works here no more", func(t *testing.T, h *holding) error {
			t.Helper()
			return h.Desk.SetRole(t.Context(), core.Operator(), h.Ines.ID, core.RoleReporter)
		}, false, core.NeedsStaff},
		{"its author's account is disabled", func(t *testing.T, h *holding) error {
			t.Helper()
			return h.Desk.Disable(t.Context(), core.Operator(), h.Ines.ID, true)
		}, false, core.NeedsStaff},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := hold(t, "Dear Ana")
			if err := test.after(t, h); err != nil {
				t.Fatal(err)
			}
			h.clock.by += time.Minute
			h.send(t)
			view := h.see(t, h.ana)
			went := false
			for _, m := range view.Messages {
				went = went || m.Body == "Dear Ana"
			}
			if went != test.goes {
				t.Errorf("it went: %v, want %v", went, test.goes)
			}
			staff, err := h.Desk.Ticket(t.Context(), core.Operator(), h.id)
			if err != nil || len(staff.Held) != 0 || staff.Ticket.Attention != test.level {
				t.Errorf("held: %d; attention: %d; %v", len(staff.Held), staff.Ticket.Attention, err)
			}
		})
	}
}

func TestOnlyRepliesOfStaffAreHeld(t *testing.T) {
	t.Parallel()
	h := hold(t, "Dear Ana")
	plainly := core.DefaultPreferences()
	plainly.HoldReplies = false
	if err := h.Desk.SetPreferences(t.Context(), h.ivan, plainly); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		say  func() (core.Message, error)
		held bool
	}{
		"a note": {say: func() (core.Message, error) {
			return h.Desk.Note(t.Context(), h.ines, h.id, core.NewMessage{Body: "n", Hold: core.HoldForAWhile})
		}},
		"an answer of the reporter": {say: func() (core.Message, error) {
			return h.Desk.Reply(t.Context(), h.ana, h.id, core.NewMessage{Body: "a", Hold: core.HoldForAWhile})
		}},
		"a reply through other doors": {say: func() (core.Message, error) {
			return h.Desk.Reply(t.Context(), h.ines, h.id, core.NewMessage{Body: "d"})
		}},
		"of somebody who wants none": {say: func() (core.Message, error) {
			return h.Desk.Reply(t.Context(), h.ivan, h.id, core.NewMessage{Body: "w", Hold: core.HoldAsChosen})
		}},
		"of them, by a flag": {held: true, say: func() (core.Message, error) {
			return h.Desk.Reply(t.Context(), h.ivan, h.id, core.NewMessage{Body: "f", Hold: core.HoldForAWhile})
		}},
	} {
		if said, err := test.say(); err != nil || said.GoesAt.IsZero() == test.held {
			t.Errorf("%s: held until %v, %v", name, said.GoesAt, err)
		}
	}
}
