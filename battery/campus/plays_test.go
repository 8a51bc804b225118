package campus_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// play is how people of the simulation do one action: on which side of a ticket they stand, in which statuses it is, by
// the first letters of those, and what they do.
type play struct {
	side sides
	in   string
	deal func(w *world, who core.Actor, r row) *deed // nil: there is nothing to do it with
	seek string                                      // finds the tickets on which there is something to do it with, and who might; 0 for anybody
}

// deed is one thing somebody is about to do to a ticket. What it takes is chosen, so that it can be done again.
type deed struct {
	do    func(context.Context) error
	after func(r row) bool // what holds of the ticket once it is done
	word  string           // what is said with it
	note  bool             // among staff
	keyed bool             // doing it again does it once
	undo  bool             // whoever did it can take it back at once
	spot  bool             // it is no change of the ticket
	then  func()           // once it is done
}

// elsewhere are the actions that no play of one ticket does, and where they are instead.
func elsewhere() map[action.Name]string {
	return map[action.Name]string{
		action.Report:    "newTicket: there is no ticket yet",
		action.ReportFor: "newTicket: there is no ticket yet",
		action.Code:      "administer: it is about an account",
		action.Undo:      "takeBackAtOnce, and undoSomething",
	}
}

// plays has a play for every other action of the registry.
func plays() map[action.Name]play {
	list := map[action.Name]play{
		action.View: {either, "oac", func(w *world, who core.Actor, r row) *deed {
			return &deed{spot: true, do: func(ctx context.Context) error { _, err := w.desk.Ticket(ctx, who, r.ID); return err }}
		}, ""},
		action.Take: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Take(ctx, who, r.ID, v); return err },
				func(now row) bool { return now.Status == "active" && now.Assignee == who.User })
		}, ""},
		action.Release: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Release(ctx, who, r.ID, v); return err },
				func(now row) bool { return now.Status == r.Status && now.Assignee == 0 })
		}, ""},
		action.Assign: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := pick(w, w.people).ID
			return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Assign(ctx, who, r.ID, v, to); return err },
				func(now row) bool { return now.Status == "active" && now.Assignee == to })
		}, ""},
		action.Activate:   {staffOnly, "o", status(core.Active), ""},
		action.Deactivate: {staffOnly, "a", status(core.Open), ""},
		action.Close:      {staffOnly, "oa", closing, ""},
		action.Withdraw: {reporterOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Withdraw(ctx, who, r.ID, v); return err },
				func(now row) bool { return now.Status == "closed" && now.Resolution == "withdrawn" })
			d.undo = false
			return d
		}, ""},
		action.Reopen: {either, "c", func(w *world, who core.Actor, r row) *deed {
			word, body := w.maybeWord()
			d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Reopen(ctx, who, r.ID, v, body); return err },
				func(now row) bool { return now.Status != "closed" && now.Resolution == "" && now.ClosedAt.IsZero() })
			d.word = word
			return d
		}, ""},
		action.Prioritise: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := core.Priority(1 + w.rng.IntN(4))
			return w.set(who, r, core.Change{Priority: &to}, func(now row) bool { return now.Priority == int16(to) })
		}, ""},
		action.Categorise: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := pick(w, w.categories)
			return w.set(who, r, core.Change{Category: &to.ID}, func(now row) bool { return now.Category == to.Code })
		}, ""},
		action.Move: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := pick(w, w.queues)
			return w.set(who, r, core.Change{Queue: &to.ID}, func(now row) bool { return now.Queue == to.Code })
		}, ""},
		action.Place: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := core.Where{Words: pick(w, w.places)}
			return w.set(who, r, core.Change{Where: &to}, func(now row) bool { return now.Location+now.Place == to.Words })
		}, ""},
		action.Wait: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			to := pick(w, []core.Waiting{core.WaitingNobody, core.WaitingReporter, core.WaitingThirdParty})
			return w.set(who, r, core.Change{Waiting: &to}, func(now row) bool { return now.WaitingOn == string(to) })
		}, ""},
		action.Tag: {staffOnly, "oac", func(w *world, who core.Actor, r row) *deed {
			on, off := "t"+fmt.Sprint(w.rng.IntN(6)), "t"+fmt.Sprint(w.rng.IntN(6))
			return w.change(r, func(ctx context.Context, _ int) error {
				_, err := w.desk.Tag(ctx, who, r.ID, core.TagChange{Add: []string{on}, Remove: []string{off}})
				return err
			}, func(now row) bool { return strings.Contains(now.Tags, on) })
		}, ""},
		action.Snooze: {staffOnly, "oa", func(w *world, who core.Actor, r row) *deed {
			until := w.now.Add(time.Duration(1+w.rng.IntN(60)) * time.Hour)
			return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Snooze(ctx, who, r.ID, v, until); return err },
				func(now row) bool { return now.SnoozedUntil.Equal(until.Truncate(time.Second)) })
		}, ""},
		action.Correct:   {either, "oa", correcting, ""},
		action.Reply:     {either, "oac", saying(false), ""},
		action.Note:      {staffOnly, "oac", saying(true), ""},
		action.TakeBack:  {staffOnly, "oac", takingBack, `select ticket_id, author_id from held_replies`},
		action.Macro:     {staffOnly, "oac", usingMacro, ""},
		action.HandOver:  {staffOnly, "oac", handingOver, `select ticket_id, coalesce(handed_to, user_id) from drafts`},
		action.Rate:      {reporterOnly, "c", rating, `select id, reporter_id from tickets where reporter_id is not null and status = 'closed'`},
		action.Again:     {reporterOnly, "c", reportingAgain, `select id, reporter_id from tickets where reporter_id is not null and status = 'closed'`},
		action.Split:     {staffOnly, "oac", splitting, ""},
		action.Link:      {staffOnly, "oac", linking, ""},
		action.Unlink:    {staffOnly, "oac", unlinking, `select ticket_id, 0 from links`},
		action.Merge:     {staffOnly, "oac", merging, ""},
		action.Unmerge:   {staffOnly, "oac", unmerging, `select id, 0 from tickets where merged_into is not null`},
		action.Publish:   {staffOnly, "oa", publishing, ""},
		action.Unpublish: {staffOnly, "oac", unpublishing, `select id, 0 from tickets where public`},
		action.Follow: {staffOnly, "oac", func(w *world, who core.Actor, r row) *deed {
			return &deed{spot: true, keyed: true, do: func(ctx context.Context) error { return w.desk.Follow(ctx, who, r.ID) }}
		}, ""},
		action.Unfollow: {staffOnly, "oac", func(w *world, who core.Actor, r row) *deed {
			return &deed{spot: true, keyed: true, do: func(ctx context.Context) error { return w.desk.Unfollow(ctx, who, r.ID) }}
		}, ""},
		action.RenewLink: {either, "oac", func(w *world, who core.Actor, r row) *deed {
			key, token := w.key(who), ""
			return &deed{keyed: true, do: func(ctx context.Context) (err error) {
				token, err = w.desk.RenewLink(ctx, who, r.ID, key)
				return err
			}, then: func() { w.guests = append(w.guests, guest{token, r.ID}) }}
		}, ""},
		action.RevokeLink: {either, "oac", func(w *world, who core.Actor, r row) *deed {
			if !w.chance(20) {
				return nil
			}
			return &deed{do: func(ctx context.Context) error { return w.desk.RevokeLink(ctx, who, r.ID) }}
		}, ""},
	}
	return list
}

