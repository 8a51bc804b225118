package storage

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// JobSchema is where River keeps its tables, apart from the helpdesk's own.
const JobSchema = "river"

// ErrSchema says that the database's schema is not the one this program was built for.
var ErrSchema = errors.New("the database's schema does not fit this program")

// errNoSchema is the [ErrSchema] of a database that was never migrated.
var errNoSchema = fmt.Errorf("%w: it has none yet; run 'helpdesk migrate'", ErrSchema)

// ErrNewer is the [ErrSchema] of a schema that a newer program has brought further. The program before it still works over it,
// by the rule that migrations are written by.
var ErrNewer = fmt.Errorf("%w: it is newer", ErrSchema)

// Migrate brings the database at url to this program's schema: the helpdesk's own migrations, then
// those of the job queue. Several processes may call it at once; one of them works, the others wait.
//
// It may be called while people work: a migration that waits for a lock makes everybody wait who comes after it, so it gives
// up soon, is undone, and tries again a little later. One that does nothing but concurrently makes nobody wait, and so waits itself.
func Migrate(ctx context.Context, url string) error {
	for began := time.Now(); ; { //nolint:forbidigo // how long this program waits, whatever the desk's clock says
		err := migrate(ctx, url)
		switch code(err) {
		case lockNotAvailable:
		case notAllowed:
			return fmt.Errorf("%w: migrate as the owner of the database, who the first time may also make roles (alter role … createrole)", err)
		default:
			return err
		}
		if time.Since(began) > migratePatience { //nolint:forbidigo // as above
			return fmt.Errorf("people keep the tables busy for %s; try again at a quieter hour: %w", migratePatience, err)
		}
		if waitErr := pause(ctx, migrateRest/2+rand.N(migrateRest)); waitErr != nil { //nolint:gosec // jitter
			return errors.Join(waitErr, err)
		}
	}
}

func migrate(ctx context.Context, url string) error {
	current, err := SchemaVersion(ctx, url)
	if err != nil {
		return err
	}
	patient, err := patientMigrations()
	if err != nil {
		return err
	}
	upTo := func(version int64) func(*goose.Provider, *pgxpool.Pool) error {
		return func(provider *goose.Provider, _ *pgxpool.Pool) error {
			if _, err := provider.UpTo(ctx, version); err != nil {
				return fmt.Errorf("migrate: %w", err)
			}
			return nil
		}
	}
	for _, version := range patient {
		if version <= current {
			continue
		}
		if err := withMigrations(ctx, url, migrateLock, upTo(version-1)); err != nil {
			return err
		}
		if err := withMigrations(ctx, url, migrateLockPatient, upTo(version)); err != nil {
			return err
		}
	}
	return withMigrations(ctx, url, migrateLock, func(provider *goose.Provider, pool *pgxpool.Pool) error {
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		return migrateJobs(ctx, pool)
	})
}

