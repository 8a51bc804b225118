package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// PatientMigrations are those that wait for old transactions as long as it takes.
func PatientMigrations() ([]int64, error) { return patientMigrations() }

// InOne has work done in one transaction, as the job queue does it.
func (db *DB) InOne(ctx context.Context, work func(pgx.Tx) error) error {
	return db.room.inTx(ctx, work)
}

// Soon reads a number in a transaction of one statement, which has only so much time.
func (db *DB) Soon(ctx context.Context, patience time.Duration, sql string) (found []core.TicketID, stopped bool, err error) {
	err = db.InOne(ctx, func(t pgx.Tx) error {
		var rows []numberRow
		rows, stopped, err = within[numberRow](ctx, queries{t}, time.Now().Add(patience), sql)
		for _, r := range rows {
			found = append(found, core.TicketID(r.ID))
		}
		return err
	})
	return found, stopped, err
}

// Led reads a list from what happened to its tickets, as is done where going through tickets takes too long.
func (db *DB) Led(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int) (core.Found, error) {
	return db.page(ctx, scope, filter, after, limit, time.Time{}, how{led: true})
}

// Touched reads a page of a list, and tells how many rows of tickets were read for it.
func (db *DB) Touched(ctx context.Context, scope core.Scope, filter core.Filter, limit int) (found core.Found, rows int, err error) {
	rows, err = db.reads(ctx, "tickets", func(s queries) error {
		found, err = s.Tickets(ctx, scope, filter, "", limit)
		return err
	})
	return found, rows, err
}

// MembersTouched reads who works a queue, and tells how many accounts were read for it.
func (db *DB) MembersTouched(ctx context.Context, queue core.QueueID) (people []core.Person, rows int, err error) {
	rows, err = db.reads(ctx, "users", func(s queries) error {
		people, err = s.Members(ctx, queue)
		return err
	})
	return people, rows, err
}

// reads is how many rows of a table some work reads.
func (db *DB) reads(ctx context.Context, table string, work func(queries) error) (rows int, err error) {
	const count = `select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = $1`
	err = db.InOne(ctx, func(t pgx.Tx) error {
		var before int // what the connection did before may still be counted
		if err := t.QueryRow(ctx, count, table).Scan(&before); err != nil {
			return err
		}
		if err := work(queries{t}); err != nil {
			return err
		}
		if err := t.QueryRow(ctx, count, table).Scan(&rows); err != nil {
			return err
		}
		rows -= before
		return nil
	})
	return rows, err
}
