package main

import (
	"context"
	"os"

	"helpdesk.campus/core"
)

type locationCommand struct {
	Ls     locationLsCommand     `cmd:"" help:"List sites, buildings and rooms."`
	Import locationImportCommand `cmd:"" help:"Make places of a list in CSV."`
}

type locationLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV, in the form that import reads."`
}

// Run lists places by code.
func (l *locationLsCommand) Run(ctx context.Context, o *output) error {
	return l.work(ctx, o, func(desk *core.Desk) error {
		list, err := desk.EveryLocation(ctx, core.Operator())
		if err != nil {
			return err
		}
		codes := make(map[core.LocationID]string, len(list))
		for _, at := range list {
			codes[at.ID] = at.Code
		}
		out := newSheet(o.out, l.CSV, "code", "name", "kind", "parent")
		for _, at := range list {
			if !at.Archived {
				out.row(at.Code, at.Name, string(at.Kind), codes[at.Parent])
			}
		}
		return out.flush()
	})
}

type locationImportCommand struct {
	database `embed:""`

	DryRun bool   `help:"Say what would be made, and every line that cannot be used, and make nothing."`
	File   string `arg:"" type:"existingfile" help:"CSV whose first line names the columns: code, name, kind (site, building or room), parent (a code)."`
}

// Run makes the places of a list: all of them, or none if one line cannot be used.
func (l *locationImportCommand) Run(ctx context.Context, o *output) error {
	return l.work(ctx, o, func(desk *core.Desk) error {
		return importRoll(o, l.File, l.DryRun, func(file *os.File) (core.RollReport, error) {
			return desk.ImportLocations(ctx, core.Operator(), file, l.DryRun)
		})
	})
}
