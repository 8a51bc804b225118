package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage"
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