// change is a deed that changes a ticket at the version that somebody saw, which may be an old one.
func (w *world) change(r row, do func(ctx context.Context, version int) error, after func(row) bool) *deed {
	version := r.Version
	if w.chance(25) {
		version = max(1, version-w.rng.IntN(4))
	}
	if w.chance(10) {
		version = 0
	}
	return &deed{do: func(ctx context.Context) error { return do(ctx, version) }, after: after, undo: true}
}

func (w *world) set(who core.Actor, r row, in core.Change, after func(row) bool) *deed {
	return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Change(ctx, who, r.ID, v, in); return err }, after)
}

func status(to core.Status) func(*world, core.Actor, row) *deed {
	return func(w *world, who core.Actor, r row) *deed {
		return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.SetStatus(ctx, who, r.ID, v, to); return err },
			func(now row) bool { return now.Status == string(to) && now.Assignee == r.Assignee })
	}
}

// key is what a door sends along, so that sending it twice does it once.
func (w *world) key(who core.Actor) string {
	if who.Door != core.DoorWeb {
		return w.word()
	}
	key, err := w.desk.NewFormKey(who)
	w.need(err, "make a form's key")
	return key
}

func (w *world) maybeWord() (word, body string) {
	if w.chance(50) {
		return "", ""
	}
	word = w.word()
	return word, "It is " + word + "."
}

