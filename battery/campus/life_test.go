package campus_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// live lets the campus live for some steps.
func (w *world) live(steps int) {
	list := plays()
	names := slices.Sorted(maps.Keys(list))
	for range steps {
		w.step++
		w.pass()
		switch n := w.rng.IntN(100); {
		case n < 12 || len(w.tickets) < 3:
			w.newTicket()
		case n < 16:
			w.administer()
		case n < 19:
			w.undoSomething()
		case n < 22:
			w.bulk()
		case n < 27:
			w.work()
		case n < 33:
			r := w.anyTicket()
			w.perform("type", play{side: either, in: "oac", deal: (*world).typeOn}, w.somebody(r, either, true), r)
		default:
			name := pick(w, names)
			who, r := w.seek(list[name])
			w.perform(name, list[name], who, r)
		}
		if w.chance(1) {
			w.notef("everything is cut")
			w.wire.CutAll()
			w.start()
		}
	}
}

// seek finds somebody and a ticket for a play; mostly such that it can be done.
func (w *world) seek(p play) (core.Actor, row) {
	if p.seek != "" && w.chance(80) {
		found, err := w.raw.Query(w.Context(), p.seek)
		w.need(err, p.seek)
		type who struct {
			Ticket core.TicketID
			User   core.UserID
		}
		list, err := pgx.CollectRows(found, pgx.RowToStructByPos[who])
		w.need(err, p.seek)
		if len(list) > 0 {
			slices.SortFunc(list, func(a, b who) int { return cmp.Or(cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.User, b.User)) })
			it := pick(w, list)
			r := w.row(it.Ticket)
			if at := slices.IndexFunc(w.people, func(u core.User) bool { return u.ID == it.User }); at >= 0 {
				return storagetest.As(w.people[at], core.DoorSSH), r
			}
			return w.somebody(r, p.side, false), r
		}
	}
	r := w.anyTicket()
	for range 3 { // mostly one in a status in which it can be done
		if !strings.Contains(p.in, r.Status[:1]) {
			r = w.anyTicket()
		}
	}
	return w.somebody(r, p.side, false), r
}

// anyTicket is one that people are at: more often a new one.
func (w *world) anyTicket() row {
	if w.chance(60) {
		return w.row(w.tickets[len(w.tickets)-1-w.rng.IntN(min(8, len(w.tickets)))])
	}
	return w.row(pick(w, w.tickets))
}

// somebody is mostly one who has to do with the ticket, and now and then anybody.
func (w *world) somebody(r row, side sides, account bool) core.Actor {
	door := pick(w, []core.Door{core.DoorSSH, core.DoorSSH, core.DoorAPI, core.DoorWeb})
	if !account && side != staffOnly && w.chance(30) && len(w.guests) > 0 {
		g := pick(w, w.guests)
		if at := slices.IndexFunc(w.guests, func(g guest) bool { return g.ticket == r.ID }); at >= 0 {
			g = w.guests[at]
		}
		if who, _, err := w.desk.Guest(w.Context(), core.DoorWeb, g.token, "10.0.0.1"); err == nil {
			return who
		}
	}
	if w.chance(12) {
		return storagetest.As(pick(w, w.people), door)
	}
	var near []core.User
	all := w.standings()
	for _, u := range w.people {
		s := all[u.ID]
		if side != reporterOnly && s.works(r) || side != staffOnly && s.owns(r) {
			near = append(near, u)
		}
	}
	if len(near) == 0 {
		near = w.people
	}
	return storagetest.As(pick(w, near), door)
}

// perform lets somebody do something to a ticket, and compares what became of it with what should have.
func (w *world) perform(name action.Name, p play, who core.Actor, before row) {
	d := p.deal(w, who, before)
	if d == nil {
		return
	}
	stands := w.standing(who)
	what := fmt.Sprintf("%s %s %s by %s %d %s", name, before.ID, before.Status, who.Kind, who.User, who.Door)
	got, err := w.try(what, d.do)
	for got == unknown && d.keyed {
		got, err = w.try(what+" again", d.do)
	}
	after := w.row(before.ID)
	if got == unknown {
		if got = refused; after != before {
			got = done // it was done, and only the answer was lost
		}
	}
	if got == refused {
		if !d.spot && name != action.View && after != before {
			w.wrongf("%s was refused (%v) and changed the ticket\nfrom %+v\nto   %+v", what, err, before, after)
		}
		knows := stands.works(before) || stands.owns(before) || before.Public && !before.Confidential
		if err != nil && !knows && core.KindOf(err) == core.Forbidden && stands.staff() {
			w.wrongf("%s was forbidden, which says that there is such a ticket", what)
		}
		return
	}
	w.done[string(name)]++
	public := name == action.View && before.Public && !before.Confidential
	if !public && !stands.may(p.side, p.in, before) && !(name == action.Undo && w.movedAway(who, before) && stands.works(after)) {
		w.wrongf("%s was allowed, and should not be: %+v %+v", what, stands, before)
	}
	if d.after != nil && !d.after(after) {
		w.wrongf("%s was done, and left %+v", what, after)
	}
	if d.word != "" {
		w.said = append(w.said, said{word: d.word, ticket: before.ID, internal: d.note, held: stands.works(before)})
	}
	if d.then != nil {
		d.then()
	}
	if d.undo && stands.works(before) && after.state() != before.state() && w.chance(40) {
		w.takeBackAtOnce(name, who, before)
	}
}

