package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage"
)

// ErrInUse says that a backup was to be restored over a helpdesk that people use.
var ErrInUse = errors.New("the database is in use: a backup is restored into an empty one")

// Restore loads a backup into an empty database, all of it or nothing, and proves that what is there
// afterwards is what was copied. Then it brings it to this program's schema.
func Restore(ctx context.Context, url, path string) (Manifest, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { _ = archive.Close() }()
	m, err := readManifest(&archive.Reader)
	if err != nil {
		return Manifest{}, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return Manifest{}, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := checkUnused(ctx, conn); err != nil {
		return Manifest{}, err
	}
	if err := storage.MigrateTo(ctx, url, m.Schema); err != nil {
		return Manifest{}, fmt.Errorf("make the schema of the backup: %w", err)
	}
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return m.load(ctx, tx, &archive.Reader) }); err != nil {
		return Manifest{}, fmt.Errorf("restore: %w", err)
	}
	if _, err := conn.Exec(ctx, `analyze`); err != nil {
		return Manifest{}, fmt.Errorf("analyse the tables: %w", err)
	}
	if err := storage.Migrate(ctx, url); err != nil {
		return Manifest{}, fmt.Errorf("bring the restored database to this program's schema: %w", err)
	}
	return m, nil
}

func readManifest(archive *zip.Reader) (Manifest, error) {
	entry, err := archive.Open(manifestName)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: it has no manifest: %w", ErrDamaged, err)
	}
	defer func() { _ = entry.Close() }()
	var m Manifest
	if err := json.NewDecoder(entry).Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: read the manifest: %w", ErrDamaged, err)
	}
	if m.Format != format {
		return Manifest{}, fmt.Errorf("the backup has form %d, and this program knows %d: use the program that made it", m.Format, format)
	}
	return m, nil
}

func checkUnused(ctx context.Context, conn *pgx.Conn) error {
	var made, used bool
	if err := conn.QueryRow(ctx, `select to_regclass('public.users') is not null`).Scan(&made); err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	if !made {
		return nil
	}
	if err := conn.QueryRow(ctx, `select exists (select from users) or exists (select from queues)`).Scan(&used); err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	if used {
		return ErrInUse
	}
	return nil
}

func (m *Manifest) load(ctx context.Context, tx pgx.Tx, archive *zip.Reader) error {
	if err := begin(ctx, tx); err != nil {
		return err
	}
	if err := m.empty(ctx, tx); err != nil {
		return err
	}
	for i := range m.Tables {
		if err := m.Tables[i].copyIn(ctx, tx, archive); err != nil {
			return err
		}
	}
	for name, last := range m.Sequences {
		if _, err := tx.Exec(ctx, `select setval($1::text::regclass, $2)`, pgx.Identifier{name}.Sanitize(), last); err != nil {
			return fmt.Errorf("set the sequence %s: %w", name, err)
		}
	}
	for i := range m.Tables {
		if err := m.Tables[i].prove(ctx, tx); err != nil {
			return err
		}
	}
	const epoch = `insert into settings (key, value) values ('epoch', to_jsonb(gen_random_uuid()::text))`
	if _, err := tx.Exec(ctx, epoch); err != nil {
		return fmt.Errorf("begin a new epoch of the feed: %w", err)
	}
	return nil
}

// empty takes out what the migrations themselves have put in.
func (m *Manifest) empty(ctx context.Context, tx pgx.Tx) error {
	names := make([]string, len(m.Tables))
	for i, t := range m.Tables {
		names[i] = pgx.Identifier{t.Name}.Sanitize()
	}
	if _, err := tx.Exec(ctx, `truncate `+strings.Join(names, `, `)); err != nil {
		return fmt.Errorf("empty the tables: %w", err)
	}
	return nil
}

func (t *Table) copyIn(ctx context.Context, tx pgx.Tx, archive *zip.Reader) error {
	entry, err := archive.Open(t.entry())
	if err != nil {
		return fmt.Errorf("%w: %s is missing: %w", ErrDamaged, t.Name, err)
	}
	defer func() { _ = entry.Close() }()
	sum := &tally{hash: sha256.New(), to: io.Discard}
	sql := `copy ` + pgx.Identifier{t.Name}.Sanitize() + ` (` + strings.Join(t.Columns, `, `) + `) from stdin`
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, io.TeeReader(entry, sum), sql); err != nil {
		return fmt.Errorf("load %s: %w", t.Name, err)
	}
	if sum.hex() != t.SHA256 {
		return fmt.Errorf("%w: %s is not what was written", ErrDamaged, t.Name)
	}
	return nil
}

// prove reads the table again and compares it with what was copied.
func (t *Table) prove(ctx context.Context, tx pgx.Tx) error {
	there := Table{Name: t.Name, Columns: t.Columns, Key: t.Key}
	if err := there.copyOut(ctx, tx, io.Discard); err != nil {
		return err
	}
	if there.Rows != t.Rows || there.SHA256 != t.SHA256 {
		return fmt.Errorf("%s came out otherwise: %d rows and sum %s, want %d and %s", t.Name, there.Rows, there.SHA256, t.Rows, t.SHA256)
	}
	return nil
}
