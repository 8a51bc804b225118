package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"helpdesk.campus/core/action"
)

// Undone is what undoing took back.
type Undone struct {
	Ticket  Ticket     // as it is afterwards
	Taken   []Event    // what was taken back on that ticket
	Tickets []TicketID // all tickets it was taken back on: more than one after a bulk
	Refused []Refusal  // tickets of a bulk on which it stays, and why
}

// undoable are the fields whose old value the history can give back.
func undoable(field string) bool {
	return slices.Contains([]string{
		FieldStatus, FieldResolution, FieldAssignee, FieldPriority, FieldCategory, FieldConfidential, FieldQueue, FieldPlace,
		FieldWaiting, FieldSnoozed, FieldTag, FieldMerged, FieldLink,
	}, field)
}

// Undo takes back the actor's last reversible command on a ticket; if that was part of a bulk, the
// whole bulk. What others have built on it since stands in the way, and is in the error. Words once
// sent stay sent.
func (d *Desk) Undo(ctx context.Context, who Actor, id TicketID) (Undone, error) {
	target, err := d.lastCommand(ctx, who, id)
	if err != nil {
		return Undone{}, fmt.Errorf("undo on %s: %w", id, err)
	}
	return d.undoCommand(ctx, who, id, target)
}

// undoCommand takes a command back on a ticket, and on all others that it was about.
func (d *Desk) undoCommand(ctx context.Context, who Actor, id TicketID, target string) (Undone, error) {
	others, err := d.store.BulkTickets(ctx, target)
	if err != nil {
		return Undone{}, fmt.Errorf("read what belongs together: %w", err)
	}
	name, err := d.newCommand()
	if err != nil {
		return Undone{}, err
	}
	var done Undone
	for _, ticket := range append([]TicketID{id}, slices.DeleteFunc(others, func(o TicketID) bool { return o == id })...) {
		c, taken, err := d.undoOn(ctx, who, order{ticket: ticket, name: action.Undo, command: name, ownCheck: true, with: others}, target)
		switch {
		case err != nil && len(others) == 0:
			return Undone{}, fmt.Errorf("undo on %s: %w", ticket, err)
		case err != nil:
			done.Refused = append(done.Refused, Refusal{Ticket: ticket, Err: err})
			continue
		case len(taken) == 0:
			continue
		case done.Ticket.ID == 0:
			done.Ticket, done.Taken = c.ticket, taken
		}
		done.Tickets = append(done.Tickets, ticket)
	}
	if len(done.Tickets) == 0 {
		if len(done.Refused) > 0 {
			return Undone{}, fmt.Errorf("undo on %s: %w", id, done.Refused[0].Err)
		}
		return Undone{}, forbidden("nothing_to_undo")
	}
	return done, nil
}

// lastCommand finds the newest command of the actor on the ticket that is not undone and no undoing.
func (d *Desk) lastCommand(ctx context.Context, who Actor, id TicketID) (string, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return "", err
	}
	if p.Kind != ActorUser || !p.isStaff() {
		return "", forbidden("staff_only")
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return "", Missing("ticket")
	}
	if err != nil {
		return "", fmt.Errorf("read ticket: %w", err)
	}
	events, err := d.store.TicketEvents(ctx, id, max(0, t.LastSeq-maxHistory), maxHistory)
	if err != nil {
		return "", fmt.Errorf("read history: %w", err)
	}
	undone := make(map[string]bool)
	for _, e := range slices.Backward(events) {
		undone[e.Undoes] = true
		mine := e.User.ID == p.user.ID && e.Undoes == "" && !undone[e.Command]
		switch {
		case mine && e.Kind == EventCorrected:
			return "", forbidden("undo_corrected")
		case mine && (e.Kind == EventChanged && undoable(e.Field) || e.Kind == EventMerged || e.Kind == EventUnmerged || e.Kind == EventSplit):
			return e.Command, nil
		}
	}
	if !p.scope.Sees(&t) {
		return "", Missing("ticket")
	}
	return "", forbidden("nothing_to_undo")
}

// undoOn takes a command back on one ticket, in a transaction of its own.
func (d *Desk) undoOn(ctx context.Context, who Actor, o order, target string) (*command, []Event, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, nil, err
	}
	var taken []Event
	c, err := d.carryOut(ctx, who, o, func(ctx context.Context, c *command) error {
		events, err := c.tx.TicketEvents(ctx, o.ticket, max(0, c.before.LastSeq-maxHistory), maxHistory)
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		c.undoes = target
		taken, err = c.takeBack(ctx, dir, target, events)
		if refused := c.mayUndo(events, target); refused != nil {
			return refused // before anything is said about what others did
		}
		return err
	})
	return c, taken, err
}

