// Package backup makes consistent copies of a helpdesk's database and restores them, with proof that what was
// restored is what was copied.
//
// A backup is a zip archive that needs no tools of PostgreSQL: each table as the server's COPY writes it, in the
// order of its primary key and as it was at one moment, and a manifest with the schema's version and each
// table's rows and SHA-256. Restoring makes the schema of that version in an empty database, loads the tables,
// computes every sum again from what is now there, and commits only if all are equal; then it migrates on to
// this program's schema. The copy begins a new epoch of the feed.
package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage"
)

// format is the version of the archive's own form.
const format = 1

// manifestName is the entry that describes the others. It is written last, when their sums are known.
const manifestName = "manifest.json"

// Manifest says what a backup holds.
type Manifest struct {
	Format    int              `json:"format"`
	Schema    int64            `json:"schema"` // number of the newest migration
	Server    string           `json:"server"` // PostgreSQL's own version
	MadeAt    time.Time        `json:"made_at"`
	Tables    []Table          `json:"tables"`    // in an order in which they can be loaded
	Sequences map[string]int64 `json:"sequences"` // the last number that each gave
}

// Table is one table of a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Key     []string `json:"key"` // columns it is ordered by
	Rows    int64    `json:"rows"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"`
}

// Rows is how many rows all tables have together.
func (m *Manifest) Rows() int64 {
	var n int64
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// ErrDamaged says that an archive is not as it was written.
var ErrDamaged = errors.New("the backup is damaged")

// Make writes a backup of the database at url into a new file, which only its owner may read: it holds
// everything, password hashes and the server's keys included. A file that is there already is not touched, and
// one that could not be finished is removed.
func Make(ctx context.Context, url, path string) (Manifest, error) {
	file, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Manifest{}, fmt.Errorf("make the backup's file: %w", err)
	}
	m, err := write(ctx, url, file)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path)
		return Manifest{}, fmt.Errorf("back up: %w", err)
	}
	return m, nil
}

func write(ctx context.Context, url string, to io.Writer) (Manifest, error) {
	schema, err := storage.SchemaVersion(ctx, url)
	if err != nil {
		return Manifest{}, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return Manifest{}, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	archive := zip.NewWriter(to)
	m := Manifest{Format: format, Schema: schema}
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, conn, moment, func(tx pgx.Tx) error {
		if err := begin(ctx, tx); err != nil {
			return err
		}
		if err := m.describe(ctx, tx); err != nil {
			return err
		}
		for i := range m.Tables {
			entry, err := archive.Create(m.Tables[i].entry())
			if err != nil {
				return fmt.Errorf("begin %s: %w", m.Tables[i].Name, err)
			}
			if err := m.Tables[i].copyOut(ctx, tx, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Manifest{}, err
	}
	entry, err := archive.Create(manifestName)
	if err != nil {
		return Manifest{}, fmt.Errorf("begin the manifest: %w", err)
	}
	if err := json.NewEncoder(entry).Encode(m); err != nil {
		return Manifest{}, fmt.Errorf("write the manifest: %w", err)
	}
	if err := archive.Close(); err != nil {
		return Manifest{}, fmt.Errorf("finish the archive: %w", err)
	}
	return m, nil
}

func (t *Table) entry() string { return "tables/" + t.Name + ".copy" }

// copyOut writes the table's rows and keeps their number and sum. What it writes is the same for the same
// rows: the order is by key, and the session writes times and numbers in one way.
func (t *Table) copyOut(ctx context.Context, tx pgx.Tx, to io.Writer) error {
	sum := &tally{hash: sha256.New(), to: to}
	tag, err := tx.Conn().PgConn().CopyTo(ctx, sum, `copy (`+t.ordered()+`) to stdout`)
	if err != nil {
		return fmt.Errorf("copy %s: %w", t.Name, err)
	}
	t.Rows, t.Bytes, t.SHA256 = tag.RowsAffected(), sum.bytes, sum.hex()
	return nil
}

// tally counts and sums what passes through it.
type tally struct {
	hash  hash.Hash
	to    io.Writer
	bytes int64
}

// Write implements io.Writer.
func (t *tally) Write(p []byte) (int, error) {
	t.hash.Write(p)
	t.bytes += int64(len(p))
	return t.to.Write(p)
}

func (t *tally) hex() string { return hex.EncodeToString(t.hash.Sum(nil)) }
