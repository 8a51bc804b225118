package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// mostEdits is more than one use-case changes of one thing.
const mostEdits = 20

// Revert undoes the newest command in the history of a user, a queue, a category or a location, with all that it
// changed, if all of it can be taken back: roles, disabling, memberships, and what is edited about queues, categories and places. Admins
// may, whoever made it; words of people that were replaced, keys and passwords do not come back. [Desk.RevertSetting] undoes what is
// of the whole campus. It returns the newest event of what it took back.
func (d *Desk) Revert(ctx context.Context, who Actor, stream Stream, id int64) (Event, error) {
	events, _, err := d.Trail(ctx, who, TrailFilter{Stream: stream, StreamID: id, Desk: true}, TrailCursor{}, mostEdits)
	if err != nil {
		return Event{}, err
	}
	if len(events) == 0 {
		return Event{}, forbidden("undo_none")
	}
	newest := events[0]
	if others := slices.IndexFunc(events, func(e Event) bool { return e.Command != newest.Command }); others > 0 {
		events = events[:others]
	}
	who.undoes = newest.Command
	if err := d.takeBack(ctx, who, stream, id, events); err != nil {
		return Event{}, fmt.Errorf("take back %s of %s %d: %w", newest.Field, stream, id, err)
	}
	return newest, nil
}

// takeBack undoes the events of one command by the use-case that makes such changes, with the values before.
func (d *Desk) takeBack(ctx context.Context, who Actor, stream Stream, id int64, events []Event) error {
	if stream == StreamUser {
		return d.takeBackUser(ctx, who, UserID(id), events)
	}
	if slices.ContainsFunc(events, func(e Event) bool { return e.Kind != EventChanged }) {
		return forbidden("undo_not_this")
	}
	switch stream {
	case StreamQueue:
		return d.takeBackQueue(ctx, who, QueueID(id), events)
	case StreamCategory:
		return d.takeBackCategory(ctx, who, CategoryID(id), events)
	case StreamLocation:
		return d.takeBackLocation(ctx, who, LocationID(id), events)
	case StreamTicket, StreamView, StreamSettings:
	}
	return forbidden("undo_not_this")
}

// takeBackUser undoes what was changed about an account: each use-case there changes one thing.
func (d *Desk) takeBackUser(ctx context.Context, who Actor, user UserID, events []Event) error {
	if len(events) != 1 {
		return forbidden("undo_not_this")
	}
	type change struct {
		kind  EventKind
		field string
	}
	e := &events[0]
	switch (change{e.Kind, e.Field}) {
	case change{EventChanged, FieldRole}:
		return d.SetRole(ctx, who, user, Role(e.From))
	case change{EventChanged, "disabled"}:
		return d.Disable(ctx, who, user, e.From == "true")
	case change{EventJoined, FieldQueue}:
		queue, _ := membershipOf(e.To)
		return d.Leave(ctx, who, user, queue)
	case change{EventLeft, FieldQueue}, change{EventChanged, FieldLead}:
		queue, lead := membershipOf(e.From)
		return d.Join(ctx, who, user, queue, lead)
	}
	return forbidden("undo_not_this")
}

func (d *Desk) takeBackQueue(ctx context.Context, who Actor, id QueueID, events []Event) error {
	var in QueueEdit
	for i := range events {
		switch before := events[i].From; events[i].Field {
		case FieldName:
			in.Name = &before
		case FieldReopenDays:
			in.ReopenDays = numberBefore(before)
		case FieldArchived:
			in.Archived = flagBefore(before)
		default:
			return forbidden("undo_not_this")
		}
	}
	_, err := d.EditQueue(ctx, who, id, in)
	return err
}

func (d *Desk) takeBackCategory(ctx context.Context, who Actor, id CategoryID, events []Event) error {
	dir, err := readDirectory(ctx, d.store)
	if err != nil {
		return err
	}
	var in CategoryEdit
	for i := range events {
		switch before := events[i].From; events[i].Field {
		case FieldName:
			in.Name = &before
		case FieldHint:
			in.Hint = &before
		case FieldArchived:
			in.Archived = flagBefore(before)
		case FieldConfidential:
			in.Confidential = flagBefore(before)
		case FieldPosition:
			in.Position = numberBefore(before)
		case FieldPriority:
			priority, _ := ParsePriority(before)
			in.Priority = &priority
		case FieldQueue:
			at := slices.IndexFunc(dir.queues, func(q Queue) bool { return q.Code == before })
			if at < 0 {
				return forbidden("undo_gone")
			}
			in.Queue = &dir.queues[at].ID
		case FieldParent:
			in.Parent = new(CategoryID)
			if at := slices.IndexFunc(dir.categories, func(c Category) bool { return c.Code == before }); at >= 0 {
				in.Parent = &dir.categories[at].ID
			} else if before != "" {
				return forbidden("undo_gone")
			}
		default:
			return forbidden("undo_not_this")
		}
	}
	_, err = d.EditCategory(ctx, who, id, in)
	return err
}

func (d *Desk) takeBackLocation(ctx context.Context, who Actor, id LocationID, events []Event) error {
	dir, err := readDirectory(ctx, d.store)
	if err != nil {
		return err
	}
	var in LocationEdit
	for i := range events {
		switch before := events[i].From; events[i].Field {
		case FieldName:
			in.Name = &before
		case FieldArchived:
			in.Archived = flagBefore(before)
		case FieldParent:
			in.Parent = new(LocationID)
			if at := slices.IndexFunc(dir.locations, func(l Location) bool { return l.Code == before }); at >= 0 {
				in.Parent = &dir.locations[at].ID
			} else if before != "" {
				return forbidden("undo_gone")
			}
		default:
			return forbidden("undo_not_this")
		}
	}
	_, err = d.EditLocation(ctx, who, id, in)
	return err
}

// numberBefore and flagBefore read what history holds of a number and of a flag, as strconv wrote them.
func numberBefore(text string) *int {
	n, _ := strconv.Atoi(text)
	return &n
}

func flagBefore(text string) *bool { return new(text == "true") }
