// Package storagetest gives a test a database of its own: a copy of a migrated template on the one
// private server that a whole run of tests shares. Making one takes some tens of milliseconds.
package storagetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

// Need skips a test for want of a program, or fails it where nothing may be skipped (CI=true).
func Need(t testing.TB, err error, what string) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is needed: %v", what, err)
	}
	t.Skipf("SKIPPED for want of %s: %v", what, err)
}

// server is the shared server with its template, made once a process.
var server = sync.OnceValues(func() (*embedded.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := embedded.TestServer(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the tests' server: %w", err)
	}
	if err := makeTemplate(ctx, s); err != nil {
		return nil, fmt.Errorf("make the template database: %w", err)
	}
	return s, nil
})

func templateName() string { return "template_" + storage.MigrationsHash() }

// makeTemplate migrates the template, once for all processes that run tests now or later. The
// advisory lock keeps them out of each other's way; the finished template is renamed into place.
func makeTemplate(ctx context.Context, s *embedded.Server) error {
	conn, err := pgx.Connect(ctx, s.DatabaseURL("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext('helpdesk template'))`); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	var made bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, templateName()).Scan(&made); err != nil || made {
		return err
	}
	raw := templateName() + "_raw"
	for _, sql := range []string{`drop database if exists ` + raw + ` with (force)`, `create database ` + raw} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make database: %w", err)
		}
	}
	if err := storage.Migrate(ctx, s.DatabaseURL(raw)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := adminOnce(ctx, s, raw, `analyze`); err != nil { // of tables that were never looked at the planner expects ten pages each
		return fmt.Errorf("analyze: %w", err)
	}
	if _, err := conn.Exec(ctx, `alter database `+raw+` rename to `+templateName()); err != nil {
		return fmt.Errorf("rename: %w", err)
	}
	return nil
}

// URL makes a fresh, migrated database that goes when the test ends, and returns where it is.
func URL(t testing.TB) string {
	t.Helper()
	s, err := server()
	if errors.Is(err, embedded.ErrNoPrograms) {
		Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 6)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	name := "t_" + hex.EncodeToString(raw)
	admin(t, s, `create database `+name+` template `+templateName()+` strategy wal_log`)
	t.Cleanup(func() { admin(t, s, `drop database if exists `+name+` with (force)`) })
	return s.DatabaseURL(name)
}

// admin runs one statement on the server, again if another test was copying the template just then.
func admin(t testing.TB, s *embedded.Server, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := adminOnce(ctx, s, "postgres", sql)
		if err == nil {
			return
		}
		var busy *pgconn.PgError
		if !errors.As(err, &busy) || busy.Code != "55006" || ctx.Err() != nil {
			t.Fatalf("%s: %v", strings.Fields(sql)[0], err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func adminOnce(ctx context.Context, s *embedded.Server, database, sql string) error {
	conn, err := pgx.Connect(ctx, s.DatabaseURL(database))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// Open opens a fresh database.
func Open(t testing.TB) *storage.DB {
	t.Helper()
	return OpenURL(t, URL(t))
}

// OpenURL opens the database of another [Open], as another process would.
func OpenURL(t testing.TB, url string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Config{URL: url, Unsafe: true, Service: "test", MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Desk opens a desk over a fresh, empty database.
func Desk(t testing.TB) *core.Desk {
	t.Helper()
	return DeskWith(t, Open(t), core.Options{})
}

// DeskWith opens a desk over a database with options of the test's choice; the hub is the database's.
func DeskWith(t testing.TB, db *storage.DB, opts core.Options) *core.Desk {
	t.Helper()
	opts.Hub, opts.Name = db.Hub(), cmp.Or(opts.Name, "Example Campus")
	desk, err := core.New(t.Context(), db, opts)
	if err != nil {
		t.Fatal(err)
	}
	return desk
}
