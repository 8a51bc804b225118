// Package storage keeps the helpdesk in PostgreSQL: it implements the interfaces that package core
// stands on, holds all the SQL there is, and rings the bell by which processes tell each other that
// something changed. It decides nothing: whom a query may show what is in the scope that it is given.
package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
)

// Config says which database, and how.
type Config struct {
	URL       string // where transactions go; may be a pooler
	DirectURL string // for the listener, which needs a server of its own; URL if empty
	MaxConns  int32  // 8 if 0
	Service   string // shown in pg_stat_activity
	AsOwner   bool   // stay who the URL says instead of becoming helpdesk_app
	Unsafe    bool   // accept a server that may lose acknowledged writes
	Hub       *core.Hub
	Logger    *slog.Logger
	Heard     func(delay time.Duration) // hears how long this process's bells took to come back; may be nil
	Resync    time.Duration             // how often it is looked whether a bell was lost; every ten seconds if 0
	Rehearse  bool                      // connections are opened at once, and made ready for what people wait for
}

// AppRole is the database role the helpdesk works as: it may not define tables, nor change history.
const AppRole = "helpdesk_app"

// DB is the database. It is safe for concurrent use.
type DB struct {
	queries
	pool   *pgxpool.Pool
	room   *room // the pool, without endless waits
	bell   *bell
	config Config
	fits   atomic.Bool // the schema was found to be what this program needs
}

var (
	_ core.Store = (*DB)(nil)
	_ core.Tx    = (*tx)(nil)
)

// Open connects to the database, checks that it keeps what it acknowledges, and starts the feed.
func Open(ctx context.Context, config Config) (*DB, error) {
	if config.Hub == nil {
		config.Hub = core.NewHub()
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.DirectURL == "" {
		config.DirectURL = config.URL
	}
	poolConfig, err := poolConfig(config)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, poolConfig)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	r := newRoom(pool)
	db := &DB{queries: queries{r}, pool: pool, room: r, config: config}
	if err := db.checkServer(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if db.bell, err = startBell(config, pool); err != nil {
		pool.Close()
		return nil, err
	}
	if config.Rehearse {
		db.rehearse(ctx)
	}
	return db, nil
}

func poolConfig(config Config) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(config.URL)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	c.MaxConns = config.MaxConns
	if c.MaxConns == 0 {
		c.MaxConns = 8
	}
	parameters := map[string]string{
		"application_name":                    "helpdesk " + config.Service,
		"statement_timeout":                   "5s",
		"lock_timeout":                        "4s",
		"idle_in_transaction_session_timeout": "10s",
		"jit":                                 "off", // compiling a statement takes longer than any of ours runs
	}
	if !config.AsOwner && config.DirectURL == config.URL { // a pooler passes no parameters on
		parameters["role"] = AppRole
	}
	for name, value := range parameters {
		if _, set := c.ConnConfig.RuntimeParams[name]; !set {
			c.ConnConfig.RuntimeParams[name] = value
		}
	}
	if config.DirectURL != config.URL {
		c.ConnConfig.RuntimeParams = map[string]string{}
	}
	c.ConnConfig.ConnectTimeout = 5 * time.Second
	return c, nil
}

// checkServer refuses a server that is too old or that may lose what it acknowledged.
func (db *DB) checkServer(ctx context.Context) error {
	var version int
	var fsync, pages, commit string
	const settings = `
		select current_setting('server_version_num')::int, current_setting('fsync'),
		       current_setting('full_page_writes'), current_setting('synchronous_commit')`
	err := db.pool.QueryRow(ctx, settings).Scan(&version, &fsync, &pages, &commit)
	switch {
	case code(err) == noSuchRole:
		return errNoSchema
	case code(err) == notAllowed:
		return fmt.Errorf("whoever the database's URL names may not work as %s: 'grant %s to' them, or give the URL of one who may: %w", AppRole, AppRole, err)
	case err != nil:
		return fmt.Errorf("ask the database for its settings: %w", err)
	}
	const oldest = 150000
	if version < oldest {
		return fmt.Errorf("PostgreSQL 15 or later is needed; this server is %d", version/10000)
	}
	if db.config.Unsafe {
		return nil
	}
	for name, value := range map[string]string{"fsync": fsync, "full_page_writes": pages, "synchronous_commit": commit} {
		if value == "off" {
			return fmt.Errorf("the database has %s off and may lose acknowledged reports: turn it on, or start with --unsafe", name)
		}
	}
	return nil
}

// Close ends the feed and closes all connections.
func (db *DB) Close() {
	db.bell.stop()
	db.pool.Close()
}

// Pool is the connection pool, for the job queue.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// querier is what a pool and a transaction have in common.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// queries holds every query, over a pool or a transaction.
type queries struct{ q querier }

// tx is one transaction.
type tx struct{ queries }

// maxTries is how often a transaction is run when the database finds it in another's way.
const maxTries = 8

// firstPause is how long at most is waited before the second try; before each later one, twice as long.
const firstPause = 10 * time.Millisecond

