package storage

import (
	"context"

	"helpdesk.campus/core"
)

const (
	updateQueue = `
		update queues set name = $2, reopen_days = $3, archived_at = case when $4 then coalesce(archived_at, now()) end where id = $1`
	updateCategory = `
		update categories set parent_id = $2, name = $3, hint = $4, queue_id = $5, priority = $6, confidential = $7, position = $8,
		       archived_at = case when $9 then coalesce(archived_at, now()) end
		where id = $1`
	updateLocation = `
		update locations set parent_id = $2, name = $3, archived_at = case when $4 then coalesce(archived_at, now()) end where id = $1`
)

// UpdateQueue implements core.
func (s queries) UpdateQueue(ctx context.Context, q core.Queue) error {
	return s.exec(ctx, updateQueue, int64(q.ID), q.Name, q.ReopenDays, q.Archived)
}

// UpdateCategory implements core.
func (s queries) UpdateCategory(ctx context.Context, c core.Category) error {
	return s.exec(ctx, updateCategory, int64(c.ID), null(int64(c.Parent)), c.Name, c.Hint, int64(c.Queue), int16(c.Priority), c.Confidential,
		c.Position, c.Archived)
}

// UpdateLocation implements core.
func (s queries) UpdateLocation(ctx context.Context, l core.Location) error {
	return s.exec(ctx, updateLocation, int64(l.ID), null(int64(l.Parent)), l.Name, l.Archived)
}

const queueWork = `
	select (select count(*) from categories where queue_id = $1 and archived_at is null)::int,
	       (select count(*) from tickets where queue_id = $1 and status <> 'closed')::int`

// QueueWork implements core.
func (s queries) QueueWork(ctx context.Context, queue core.QueueID) (categories, tickets int, err error) {
	err = s.q.QueryRow(ctx, queueWork, int64(queue)).Scan(&categories, &tickets)
	return categories, tickets, row(err)
}

// What refers to the row is asked first: a refused delete would end the transaction. Should somebody refer to it
// in the same moment, the foreign key refuses the whole command.
const (
	deleteCategory = `
		delete from categories c
		where id = $1 and not exists (select from categories where parent_id = c.id) and not exists (select from tickets where category_id = c.id)`
	deleteLocation = `
		delete from locations l
		where id = $1 and not exists (select from locations where parent_id = l.id) and not exists (select from tickets where location_id = l.id)`
)

// DeleteCategory implements core.
func (s queries) DeleteCategory(ctx context.Context, id core.CategoryID) (bool, error) {
	return s.some(ctx, deleteCategory, int64(id))
}

// DeleteLocation implements core.
func (s queries) DeleteLocation(ctx context.Context, id core.LocationID) (bool, error) {
	return s.some(ctx, deleteLocation, int64(id))
}