// mayUndo checks the policy on the ticket as it is; or, because a move to a wrong queue is what one
// most wants to take back, as it will be again, as long as nothing at all has happened since. A ticket out of sight
// is not found, or, for who reported it themselves, staff's alone.
func (c *command) mayUndo(events []Event, target string) *Error {
	refused := c.who.may(action.Undo, &c.before, c.now)
	if refused == nil || refused.Kind != NotFound && refused.Code != "staff_only" || c.who.may(action.Undo, &c.ticket, c.now) != nil {
		return refused
	}
	if last := events[len(events)-1]; last.Command != target || last.User.ID != c.who.user.ID {
		return refused
	}
	return nil
}

// takeBack gives everything that the command changed its old value again.
func (c *command) takeBack(ctx context.Context, dir *directory, target string, events []Event) ([]Event, error) {
	mine := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Command != target || e.Kind != EventChanged && !e.splitOff() })
	if len(mine) == 0 {
		return nil, nil
	}
	if mine[0].User.ID != c.who.user.ID {
		return nil, forbidden("not_yours")
	}
	if undone := slices.ContainsFunc(events, func(e Event) bool { return e.Undoes == target }); undone {
		return nil, nil
	}
	if built := builtOn(mine, events); len(built) > 0 {
		return nil, &Error{Kind: Conflict, Code: "undo_built_on", Events: built}
	}
	if c.before.MergedInto != 0 && !slices.ContainsFunc(mine, whenMerged) {
		if err := c.alongWithRoot(ctx, target); err != nil {
			return nil, err
		}
	}
	if c.before.IsClosed() && c.before.MergedInto == 0 && !slices.ContainsFunc(mine, whenClosed) {
		return nil, forbidden("ticket_closed")
	}
	// The assignee comes last: who may be one depends on the queue.
	slices.SortStableFunc(mine, func(a, b Event) int { return rank(a) - rank(b) })
	for _, e := range slices.Backward(mine) {
		if err := c.restore(ctx, dir, e, events); err != nil {
			return nil, err
		}
	}
	return mine, c.attendAnew(ctx)
}

// whenClosed are changes that can be taken back on a closed ticket.
func whenClosed(e Event) bool {
	return slices.Contains([]string{FieldStatus, FieldMerged, FieldLink, FieldTag}, e.Field)
}

// whenMerged are changes that can be taken back on a merged ticket: the merging, and what has no part in it.
func whenMerged(e Event) bool {
	return slices.Contains([]string{FieldMerged, FieldLink, FieldTag}, e.Field) || e.splitOff()
}

// alongWithRoot refuses what was done to a merged ticket before it was merged. It is as the one is that it goes on in, so of what
// happened to it since only what came along with that one can be taken back.
func (c *command) alongWithRoot(ctx context.Context, target string) error {
	root, err := c.root(ctx, c.before.MergedInto)
	if err != nil {
		return err
	}
	events, err := c.tx.TicketEvents(ctx, root.ticket.ID, max(0, root.before.LastSeq-maxHistory), maxHistory)
	if err != nil {
		return fmt.Errorf("read history of %s: %w", root.ticket.ID, err)
	}
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Command == target }) {
		return goesOn(&c.before, true)
	}
	return nil
}

func rank(e Event) int {
	if e.Field == FieldAssignee {
		return 0
	}
	return 1
}

// builtOn finds what changed the same since, without what has itself been taken back.
func builtOn(mine, events []Event) []Event {
	subjects, undone := make(map[string]bool), make(map[string]bool)
	for i := range mine {
		subjects[mine[i].subject()] = true
	}
	for _, e := range events {
		undone[e.Undoes] = true
	}
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool {
		return e.Seq <= mine[0].Seq || e.Command == mine[0].Command || !subjects[e.subject()] || e.Undoes != "" || undone[e.Command]
	})
}

