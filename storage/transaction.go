package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// transaction is a transaction that goes to the server as seldom as it can, and waits for none of its statements without end. It
// begins with the first statement that is to be answered; what is owed goes with the next of those, at the latest with the
// commit. It is a [pgx.Tx], for the job queue: method by method, so that one which a later pgx adds is missed when this is built.
type transaction struct {
	conn    *pgx.Conn
	silence time.Duration
	owed    []*pgx.QueuedQuery // in their order
	sent    int                // how often what was owed has been sent
	points  int                // savepoints there have been
	begun   bool               // the server has been told
	over    bool
}

var _ pgx.Tx = (*transaction)(nil)

// transactor begins transactions on a connection.
type transactor struct{ conn *pgx.Conn }

// Begin begins a transaction.
func (c transactor) Begin(context.Context) (pgx.Tx, error) {
	t := &transaction{conn: c.conn, silence: silencePatience}
	t.owe(`begin`)
	return t, nil
}

func (t *transaction) owe(sql string, args ...any) {
	t.owed = append(t.owed, &pgx.QueuedQuery{SQL: sql, Arguments: args})
}

// Conn is the connection that it is on.
func (t *transaction) Conn() *pgx.Conn { return t.conn }

// Exec runs a statement.
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if sql == takePatience {
		t.silence = time.Hour
	}
	results := t.SendBatch(ctx, batchOf(sql, args))
	tag, err := results.Exec()
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return tag, err
}

// Query runs a query.
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if len(t.owed) == 0 && !t.over {
		return queryWithin(ctx, t.silence, t.conn, func() {}, sql, args...)
	}
	results := t.SendBatch(ctx, batchOf(sql, args))
	rows, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, err
	}
	return &lastRows{rows, results}, nil
}

// QueryRow is Query for one row.
func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return oneRow{func() (pgx.Rows, error) { return t.Query(ctx, sql, args...) }}
}

func batchOf(sql string, args []any) *pgx.Batch {
	var batch pgx.Batch
	batch.Queue(sql, args...)
	return &batch
}

// SendBatch sends several statements at once, after what is owed. The batch stays as it is: whoever made it counts its results.
func (t *transaction) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	if t.over {
		return noResults{err: pgx.ErrTxClosed}
	}
	owed := t.owed
	t.owed, t.begun = nil, true
	t.sent++
	whole := &pgx.Batch{QueuedQueries: append(owed, batch.QueuedQueries...)}
	results := sendWithin(ctx, t.silence, t.conn, func() {}, whole)
	for range owed {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return noResults{err: err}
		}
	}
	return results
}

// pay sends what is owed, before what cannot go with it.
func (t *transaction) pay(ctx context.Context) error {
	switch {
	case t.over:
		return pgx.ErrTxClosed
	case len(t.owed) == 0:
		return nil
	}
	return t.SendBatch(ctx, &pgx.Batch{}).Close()
}

// CopyFrom writes many rows at once.
func (t *transaction) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if err := t.pay(ctx); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.silence)
	defer cancel()
	return t.conn.CopyFrom(ctx, table, columns, rows)
}

// Prepare has the server read a statement that is to run often.
func (t *transaction) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if err := t.pay(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.silence)
	defer cancel()
	return t.conn.Prepare(ctx, name, sql)
}

// LargeObjects are not for it: they can be made by pgx's own transactions alone, and files are rows here.
func (t *transaction) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Begin begins a part of it that can be taken back by itself.
func (t *transaction) Begin(context.Context) (pgx.Tx, error) {
	if t.over {
		return nil, pgx.ErrTxClosed
	}
	t.points++
	s := &savepoint{transaction: t, name: fmt.Sprintf("point_%d", t.points), at: len(t.owed), sent: t.sent}
	t.owe(`savepoint ` + s.name)
	return s, nil
}

// savepoint is a part of a transaction.
type savepoint struct {
	*transaction

	name   string
	at     int // where it is among what is owed
	sent   int // how often that had been sent before
	closed bool
}

// Commit keeps the part, if the whole is kept.
func (s *savepoint) Commit(context.Context) error {
	if s.closed || s.over {
		return pgx.ErrTxClosed
	}
	s.closed = true
	s.owe(`release savepoint ` + s.name)
	return nil
}

// Rollback takes the part back. What of it is still owed is never sent.
func (s *savepoint) Rollback(ctx context.Context) error {
	if s.closed || s.over {
		return pgx.ErrTxClosed
	}
	s.closed = true
	if s.transaction.sent == s.sent {
		s.owed = s.owed[:s.at]
		return nil
	}
	s.owed = nil
	_, err := execWithin(ctx, s.silence, s.conn, `rollback to savepoint `+s.name)
	return err
}

// Commit commits, and does what is owed before. Without an answer nobody knows whether it did: who sends the same again with its
// key finds out.
func (t *transaction) Commit(ctx context.Context) error {
	if !t.over && !t.begun && len(t.owed) == 1 { // nothing was asked of it
		t.over = true
		return nil
	}
	t.silence = silencePatience
	tag, err := t.Exec(ctx, `commit`)
	switch {
	case err != nil:
		_ = t.Rollback(ctx)
		return err
	case tag.String() == `ROLLBACK`:
		err = pgx.ErrTxCommitRollback
	}
	t.over = true
	return err
}

// Rollback rolls back, if it is not over. A connection that cannot even do that is of no use to anybody.
func (t *transaction) Rollback(ctx context.Context) error {
	if t.over {
		return pgx.ErrTxClosed
	}
	t.over = true
	if !t.begun {
		return nil
	}
	_, err := execWithin(ctx, silencePatience, t.conn, `rollback`)
	if err != nil {
		_ = t.conn.Close(ctx)
	}
	return err //nolint:wrapcheck // whoever rolls back has an error to tell already
}

// lastRows is the rows of the last statement of a batch, which ends with them.
type lastRows struct {
	pgx.Rows

	results pgx.BatchResults
}

// Next reads the next row.
func (r *lastRows) Next() bool {
	next := r.Rows.Next()
	if !next {
		_ = r.results.Close()
	}
	return next
}

// Close ends the reading.
func (r *lastRows) Close() {
	r.Rows.Close()
	_ = r.results.Close()
}
