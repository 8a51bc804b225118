package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"helpdesk.campus/core/action"
)

type historyStore interface {
	// AppendEvents writes history. The sequence numbers were given under the stream's lock.
	AppendEvents(ctx context.Context, events []Event) error
	// NextSeq locks an administrative stream and returns its next number, and the hash its history ends with.
	NextSeq(ctx context.Context, stream Stream, id int64) (int, []byte, error)
	// SaveChain keeps the hash that a locked administrative stream ends with.
	SaveChain(ctx context.Context, stream Stream, id int64, end []byte) error
	// TicketEvents reads a ticket's history after a sequence number, oldest first.
	TicketEvents(ctx context.Context, id TicketID, afterSeq, limit int) ([]Event, error)
	// EventsSince reads what changed some of a ticket's fields after a version.
	EventsSince(ctx context.Context, id TicketID, version int, fields []string) ([]Event, error)
	// FeedAfter reads events in the order of the feed.
	FeedAfter(ctx context.Context, scope Scope, after FeedCursor, limit int) ([]Event, FeedCursor, error)
	// FeedEnd returns the cursor behind everything that FeedAfter could read now.
	FeedEnd(ctx context.Context) (FeedCursor, error)
	InsertRevision(ctx context.Context, r Revision) error
}

// Revision is a text that was replaced.
type Revision struct {
	Ticket  TicketID
	Message MessageID
	Field   string
	Body    string
	Digest  []byte
	By      UserID
	At      time.Time
}

// command is one change to one ticket while it happens: what it was, what it becomes, and the
// events that say so.
type command struct {
	desk   *Desk
	tx     Tx
	who    *principal
	id     string
	undoes string // the command that this one takes back
	now    time.Time
	before Ticket
	ticket Ticket
	events []Event
	lead   *command   // of a ticket that changes along with another: the command on that one
	others []*command // what changes along with this one
	stirs  bool       // something changed that is no event: whoever looks should look again
}

// change is the frame of every command on a ticket: in one transaction look up the actor, lock the
// ticket, check the policy, do the work, refuse it if somebody else changed the same since version,
// and write the ticket with its events. It returns the ticket as it is afterwards.
func (d *Desk) change(ctx context.Context, who Actor, id TicketID, version int, name action.Name, work func(context.Context, *command) error) (Ticket, error) {
	return d.changeWith(ctx, who, order{ticket: id, version: version, name: name}, work)
}

func (d *Desk) changeWith(ctx context.Context, who Actor, o order, work func(context.Context, *command) error) (Ticket, error) {
	c, err := d.carryOut(ctx, who, o, work)
	if err != nil {
		return Ticket{}, err
	}
	if c.who.scope.Staffs(&c.before) {
		return c.ticket, nil // also when it has just gone to another team
	}
	return c.who.reads(c.ticket), nil
}

// order is a command that is still to be carried out.
type order struct {
	ticket    TicketID
	version   int // that the actor saw; 0 if that does not matter
	name      action.Name
	command   string     // the name that it shares with others; "" for one of its own
	ownCheck  bool       // the work itself checks the policy
	with      []TicketID // what the work may also change
	rehearsal bool       // nothing is kept: it is only to see what would happen
}

var errRehearsed = errors.New("this was a rehearsal")

