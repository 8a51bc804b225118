package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// Led reads a list from what happened to its tickets, as is done where going through tickets takes too long.
func (db *DB) Led(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int) (core.Found, error) {
	return db.page(ctx, scope, filter, after, limit, time.Time{}, how{led: true})
}
