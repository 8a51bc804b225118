package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

type bulkStore interface {
	// InsertBulk notes which tickets a command is about, and what it is to do; false if it was noted before.
	InsertBulk(ctx context.Context, command string, by UserID, tickets []TicketID, plan []byte, at time.Time) (bool, error)
	// BeatBulk notes that somebody is at a bulk that has not ended.
	BeatBulk(ctx context.Context, command string, at time.Time) error
	// SeizeBulk is BeatBulk for somebody's own bulk on which nobody was since; false if somebody is, or it has ended.
	SeizeBulk(ctx context.Context, command string, by UserID, at, silent time.Time) (bool, error)
	// EndBulk notes that a bulk has ended, and forgets what it was to do.
	EndBulk(ctx context.Context, command string) error
	// UnfinishedBulk reads the oldest bulk of somebody that has not ended and on which nobody was since.
	UnfinishedBulk(ctx context.Context, by UserID, silent time.Time) (command string, plan []byte, at time.Time, err error)
	// ReachedOf finds those of the tickets that a command has changed.
	ReachedOf(ctx context.Context, command string, tickets []TicketID) ([]TicketID, error)
	// BulkTickets returns the tickets of a command, none if it was about one alone.
	BulkTickets(ctx context.Context, command string) ([]TicketID, error)
	// ExtendBulk notes that a command is also about other tickets.
	ExtendBulk(ctx context.Context, command string, by UserID, with []TicketID, at time.Time) error
	// RevisionBody returns a text that was replaced, by its digest.
	RevisionBody(ctx context.Context, ticket TicketID, field string, digest []byte) (string, error)
}

// MaxBulk is how many tickets one deed can be done to at once.
const MaxBulk = 500

// Refusal is a ticket on which something is not done, and why.
type Refusal struct {
	Ticket TicketID
	Err    error
}

// Effect is one change that a bulk makes, and on how many tickets.
type Effect struct {
	Event   Event // the change, with its words but of no ticket
	Tickets int
}

// BulkPlan is what doing a deed to many tickets would do, worked out on each of them as it is now.
type BulkPlan struct {
	Command   string // names the bulk: doing the same plan twice does it once
	Deed      Deed
	Will      []TicketID // would change
	Same      []TicketID // are so already
	Refused   []Refusal
	Along     []TicketID // others that change with them: duplicates that are closed, what is merged
	Effects   []Effect   // the commonest first
	Reporters int        // tickets whose reporter can see the change
	People    []Person   // colleagues who are given tickets
	versions  map[TicketID]int
}

// PlanBulk works out what a deed would do to tickets, and does nothing.
func (d *Desk) PlanBulk(ctx context.Context, who Actor, ids []TicketID, in Deed) (BulkPlan, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return BulkPlan{}, err
	}
	if len(ids) == 0 || len(ids) > MaxBulk {
		return BulkPlan{}, refuse("tickets", "bulk_size", "Max", MaxBulk)
	}
	work, err := d.workOf(in)
	if err != nil {
		return BulkPlan{}, err
	}
	plan := BulkPlan{Deed: in, versions: make(map[TicketID]int, len(ids))}
	if plan.Command, err = d.newCommand(); err != nil {
		return BulkPlan{}, err
	}
	for _, id := range distinct(ids) {
		c, err := d.carryOut(ctx, who, order{ticket: id, name: in.Action, rehearsal: true, with: in.with()}, work)
		switch {
		case err != nil && !refusal(err):
			return BulkPlan{}, err
		case err != nil:
			plan.Refused = append(plan.Refused, Refusal{Ticket: id, Err: err})
		default:
			plan.versions[id] = c.before.Version
			plan.add(c)
		}
	}
	slices.SortStableFunc(plan.Effects, func(a, b Effect) int { return b.Tickets - a.Tickets })
	return plan, nil
}

// refusal reports whether an error is about this one ticket, so that others can go on.
func refusal(err error) bool {
	return slices.Contains([]Kind{NotFound, Forbidden, Invalid, Conflict}, KindOf(err))
}

