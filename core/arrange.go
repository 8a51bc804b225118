package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

type arrangeStore interface {
	// EveryQueue lists queues with those that have been archived.
	EveryQueue(ctx context.Context) ([]Queue, error)
	UpdateQueue(ctx context.Context, q Queue) error
	UpdateCategory(ctx context.Context, c Category) error
	UpdateLocation(ctx context.Context, l Location) error
	// QueueWork counts what leads to a queue: categories that can be reported, and tickets that are not closed.
	QueueWork(ctx context.Context, queue QueueID) (categories, tickets int, err error)
	// DeleteCategory and DeleteLocation answer false where something refers to it.
	DeleteCategory(ctx context.Context, id CategoryID) (bool, error)
	DeleteLocation(ctx context.Context, id LocationID) (bool, error)
}

// The fields of queues, categories and locations that history speaks of.
const (
	FieldName       = "name"
	FieldHint       = "hint"
	FieldParent     = "parent"
	FieldReopenDays = "reopen_days"
	FieldPosition   = "position"
	FieldArchived   = "archived"
)

// EveryQueue lists the teams' queues with those that have been archived. Admins may.
func (d *Desk) EveryQueue(ctx context.Context, who Actor) ([]Queue, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	list, err := d.store.EveryQueue(ctx)
	if err != nil {
		return nil, fmt.Errorf("list queues: %w", err)
	}
	return list, nil
}

// EveryLocation lists all sites, buildings and rooms by code, archived ones too. Admins may.
func (d *Desk) EveryLocation(ctx context.Context, who Actor) ([]Location, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(dir.locations), nil
}

// TeamOf lists who works a queue. Admins may.
func (d *Desk) TeamOf(ctx context.Context, who Actor, queue QueueID) ([]Person, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	people, err := d.store.Members(ctx, queue)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return people, nil
}

// edit is what changes of one thing of the campus: field by field, as history keeps it.
type edit struct{ field, from, to string }

// edits collects what really changes.
type edits []edit

func (e *edits) text(field string, into *string, to *string) {
	if to == nil || *into == *to {
		return
	}
	*e = append(*e, edit{field, *into, *to})
	*into = *to
}

func (e *edits) number(field string, into *int, to *int) {
	if to == nil || *into == *to {
		return
	}
	*e = append(*e, edit{field, strconv.Itoa(*into), strconv.Itoa(*to)})
	*into = *to
}

func (e *edits) flag(field string, into *bool, to *bool) {
	if to == nil || *into == *to {
		return
	}
	*e = append(*e, edit{field, strconv.FormatBool(*into), strconv.FormatBool(*to)})
	*into = *to
}

// recordEdits writes what changed into the history of the thing.
func (d *Desk) recordEdits(ctx context.Context, tx Tx, p *principal, stream Stream, id int64, changed edits) error {
	for _, c := range changed {
		if err := d.recordAdmin(ctx, tx, p, stream, id, EventChanged, c.field, c.from, c.to); err != nil {
			return err
		}
	}
	return nil
}

// QueueEdit is what may change about a queue; nil leaves it as it is. Its code stays: queries name it.
type QueueEdit struct {
	Name       *string
	ReopenDays *int
	Archived   *bool // nothing new comes to it
}

// EditQueue changes a queue. One that reports go to, or that holds work, is not archived.
func (d *Desk) EditQueue(ctx context.Context, who Actor, id QueueID, in QueueEdit) (Queue, error) {
	var after Queue
	err := d.administer(ctx, who, "edit queue", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		queues, err := tx.EveryQueue(ctx)
		if err != nil {
			return fmt.Errorf("list queues: %w", err)
		}
		at := slices.IndexFunc(queues, func(q Queue) bool { return q.ID == id })
		if at < 0 {
			return Missing("queue")
		}
		after = queues[at]
		var changed edits
		changed.text(FieldName, &after.Name, cleaned(in.Name))
		changed.number(FieldReopenDays, &after.ReopenDays, in.ReopenDays)
		changed.flag(FieldArchived, &after.Archived, in.Archived)
		var wrong problems
		checkName(&wrong, after.Name)
		if after.ReopenDays < 0 {
			wrong.add("reopen_days", "days_negative")
		}
		if err := wrong.err(); err != nil {
			return err
		}
		if after.Archived && !queues[at].Archived {
			categories, tickets, err := tx.QueueWork(ctx, id)
			if err != nil {
				return fmt.Errorf("look what leads to the queue: %w", err)
			}
			if categories+tickets > 0 {
				return &Error{Kind: Forbidden, Code: "queue_in_use", Args: map[string]any{"Categories": categories, "Tickets": tickets}}
			}
		}
		if err := tx.UpdateQueue(ctx, after); err != nil {
			return fmt.Errorf("write queue: %w", err)
		}
		return d.recordEdits(ctx, tx, p, StreamQueue, int64(id), changed)
	})
	return after, err
}

