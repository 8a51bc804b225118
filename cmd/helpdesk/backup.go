package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/backup"
	"helpdesk.campus/storage/embedded"
)

type backupCommand struct {
	database `embed:""`

	File string `arg:"" type:"path" help:"The file to make. It holds everything, secrets too: keep it where only you can read it."`
}

// Run makes the backup while everybody works on.
func (b *backupCommand) Run(ctx context.Context, o *output) error {
	return b.work(ctx, o, func(desk *core.Desk) error {
		made, err := backup.Make(ctx, b.direct(), b.File)
		if err != nil {
			return err
		}
		info, err := os.Stat(b.File)
		if err != nil {
			return fmt.Errorf("look at the backup: %w", err)
		}
		if err := desk.RecordBackup(ctx, core.Operator(), core.BackupMade{At: made.MadeAt, Rows: made.Rows(), Bytes: info.Size()}); err != nil {
			return err
		}
		o.printf("Backed up %d rows of %d tables as of %s: %s, %s.\n", made.Rows(), len(made.Tables), made.MadeAt.Format(time.RFC3339), b.File, megabytes(info.Size()))
		o.printf("Prove that it can be restored: helpdesk restore --try %s\n", b.File)
		return nil
	})
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

type restoreCommand struct {
	database `embed:""`

	Try  bool   `help:"Restore it into a private server that is thrown away afterwards, to prove that it can be done."`
	File string `arg:"" type:"existingfile" help:"A file that 'helpdesk backup' made."`
}

// Run restores a backup into an empty database, and proves that every row is as it was.
func (r *restoreCommand) Run(ctx context.Context, o *output) error {
	if r.Try {
		return r.try(ctx, o)
	}
	if r.DatabaseURL == "" {
		return errNoDatabase
	}
	return r.restore(ctx, o, r.direct(), "")
}

func (r *restoreCommand) restore(ctx context.Context, o *output, url, where string) error {
	began := time.Now()
	restored, err := backup.Restore(ctx, url, r.File)
	if err != nil {
		return err
	}
	o.printf("Restored %d rows of %d tables, as of %s, in %.1f s%s. Every table's rows and SHA-256 are those of the backup.\n",
		restored.Rows(), len(restored.Tables), restored.MadeAt.Format(time.RFC3339), time.Since(began).Seconds(), where)
	return nil
}

// try restores into a private server in a folder of its own, which goes again.
func (r *restoreCommand) try(ctx context.Context, o *output) error {
	dir, err := os.MkdirTemp("", "helpdesk-restore-")
	if err != nil {
		return fmt.Errorf("make a folder for the private server: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // started by root, PostgreSQL runs as another user, who must reach its data below
		return fmt.Errorf("open the folder to the private server: %w", err)
	}
	server, err := embedded.Start(ctx, embedded.Config{
		Dir: filepath.Join(dir, "server"), PGBin: os.Getenv("HELPDESK_PGBIN"), Database: demoName, Unsafe: true, Logger: o.log,
	})
	if err != nil {
		return fmt.Errorf("start a private server: %w", err)
	}
	defer func() { _ = server.Stop() }()
	return r.restore(ctx, o, server.URL(), " into a private server, which is gone again")
}
