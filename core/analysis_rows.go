package core

import (
	"context"
	"time"
)

type rowStore interface {
	// EachReported passes the tickets reported from one time to before another, the earliest first.
	EachReported(ctx context.Context, scope Scope, filter Filter, from, to time.Time, pass func(ReportedRow) error) error
	// EachMilestone passes what was answered, replied, closed and reopened from one time to before another.
	EachMilestone(ctx context.Context, scope Scope, filter Filter, from, to time.Time, pass func(MilestoneRow) error) error
}

// ReportedRow is a ticket as reports list them.
type ReportedRow struct {
	Ticket                            TicketID
	Reference                         string
	Status, Resolution, Priority      string
	Queue, Category, Location, Door   string
	CreatedAt, FirstResponseAt, Ended time.Time // zero: not yet
	Title                             string
}

// MilestoneRow is something that happened to a ticket, and how long somebody had waited for it.
type MilestoneRow struct {
	Ticket      TicketID
	Kind        string // answered, replied, closed, reopened
	Queue       string
	WaitedSince time.Time // zero: nobody waited
	At          time.Time
	Took        time.Duration // in calendar time
	Office      time.Duration // in office hours
}

// EachReported passes all tickets behind the figures of [Desk.AnalyseWhere], however many there are.
func (d *Desk) EachReported(ctx context.Context, who Actor, q Question, pass func(ReportedRow) error) error {
	scope, filter, r, err := d.rows(ctx, who, q)
	if err != nil {
		return err
	}
	return wrap("list tickets", d.store.EachReported(ctx, scope, filter, r.From, r.To, pass))
}

// EachMilestone passes everything behind the figures of [Desk.AnalyseFlow] and [Desk.AnalyseSpeed], however much it is.
func (d *Desk) EachMilestone(ctx context.Context, who Actor, q Question, pass func(MilestoneRow) error) error {
	scope, filter, r, err := d.rows(ctx, who, q)
	if err != nil {
		return err
	}
	hours, err := d.officeHours(ctx)
	if err != nil {
		return err
	}
	return wrap("list milestones", d.store.EachMilestone(ctx, scope, filter, r.From, r.To, func(m MilestoneRow) error {
		if !m.WaitedSince.IsZero() {
			m.Took, m.Office = max(0, m.At.Sub(m.WaitedSince)), hours.Between(m.WaitedSince, m.At)
		}
		return pass(m)
	}))
}

// rows is who may list what is behind the figures: whoever may see them, and a wall not.
func (d *Desk) rows(ctx context.Context, who Actor, q Question) (Scope, Filter, Range, error) {
	p, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return Scope{}, Filter{}, Range{}, err
	}
	if p.Kind == ActorKiosk {
		return Scope{}, Filter{}, Range{}, forbidden("staff_only")
	}
	r, err := d.rangeOf(ctx, q, filter.Clock)
	return scope, filter, r, err
}