// movedAway reports whether the newest in a ticket's history is somebody's own: who has just moved it out of their sight may take that back.
func (w *world) movedAway(who core.Actor, r row) bool {
	return w.number(`select count(*) from events where stream = 'ticket' and stream_id = $1 and seq = $2 and user_id = $3`,
		int64(r.ID), r.LastSeq, int64(who.User)) > 0
}

// takeBackAtOnce undoes what was done a moment ago: everything is as it was.
func (w *world) takeBackAtOnce(name action.Name, who core.Actor, before row) {
	if !before.SnoozedUntil.IsZero() && !before.SnoozedUntil.After(w.now) {
		return // its rest is over: undoing does not let it rest again
	}
	if _, err := w.desk.Undo(w.Context(), who, before.ID); err != nil {
		if e, ok := errors.AsType[*core.Error](err); ok && (e.Code == "undo_gone" || e.Code == "not_a_member") {
			w.notef("undo at once: %v", err)
			return // somebody who works there no more had it
		}
		w.wrongf("%s of %s could not be undone at once: %v", name, before.ID, err)
	}
	if after := w.row(before.ID); after.state() != before.state() {
		w.wrongf("undoing %s of %s left\n%s, before it was\n%s", name, before.ID, after.state(), before.state())
	}
	w.notef("undone at once: %s on %s", name, before.ID)
	w.done["undo"]++
}

func (w *world) undoSomething() {
	r := w.anyTicket()
	who := w.somebody(r, staffOnly, true)
	w.perform(action.Undo, play{side: staffOnly, deal: func(w *world, who core.Actor, r row) *deed {
		return &deed{spot: true, do: func(ctx context.Context) error { _, err := w.desk.Undo(ctx, who, r.ID); return err }}
	}}, who, r)
}

// newTicket lets somebody report something: with an account, as a guest, without a name, or for somebody who phones.
func (w *world) newTicket() {
	word := w.word()
	in := core.NewTicket{
		Title: "Something with " + word, Description: "What happened: " + word, Category: pick(w, w.categories).ID,
		Where: core.Where{Words: pick(w, w.places)}, Contact: core.Contact{Name: "Gus Guest", Phone: "555 0100"},
	}
	who := storagetest.As(pick(w, w.people), core.DoorSSH)
	reporter, name := core.UserID(0), action.Report
	switch w.rng.IntN(5) {
	case 0:
		who = core.Anonymous(core.DoorWeb, "10.0.0.2")
	case 1:
		who, in.Anonymous = core.Anonymous(core.DoorWeb, "10.0.0.3"), true
	case 2:
		name = action.ReportFor
		if w.chance(50) {
			reporter = pick(w, w.people).ID
		}
	}
	in.Key = w.key(who)
	var receipt core.Receipt
	err := w.insist(fmt.Sprintf("%s by %s %d", name, who.Kind, who.User), func(ctx context.Context) (err error) {
		if name == action.ReportFor {
			receipt, err = w.desk.ReportFor(ctx, who, reporter, in)
		} else {
			receipt, err = w.desk.Report(ctx, who, in)
		}
		return err
	})
	if err == nil {
		w.done[string(name)]++
		w.made(receipt, word)
	}
}

// made remembers a ticket that was acknowledged.
func (w *world) made(receipt core.Receipt, word string) {
	w.tickets = append(w.tickets, receipt.Ticket)
	if word != "" {
		w.said = append(w.said, said{word: word, ticket: receipt.Ticket, held: true}) // the description may be corrected
	}
	if receipt.Link != "" {
		w.guests = append(w.guests, guest{receipt.Link, receipt.Ticket})
	}
}

