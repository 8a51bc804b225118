package storage

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
)

// Nobody waits without end. A server that works ends each statement itself when its time is over; one that is gone, behind a
// network that says nothing, does not. And whoever finds every connection taken is told to come back rather than left waiting.
const (
	roomPatience    = 3 * time.Second  // for a connection
	sharePatience   = 10 * time.Second // for one of those that only so many may have at once
	silencePatience = 8 * time.Second  // for the server to say something: more than statement_timeout
)

var (
	errNoRoom = errors.New("all connections are taken")
	errSilent = errors.New("the database says nothing")
)

// room is the pool as queries use it. At most some of its connections are at work on figures, which may take seconds, and at most
// some for sessions of which there may be hundreds, so that those who report find one.
type room struct {
	pool    *pgxpool.Pool
	many    share // of the sessions that are many
	places  share // of figures; nil if this is the room for everything else
	figures *room // the same pool, as figures use it; nil if this is it
}

// share is a part of the connections: it holds one for each that is taken.
type share chan struct{}

func newRoom(pool *pgxpool.Pool) *room {
	all := pool.Config().MaxConns
	many := make(share, max(1, all*3/4))
	return &room{pool: pool, many: many, figures: &room{pool: pool, many: many, places: make(share, max(1, all/2))}}
}

// figures is queries for figures: outside a transaction they take no more than their part of the connections.
func (s queries) figures() queries {
	if r, ok := s.q.(*room); ok && r.figures != nil {
		return queries{r.figures}
	}
	return s
}

// enter waits for a place, and returns what gives it back. A share that is nil has room for all.
func (s share) enter(ctx context.Context) (leave func(), err error) {
	if s == nil {
		return func() {}, nil
	}
	timer := time.NewTimer(sharePatience)
	defer timer.Stop()
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	case <-timer.C:
		return nil, errNoRoom
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// take gives a connection, and what gives it back.
func (r *room) take(ctx context.Context) (*pgxpool.Conn, func(), error) {
	rest, err := r.places.enter(ctx)
	if err != nil {
		return nil, nil, err
	}
	var many share
	if core.IsOfMany(ctx) {
		many = r.many
	}
	leaveMany, err := many.enter(ctx)
	if err != nil {
		rest()
		return nil, nil, err
	}
	leave := func() { leaveMany(); rest() }
	waiting, cancel := context.WithTimeoutCause(ctx, roomPatience, errNoRoom)
	defer cancel()
	conn, err := r.pool.Acquire(waiting)
	if err != nil {
		leave()
		if waiting.Err() != nil && ctx.Err() == nil {
			return nil, nil, errNoRoom
		}
		return nil, nil, err
	}
	return conn, func() { conn.Release(); leave() }, nil
}

// Exec runs a statement on a connection of the pool.
func (r *room) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	conn, leave, err := r.take(ctx)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	defer leave()
	return execWithin(ctx, silencePatience, conn, sql, args...)
}

// Query runs a query on a connection of the pool, which goes back when the rows are read or closed.
func (r *room) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	conn, leave, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	return queryWithin(ctx, silencePatience, conn, leave, sql, args...)
}

// QueryRow is Query for one row.
func (r *room) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return oneRow{func() (pgx.Rows, error) { return r.Query(ctx, sql, args...) }}
}

// SendBatch sends several statements at once on a connection of the pool, which goes back when their results are closed.
func (r *room) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	conn, leave, err := r.take(ctx)
	if err != nil {
		return noResults{err: err}
	}
	return sendWithin(ctx, silencePatience, conn, leave, batch)
}

// inTx runs work in one transaction, none of whose statements waits without end.
func (r *room) inTx(ctx context.Context, work func(pgx.Tx) error) error {
	conn, leave, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return pgx.BeginFunc(ctx, transactor{conn.Conn()}, work)
}

func execWithin(ctx context.Context, silence time.Duration, q querier, sql string, args ...any) (pgconn.CommandTag, error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	return q.Exec(ctx, sql, args...)
}

