package campus_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"helpdesk.campus/battery/report"
	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// scenes are what has happened to a ticket before an action can be done to it, and who does it then: staff of its queue
// unless a play is the reporter's.
func scenes() map[action.Name]func(w *world, staff core.Actor, id core.TicketID) error {
	closed := func(w *world, staff core.Actor, id core.TicketID) error {
		_, err := w.desk.Close(w.Context(), staff, id, 0, core.Closing{Resolution: core.Fixed})
		return err //nolint:wrapcheck // said by the caller
	}
	return map[action.Name]func(w *world, staff core.Actor, id core.TicketID) error{
		action.Reopen: closed, action.Rate: closed, action.Again: closed,
		action.Release: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Take(w.Context(), staff, id, 0)
			return err
		},
		action.Undo: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Take(w.Context(), staff, id, 0)
			return err
		},
		action.Deactivate: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Take(w.Context(), staff, id, 0)
			return err
		},
		action.Unmerge: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Merge(w.Context(), staff, id, 0, w.tickets[0])
			return err
		},
		action.Unlink: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Link(w.Context(), staff, id, core.RelatedTo, w.tickets[0])
			return err
		},
		action.Unpublish: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Publish(w.Context(), staff, id, 0, "Known")
			return err
		},
		action.TakeBack: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Reply(w.Context(), staff, id, core.NewMessage{Body: "Wait", Hold: core.HoldForAWhile})
			return err
		},
		action.HandOver: func(w *world, staff core.Actor, id core.TicketID) error {
			for _, kind := range []core.DraftKind{core.DraftReply, core.DraftNote} {
				if _, err := w.desk.KeepDraft(w.Context(), staff, id, core.Typed{Kind: kind, Body: "Typed"}); err != nil {
					return err
				}
			}
			return nil
		},
		action.Split: func(w *world, staff core.Actor, id core.TicketID) error {
			_, err := w.desk.Reply(w.Context(), staff, id, core.NewMessage{Body: "And another thing"})
			return err
		},
	}
}

// swept are the plays, and those that have none because they are about no ticket that is there already.
func swept() map[action.Name]play {
	list := plays()
	list[action.Undo] = play{side: staffOnly, deal: func(w *world, who core.Actor, r row) *deed {
		return &deed{
			do:    func(ctx context.Context) error { _, err := w.desk.Undo(ctx, who, r.ID); return err },
			after: func(now row) bool { return now.Assignee == 0 && now.Status == "open" },
		}
	}}
	list[action.Report] = play{side: staffOnly, deal: func(w *world, who core.Actor, _ row) *deed {
		in := core.NewTicket{Key: w.key(who), Title: "New " + w.word(), Category: w.categories[0].ID, Where: core.Where{Words: "LIB"}}
		return &deed{keyed: true, do: func(ctx context.Context) error { _, err := w.desk.Report(ctx, who, in); return err }}
	}}
	list[action.ReportFor] = play{side: staffOnly, deal: func(w *world, who core.Actor, _ row) *deed {
		in := core.NewTicket{Key: w.key(who), Title: "New " + w.word(), Category: w.categories[0].ID, Where: core.Where{Words: "LIB"}}
		return &deed{keyed: true, do: func(ctx context.Context) error { _, err := w.desk.ReportFor(ctx, who, w.people[5].ID, in); return err }}
	}}
	list[action.Code] = play{side: staffOnly, deal: func(w *world, who core.Actor, _ row) *deed {
		return &deed{do: func(ctx context.Context) error { _, _, err := w.desk.IssueCode(ctx, who, w.people[5].ID); return err }}
	}}
	return list
}

// trace is what doing something once leaves behind.
type trace struct{ tickets, events, messages, held, drafts, codes, links int64 }

func (w *world) trace() (t trace) {
	w.Helper()
	w.need(w.raw.QueryRow(w.Context(), `
		select (select count(*) from tickets), (select count(*) from events), (select count(*) from messages), (select count(*) from held_replies),
		       (select count(*) from drafts), (select count(*) from one_time_codes), (select count(*) from access_links where revoked_at is null)`).
		Scan(&t.tickets, &t.events, &t.messages, &t.held, &t.drafts, &t.codes, &t.links), "count what there is")
	return t
}

func (t trace) since(before trace) trace {
	return trace{
		t.tickets - before.tickets, t.events - before.events, t.messages - before.messages, t.held - before.held,
		t.drafts - before.drafts, t.codes - before.codes, t.links - before.links,
	}
}

