package core

import (
	"context"
	"fmt"
	"strconv"
)

// Revert undoes the newest change in the history of a user, a queue, a category or a location, if it is one
// that can be: roles, disabling, memberships, and what is edited about queues, categories and places. Admins may,
// whoever made it; words that were replaced, keys and passwords do not come back.
func (d *Desk) Revert(ctx context.Context, who Actor, stream Stream, id int64) (Event, error) {
	events, _, err := d.Trail(ctx, who, TrailFilter{Stream: stream, StreamID: id, Desk: true}, TrailCursor{}, 1)
	if err != nil {
		return Event{}, err
	}
	if len(events) == 0 {
		return Event{}, forbidden("nothing_to_undo")
	}
	newest := events[0]
	back, known := takingBack()[undoKey{stream, newest.Kind, newest.Field}]
	if !known {
		return Event{}, forbidden("undo_not_this")
	}
	if err := back(d, ctx, who, &newest); err != nil {
		return Event{}, fmt.Errorf("take back %s of %s %d: %w", newest.Field, stream, id, err)
	}
	return newest, nil
}

type undoKey struct {
	stream Stream
	kind   EventKind
	field  string
}

// takingBack is how each kind of change is undone: by the same use-case, with the value before.
func takingBack() map[undoKey]func(d *Desk, ctx context.Context, who Actor, e *Event) error {
	type undoing = func(d *Desk, ctx context.Context, who Actor, e *Event) error
	queue := func(edit func(*Event) QueueEdit) undoing {
		return func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			_, err := d.EditQueue(ctx, who, QueueID(e.StreamID), edit(e))
			return err
		}
	}
	category := func(edit func(*Event) CategoryEdit) undoing {
		return func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			_, err := d.EditCategory(ctx, who, CategoryID(e.StreamID), edit(e))
			return err
		}
	}
	place := func(edit func(*Event) LocationEdit) undoing {
		return func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			_, err := d.EditLocation(ctx, who, LocationID(e.StreamID), edit(e))
			return err
		}
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // history holds what strconv wrote
	return map[undoKey]undoing{
		{StreamUser, EventChanged, FieldRole}: func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			return d.SetRole(ctx, who, UserID(e.StreamID), Role(e.From))
		},
		{StreamUser, EventChanged, "disabled"}: func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			return d.Disable(ctx, who, UserID(e.StreamID), e.From == "true")
		},
		{StreamUser, EventJoined, FieldQueue}: func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			queue, _ := membershipOf(e.To)
			return d.Leave(ctx, who, UserID(e.StreamID), queue)
		},
		{StreamUser, EventLeft, FieldQueue}: func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			queue, lead := membershipOf(e.From)
			return d.Join(ctx, who, UserID(e.StreamID), queue, lead)
		},
		{StreamUser, EventChanged, FieldLead}: func(d *Desk, ctx context.Context, who Actor, e *Event) error {
			queue, lead := membershipOf(e.From)
			return d.Join(ctx, who, UserID(e.StreamID), queue, lead)
		},
		{StreamQueue, EventChanged, FieldName}:            queue(func(e *Event) QueueEdit { return QueueEdit{Name: &e.From} }),
		{StreamQueue, EventChanged, FieldReopenDays}:      queue(func(e *Event) QueueEdit { return QueueEdit{ReopenDays: new(number(e.From))} }),
		{StreamQueue, EventChanged, FieldArchived}:        queue(func(e *Event) QueueEdit { return QueueEdit{Archived: new(e.From == "true")} }),
		{StreamCategory, EventChanged, FieldName}:         category(func(e *Event) CategoryEdit { return CategoryEdit{Name: &e.From} }),
		{StreamCategory, EventChanged, FieldHint}:         category(func(e *Event) CategoryEdit { return CategoryEdit{Hint: &e.From} }),
		{StreamCategory, EventChanged, FieldArchived}:     category(func(e *Event) CategoryEdit { return CategoryEdit{Archived: new(e.From == "true")} }),
		{StreamCategory, EventChanged, FieldConfidential}: category(func(e *Event) CategoryEdit { return CategoryEdit{Confidential: new(e.From == "true")} }),
		{StreamCategory, EventChanged, FieldPosition}:     category(func(e *Event) CategoryEdit { return CategoryEdit{Position: new(number(e.From))} }),
		{StreamCategory, EventChanged, FieldPriority}: category(func(e *Event) CategoryEdit {
			p, _ := ParsePriority(e.From)
			return CategoryEdit{Priority: &p}
		}),
		{StreamLocation, EventChanged, FieldName}:     place(func(e *Event) LocationEdit { return LocationEdit{Name: &e.From} }),
		{StreamLocation, EventChanged, FieldArchived}: place(func(e *Event) LocationEdit { return LocationEdit{Archived: new(e.From == "true")} }),
	}
}
