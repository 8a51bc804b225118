package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core/action"
)

type mergeStore interface {
	// MergedTickets reads what is merged into a ticket, and into that.
	MergedTickets(ctx context.Context, id TicketID) ([]Ticket, error)
	// MergedMessages is Messages, internal ones too, of a ticket and of what is merged into it, as far as
	// the scope holds it. What reached several reporters comes once, where it was said.
	MergedMessages(ctx context.Context, scope Scope, id TicketID, limit int) ([]Message, error)
	// CopyFiles puts the files of a message on another ticket's message too.
	CopyFiles(ctx context.Context, ticket TicketID, from MessageID, other TicketID, to MessageID) error
	// StaffedOf finds those of the tickets that the scope holds as ones to work on.
	StaffedOf(ctx context.Context, scope Scope, ids []TicketID) ([]TicketID, error)
}

// Merge lets a ticket go on in another one that is about the same thing. A pointer is all that joins
// them: each keeps its own words, and its reporter reads nothing else. Staff read all of them in the
// other; what they answer there reaches every reporter on their own ticket, and what a reporter says on
// theirs is heard there. The merged ticket is closed as a duplicate, and goes to the team that goes on.
func (d *Desk) Merge(ctx context.Context, who Actor, id TicketID, version int, into TicketID) (Ticket, error) {
	return d.Perform(ctx, who, id, version, Deed{Action: action.Merge, Into: into})
}

// Unmerge lets a merged ticket stand by itself again, with the status that it had.
func (d *Desk) Unmerge(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.Perform(ctx, who, id, version, Deed{Action: action.Unmerge})
}

// whileMerged are the actions on a ticket that goes on in another one. The rest is done there.
func whileMerged(name action.Name) bool {
	return slices.Contains([]action.Name{
		action.View, action.Reply, action.Note, action.Unmerge, action.Undo, action.Rate, action.RenewLink, action.RevokeLink, action.Unlink,
	}, name)
}

// goesOn says where a merged ticket goes on: to staff by its number, to its reporter that another
// report is about the same thing.
func goesOn(t *Ticket, staff bool) *Error {
	if !staff {
		return forbidden("merged_together")
	}
	return &Error{Kind: Forbidden, Code: "merged", Args: map[string]any{"Ticket": t.MergedInto.String()}}
}

// beside is the same command on another ticket, which was locked together with the first.
func (c *command) beside(ctx context.Context, id TicketID) (*command, error) {
	lead := c
	if c.lead != nil {
		lead = c.lead
	}
	if lead.ticket.ID == id {
		return lead, nil
	}
	if at := slices.IndexFunc(lead.others, func(o *command) bool { return o.ticket.ID == id }); at >= 0 {
		return lead.others[at], nil
	}
	t, err := c.tx.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return nil, Missing("ticket")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", id, err)
	}
	return lead.along(t), nil
}

// along is beside for a ticket that has been read.
func (c *command) along(t Ticket) *command {
	lead := c
	if c.lead != nil {
		lead = c.lead
	}
	if at := slices.IndexFunc(lead.others, func(o *command) bool { return o.ticket.ID == t.ID }); at >= 0 {
		return lead.others[at]
	}
	o := &command{desk: c.desk, tx: c.tx, who: c.who, id: lead.id, undoes: lead.undoes, now: c.now, before: t, ticket: t, lead: lead}
	lead.others = append(lead.others, o)
	return o
}

// merged are the tickets that are merged into this one.
func (c *command) merged(ctx context.Context) ([]*command, error) {
	if c.ticket.Merged == 0 {
		return nil, nil
	}
	tickets, err := c.tx.MergedTickets(ctx, c.ticket.ID)
	if err != nil {
		return nil, fmt.Errorf("read what is merged into %s: %w", c.ticket.ID, err)
	}
	list := make([]*command, len(tickets))
	for i := range tickets {
		list[i] = c.along(tickets[i])
	}
	return list, nil
}

// root is where a ticket goes on, in the end.
func (c *command) root(ctx context.Context, id TicketID) (*command, error) {
	at, err := c.beside(ctx, id)
	for err == nil && at.ticket.MergedInto != 0 {
		at, err = c.beside(ctx, at.ticket.MergedInto)
	}
	return at, err
}

// merge points the ticket to the one in which the other goes on.
func (c *command) merge(ctx context.Context, into TicketID) error {
	if into == c.ticket.ID {
		return refuse("into", "merge_itself")
	}
	root, err := c.root(ctx, into)
	if err != nil {
		return err
	}
	if err := c.mayJoin(root, into); err != nil {
		return err
	}
	c.pointTo(root)
	if !c.ticket.IsClosed() {
		if c.ticket.Attention == NeedsStaff {
			root.ticket.attend(NeedsStaff, c.now)
		}
		c.setStatus(Closed)
		c.setResolution(Duplicate)
		c.stopResting()
		c.ticket.ClosedAt = c.now
	}
	c.changed(FieldQueue, c.ticket.Queue.Code, root.ticket.Queue.Code)
	c.ticket.Queue = root.ticket.Queue
	return nil
}