// act sets the scene for one action, with the same choices whenever the same number decides them.
func (w *world) act(name action.Name, p play, choice uint64) (*deed, row) {
	w.Helper()
	staff, reporter := storagetest.As(w.people[2], core.DoorSSH), storagetest.As(w.people[5], core.DoorSSH)
	w.rng = rand.New(rand.NewPCG(choice, 7))
	receipt, err := w.desk.Report(w.Context(), reporter, core.NewTicket{
		Title: "Something", Category: w.categories[0].ID, Where: core.Where{Words: "behind the shed"},
	})
	w.need(err, "report")
	if scene, set := scenes()[name]; set {
		w.need(scene(w, staff, receipt.Ticket), "set the scene")
	}
	who := staff
	if p.side == reporterOnly {
		who = reporter
	}
	r := w.row(receipt.Ticket)
	return p.deal(w, who, r), r
}

// TestEveryCallFailsOnce lets every call of the database that an action makes fail once, in one way or, with -every, in
// every way: the action is
// done once or not at all, whoever did it hears what is true, and doing it again leaves it done once.
func TestEveryCallFailsOnce(t *testing.T) {
	t.Parallel()
	r := report.New("EveryCallFailsOnce", "each call of the database that an action makes fails: cut before, cut after, refused", "every action, once and again", *everyFlag)
	t.Cleanup(func() {
		r.End(!t.Failed())
		rows.Add(r)
	})
	w := newWorld(t, 1)
	first, err := w.desk.Report(w.Context(), storagetest.As(w.people[5], core.DoorSSH), core.NewTicket{
		Title: "The first", Category: w.categories[0].ID, Where: core.Where{Words: "LIB"},
	})
	w.need(err, "report")
	w.tickets = []core.TicketID{first.Ticket}
	list := swept()
	tried := 0
	for _, name := range slices.Sorted(maps.Keys(list)) {
		p := list[name]
		choice, calls, once := w.rehearse(name, p)
		for n := 1; n <= calls; n++ {
			for i, how := range storagetest.Breaks() {
				if !*everyFlag && (n+len(name))%len(storagetest.Breaks()) != i {
					continue
				}
				tried++
				w.breakOne(fmt.Sprintf("%s, call %d of %d, %s", name, n, calls, how), n, how, once, func() (*deed, row) { return w.act(name, p, choice) })
			}
		}
	}
	t.Logf("%d actions, %d calls that failed", len(list), tried)
	r.Counts.Attempted, r.Counts.Acknowledged = tried, tried
	r.Notef("%d actions", len(list))
	if *seedFlag == 0 && tried < 300 {
		t.Errorf("only %d calls failed", tried)
	}
}

// rehearse finds choices with which the action is done, and what it does then in how many calls.
func (w *world) rehearse(name action.Name, p play) (choice uint64, calls int, once trace) {
	w.Helper()
	var err error
	for choice = range uint64(60) {
		d, _ := w.act(name, p, choice)
		if d == nil {
			continue
		}
		before := w.trace()
		w.wire.BreakAt(1<<30, storagetest.CutBefore, nil)
		err = d.do(w.Context())
		_, calls = w.wire.Mend()
		if err == nil {
			return choice, calls, w.trace().since(before)
		}
	}
	w.wrongf("nobody manages to %s: %v", name, err)
	return 0, 0, trace{}
}

func (w *world) breakOne(what string, n int, how storagetest.Break, once trace, act func() (*deed, row)) {
	w.Helper()
	d, r := act()
	before := w.trace()
	w.wire.BreakAt(n, how, nil)
	err := d.do(w.Context())
	w.wire.Mend()
	did := w.trace().since(before)
	if err == nil {
		if did != once {
			w.wrongf("%s: it says it was done, and did %+v, not %+v", what, did, once)
		}
		return
	}
	if core.KindOf(err) != core.Unavailable {
		w.wrongf("%s: it says %v, not that it should be tried again later", what, err)
	}
	if did != (trace{}) && did != once {
		w.wrongf("%s: it did %+v, which is neither nothing nor %+v", what, did, once)
	}
	changed := w.row(r.ID) != r
	if d.keyed || did == (trace{}) && !changed {
		if err := d.do(w.Context()); err != nil {
			w.wrongf("%s, and again: %v", what, err)
		}
	}
	if got := w.trace().since(before); got != once {
		w.wrongf("%s, and again: it did %+v, not %+v", what, got, once)
	}
	if d.after != nil && !d.after(w.row(r.ID)) {
		w.wrongf("%s, and again: it left %+v", what, w.row(r.ID))
	}
}
