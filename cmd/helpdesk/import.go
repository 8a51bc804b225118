package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"helpdesk.campus/cmd/helpdesk/importer"
	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

type importCommand struct {
	database `embed:""`

	From   string   `required:"" enum:"servicenow" help:"Which system wrote the file: ${enum}."`
	Zone   zoneFlag `help:"Time zone of the file's times, as in Europe/Madrid. Unless said, the campus's: what an admin has set, or else HELPDESK_ZONE." placeholder:"ZONE"`
	DryRun bool     `help:"Say what would be made, and every line that cannot be used, and make nothing."`
	File   string   `arg:"" type:"existingfile" help:"The log, as CSV."`
}

var errNothingUsable = errors.New("nothing in the file could be used")

// Run imports the file. Running it again makes only what is missing.
func (i *importCommand) Run(ctx context.Context, o *output) error {
	file, err := os.Open(i.File)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	defer func() { _ = file.Close() }()
	return i.workIn(ctx, o, i.Zone.Location, func(_ *storage.DB, desk *core.Desk) error {
		report, err := importer.Run(ctx, desk, file, importer.Options{
			Zone: i.Zone.Location, DryRun: i.DryRun, Progress: importer.Bar(o.err),
		})
		report.Print(o.out)
		if err != nil {
			return err
		}
		if report.Incidents > 0 && report.New+report.Already == 0 {
			return errNothingUsable
		}
		return nil
	})
}