// mayJoin says why a ticket cannot go on in another one. Whoever reads the one then reads both, so
// nothing confidential is joined with what is not, or leaves its team.
func (c *command) mayJoin(root *command, into TicketID) error {
	here, there := &c.ticket, &root.ticket
	switch {
	case !c.who.scope.Staffs(&root.before):
		return Missing("ticket")
	case there.ID == here.ID:
		return refuse("into", "merge_circle", "Ticket", into.String(), "Into", here.ID.String())
	case here.Confidential != there.Confidential:
		return refuse("into", "merge_confidential")
	case here.Confidential && here.Queue.ID != there.Queue.ID:
		return refuse("into", "merge_confidential_queue")
	case there.IsClosed() && !here.IsClosed():
		return refuse("into", "merge_closed", "Ticket", there.ID.String())
	}
	return nil
}

func (c *command) pointTo(root *command) {
	c.changed(FieldMerged, "", number(root.ticket.ID))
	c.ticket.MergedInto = root.ticket.ID
	root.record(EventMerged, "", "", number(c.ticket.ID))
	root.ticket.Merged++
}

// part ends the pointer.
func (c *command) part(ctx context.Context) error {
	from, err := c.beside(ctx, c.ticket.MergedInto)
	if err != nil {
		return err
	}
	c.changed(FieldMerged, number(from.ticket.ID), "")
	c.ticket.MergedInto = 0
	from.record(EventUnmerged, "", "", number(c.ticket.ID))
	from.ticket.Merged--
	return nil
}

// unmerge parts a ticket from the one in which it went on, and gives back what merging had changed.
func (c *command) unmerge(ctx context.Context) error {
	dir, err := c.desk.campusWithin(ctx, c.tx)
	if err != nil {
		return err
	}
	events, err := c.tx.TicketEvents(ctx, c.ticket.ID, max(0, c.before.LastSeq-maxHistory), maxHistory)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	if err := c.part(ctx); err != nil {
		return err
	}
	joined := ""
	for _, e := range events {
		if e.Kind == EventChanged && e.Field == FieldMerged && e.To != "" {
			joined = e.Command
		}
	}
	for _, e := range slices.Backward(events) {
		if joined == "" || e.Command != joined || e.Kind != EventChanged || e.Field == FieldMerged {
			continue
		}
		if err := c.restore(ctx, dir, e, events); err != nil {
			return err
		}
	}
	return c.attendAnew(ctx)
}

// rejoin is restoring the pointer: undoing an unmerging.
func (c *command) rejoin(ctx context.Context, code string) error {
	if code == "" {
		return c.part(ctx)
	}
	id, err := strconv.ParseInt(code, 10, 64)
	if err != nil {
		return forbidden("undo_gone")
	}
	root, err := c.root(ctx, TicketID(id))
	if err != nil {
		return err
	}
	if KindOf(c.mayJoin(root, TicketID(id))) != "" {
		return forbidden("undo_gone")
	}
	c.pointTo(root)
	return nil
}

func number(id TicketID) string { return strconv.FormatInt(int64(id), 10) }

// other is the ticket that an event of this one is also about, 0 for none.
func (e *Event) other() TicketID {
	code := ""
	switch {
	case e.Kind == EventMerged, e.Kind == EventUnmerged, e.Kind == EventHeard:
		code = e.To
	case e.Kind == EventSplit:
		code = e.From + e.To
	case e.Kind == EventRepeated:
		code = strings.TrimPrefix(e.To, "#")
	case e.Kind == EventChanged && e.Field == FieldMerged:
		code = e.From + e.To
	case e.Kind == EventChanged && e.Field == FieldLink:
		_, id := linkOf(e.From + e.To)
		return id
	}
	id, err := strconv.ParseInt(code, 10, 64)
	if err != nil {
		return 0
	}
	return TicketID(id)
}

// hideOthers leaves out what happened between a ticket and others that the reader may not know of.
func (d *Desk) hideOthers(ctx context.Context, scope Scope, events []Event) ([]Event, error) {
	var ids []TicketID
	for i := range events {
		if id := events[i].other(); id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return events, nil
	}
	seen, err := d.store.StaffedOf(ctx, scope, distinct(ids))
	if err != nil {
		return nil, fmt.Errorf("read what else the history is about: %w", err)
	}
	return slices.DeleteFunc(events, func(e Event) bool { id := e.other(); return id != 0 && !slices.Contains(seen, id) }), nil
}