func closing(w *world, who core.Actor, r row) *deed {
	word, body := w.maybeWord()
	in := core.Closing{Resolution: pick(w, core.StaffResolutions()), Body: body, Key: w.key(who)}
	d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Close(ctx, who, r.ID, v, in); return err },
		func(now row) bool {
			return now.Status == "closed" && now.Resolution == string(in.Resolution) && now.WaitingOn == "" && now.SnoozedUntil.IsZero()
		})
	d.word, d.keyed = word, word != ""
	return d
}

func saying(note bool) func(*world, core.Actor, row) *deed {
	return func(w *world, who core.Actor, r row) *deed {
		word := w.word()
		in := core.NewMessage{Key: w.key(who), Body: "Then " + word + " happened.", Hold: core.HoldAsChosen}
		if kind := core.DraftReply; w.chance(50) && who.Kind == core.ActorUser && !note {
			if draft := w.draft(who.User, r.ID, kind); draft != "" {
				in.Body = draft + " " + word
			}
		}
		d := &deed{keyed: true, word: word, note: note}
		d.do = func(ctx context.Context) (err error) {
			if note {
				_, err = w.desk.Note(ctx, who, r.ID, in)
			} else {
				_, err = w.desk.Reply(ctx, who, r.ID, in)
			}
			return err
		}
		return d
	}
}

// draft is what somebody has typed on a ticket, as it stands in the database.
func (w *world) draft(user core.UserID, id core.TicketID, kind core.DraftKind) string {
	var body string
	_ = w.raw.QueryRow(w.Context(), `select body from drafts where user_id = $1 and ticket_id = $2 and kind = $3`, int64(user), int64(id), string(kind)).Scan(&body)
	return body
}

// typeOn types on a draft, in a window that may not have seen what was typed in another.
func (w *world) typeOn(who core.Actor, r row) *deed {
	kind := pick(w, []core.DraftKind{core.DraftReply, core.DraftNote})
	base := w.draft(who.User, r.ID, kind)
	if w.chance(20) {
		base = ""
	}
	word := w.word()
	in := core.Typed{Kind: kind, Base: base, Body: strings.TrimSpace(base + " " + word)}
	return &deed{
		spot: true, keyed: true, do: func(ctx context.Context) error { _, err := w.desk.KeepDraft(ctx, who, r.ID, in); return err },
		then: func() { w.typed = append(w.typed, typed{word, who.User}) },
	}
}

func correcting(w *world, who core.Actor, r row) *deed {
	title := "Corrected " + w.word()
	in := core.Correction{Title: &title}
	if w.chance(40) {
		body := "In other words " + w.word()
		in.Description = &body
	}
	if w.chance(30) {
		category := pick(w, w.categories).ID
		in.Category = &category
	}
	if w.chance(30) {
		in.Where = &core.Where{Words: pick(w, w.places)}
	}
	d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Correct(ctx, who, r.ID, v, in); return err },
		func(now row) bool { return now.Title == title && (now.Confidential || !r.Confidential) })
	d.undo = false
	return d
}

func takingBack(w *world, who core.Actor, r row) *deed {
	if w.number(`select count(*) from held_replies where ticket_id = $1 and author_id = $2`, int64(r.ID), int64(who.User)) == 0 && !w.chance(10) {
		return nil
	}
	return &deed{spot: true, do: func(ctx context.Context) error { _, err := w.desk.TakeBack(ctx, who, r.ID); return err }}
}

func usingMacro(w *world, who core.Actor, r row) *deed {
	changes, err := core.ParseMacroChanges(pick(w, []string{
		"assignee:me priority:high tag:t1", "status:open waiting:reporter", "queue:facilities -tag:t2", "category:printing", "close:fixed", "snooze:2h", "",
	}))
	w.need(err, "read changes")
	word := w.word()
	run := core.MacroRun{Text: "Dear {reporter}, " + word, Changes: changes, Key: w.key(who), Hold: core.HoldAsChosen, Note: w.chance(20)}
	return &deed{
		keyed: true, word: word, note: run.Note, undo: !changes.Empty(), do: func(ctx context.Context) error {
			_, err := w.desk.Perform(ctx, who, r.ID, 0, core.Deed{Action: action.Macro, Macro: run})
			return err
		},
		after: func(now row) bool { return changes.Resolution == "" || now.Status == "closed" },
	}
}

