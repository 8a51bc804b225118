package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

// Deed is something to do to one ticket or to many: an action, and what that action needs to be told.
type Deed struct {
	Action     action.Name
	Person     UserID     // of assign
	Resolution Resolution // of close
	Change     Change     // of priority, category, queue, place and wait
	Tags       TagChange  // of tag
	Until      time.Time  // of snooze; zero wakes it
	Macro      MacroRun
	Into       TicketID // of merge
	Body       string   // of close: a last word to the reporters, or ""
}

// with is what a deed may change besides the ticket itself.
func (in *Deed) with() []TicketID {
	if in.Action == action.Merge {
		return []TicketID{in.Into}
	}
	return nil
}

// Perform does a deed to one ticket.
func (d *Desk) Perform(ctx context.Context, who Actor, id TicketID, version int, in Deed) (Ticket, error) {
	work, err := d.workOf(in)
	if err != nil {
		return Ticket{}, err
	}
	if in.Action == action.Tag {
		version = 0 // putting a tag on or taking it off is in nobody's way
	}
	return d.changeWith(ctx, who, order{ticket: id, version: version, name: in.Action, with: in.with()}, work)
}

// workOf is what a deed does within a command.
func (d *Desk) workOf(in Deed) (func(context.Context, *command) error, error) {
	switch in.Action {
	case action.Take:
		return take, nil
	case action.Release:
		return release, nil
	case action.Assign:
		return func(ctx context.Context, c *command) error { return c.assign(ctx, in.Person) }, nil
	case action.Activate, action.Deactivate:
		to := Active
		if in.Action == action.Deactivate {
			to = Open
		}
		return func(_ context.Context, c *command) error { c.setStatus(to); return nil }, nil
	case action.Macro:
		return d.macroWork(in.Macro)
	case action.Tag:
		if err := in.Tags.check(); err != nil {
			return nil, err
		}
		return func(ctx context.Context, c *command) error { return c.retag(ctx, in.Tags) }, nil
	case action.Snooze:
		if err := d.checkSnooze(in.Until); err != nil {
			return nil, err
		}
		return func(_ context.Context, c *command) error { c.snooze(in.Until); return nil }, nil
	case action.Close:
		if !slices.Contains(StaffResolutions(), in.Resolution) {
			return nil, refuse("resolution", "resolution_unknown")
		}
		body, err := cleanLastWord(in.Body)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, c *command) error { return c.finish(ctx, in.Resolution, body, "") }, nil
	case action.Merge:
		return func(ctx context.Context, c *command) error { return c.merge(ctx, in.Into) }, nil
	case action.Unmerge:
		return func(ctx context.Context, c *command) error { return c.unmerge(ctx) }, nil
	}
	return settingOf(in)
}

// settingOf is the work of a deed that sets one property.
func settingOf(in Deed) (func(context.Context, *command) error, error) {
	for _, step := range steps(in.Change) {
		if step.name == in.Action && step.asked {
			return func(ctx context.Context, c *command) error {
				dir, err := c.desk.campusWithin(ctx, c.tx)
				if err != nil {
					return err
				}
				var wrong problems
				if err := step.apply(c, ctx, dir, in.Change, &wrong); err != nil {
					return err
				}
				return wrong.err()
			}, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", in.Action, forbidden("not_a_deed"))
}

func refuse(field, code string, args ...any) error {
	var wrong problems
	wrong.add(field, code, args...)
	return wrong.err()
}
