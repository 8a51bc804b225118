package storage

import (
	"context"
	"fmt"
	"time"

	"helpdesk.campus/core"
)

type macroRow struct {
	ID, OwnerID, QueueID int64
	QueueCode, QueueName string
	Key, Name, Body      string
	Note                 bool
	Changes              string
	UpdatedAt            time.Time
}

const selectMacros = `
	select m.id, coalesce(m.owner_id, 0) as owner_id, coalesce(m.queue_id, 0) as queue_id, coalesce(q.code, '') as queue_code,
	       coalesce(q.name, '') as queue_name, m.key, m.name, m.body, m.note, m.changes, m.updated_at
	from macros m left join queues q on q.id = m.queue_id`

const (
	macrosFor = selectMacros + ` where m.owner_id = $1 or m.queue_id = any($2::bigint[]) or $3 and m.queue_id is not null
		order by m.owner_id is null, q.code, lower(m.name) limit 500`
	macroByID = selectMacros + ` where m.id = $1`
)

func (r *macroRow) macro() (core.Macro, error) {
	changes, err := core.ParseMacroChanges(r.Changes)
	if err != nil {
		return core.Macro{}, fmt.Errorf("read the changes of macro %d: %w", r.ID, err)
	}
	return core.Macro{
		ID: core.MacroID(r.ID), Owner: core.UserID(r.OwnerID), Queue: core.Queue{ID: core.QueueID(r.QueueID), Code: r.QueueCode, Name: r.QueueName},
		Key: r.Key, Name: r.Name, Body: r.Body, Note: r.Note, Changes: changes, UpdatedAt: r.UpdatedAt.UTC(),
	}, nil
}

// Macros implements core.
func (s queries) Macros(ctx context.Context, owner core.UserID, queues []core.QueueID, all bool) ([]core.Macro, error) {
	rows, err := collect[macroRow](ctx, s, macrosFor, int64(owner), queueIDs(core.Scope{Queues: queues}), all)
	if err != nil {
		return nil, err
	}
	list := make([]core.Macro, len(rows))
	for i := range rows {
		if list[i], err = rows[i].macro(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Macro implements core.
func (s queries) Macro(ctx context.Context, id core.MacroID) (core.Macro, error) {
	r, err := one[macroRow](ctx, s, macroByID, int64(id))
	if err != nil {
		return core.Macro{}, err
	}
	return r.macro()
}

const (
	insertMacro = `
		insert into macros (owner_id, queue_id, key, name, body, note, changes, updated_by, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`
	updateMacro = `
		update macros set owner_id = $2, queue_id = $3, key = $4, name = $5, body = $6, note = $7, changes = $8, updated_by = $9, updated_at = $10
		where id = $1 returning id`
)

// SaveMacro implements core.
func (s queries) SaveMacro(ctx context.Context, m core.Macro, by core.UserID) (core.MacroID, error) {
	args := []any{null(int64(m.Owner)), null(int64(m.Queue.ID)), m.Key, m.Name, m.Body, m.Note, m.Changes.String(), null(int64(by)), m.UpdatedAt}
	sql := insertMacro
	if m.ID != 0 {
		sql, args = updateMacro, append([]any{int64(m.ID)}, args...)
	}
	id, err := scalar[int64](ctx, s, sql, args...)
	return core.MacroID(id), unique(err, map[string]string{
		"macros_own_name": "name", "macros_queue_name": "name", "macros_own_key": "key", "macros_queue_key": "key",
	})
}

const deleteMacro = `delete from macros where id = $1`

// DeleteMacro implements core.
func (s queries) DeleteMacro(ctx context.Context, id core.MacroID) error {
	return s.exec(ctx, deleteMacro, int64(id))
}