func queryWithin(ctx context.Context, silence time.Duration, q querier, leave func(), sql string, args ...any) (pgx.Rows, error) {
	ctx, w := watchSilence(ctx, silence, leave)
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		w.end()
		return nil, w.explain(err)
	}
	return &watchedRows{rows, w}, nil
}

func sendWithin(ctx context.Context, silence time.Duration, q querier, leave func(), batch *pgx.Batch) pgx.BatchResults {
	ctx, w := watchSilence(ctx, silence, leave)
	return &watchedResults{q.SendBatch(ctx, batch), w}
}

// watch ends a statement on which the server says nothing any more.
type watch struct {
	silence time.Duration
	timer   *time.Timer
	cancel  context.CancelFunc
	leave   func()
	silent  atomic.Bool
	over    bool
}

func watchSilence(ctx context.Context, silence time.Duration, leave func()) (context.Context, *watch) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{silence: silence, cancel: cancel, leave: leave}
	w.timer = time.AfterFunc(silence, func() {
		w.silent.Store(true)
		cancel()
	})
	return ctx, w
}

// end gives everything back, once.
func (w *watch) end() {
	if w.over {
		return
	}
	w.over = true
	w.timer.Stop()
	w.cancel()
	w.leave()
}

// explain tells our own impatience from that of whoever asked.
func (w *watch) explain(err error) error {
	if err != nil && w.silent.Load() {
		return errSilent
	}
	return err
}

// watchedRows is rows that the server has to go on sending.
type watchedRows struct {
	pgx.Rows

	w *watch
}

// Next reads the next row.
func (r *watchedRows) Next() bool {
	r.w.timer.Reset(r.w.silence)
	next := r.Rows.Next()
	r.w.timer.Stop() // what is done with the row takes what it takes
	if !next {
		r.w.end()
	}
	return next
}

// Close ends the reading.
func (r *watchedRows) Close() {
	r.Rows.Close()
	r.w.end()
}

// Err is why the reading ended.
func (r *watchedRows) Err() error { return r.w.explain(r.Rows.Err()) }

// oneRow is the first row of a query, which runs when it is read.
type oneRow struct {
	query func() (pgx.Rows, error)
}

// Scan reads it.
func (r oneRow) Scan(into ...any) error {
	rows, err := r.query()
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

// watchedResults is the results of a batch.
type watchedResults struct {
	pgx.BatchResults

	w *watch
}

// Exec reads the result of a statement.
func (r *watchedResults) Exec() (pgconn.CommandTag, error) {
	tag, err := r.BatchResults.Exec()
	return tag, r.w.explain(err)
}

// Query reads the rows of a statement.
func (r *watchedResults) Query() (pgx.Rows, error) {
	rows, err := r.BatchResults.Query()
	if err != nil {
		return nil, r.w.explain(err)
	}
	return &explainedRows{rows, r.w}, nil
}

// Close ends the batch.
func (r *watchedResults) Close() error {
	err := r.BatchResults.Close()
	r.w.end()
	return r.w.explain(err)
}

// explainedRows is the rows of a statement of a batch.
type explainedRows struct {
	pgx.Rows

	w *watch
}

// Err is why the reading ended.
func (r *explainedRows) Err() error { return r.w.explain(r.Rows.Err()) }

// noResults is the results of a batch that found no connection.
type noResults struct{ err error }

// Exec fails.
func (r noResults) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, r.err }

// Query fails.
func (r noResults) Query() (pgx.Rows, error) { return nil, r.err }

// QueryRow fails.
func (r noResults) QueryRow() pgx.Row {
	return oneRow{func() (pgx.Rows, error) { return nil, r.err }}
}

// Tx is the transaction that it began: none.
func (r noResults) Tx() pgx.Tx { return nil }

// Close fails.
func (r noResults) Close() error { return r.err }
