package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// InOne has work done in one transaction, as the job queue does it.
func (db *DB) InOne(ctx context.Context, work func(pgx.Tx) error) error {
	return db.room.inTx(ctx, work)
}

// Led reads a list from what happened to its tickets, as is done where going through tickets takes too long.
func (db *DB) Led(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int) (core.Found, error) {
	return db.page(ctx, scope, filter, after, limit, time.Time{}, how{led: true})
}
