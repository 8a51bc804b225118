package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

// Take makes the ticket the actor's own. An open ticket becomes active in the same command.
func (d *Desk) Take(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Take, func(_ context.Context, c *command) error {
		c.setAssignee(c.who.user.Person())
		c.setStatus(Active)
		return nil
	})
}

// Release gives the ticket back to its queue. The status stays.
func (d *Desk) Release(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Release, func(_ context.Context, c *command) error {
		c.setAssignee(Person{})
		return nil
	})
}

// Assign gives the ticket to somebody who works its queue. An open ticket becomes active.
func (d *Desk) Assign(ctx context.Context, who Actor, id TicketID, version int, to UserID) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Assign, func(ctx context.Context, c *command) error {
		people, err := c.tx.Members(ctx, c.ticket.Queue.ID)
		if err != nil {
			return fmt.Errorf("read members: %w", err)
		}
		at := slices.IndexFunc(people, func(p Person) bool { return p.ID == to })
		if at < 0 {
			return &Error{Kind: Invalid, Code: "not_a_member", Problems: []Problem{{Field: "person", Code: "not_a_member"}}}
		}
		c.setAssignee(people[at])
		c.setStatus(Active)
		return nil
	})
}

// SetStatus flips the ticket between open and active. Closing and reopening are commands of their own.
func (d *Desk) SetStatus(ctx context.Context, who Actor, id TicketID, version int, s Status) (Ticket, error) {
	name := action.Activate
	switch s {
	case Open:
		name = action.Deactivate
	case Active:
	default:
		return Ticket{}, &Error{Kind: Invalid, Code: "status_unknown", Problems: []Problem{{Field: "status", Code: "status_unknown"}}}
	}
	return d.change(ctx, who, id, version, name, func(_ context.Context, c *command) error {
		c.setStatus(s)
		return nil
	})
}

// Closing is how the work on a ticket ends.
type Closing struct {
	Resolution Resolution
	Body       string // a last word to the reporter, or ""
	Key        string // as in NewMessage, for the last word
}

// Close says that the work has ended, and how.
func (d *Desk) Close(ctx context.Context, who Actor, id TicketID, version int, in Closing) (Ticket, error) {
	var wrong problems
	if !slices.Contains(StaffResolutions(), in.Resolution) {
		wrong.add("resolution", "resolution_unknown")
	}
	body := cleanBlock(in.Body)
	checkBody(&wrong, "body", body, false)
	if err := wrong.err(); err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, version, action.Close, func(ctx context.Context, c *command) error {
		if body != "" {
			if _, err := c.say(ctx, body, PublicMessage, ""); err != nil {
				return err
			}
		}
		if err := c.tx.DeleteDraft(ctx, c.who.user.ID, id, DraftClose); err != nil {
			return fmt.Errorf("remove draft: %w", err)
		}
		c.close(in.Resolution)
		return nil
	})
}

func (c *command) close(r Resolution) {
	c.setStatus(Closed)
	c.setResolution(r)
	c.stopResting()
	c.ticket.ClosedAt = c.now
}

// Withdraw closes the reporter's own ticket because it no longer matters.
func (d *Desk) Withdraw(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Withdraw, func(_ context.Context, c *command) error {
		c.close(Withdrawn)
		return nil
	})
}

// Reopen takes a closed ticket up again, with words why if there are any. It is active if somebody
// has it, open if not. Reporters may for as long after closing as the queue says.
func (d *Desk) Reopen(ctx context.Context, who Actor, id TicketID, version int, body string) (Ticket, error) {
	body = cleanBlock(body)
	var wrong problems
	checkBody(&wrong, "body", body, false)
	if err := wrong.err(); err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, version, action.Reopen, func(ctx context.Context, c *command) error {
		status := Open
		if c.ticket.Assignee.ID != 0 {
			status = Active
		}
		c.setStatus(status)
		c.setResolution("")
		c.ticket.ClosedAt = time.Time{}
		c.ticket.attend(NeedsStaff, c.now)
		if body == "" {
			return nil
		}
		_, err := c.say(ctx, body, PublicMessage, "")
		return err
	})
}

// Change is what staff may set on a ticket; nil leaves a property as it is.
type Change struct {
	Priority *Priority
	Category *CategoryID
	Queue    *QueueID
	Where    *Where
	Waiting  *Waiting
}