// patientMigrations are the numbers of those migrations all of whose statements work concurrently, oldest first. While such a statement
// waits for old transactions it holds nobody up, and when it gives up, all that it built is lost.
func patientMigrations() ([]int64, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var patient []int64
	for _, name := range names {
		raw, err := fs.ReadFile(migrationFiles, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		text := string(raw)
		if !strings.Contains(text, "-- +goose NO TRANSACTION") {
			continue
		}
		alone := true
		for statement := range strings.SplitSeq(sqlComment.ReplaceAllString(text, ""), ";") {
			words := strings.Fields(statement)
			alone = alone && (len(words) == 0 || slices.Contains(words, "concurrently"))
		}
		if !alone {
			continue
		}
		version, err := goose.NumericComponent(path.Base(name))
		if err != nil {
			return nil, fmt.Errorf("read the number of a migration: %w", err)
		}
		patient = append(patient, version)
	}
	return patient, nil
}

var sqlComment = regexp.MustCompile(`--[^\n]*`)

const (
	lockNotAvailable = "55P03"
	notAllowed       = "42501"
	noSuchRole       = "22023" // of a role to work as
	migrateLock      = "400ms" // how long a migration waits for a lock, and everybody else behind it
	// How long one waits that holds nobody up meanwhile.
	migrateLockPatient = "10min"
	migrateRest        = 1 * time.Second // between two tries, about
	migratePatience    = 10 * time.Minute
)

// MigrateTo brings the database at url to the schema of an earlier version of this program, by the number of
// its newest migration, to load a copy that was made with it. It never goes back.
func MigrateTo(ctx context.Context, url string, version int64) error {
	return withMigrations(ctx, url, migrateLock, func(provider *goose.Provider, _ *pgxpool.Pool) error {
		current, newest, err := provider.GetVersions(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("read schema version: %w", err)
		case version > newest:
			return fmt.Errorf("%w: %d is newer than this program, which knows %d", ErrSchema, version, newest)
		case current > version:
			return fmt.Errorf("%w: the database is at %d, behind %d already", ErrSchema, current, version)
		}
		if _, err := provider.UpTo(ctx, version); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		return nil
	})
}

// SchemaVersion is the number of the newest migration that the database at url has had.
func SchemaVersion(ctx context.Context, url string) (int64, error) {
	var version int64
	err := withMigrations(ctx, url, migrateLock, func(provider *goose.Provider, _ *pgxpool.Pool) error {
		var err error
		if version, err = provider.GetDBVersion(ctx); err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		return nil
	})
	return version, err
}

func withMigrations(ctx context.Context, url, lockTimeout string, work func(*goose.Provider, *pgxpool.Pool) error) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("read database URL: %w", err)
	}
	config.MaxConns = 3
	if _, set := config.ConnConfig.RuntimeParams["lock_timeout"]; !set {
		config.ConnConfig.RuntimeParams["lock_timeout"] = lockTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer pool.Close()
	provider, closeDB, err := migrations(pool)
	if err != nil {
		return err
	}
	defer closeDB()
	return work(provider, pool)
}

func migrations(pool *pgxpool.Pool) (*goose.Provider, func(), error) {
	dir, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, nil, fmt.Errorf("open migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, fmt.Errorf("prepare migration lock: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, dir, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return provider, func() { _ = db.Close() }, nil
}

func migrateJobs(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, `create schema if not exists river`); err != nil {
		return fmt.Errorf("make the jobs' schema: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema})
	if err != nil {
		return fmt.Errorf("prepare the jobs' migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the jobs' tables: %w", err)
	}
	const grant = `
		grant usage on schema river to helpdesk_app;
		grant select, insert, update, delete on all tables in schema river to helpdesk_app;
		grant usage on all sequences in schema river to helpdesk_app`
	if _, err := pool.Exec(ctx, grant); err != nil {
		return fmt.Errorf("grant the jobs' tables: %w", err)
	}
	return nil
}

// Ready says whether the database answers and has been migrated as far as this program needs.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Ping(ctx); err != nil {
		return err
	}
	if db.fits.Load() {
		return nil // a schema never goes back
	}
	if err := db.CheckSchema(ctx); err != nil && !errors.Is(err, ErrNewer) {
		return err
	}
	db.fits.Store(true)
	return nil
}

// CheckSchema says whether the database has been migrated to just what this program knows:
// [ErrSchema] in words if it is older or newer.
func (db *DB) CheckSchema(ctx context.Context) error {
	provider, closeDB, err := migrations(db.pool)
	if err != nil {
		return err
	}
	defer closeDB()
	pending, err := provider.HasPending(ctx)
	if code(err) == notAllowed { // to make the table of versions, which is missing
		return errNoSchema
	}
	if err != nil {
		return fmt.Errorf("%w: run 'helpdesk migrate' (%w)", ErrSchema, err)
	}
	if pending {
		return fmt.Errorf("%w: it is older; run 'helpdesk migrate'", ErrSchema)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w (%d, this program knows %d); start the newer program", ErrNewer, current, target)
	}
	return nil
}

// MigrationsHash names the schema: it changes whenever a migration does. Tests key their template by it.
func MigrationsHash() string {
	entries, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		return "none"
	}
	sum := sha256.New()
	for _, entry := range entries {
		text, err := fs.ReadFile(migrationFiles, "migrations/"+entry.Name())
		if err != nil {
			return "none"
		}
		fmt.Fprintf(sum, "%s %d\n%s", entry.Name(), len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
