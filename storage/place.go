package storage

import (
	"context"

	"helpdesk.campus/core"
)

type queueRow struct {
	ID         int64
	Code       string
	Name       string
	ReopenDays int
	Archived   bool
}

const (
	everyQueue = `select id, code, name, reopen_days, archived_at is not null as archived from queues order by code`
	allQueues  = `select id, code, name, reopen_days, false as archived from queues where archived_at is null order by code`
)

// AllQueues implements core.
func (s queries) AllQueues(ctx context.Context) ([]core.Queue, error) {
	return s.queueList(ctx, allQueues)
}

// EveryQueue implements core.
func (s queries) EveryQueue(ctx context.Context) ([]core.Queue, error) {
	return s.queueList(ctx, everyQueue)
}

func (s queries) queueList(ctx context.Context, sql string) ([]core.Queue, error) {
	rows, err := collect[queueRow](ctx, s, sql)
	list := make([]core.Queue, len(rows))
	for i, r := range rows {
		list[i] = core.Queue{ID: core.QueueID(r.ID), Code: r.Code, Name: r.Name, ReopenDays: r.ReopenDays, Archived: r.Archived}
	}
	return list, err
}

type categoryRow struct {
	ID           int64
	ParentID     int64
	Code         string
	Name         string
	Hint         string
	Line         string
	QueueID      int64
	Priority     int16
	Confidential bool
	Archived     bool
	Position     int
	Names        map[string]string
	Hints        map[string]string
}

// allCategories walks the tree so that parents come before their children, in the order of the form.
const allCategories = `
	with recursive tree as (
		select id, array[case line when 'facilities' then 0 when 'it' then 1 else 2 end, position, id::int] as path
		from categories where parent_id is null
		union all
		select c.id, tree.path || array[c.position, c.id::int]
		from categories c join tree on c.parent_id = tree.id
	)
	select c.id, coalesce(c.parent_id, 0) as parent_id, c.code, c.name, c.hint, c.line, c.queue_id, c.priority, c.confidential,
	       c.archived_at is not null as archived, c.position, c.names, c.hints
	from tree join categories c on c.id = tree.id
	order by tree.path`

// AllCategories implements core.
func (s queries) AllCategories(ctx context.Context) ([]core.Category, error) {
	rows, err := collect[categoryRow](ctx, s, allCategories)
	list := make([]core.Category, len(rows))
	for i, r := range rows {
		list[i] = core.Category{
			ID: core.CategoryID(r.ID), Parent: core.CategoryID(r.ParentID), Code: r.Code, Name: r.Name, Hint: r.Hint,
			Line: core.Line(r.Line), Queue: core.QueueID(r.QueueID), Priority: core.Priority(r.Priority), Confidential: r.Confidential,
			Archived: r.Archived, Position: r.Position, Names: r.Names, Hints: r.Hints,
		}
	}
	return list, err
}

type locationRow struct {
	ID       int64
	ParentID int64
	Kind     string
	Code     string
	Name     string
	Archived bool
}

const allLocations = `
	select id, coalesce(parent_id, 0) as parent_id, kind, code, name, archived_at is not null as archived
	from locations order by code`

// AllLocations implements core.
func (s queries) AllLocations(ctx context.Context) ([]core.Location, error) {
	rows, err := collect[locationRow](ctx, s, allLocations)
	list := make([]core.Location, len(rows))
	for i, r := range rows {
		list[i] = core.Location{
			ID: core.LocationID(r.ID), Parent: core.LocationID(r.ParentID), Kind: core.LocationKind(r.Kind), Code: r.Code, Name: r.Name, Archived: r.Archived,
		}
	}
	return list, err
}

const insertQueue = `insert into queues (code, name, reopen_days) values ($1, $2, $3) returning id`

// InsertQueue implements core.
func (s queries) InsertQueue(ctx context.Context, q core.Queue) (core.QueueID, error) {
	id, err := scalar[int64](ctx, s, insertQueue, q.Code, q.Name, q.ReopenDays)
	return core.QueueID(id), unique(err, map[string]string{"queues_code_key": "code"})
}

const insertCategory = `
	insert into categories (parent_id, code, name, hint, line, queue_id, priority, confidential, archived_at, names, hints, position)
	values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then now() end, coalesce($10::jsonb, '{}'), coalesce($11::jsonb, '{}'),
	        (select count(*) from categories where parent_id is not distinct from $1))
	returning id`

// InsertCategory implements core.
func (s queries) InsertCategory(ctx context.Context, c core.Category) (core.CategoryID, error) {
	id, err := scalar[int64](ctx, s, insertCategory, null(int64(c.Parent)), c.Code, c.Name, c.Hint, string(c.Line), int64(c.Queue),
		int16(c.Priority), c.Confidential, c.Archived, c.Names, c.Hints)
	return core.CategoryID(id), unique(err, map[string]string{"categories_code_key": "code"})
}

const insertLocation = `
	insert into locations (parent_id, kind, code, name, archived_at) values ($1, $2, $3, $4, case when $5 then now() end)
	returning id`

// InsertLocation implements core.
func (s queries) InsertLocation(ctx context.Context, l core.Location) (core.LocationID, error) {
	id, err := scalar[int64](ctx, s, insertLocation, null(int64(l.Parent)), string(l.Kind), l.Code, l.Name, l.Archived)
	return core.LocationID(id), unique(err, map[string]string{"locations_code_key": "code"})
}