func distinct(ids []TicketID) []TicketID {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// add counts what the deed does to one ticket.
func (p *BulkPlan) add(c *command) {
	if len(c.events) == 0 {
		p.Same = append(p.Same, c.ticket.ID)
		return
	}
	p.Will = append(p.Will, c.ticket.ID)
	p.count(c)
	for _, o := range c.others {
		if slices.ContainsFunc(o.events, publicEvent) {
			if !slices.Contains(p.Along, o.ticket.ID) {
				p.Along = append(p.Along, o.ticket.ID)
			}
			p.count(o)
		}
	}
}

// count adds up what changes on a ticket, and who sees it.
func (p *BulkPlan) count(c *command) {
	if slices.ContainsFunc(c.events, publicEvent) {
		p.Reporters++
	}
	for _, e := range c.events {
		e.ToName = c.nameOf(e)
		if e.Field == FieldAssignee && c.ticket.Assignee.ID != 0 && c.ticket.Assignee.ID != c.who.user.ID && !slices.Contains(p.People, c.ticket.Assignee) {
			p.People = append(p.People, c.ticket.Assignee)
		}
		at := slices.IndexFunc(p.Effects, func(f Effect) bool {
			return f.Event.Field == e.Field && f.Event.To == e.To && (e.To != "" || e.Field != FieldTag || f.Event.From == e.From)
		})
		if at < 0 {
			e.StreamID, e.Command = 0, ""
			p.Effects = append(p.Effects, Effect{Event: e})
			at = len(p.Effects) - 1
		}
		p.Effects[at].Tickets++
	}
}

// nameOf gives the new value in words, where the history would look them up.
func (c *command) nameOf(e Event) string {
	switch e.Field {
	case FieldAssignee:
		return c.ticket.Assignee.Name
	case FieldCategory:
		return c.ticket.Category.Name
	case FieldQueue:
		return c.ticket.Queue.Name
	}
	return e.To
}

// BulkResult is what became of a bulk.
type BulkResult struct {
	Done    []Ticket // as they are now
	Refused []Refusal
}

// Bulk carries a plan out: one command, each ticket in a transaction of its own. A ticket that somebody
// changed since it was planned is refused. Progress, if not nil, is called after each ticket.
func (d *Desk) Bulk(ctx context.Context, who Actor, plan BulkPlan, progress func(done int)) (BulkResult, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return BulkResult{}, err
	}
	if len(plan.Will) == 0 || len(plan.Will) > MaxBulk {
		return BulkResult{}, refuse("tickets", "bulk_size", "Max", MaxBulk)
	}
	work, err := d.workOf(plan.Deed)
	if err != nil {
		return BulkResult{}, err
	}
	kept, err := plan.keep()
	if err != nil {
		return BulkResult{}, err
	}
	first, err := d.store.InsertBulk(ctx, plan.Command, p.user.ID, plan.Will, kept, d.Now())
	if err != nil {
		return BulkResult{}, fmt.Errorf("begin %s: %w", plan.Deed.Action, err)
	}
	if !first {
		return BulkResult{}, &Error{Kind: Conflict, Code: "bulk_done"}
	}
	result, err := d.goThrough(ctx, who, &plan, plan.Will, work, progress)
	result.Refused = append(slices.Clone(plan.Refused), result.Refused...)
	return result, err
}

// goThrough carries the deed out on tickets of the plan, one after the other. If that ends before its time, it
// can be gone on with.
func (d *Desk) goThrough(
	ctx context.Context, who Actor, plan *BulkPlan, tickets []TicketID, work func(context.Context, *command) error, progress func(done int),
) (BulkResult, error) {
	var result BulkResult
	beat := d.Now()
	for i, id := range tickets {
		if now := d.Now(); now.Sub(beat) > bulkBeat {
			beat = now
			if err := d.store.BeatBulk(ctx, plan.Command, now); err != nil {
				return result, fmt.Errorf("after %d tickets: %w", i, err)
			}
		}
		version := plan.versions[id]
		if plan.Deed.Action == action.Tag {
			version = 0
		}
		c, err := d.carryOut(ctx, who, order{ticket: id, version: version, name: plan.Deed.Action, command: plan.Command, with: plan.Deed.with()}, work)
		switch {
		case err != nil && !refusal(err):
			return result, fmt.Errorf("after %d tickets: %w", i, err)
		case err != nil:
			result.Refused = append(result.Refused, Refusal{Ticket: id, Err: err})
		default:
			result.Done = append(result.Done, c.ticket)
		}
		if progress != nil {
			progress(i + 1)
		}
	}
	if err := d.store.EndBulk(ctx, plan.Command); err != nil {
		return result, fmt.Errorf("end %s: %w", plan.Deed.Action, err)
	}
	return result, nil
}