// bulk does one deed to several tickets.
func (w *world) bulk() {
	staff := w.people[:5]
	who := storagetest.As(pick(w, staff), core.DoorSSH)
	var ids []core.TicketID
	for range 2 + w.rng.IntN(4) {
		ids = append(ids, pick(w, w.tickets))
	}
	word := w.word()
	in := pick(w, []core.Deed{
		{Action: action.Take},
		{Action: action.Release},
		{Action: action.Prioritise, Change: core.Change{Priority: new(core.High)}},
		{Action: action.Tag, Tags: core.TagChange{Add: []string{"t3"}}},
		{Action: action.Close, Resolution: core.Fixed, Body: "All done: " + word},
		{Action: action.Merge, Into: ids[0]},
		{Action: action.Move, Change: core.Change{Queue: new(pick(w, w.queues).ID)}},
	})
	plan, err := w.desk.PlanBulk(w.Context(), who, ids, in)
	if err != nil {
		if core.KindOf(err) == core.Internal {
			w.wrongf("plan %s: %v", in.Action, err)
		}
		return
	}
	err = w.insist(fmt.Sprintf("bulk %s %v by %d", in.Action, ids, who.User), func(ctx context.Context) error {
		result, err := w.desk.Bulk(ctx, who, plan, nil)
		for _, r := range result.Refused {
			if kind := core.KindOf(r.Err); kind == core.Unavailable || kind == core.Internal {
				return r.Err
			}
		}
		return err
	})
	if err == nil {
		w.done["bulk"]++
	}
	if in.Action == action.Close {
		w.loose(word)
	}
}

// loose is what may have been said on several tickets, or on none.
func (w *world) loose(word string) { w.typed = append(w.typed, typed{word: word}) }

// work is what the worker does from time to time.
func (w *world) work() {
	system := core.System()
	w.need(w.insist("wake", func(ctx context.Context) error { _, err := w.desk.WakeSnoozed(ctx, system); return err }), "wake what was snoozed")
	w.need(w.insist("send held replies", func(ctx context.Context) error { _, err := w.desk.SendHeld(ctx, system); return err }), "send held replies")
	if w.chance(30) {
		w.need(w.insist("pack days", func(ctx context.Context) error { return w.desk.PackDays(ctx, system) }), "pack days")
	}
	if w.chance(20) {
		w.need(w.insist("seal", func(ctx context.Context) error { _, err := w.desk.SealHistory(ctx, system); return err }), "seal the history")
	}
	if w.chance(20) {
		w.need(w.insist("clean up", func(ctx context.Context) error { _, err := w.desk.CleanUp(ctx, system); return err }), "clean up")
	}
	if w.chance(20) {
		w.need(w.insist("learn words", func(ctx context.Context) error { return w.desk.LearnWords(ctx, system) }), "learn words")
	}
}

// administer changes who works where, and what can be reported.
func (w *world) administer() {
	ada := storagetest.As(w.people[0], core.DoorSSH)
	user, queue, category := pick(w, w.people[1:]).ID, pick(w, w.queues), pick(w, w.categories)
	acts := map[string]func(context.Context) error{
		"join":  func(ctx context.Context) error { return w.desk.Join(ctx, ada, user, queue.ID, w.chance(30)) },
		"leave": func(ctx context.Context) error { return w.desk.Leave(ctx, ada, user, queue.ID) },
		"role": func(ctx context.Context) error {
			return w.desk.SetRole(ctx, ada, user, pick(w, []core.Role{core.RoleStaff, core.RoleStaff, core.RoleReporter, core.RoleAdmin}))
		},
		"disable": func(ctx context.Context) error { return w.desk.Disable(ctx, ada, user, w.chance(30)) },
		"archive": func(ctx context.Context) error {
			_, err := w.desk.EditCategory(ctx, ada, category.ID, core.CategoryEdit{Archived: new(w.chance(30))})
			return err
		},
		"secret": func(ctx context.Context) error {
			_, err := w.desk.EditCategory(ctx, ada, category.ID, core.CategoryEdit{Confidential: new(w.chance(40))})
			return err
		},
		"revert": func(ctx context.Context) error {
			_, err := w.desk.Revert(ctx, ada, core.StreamUser, int64(user))
			return err
		},
		"code": func(ctx context.Context) error { _, _, err := w.desk.IssueCode(ctx, ada, user); return err },
	}
	name := pick(w, slices.Sorted(maps.Keys(acts)))
	if got, _ := w.try(fmt.Sprintf("%s user %d, queue %s, category %s", name, user, queue.Code, category.Code), acts[name]); got == done {
		w.done[name]++
	}
}
