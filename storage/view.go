package storage

import (
	"context"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

type viewRow struct {
	ID        int64
	Title     string
	Query     string
	OwnerID   int64
	QueueID   int64
	QueueCode string
	QueueName string
}

func (r viewRow) view() core.View {
	q, err := query.Parse(r.Query)
	if err != nil { // of a version that knew other fields: nothing is better than everything
		q, _ = query.Parse(`number:9223372036854775807`)
		q.Source = r.Query
	}
	return core.View{
		ID: core.ViewID(r.ID), Title: r.Title, Query: q, Owner: core.UserID(r.OwnerID),
		Queue: core.Queue{ID: core.QueueID(r.QueueID), Code: r.QueueCode, Name: r.QueueName},
	}
}

const viewColumns = `
	v.id, v.title, v.query, coalesce(v.owner_id, 0) as owner_id, coalesce(q.id, 0) as queue_id, coalesce(q.code, '') as queue_code,
	coalesce(q.name, '') as queue_name`

const (
	savedViews = `
		select ` + viewColumns + ` from views v left join queues q on q.id = v.queue_id
		where v.owner_id = $1 or v.queue_id = any($2::bigint[])
		order by v.owner_id is null, q.code, v.position, v.id`
	lockView = `
		select ` + viewColumns + ` from views v left join queues q on q.id = v.queue_id where v.id = $1 for update of v`
	insertView = `
		insert into views (title, query, owner_id, queue_id, position)
		values ($1, $2, $3, $4, (select coalesce(max(position), 0) + 1 from views where owner_id = $3 or queue_id = $4))
		returning id`
	updateView = `update views set title = $2, query = $3 where id = $1`
	deleteView = `delete from views where id = $1`
	placeViews = `
		update views v set position = o.place from unnest($1::bigint[]) with ordinality as o (id, place) where v.id = o.id`
)

// SavedViews implements core.
func (s queries) SavedViews(ctx context.Context, owner core.UserID, queues []core.QueueID) ([]core.View, error) {
	rows, err := collect[viewRow](ctx, s, savedViews, null(int64(owner)), queueIDs(core.Scope{Queues: queues}))
	list := make([]core.View, len(rows))
	for i, r := range rows {
		list[i] = r.view()
	}
	return list, err
}

// LockView implements core.
func (s queries) LockView(ctx context.Context, id core.ViewID) (core.View, error) {
	r, err := one[viewRow](ctx, s, lockView, int64(id))
	return r.view(), err
}

// InsertView implements core.
func (s queries) InsertView(ctx context.Context, v core.View) (core.ViewID, error) {
	id, err := scalar[int64](ctx, s, insertView, v.Title, v.Query.String(), null(int64(v.Owner)), null(int64(v.Queue.ID)))
	return core.ViewID(id), err
}

// UpdateView implements core.
func (s queries) UpdateView(ctx context.Context, v core.View) error {
	return s.exec(ctx, updateView, int64(v.ID), v.Title, v.Query.String())
}

// DeleteView implements core.
func (s queries) DeleteView(ctx context.Context, id core.ViewID) error {
	return s.exec(ctx, deleteView, int64(id))
}

// PlaceViews implements core.
func (s queries) PlaceViews(ctx context.Context, order []core.ViewID) error {
	ids := make([]int64, len(order))
	for i, id := range order {
		ids[i] = int64(id)
	}
	return s.exec(ctx, placeViews, ids)
}
