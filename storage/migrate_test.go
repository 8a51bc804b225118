package storage_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// Somebody reads a table for a long time while a migration wants it for itself. Whoever comes after does not wait for both: the
// migration steps back, and is done when the table is free.
func TestAMigrationThatWaitsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	url := storagetest.URL(t)
	conn := func() *pgx.Conn {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close(context.WithoutCancel(ctx)) })
		return c
	}
	exec := func(c *pgx.Conn, sql string) {
		t.Helper()
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	reader, worker := conn(), conn()
	// As before the migration that adds columns to bulks. Those after it can run again.
	exec(worker, `set statement_timeout = '5s'`)
	exec(worker, `delete from goose_db_version where version_id >= 20261125093500`)
	exec(worker, `drop index bulks_unfinished; alter table bulks drop column plan, drop column beat_at`)
	exec(reader, `begin; select count(*) from bulks`)

	migrated := make(chan error, 2)
	for range 2 { // two who run it at once are no trouble
		go func() { migrated <- storage.Migrate(ctx, url) }()
	}
	var slowest time.Duration
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		began := time.Now()
		exec(worker, `select count(*) from bulks`)
		slowest = max(slowest, time.Since(began))
	}
	if slowest > 2*time.Second {
		t.Errorf("somebody waits %s behind a migration that waits", slowest)
	}
	select {
	case err := <-migrated:
		t.Fatalf("it migrated a table that is read: %v", err)
	default:
	}
	exec(reader, `rollback`)
	for range 2 {
		if err := <-migrated; err != nil {
			t.Error(err)
		}
	}
	exec(worker, `select plan, beat_at from bulks`)
}

// An old transaction holds up an index that is built concurrently, for longer than other migrations wait for a lock. It holds up nobody
// else, and is not begun anew.
func TestAnIndexThatWaitsIsBuiltOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	url := storagetest.URL(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	conn := func() *pgx.Conn {
		c, err := pgx.Connect(ctx, url)
		must(err)
		t.Cleanup(func() { _ = c.Close(context.WithoutCancel(ctx)) })
		return c
	}
	old, worker := conn(), conn()
	exec := func(c *pgx.Conn, sql string) {
		t.Helper()
		_, err := c.Exec(ctx, sql)
		must(err)
	}
	index := func() (oid uint32, valid bool) {
		t.Helper()
		err := worker.QueryRow(ctx, `select indexrelid, indisvalid from pg_index where indexrelid = to_regclass('tickets_changed_before')`).Scan(&oid, &valid)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		return oid, valid
	}
	exec(worker, `set statement_timeout = '5s'`)
	exec(worker, `delete from goose_db_version where version_id >= 20261130150000`)
	exec(worker, `drop index tickets_changed_before`)
	exec(old, `begin; update tickets set version = version where false; lock table tickets in row exclusive mode`)
	migrated := make(chan error, 1)
	go func() { migrated <- storage.Migrate(ctx, url) }()
	var begun uint32
	for begun == 0 {
		select {
		case err := <-migrated:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(5 * time.Millisecond):
			begun, _ = index()
		}
	}
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		exec(worker, `update tickets set version = version`)
	}
	exec(old, `commit`)
	must(<-migrated)
	if oid, valid := index(); oid != begun || !valid {
		t.Errorf("the index was begun as %d and is %d, whole: %t", begun, oid, valid)
	}
}

// Whoever sets a helpdesk up forgets a step, or takes the wrong login for it: each time it is said what to do.
func TestWhoSetsUpADatabaseIsToldTheNextStep(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "helpdesk-setup-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, Unsafe: true})
	if errors.Is(err, embedded.ErrNoPrograms) {
		storagetest.Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	super, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = super.Close(context.WithoutCancel(t.Context())) })
	exec := func(sql string) {
		t.Helper()
		if _, err := super.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	at := func(login, database string) string {
		t.Helper()
		address, err := url.Parse(server.DatabaseURL(database))
		if err != nil {
			t.Fatal(err)
		}
		address.User = url.User(login)
		return address.String()
	}
	open := func(login, database string) error {
		db, err := storage.Open(t.Context(), storage.Config{URL: at(login, database), Unsafe: true})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.CheckSchema(t.Context())
	}
	says := func(err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("it says %v, and not %q", err, words)
		}
	}
	exec(`create role keeper login`)
	exec(`create database first owner keeper`)
	says(open("keeper", "first"), "run 'helpdesk migrate'")
	says(storage.Migrate(t.Context(), at("keeper", "first")), "createrole")
	exec(`alter role keeper createrole`)
	if err := storage.Migrate(t.Context(), at("keeper", "first")); err != nil {
		t.Fatal(err)
	}
	if err := open("keeper", "first"); err != nil {
		t.Fatal(err)
	}
	exec(`create database second owner keeper`)
	says(open("keeper", "second"), "it has none yet; run 'helpdesk migrate'")
	exec(`create role service login`)
	says(open("service", "first"), "'grant helpdesk_app to'")
	exec(`grant helpdesk_app to service`)
	if err := open("service", "first"); err != nil {
		t.Fatal(err)
	}
	says(storage.Migrate(t.Context(), at("service", "first")), "migrate as the owner")
}