func (d *Desk) carryOut(ctx context.Context, who Actor, o order, work func(context.Context, *command) error) (*command, error) {
	var done *command
	err := d.store.InTx(ctx, func(tx Tx) error {
		c, err := d.begin(ctx, tx, who, o)
		if err != nil {
			return err
		}
		if o.command != "" {
			c.id = o.command
		}
		if refused := c.who.may(o.name, &c.before, c.now); refused != nil && !o.ownCheck {
			return c.explain(ctx, refused, o.version)
		}
		if err := work(ctx, c); err != nil {
			return err
		}
		if err := c.checkConflict(ctx, o.version); err != nil {
			return err
		}
		if err := c.keepTogether(ctx); err != nil {
			return err
		}
		done = c
		if o.rehearsal {
			return errRehearsed
		}
		return c.save(ctx)
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return nil, fmt.Errorf("%s %s: %w", o.name, o.ticket, err)
	}
	dirty := done.dirty()
	if done.stirs {
		dirty.Merge(DirtyTicket(o.ticket))
	}
	if len(dirty.Tickets) > 0 && !o.rehearsal {
		d.store.Ring(dirty)
	}
	return done, nil
}

// begin locks the ticket with all that may change along with it.
func (d *Desk) begin(ctx context.Context, tx Tx, who Actor, o order) (*command, error) {
	p, err := d.principal(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	return d.beginAs(ctx, tx, p, o)
}

// beginAs is begin for an actor who has been looked up in the same transaction.
func (d *Desk) beginAs(ctx context.Context, tx Tx, p *principal, o order) (*command, error) {
	var t Ticket
	var err error
	if closes(o.name) {
		t, err = tx.LockClosing(ctx, o.ticket)
	} else {
		t, err = tx.LockTicket(ctx, o.ticket, o.with...)
	}
	if errors.Is(err, ErrNoRow) {
		return nil, Missing("ticket")
	}
	if err != nil {
		return nil, fmt.Errorf("read ticket: %w", err)
	}
	name, err := d.newCommand()
	if err != nil {
		return nil, err
	}
	return &command{desk: d, tx: tx, who: p, id: name, now: d.Now(), before: t, ticket: t}, nil
}

// record adds an event to the command. What a reporter's doing changes on another's ticket names nobody there.
func (c *command) record(kind EventKind, field, from, to string) *Event {
	if c.lead != nil && !c.who.scope.Staffs(&c.before) && !c.who.scope.Staffs(&c.lead.before) {
		c.events = append(c.events, Event{
			Stream: StreamTicket, StreamID: int64(c.ticket.ID), Command: c.id, Kind: kind, Field: field, From: from, To: to,
			Actor: ActorSystem, Door: c.who.Door, At: c.now,
		})
		return &c.events[len(c.events)-1]
	}
	c.events = append(c.events, Event{
		Stream: StreamTicket, StreamID: int64(c.ticket.ID), Command: c.id, Undoes: c.undoes, Kind: kind, Field: field, From: from, To: to,
		Actor: c.who.Kind, User: c.who.user.Person(), Key: c.who.Key, Door: c.who.Door, At: c.now,
	})
	return &c.events[len(c.events)-1]
}

// changed records that a property has another value, if it has.
func (c *command) changed(field, from, to string) {
	if from != to {
		c.record(EventChanged, field, from, to)
	}
}

func personCode(p Person) string {
	if p.ID == 0 {
		return ""
	}
	return strconv.FormatInt(int64(p.ID), 10)
}

func (c *command) setStatus(s Status) {
	c.changed(FieldStatus, string(c.ticket.Status), string(s))
	c.ticket.Status = s
}

func (c *command) setAssignee(to Person) {
	c.changed(FieldAssignee, personCode(c.ticket.Assignee), personCode(to))
	c.ticket.Assignee = to
}

func (c *command) setWaiting(w Waiting) {
	c.changed(FieldWaiting, string(c.ticket.WaitingOn), string(w))
	c.ticket.WaitingOn = w
}

func (c *command) setResolution(r Resolution) {
	c.changed(FieldResolution, string(c.ticket.Resolution), string(r))
	c.ticket.Resolution = r
}

// stopResting wakes a ticket that was waiting or snoozed, because something happened that was
// waited for.
func (c *command) stopResting() {
	c.setWaiting(WaitingNobody)
	c.setSnooze(time.Time{})
}

// explain turns a refusal into a conflict when what stands in the way happened behind the actor's
// back: they should see who did it, not be told that they may not.
func (c *command) explain(ctx context.Context, refused *Error, version int) error {
	if refused.Kind != Forbidden || version == 0 || version >= c.before.Version {
		return refused
	}
	since, err := c.tx.EventsSince(ctx, c.before.ID, version, []string{FieldStatus, FieldAssignee})
	if err != nil {
		return fmt.Errorf("read what happened since: %w", err)
	}
	if len(since) == 0 {
		return refused
	}
	return &Error{Kind: Conflict, Code: "conflict", Events: c.shown(since)}
}

// shown is what the actor may read of what others did.
func (c *command) shown(events []Event) []Event {
	if c.who.scope.Staffs(&c.before) {
		return events
	}
	return publicEvents(events)
}

// checkConflict refuses the command when a field that it changes moved on after version. Changes to
// different fields merge.
func (c *command) checkConflict(ctx context.Context, version int) error {
	if version == 0 || version >= c.before.Version || len(c.events) == 0 {
		return nil
	}
	var mine []string
	for _, e := range c.events {
		if e.Field != "" {
			mine = append(mine, e.Field)
		}
	}
	theirs, err := c.tx.EventsSince(ctx, c.before.ID, version, mine)
	if err != nil {
		return fmt.Errorf("read what happened since: %w", err)
	}
	if len(theirs) == 0 {
		return nil
	}
	return &Error{Kind: Conflict, Code: "conflict", Events: c.shown(theirs)}
}

// dirty is what the command has changed.
func (c *command) dirty() Dirty {
	dirty := Dirty{Tickets: make(map[TicketID]bool)}
	for _, part := range append([]*command{c}, c.others...) {
		if len(part.events) > 0 {
			dirty.Tickets[part.ticket.ID] = true
		}
	}
	return dirty
}

// save writes what the command has changed, on the ticket and along with it. Who undoes it later finds
// all tickets that it was about.
func (c *command) save(ctx context.Context) error {
	about, changes := []TicketID{c.ticket.ID}, slices.ContainsFunc(c.events, isChange)
	for _, o := range c.others {
		if len(o.events) == 0 {
			continue
		}
		if err := o.write(ctx); err != nil {
			return err
		}
		about, changes = append(about, o.ticket.ID), changes || slices.ContainsFunc(o.events, isChange)
	}
	if len(about) > 1 && changes && c.undoes == "" {
		if err := c.tx.ExtendBulk(ctx, c.id, c.who.user.ID, about, c.now); err != nil {
			return fmt.Errorf("note what belongs together: %w", err)
		}
	}
	return c.write(ctx)
}

func isChange(e Event) bool { return e.Kind == EventChanged || e.Kind == EventSplit }

// write numbers the events and writes them with the ticket. Saying something leaves the version as it is,
// so that it is in nobody's way.
func (c *command) write(ctx context.Context) error {
	if len(c.events) == 0 {
		return nil
	}
	if slices.ContainsFunc(c.events, func(e Event) bool { return e.Field != "" }) {
		c.ticket.Version++
	}
	for i := range c.events {
		c.ticket.LastSeq++
		c.events[i].Seq, c.events[i].Version = c.ticket.LastSeq, c.ticket.Version
	}
	c.ticket.UpdatedAt = c.now
	c.ticket.Chain = chain(c.ticket.Chain, c.events)
	if err := c.tx.UpdateTicket(ctx, c.ticket); err != nil {
		return fmt.Errorf("write ticket: %w", err)
	}
	if err := c.tx.AppendEvents(ctx, c.events); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	return c.reindex(ctx)
}

// reindex makes the ticket findable by the people and places that it is about now.
func (c *command) reindex(ctx context.Context) error {
	about := []string{FieldAssignee, FieldPlace, FieldReporter}
	if !slices.ContainsFunc(c.events, func(e Event) bool { return slices.Contains(about, e.Field) }) {
		return nil
	}
	if err := c.tx.Reindex(ctx, c.ticket.ID); err != nil {
		return fmt.Errorf("make it findable: %w", err)
	}
	return nil
}