// InTx runs work in one transaction. It commits when work returns nil and rolls back otherwise, also
// when work panics; it runs work again when another transaction was in its way.
func (db *DB) InTx(ctx context.Context, work func(core.Tx) error) error {
	var err error
	for try := range maxTries {
		if try > 0 {
			if waitErr := pause(ctx, rand.N(firstPause<<(try-1))); waitErr != nil { //nolint:gosec // jitter
				return waitErr
			}
		}
		err = db.room.inTx(ctx, func(t pgx.Tx) error { return work(&tx{queries{t}}) })
		if !retryable(err) {
			break
		}
	}
	return outage(err)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to try again: %w", ctx.Err())
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// retryable errors are a serialization failure, a deadlock, and locks that turned out too few.
func retryable(err error) bool {
	return code(err) == "40001" || code(err) == "40P01" || errors.Is(err, errFamily)
}

// outage marks errors that mean the database cannot be reached or cannot work now, so that doors can
// say "try again" rather than "internal error".
func outage(err error) error {
	if err == nil || core.KindOf(err) != core.Internal {
		return err
	}
	var netErr *net.OpError
	switch c := code(err); {
	case errors.Is(err, context.Canceled):
		return err
	case len(c) == 5 && (c[:2] == "08" || c[:2] == "53" || c[:2] == "57" || c == "25006" || c == "55P03" || c == "25P03"):
		return core.Unreachable(err)
	case retryable(err), errors.Is(err, errNoRoom), errors.Is(err, errSilent), errors.Is(err, context.DeadlineExceeded):
		return core.Unreachable(err)
	case errors.As(err, &netErr), pgconn.Timeout(err), pgconn.SafeToRetry(err):
		return core.Unreachable(err)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return core.Unreachable(err)
	}
	if c := code(err); c == "" && isConnectionLoss(err) {
		return core.Unreachable(err)
	}
	return err
}

// row turns "no rows" into core's own error, and marks outages.
func row(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return core.ErrNoRow
	}
	return outage(err)
}

// exec runs a statement of which only the error matters.
func (s queries) exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.q.Exec(ctx, sql, args...)
	return outage(err)
}

// later is exec for a statement that nobody waits for: in a transaction it goes with whatever is asked next, at the latest with the
// commit, and what is wrong with it is told then.
func (s queries) later(ctx context.Context, sql string, args ...any) error {
	if t, ok := s.q.(*transaction); ok {
		t.owe(sql, args...)
		return nil
	}
	return s.exec(ctx, sql, args...)
}

// some reports whether a statement touched a row.
func (s queries) some(ctx context.Context, sql string, args ...any) (bool, error) {
	tag, err := s.q.Exec(ctx, sql, args...)
	return tag.RowsAffected() > 0, outage(err)
}

// collect reads all rows of a query into structs, by the names of columns.
func collect[T any](ctx context.Context, s queries, sql string, args ...any) ([]T, error) {
	rows, err := s.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, outage(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return list, outage(err)
}

// each makes a list of something else of a list.
func each[From, To any](list []From, to func(From) To) []To {
	made := make([]To, len(list))
	for i := range list {
		made[i] = to(list[i])
	}
	return made
}

// also adds a query to a batch; what it gives is handed over when the batch is closed.
func also[T any](batch *pgx.Batch, take func([]T), sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
		if err == nil {
			take(list)
		}
		return err //nolint:wrapcheck // whoever closes the batch looks at it
	})
}

// planOnce has what follows in a batch, which is one transaction, planned once for all values. It is for statements that read or write
// by keys: PostgreSQL plans each for its values five times on every connection before it sees that one plan does, and planning takes
// ten times as long as reading.
const planOnce = `select set_config('plan_cache_mode', 'force_generic_plan', true)`

// together runs a batch of statements that read by keys.
func (s queries) together(ctx context.Context, batch *pgx.Batch) error {
	batch.QueuedQueries = append([]*pgx.QueuedQuery{{SQL: planOnce}}, batch.QueuedQueries...)
	return outage(s.q.SendBatch(ctx, batch).Close())
}

// one reads the one row of a query.
func one[T any](ctx context.Context, s queries, sql string, args ...any) (T, error) {
	rows, err := s.q.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, outage(err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	return value, row(err)
}

// scalar reads the one value of a query.
func scalar[T any](ctx context.Context, s queries, sql string, args ...any) (T, error) {
	var value T
	err := s.q.QueryRow(ctx, sql, args...).Scan(&value)
	return value, row(err)
}

// null makes a zero value NULL.
func null[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// moment makes a zero time NULL.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// since makes NULL a zero time.
func since(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// JobPool is a pool for the job queue, which listens and so cannot go through a pooler: the main one
// where there is no pooler, else one of its own, to be closed with the function.
func (db *DB) JobPool(ctx context.Context) (*pgxpool.Pool, func(), error) {
	if db.config.DirectURL == db.config.URL {
		return db.pool, func() {}, nil
	}
	direct := db.config
	direct.URL = direct.DirectURL
	config, err := poolConfig(direct)
	if err != nil {
		return nil, nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, fmt.Errorf("open database for jobs: %w", err)
	}
	return pool, pool.Close, nil
}
