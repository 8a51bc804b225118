package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

// Take makes the ticket the actor's own. An open ticket becomes active in the same command.
func (d *Desk) Take(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Take, take)
}

func take(_ context.Context, c *command) error {
	c.setAssignee(c.who.user.Person())
	c.setStatus(Active)
	return nil
}

// Release gives the ticket back to its queue. The status stays.
func (d *Desk) Release(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Release, release)
}

func release(_ context.Context, c *command) error {
	c.setAssignee(Person{})
	return nil
}

// Assign gives the ticket to somebody who works its queue. An open ticket becomes active.
func (d *Desk) Assign(ctx context.Context, who Actor, id TicketID, version int, to UserID) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Assign, func(ctx context.Context, c *command) error { return c.assign(ctx, to) })
}

func (c *command) assign(ctx context.Context, to UserID) error {
	people, err := c.tx.Members(ctx, c.ticket.Queue.ID)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	at := slices.IndexFunc(people, func(p Person) bool { return p.ID == to })
	if at < 0 {
		return refuse("person", "not_a_member")
	}
	c.setAssignee(people[at])
	c.setStatus(Active)
	return nil
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
	once := ""
	if in.Key != "" && body != "" {
		var err error
		if once, err = d.onceKey(who, fmt.Sprintf("%s %d", action.Close, id), in.Key); err != nil {
			return Ticket{}, err
		}
	}
	after, err := d.change(ctx, who, id, version, action.Close, func(ctx context.Context, c *command) error {
		if err := c.finish(ctx, in.Resolution, body, once); err != nil {
			return err
		}
		return c.dropDraft(ctx, DraftClose, body)
	})
	if err != nil && once != "" {
		return d.closedBefore(ctx, who, id, once, err)
	}
	return after, err
}

func cleanLastWord(body string) (string, error) {
	var wrong problems
	body = cleanBlock(body)
	checkBody(&wrong, "body", body, false)
	return body, wrong.err()
}

// finish closes the ticket, and its duplicates with it.
func (c *command) finish(ctx context.Context, r Resolution, body, once string) error {
	last, err := c.lastWord(ctx, body, once)
	if err != nil {
		return err
	}
	c.close(r)
	return c.closeAlong(ctx, r, last)
}

// lastWord says what the reporter is told at the end, once however often the same closing is sent. It is nil
// if nothing was said.
func (c *command) lastWord(ctx context.Context, body, once string) (*Message, error) {
	first := true
	if once != "" {
		var err error
		if first, err = c.tx.RememberOnce(ctx, once, c.ticket.ID, c.now); err != nil {
			return nil, fmt.Errorf("remember key: %w", err)
		}
	}
	if err := c.sendMine(ctx); err != nil {
		return nil, err
	}
	if body == "" || !first {
		return nil, nil
	}
	m, err := c.say(ctx, body, PublicMessage, once)
	return &m, err
}

// dropDraft removes the draft of what was said; one with more in it, which was typed in another window,
// stays.
func (c *command) dropDraft(ctx context.Context, kind DraftKind, said string) error {
	if c.who.Kind != ActorUser {
		return nil
	}
	if err := c.tx.DropDraft(ctx, c.who.user.ID, c.ticket.ID, kind, said); err != nil {
		return fmt.Errorf("remove draft: %w", err)
	}
	return nil
}

// closedBefore answers a closing that was refused: if the same one went through before and only its
// answer was lost, with the ticket; else with the refusal.
func (d *Desk) closedBefore(ctx context.Context, who Actor, id TicketID, once string, refused error) (Ticket, error) {
	if kind := KindOf(refused); kind != Forbidden && kind != Conflict {
		return Ticket{}, refused
	}
	if _, err := d.store.OnceMessage(ctx, once, id); err != nil {
		return Ticket{}, refused
	}
	view, err := d.view(ctx, who, id, PartsRequest{})
	if err != nil {
		return Ticket{}, err
	}
	if !view.Ticket.IsClosed() {
		return Ticket{}, refused
	}
	return view.Ticket, nil
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
		if err := c.reopenAlong(ctx); err != nil {
			return err
		}
		if body != "" {
			if _, err := c.say(ctx, body, PublicMessage, ""); err != nil {
				return err
			}
		}
		return c.dropDraft(ctx, DraftReopen, body)
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
		for _, step := range steps(in) {
			if !step.asked {
				continue
			}
			if refused := c.who.may(step.name, &c.before, c.now); refused != nil {
				return c.explain(ctx, refused, version)
			}
			if err := step.apply(c, ctx, dir, in, &wrong); err != nil {
				return err
			}
		}
		return wrong.err()
	})
}

// step is one property that a change may set.
type step struct {
	asked bool
	name  action.Name
	apply func(*command, context.Context, *directory, Change, *problems) error
}

func steps(in Change) []step {
	return []step{
		{in.Priority != nil, action.Prioritise, (*command).setPriority},
		{in.Category != nil, action.Categorise, (*command).setCategory},
		{in.Where != nil, action.Place, (*command).setPlace},
		{in.Waiting != nil, action.Wait, (*command).setWaitingOn},
		{in.Queue != nil, action.Move, (*command).moveTo},
	}
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
func (c *command) setCategory(ctx context.Context, dir *directory, in Change, wrong *problems) error {
	category, ok := dir.category(*in.Category)
	if !ok || !dir.leaf(category.ID) || category.Archived && category.ID != c.ticket.Category.ID {
		wrong.add("category", "category_unknown")
		return nil
	}
	c.changed(FieldCategory, c.ticket.Category.Code, category.Code)
	c.ticket.Category = category
	c.setConfidential(category.Confidential)
	if category.Confidential {
		return c.setPublic(ctx, "")
	}
	return nil
}

func (c *command) setPlace(ctx context.Context, dir *directory, in Change, wrong *problems) error {
	next := c.ticket
	c.desk.checkWhere(wrong, dir, *in.Where, &next)
	if len(*wrong) > 0 {
		return nil
	}
	return c.putAt(ctx, next.Location, next.Place)
}

// putAt says where it is. The history gets only codes; the reporter's own words about the place, when
// they are replaced, are kept as a revision.
func (c *command) putAt(ctx context.Context, at Location, words string) error {
	before := c.ticket
	if at.ID == before.Location.ID && words == before.Place {
		return nil
	}
	event := c.record(EventChanged, FieldPlace, before.Location.Code, at.Code)
	c.ticket.Location, c.ticket.Place = at, words
	if words == before.Place {
		return nil
	}
	event.Digest = c.desk.seal(FieldPlace, before.Place)
	if before.Place == "" {
		return nil
	}
	return c.keep(ctx, FieldPlace, 0, before.Place)
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
	_, t, err := d.worked(ctx, who, id)
	if err != nil {
		return nil, err
	}
	people, err := d.store.Members(ctx, t.Queue.ID)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return people, nil
}