func handingOver(w *world, who core.Actor, r row) *deed {
	kind := pick(w, []core.DraftKind{core.DraftReply, core.DraftNote})
	switch w.rng.IntN(4) {
	case 0:
		return &deed{do: func(ctx context.Context) error { return w.desk.WithdrawDraft(ctx, who, r.ID, kind) }}
	case 1:
		from := pick(w, w.people).ID
		return &deed{do: func(ctx context.Context) error {
			_, err := w.desk.TakeOver(ctx, who, r.ID, from, kind, false)
			return err
		}}
	}
	to := pick(w, w.people).ID
	if colleagues := w.colleagues(who, r); len(colleagues) > 0 && w.chance(80) {
		to = pick(w, colleagues).ID
	}
	return &deed{do: func(ctx context.Context) error { return w.desk.HandOver(ctx, who, r.ID, kind, to) }}
}

// colleagues are the others who work on a ticket.
func (w *world) colleagues(who core.Actor, r row) []core.User {
	all := w.standings()
	return slices.DeleteFunc(slices.Clone(w.people), func(u core.User) bool { return u.ID == who.User || !all[u.ID].works(r) })
}

func rating(w *world, who core.Actor, r row) *deed {
	stars := 1 + w.rng.IntN(5)
	return &deed{keyed: true, do: func(ctx context.Context) error { _, err := w.desk.Rate(ctx, who, r.ID, stars, ""); return err }}
}

func reportingAgain(w *world, who core.Actor, r row) *deed {
	word := w.word()
	in := core.NewAgain{Key: w.key(who), Title: "Again " + word, Description: "It is back: " + word}
	var receipt core.Receipt
	return &deed{keyed: true, do: func(ctx context.Context) (err error) {
		receipt, err = w.desk.ReportAgain(ctx, who, r.ID, in)
		return err
	}, then: func() { w.made(receipt, word) }}
}

func splitting(w *world, who core.Actor, r row) *deed {
	var message int64
	_ = w.raw.QueryRow(w.Context(), `select id from messages where ticket_id = $1 order by id desc limit 1`, int64(r.ID)).Scan(&message)
	in := core.NewSplit{Message: core.MessageID(message), Key: w.key(who), Title: "Another thing " + w.word(), Category: pick(w, w.categories).ID, ForReporter: w.chance(20)}
	var receipt core.Receipt
	return &deed{keyed: true, do: func(ctx context.Context) (err error) {
		receipt, err = w.desk.Split(ctx, who, r.ID, in)
		return err
	}, then: func() { w.made(receipt, "") }}
}

func linking(w *world, who core.Actor, r row) *deed {
	other, relation := pick(w, w.tickets), pick(w, core.Relations())
	return w.change(r, func(ctx context.Context, _ int) error {
		_, err := w.desk.Link(ctx, who, r.ID, relation, other)
		return err
	},
		func(now row) bool { return strings.Contains(now.Links, fmt.Sprint(int64(other))) })
}

func unlinking(w *world, who core.Actor, r row) *deed {
	other := pick(w, w.tickets)
	if _ = w.raw.QueryRow(w.Context(), `select other_id from links where ticket_id = $1 union all select ticket_id from links where other_id = $1 limit 1`, int64(r.ID)).Scan(&other); !strings.Contains(r.Links, fmt.Sprint(int64(other))) && w.chance(90) {
		return nil
	}
	return w.change(r, func(ctx context.Context, _ int) error { _, err := w.desk.Unlink(ctx, who, r.ID, other); return err },
		func(now row) bool { return !strings.Contains(now.Links, fmt.Sprint(int64(other))) })
}

func merging(w *world, who core.Actor, r row) *deed {
	into := pick(w, w.tickets)
	return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Merge(ctx, who, r.ID, v, into); return err },
		func(now row) bool { return now.MergedInto != 0 && now.Status == "closed" })
}

func unmerging(w *world, who core.Actor, r row) *deed {
	if r.MergedInto == 0 && !w.chance(5) {
		return nil
	}
	return w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Unmerge(ctx, who, r.ID, v); return err },
		func(now row) bool { return now.MergedInto == 0 })
}

func publishing(w *world, who core.Actor, r row) *deed {
	title := "Known: " + w.word()
	d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Publish(ctx, who, r.ID, v, title); return err },
		func(now row) bool { return now.Public && now.PublicTitle == title && !now.Confidential })
	d.undo = false
	return d
}

func unpublishing(w *world, who core.Actor, r row) *deed {
	d := w.change(r, func(ctx context.Context, v int) error { _, err := w.desk.Unpublish(ctx, who, r.ID, v); return err },
		func(now row) bool { return !now.Public })
	d.undo = false
	return d
}
