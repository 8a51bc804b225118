package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
)

type userImportCommand struct {
	database `embed:""`

	DryRun bool   `help:"Say what would be made, and every line that cannot be used, and make nothing."`
	File   string `arg:"" type:"existingfile" help:"CSV whose first line names the columns: username, name, email, role, queues."`
}

// Run makes the accounts of a list: all of them, or none if one line cannot be used.
func (u *userImportCommand) Run(ctx context.Context, o *output) error {
	return u.work(ctx, o, func(desk *core.Desk) error {
		return importRoll(o, u.File, u.DryRun, func(file *os.File) (core.RollReport, error) {
			return desk.ImportUsers(ctx, core.Operator(), file, u.DryRun)
		})
	})
}

var errRoll = errors.New("lines of the list cannot be used; nothing was changed")

// importRoll reads a list and says what became of it.
func importRoll(o *output, name string, dry bool, read func(*os.File) (core.RollReport, error)) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open the list: %w", err)
	}
	defer func() { _ = file.Close() }()
	report, err := read(file)
	if err != nil {
		return err
	}
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	words := catalogue.For("en")
	for _, p := range report.Problems {
		o.complainf("line %d: %s: %s\n", p.Line, p.Field, words.T("error."+p.Code, p.Args))
	}
	if len(report.Problems) > 0 {
		return errRoll
	}
	for _, change := range report.Changes {
		o.printf("line %d: %s: %s\n", change.Line, plain.Line(change.Of), changeWords(change))
	}
	would := "Made %d, changed %d, left %d as they were.\n"
	if dry {
		would = "It would make %d, change %d and leave %d as they are.\n"
	}
	o.printf(would, report.Made, report.Changed, report.Same)
	return nil
}

// changeWords say what a line changes of what was there already.
func changeWords(c core.RollChange) string {
	from, to := plain.Line(c.From).String(), plain.Line(c.To).String()
	switch {
	case c.Field == "queues":
		return "joins " + to
	case from == "":
		return c.Field + " becomes " + to
	case to == "":
		return c.Field + " " + from + " goes"
	}
	return c.Field + " " + from + " becomes " + to
}
