package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage"
)

type doctorCommand struct {
	database `embed:""`

	Deep bool `help:"Read the whole history too, as 'helpdesk audit verify' does; takes minutes where much has happened."`
}

var errIll = errors.New("something needs mending; what and how is said above")

// Run prints a line for each thing it looked at, and fails when one of them is broken.
func (d *doctorCommand) Run(ctx context.Context, o *output) error {
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	words := catalogue.For("en")
	return d.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		found, err := desk.Examine(ctx, core.Operator())
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if d.Deep {
			report, err := desk.VerifyHistory(ctx, core.Operator())
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			deep := core.Finding{Verdict: core.Healthy, Code: "audit_ok"}
			if n := len(report.Faults); n > 0 {
				deep = core.Finding{Verdict: core.Ill, Code: "audit", Args: map[string]any{"Number": n}}
			}
			found = append(found, deep)
		}
		ill := false
		for _, f := range found {
			o.printf("%-8s %s\n", f.Verdict, words.T("doctor."+f.Code, f.Args))
			ill = ill || f.Verdict == core.Ill
		}
		if ill {
			return errIll
		}
		return nil
	})
}