// Change sets properties. Each is checked against the policy as an action of its own.
func (d *Desk) Change(ctx context.Context, who Actor, id TicketID, version int, in Change) (Ticket, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, version, action.View, func(ctx context.Context, c *command) error {
		var wrong problems
		for _, step := range []struct {
			asked bool
			name  action.Name
			apply func(context.Context, *directory, Change, *problems) error
		}{
			{in.Priority != nil, action.Prioritise, c.setPriority},
			{in.Category != nil, action.Categorise, c.setCategory},
			{in.Where != nil, action.Place, c.setPlace},
			{in.Waiting != nil, action.Wait, c.setWaitingOn},
			{in.Queue != nil, action.Move, c.moveTo},
		} {
			if !step.asked {
				continue
			}
			if refused := c.who.may(step.name, &c.before, c.now); refused != nil {
				return c.explain(ctx, refused, version)
			}
			if err := step.apply(ctx, dir, in, &wrong); err != nil {
				return err
			}
		}
		return wrong.err()
	})
}

func (c *command) setPriority(_ context.Context, _ *directory, in Change, wrong *problems) error {
	if !slices.Contains(Priorities(), *in.Priority) {
		wrong.add("priority", "priority_unknown")
		return nil
	}
	c.changed(FieldPriority, c.ticket.Priority.String(), in.Priority.String())
	c.ticket.Priority = *in.Priority
	return nil
}

// setCategory says what kind of issue it is. What is confidential stays so until it is moved by
// hand to a category that is not, by somebody who may see it.
func (c *command) setCategory(_ context.Context, dir *directory, in Change, wrong *problems) error {
	category, ok := dir.category(*in.Category)
	if !ok || !dir.leaf(category.ID) {
		wrong.add("category", "category_unknown")
		return nil
	}
	c.changed(FieldCategory, c.ticket.Category.Code, category.Code)
	c.ticket.Category, c.ticket.Confidential = category, category.Confidential
	return nil
}

func (c *command) setPlace(_ context.Context, dir *directory, in Change, wrong *problems) error {
	return c.moveToPlace(dir, *in.Where, wrong)
}

// moveToPlace records only codes: the reporter's own words about the place are kept as a revision by
// whoever replaces them.
func (c *command) moveToPlace(dir *directory, where Where, wrong *problems) error {
	next := c.ticket
	c.desk.checkWhere(wrong, dir, where, &next)
	if len(*wrong) > 0 || next.Location.ID == c.ticket.Location.ID && next.Place == c.ticket.Place {
		return nil
	}
	event := c.record(EventChanged, FieldPlace, c.ticket.Location.Code, next.Location.Code)
	if next.Place != c.ticket.Place {
		event.Digest = c.desk.seal("place", c.ticket.Place)
	}
	c.ticket.Location, c.ticket.Place = next.Location, next.Place
	return nil
}

func (c *command) setWaitingOn(_ context.Context, _ *directory, in Change, wrong *problems) error {
	if !in.Waiting.Valid() {
		wrong.add("waiting", "waiting_unknown")
		return nil
	}
	c.setWaiting(*in.Waiting)
	level := InHand
	if c.ticket.FirstResponseAt.IsZero() {
		level = NeedsStaff
	}
	c.ticket.attend(level, c.now)
	return nil
}

// moveTo hands the ticket to another team. Its assignee goes on only if they work there too.
func (c *command) moveTo(ctx context.Context, dir *directory, in Change, wrong *problems) error {
	queue, ok := dir.queue(*in.Queue)
	if !ok {
		wrong.add("queue", "queue_unknown")
		return nil
	}
	if queue.ID == c.ticket.Queue.ID {
		return nil
	}
	c.changed(FieldQueue, c.ticket.Queue.Code, queue.Code)
	c.ticket.Queue = queue
	if c.ticket.Assignee.ID == 0 {
		return nil
	}
	people, err := c.tx.Members(ctx, queue.ID)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	if !slices.ContainsFunc(people, func(p Person) bool { return p.ID == c.ticket.Assignee.ID }) {
		c.setAssignee(Person{})
	}
	return nil
}

// Assignable lists who works the ticket's queue.
func (d *Desk) Assignable(ctx context.Context, who Actor, id TicketID) ([]Person, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) || err == nil && !p.scope.Staffs(&t) {
		return nil, Missing("ticket")
	}
	if err != nil {
		return nil, fmt.Errorf("read ticket: %w", err)
	}
	people, err := d.store.Members(ctx, t.Queue.ID)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return people, nil
}