func (c *command) restore(ctx context.Context, dir *directory, e Event, past []Event) error {
	if e.splitOff() {
		return c.unsplit(ctx, e)
	}
	switch e.Field {
	case FieldStatus:
		c.setStatus(Status(e.From))
		c.ticket.ClosedAt = closedAt(past, e)
	case FieldResolution:
		c.setResolution(Resolution(e.From))
	case FieldAssignee:
		return c.giveBack(ctx, e.From)
	case FieldPriority:
		if p, ok := ParsePriority(e.From); ok {
			c.changed(FieldPriority, c.ticket.Priority.String(), p.String())
			c.ticket.Priority = p
		}
	case FieldCategory:
		at := slices.IndexFunc(dir.categories, func(k Category) bool { return k.Code == e.From })
		if at < 0 {
			return forbidden("undo_gone")
		}
		c.changed(FieldCategory, c.ticket.Category.Code, e.From)
		c.ticket.Category = dir.categories[at]
	case FieldConfidential:
		c.setConfidential(e.From == "true")
	case FieldQueue:
		at := slices.IndexFunc(dir.queues, func(q Queue) bool { return q.Code == e.From })
		if at < 0 {
			return forbidden("undo_gone")
		}
		c.changed(FieldQueue, c.ticket.Queue.Code, e.From)
		c.ticket.Queue = dir.queues[at]
	case FieldPlace:
		return c.moveBack(ctx, dir, e)
	case FieldWaiting:
		c.setWaiting(Waiting(e.From))
	case FieldSnoozed:
		until, err := time.Parse(time.RFC3339, e.From)
		if err != nil || !until.After(c.now) {
			until = time.Time{} // it has woken by now
		}
		c.setSnooze(until)
	case FieldMerged:
		return c.rejoin(ctx, e.From)
	case FieldLink:
		return c.relink(ctx, e)
	case FieldTag:
		if e.To != "" {
			return c.untag(ctx, e.To)
		}
		return c.tag(ctx, e.From)
	}
	return nil
}

// splitOff reports whether the event says that the ticket was split off another.
func (e *Event) splitOff() bool { return e.Kind == EventSplit && e.From != "" }

// closedAt is when a ticket that becomes closed again had been closed. Undoing a reopening closed it as it had been before; undoing
// a split closed it then.
func closedAt(past []Event, e Event) time.Time {
	if Status(e.From) != Closed {
		return time.Time{}
	}
	reopened := make(map[string]bool) // commands that took it up again
	for _, p := range past {
		if p.Field == FieldStatus && p.From == string(Closed) {
			reopened[p.Command] = true
		}
	}
	for _, p := range slices.Backward(past) {
		if p.Seq < e.Seq && p.Field == FieldStatus && p.To == string(Closed) && !reopened[p.Undoes] {
			return p.At
		}
	}
	return e.At
}

// giveBack makes somebody the assignee again, if they still work in the queue.
func (c *command) giveBack(ctx context.Context, code string) error {
	if code == "" {
		c.setAssignee(Person{})
		return nil
	}
	people, err := c.tx.Members(ctx, c.ticket.Queue.ID)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	at := slices.IndexFunc(people, func(p Person) bool { return personCode(p) == code })
	if at < 0 {
		return forbidden("undo_gone")
	}
	c.setAssignee(people[at])
	return nil
}

// moveBack gives the ticket its old place again; words that stood there come from the revisions.
func (c *command) moveBack(ctx context.Context, dir *directory, e Event) error {
	words := c.ticket.Place
	if len(e.Digest) > 0 {
		words = ""
		if !bytes.Equal(e.Digest, c.desk.seal(FieldPlace, "")) {
			var err error
			if words, err = c.tx.RevisionBody(ctx, c.ticket.ID, FieldPlace, e.Digest); errors.Is(err, ErrNoRow) {
				return forbidden("undo_gone")
			} else if err != nil {
				return fmt.Errorf("read the old words: %w", err)
			}
		}
	}
	var at Location
	if e.From != "" {
		i := slices.IndexFunc(dir.locations, func(l Location) bool { return l.Code == e.From })
		if i < 0 {
			return forbidden("undo_gone")
		}
		at = dir.locations[i]
	}
	return c.putAt(ctx, at, words)
}

// attendAnew says how much attention the ticket needs by who spoke last.
func (c *command) attendAnew(ctx context.Context) error {
	last, err := c.tx.Messages(ctx, c.ticket.ID, false, 1)
	if err != nil {
		return fmt.Errorf("read the last message: %w", err)
	}
	level := InHand
	if c.ticket.FirstResponseAt.IsZero() || len(last) > 0 && last[0].Side == ReporterSide {
		level = NeedsStaff
	}
	c.ticket.attend(level, c.now)
	return nil
}

func (c *command) setConfidential(to bool) {
	c.changed(FieldConfidential, strconv.FormatBool(c.ticket.Confidential), strconv.FormatBool(to))
	c.ticket.Confidential = to
}
