package main

import (
	"context"
	"fmt"

	"helpdesk.campus/storage"
)

type migrateCommand struct {
	database `embed:""`
}

// Run migrates the database.
func (m *migrateCommand) Run(ctx context.Context, o *output) error {
	if m.DatabaseURL == "" {
		return errNoDatabase
	}
	if err := storage.Migrate(ctx, m.direct()); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	o.printf("The database has this program's schema.\n")
	return nil
}