func cleaned(s *string) *string {
	if s == nil {
		return nil
	}
	line := cleanLine(*s)
	return &line
}

// CategoryEdit is what may change about a category; nil leaves it as it is.
type CategoryEdit struct {
	Name         *string
	Hint         *string
	Parent       *CategoryID // 0 puts it at the top of its line
	Queue        *QueueID
	Priority     *Priority
	Confidential *bool // for what is reported from now on
	Archived     *bool
	Position     *int // among its siblings, from 0
}

// EditCategory changes a kind of issue. Tickets that have it keep their queue and stay as confidential as they are.
func (d *Desk) EditCategory(ctx context.Context, who Actor, id CategoryID, in CategoryEdit) (Category, error) {
	var after Category
	err := d.administer(ctx, who, "edit category", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		before, known := dir.category(id)
		if !known {
			return Missing("category")
		}
		after = before
		var changed edits
		changed.text(FieldName, &after.Name, cleaned(in.Name))
		changed.text(FieldHint, &after.Hint, cleaned(in.Hint))
		changed.flag(FieldConfidential, &after.Confidential, in.Confidential)
		changed.flag(FieldArchived, &after.Archived, in.Archived)
		changed.number(FieldPosition, &after.Position, in.Position)
		if in.Priority != nil && *in.Priority != before.Priority {
			changed = append(changed, edit{FieldPriority, before.Priority.String(), in.Priority.String()})
			after.Priority = *in.Priority
		}
		if in.Queue != nil && *in.Queue != before.Queue {
			was, _ := dir.queue(before.Queue)
			now, _ := dir.queue(*in.Queue)
			changed = append(changed, edit{FieldQueue, was.Code, now.Code})
			after.Queue = *in.Queue
		}
		if in.Parent != nil && *in.Parent != before.Parent {
			was, _ := dir.category(before.Parent)
			now, _ := dir.category(*in.Parent)
			changed = append(changed, edit{FieldParent, was.Code, now.Code})
			after.Parent = *in.Parent
		}
		if err := checkCategory(dir, after); err != nil {
			return err
		}
		if err := tx.UpdateCategory(ctx, after); err != nil {
			return fmt.Errorf("write category: %w", err)
		}
		return d.recordEdits(ctx, tx, p, StreamCategory, int64(id), changed)
	})
	return after, err
}

// checkCategory holds what must be true of a category in its tree.
func checkCategory(dir *directory, c Category) error {
	var wrong problems
	checkName(&wrong, c.Name)
	if _, open := dir.queue(c.Queue); !open {
		wrong.add("queue", "queue_unknown")
	}
	if !slices.Contains(Priorities(), c.Priority) {
		wrong.add("priority", "priority_unknown")
	}
	if c.Parent != 0 {
		parent, known := dir.category(c.Parent)
		switch {
		case !known:
			wrong.add("parent", "category_unknown")
		case parent.Line != c.Line:
			wrong.add("parent", "parent_line")
		}
		for at := c.Parent; at != 0; {
			if at == c.ID {
				wrong.add("parent", "parent_circle")
				break
			}
			up, _ := dir.category(at)
			at = up.Parent
		}
	}
	return wrong.err()
}

// RemoveCategory takes away a category that nothing ever referred to. One that is in use is archived instead.
func (d *Desk) RemoveCategory(ctx context.Context, who Actor, id CategoryID) error {
	return d.administer(ctx, who, "remove category", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		gone, known := dir.category(id)
		if !known {
			return Missing("category")
		}
		removed, err := tx.DeleteCategory(ctx, id)
		if err != nil {
			return fmt.Errorf("remove: %w", err)
		}
		if !removed {
			return forbidden("category_in_use")
		}
		return d.recordAdmin(ctx, tx, p, StreamCategory, int64(id), EventRemoved, "code", gone.Code, "")
	})
}

// LocationEdit is what may change about a location; nil leaves it as it is.
type LocationEdit struct {
	Name     *string
	Parent   *LocationID // 0 for none
	Archived *bool       // not offered any more
}

// EditLocation changes a site, a building or a room.
func (d *Desk) EditLocation(ctx context.Context, who Actor, id LocationID, in LocationEdit) (Location, error) {
	var after Location
	err := d.administer(ctx, who, "edit location", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		before := dir.location(id)
		if before.ID == 0 {
			return Missing("location")
		}
		after = before
		var changed edits
		changed.text(FieldName, &after.Name, cleaned(in.Name))
		changed.flag(FieldArchived, &after.Archived, in.Archived)
		if in.Parent != nil && *in.Parent != before.Parent {
			changed = append(changed, edit{FieldParent, dir.location(before.Parent).Code, dir.location(*in.Parent).Code})
			after.Parent = *in.Parent
		}
		var wrong problems
		checkName(&wrong, after.Name)
		checkParent(&wrong, dir, after)
		if err := wrong.err(); err != nil {
			return err
		}
		if err := tx.UpdateLocation(ctx, after); err != nil {
			return fmt.Errorf("write location: %w", err)
		}
		return d.recordEdits(ctx, tx, p, StreamLocation, int64(id), changed)
	})
	return after, err
}

// level orders the kinds of places: each lies in one of a lower level.
func (k LocationKind) level() int { return slices.Index([]LocationKind{Site, Building, Room}, k) }

// checkParent lets a building lie on a site and a room in a building, and nothing in itself.
func checkParent(wrong *problems, dir *directory, l Location) {
	if l.Parent == 0 {
		return
	}
	parent := dir.location(l.Parent)
	switch {
	case parent.ID == 0:
		wrong.add("parent", "location_unknown")
	case dir.under(parent, l.ID):
		wrong.add("parent", "parent_circle")
	case parent.Kind.level() >= l.Kind.level():
		wrong.add("parent", "parent_kind", "Kind", string(l.Kind), "Parent", string(parent.Kind))
	}
}

// under reports whether a location is, or lies in, the one with the number.
func (dir *directory) under(l Location, in LocationID) bool {
	for range len(dir.locations) + 1 {
		if l.ID == in {
			return true
		}
		if l.Parent == 0 {
			return false
		}
		l = dir.location(l.Parent)
	}
	return true
}

// RemoveLocation takes away a place that nothing ever referred to. One that is in use is archived instead.
func (d *Desk) RemoveLocation(ctx context.Context, who Actor, id LocationID) error {
	return d.administer(ctx, who, "remove location", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		gone := dir.location(id)
		if gone.ID == 0 {
			return Missing("location")
		}
		removed, err := tx.DeleteLocation(ctx, id)
		if err != nil {
			return fmt.Errorf("remove: %w", err)
		}
		if !removed {
			return forbidden("location_in_use")
		}
		return d.recordAdmin(ctx, tx, p, StreamLocation, int64(id), EventRemoved, "code", gone.Code, "")
	})
}

// FindQueue finds a queue that is open by its code, for doors that take codes.
func (d *Desk) FindQueue(ctx context.Context, who Actor, code string) (Queue, error) {
	queues, err := d.Queues(ctx, who)
	if err != nil {
		return Queue{}, err
	}
	at := slices.IndexFunc(queues, func(q Queue) bool { return q.Code == strings.ToLower(cleanLine(code)) })
	if at < 0 {
		return Queue{}, Missing("queue")
	}
	return queues[at], nil
}
