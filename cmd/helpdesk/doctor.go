package main

import (
	"context"
	"errors"
	"fmt"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage"
)

type doctorCommand struct {
	database `embed:""`

	Deep bool `help:"Read the whole history too, as 'helpdesk audit verify' does, and derive the dashboards' figures from it anew; takes minutes where much has happened."`
	Mend bool `help:"With --deep: derive the dashboards' figures anew where they do not follow from the history."`
}

var errIll = errors.New("something needs mending; what and how is said above")

// Run prints a line for each thing it looked at, and fails when one of them is broken.
func (d *doctorCommand) Run(ctx context.Context, o *output) error {
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	words := catalogue.For("en")
	return d.workIn(ctx, o, nil, func(db *storage.DB, desk *core.Desk) error {
		found, err := desk.Examine(ctx, core.Operator())
		if err != nil {
			return err
		}
		if d.Deep {
			report, err := desk.VerifyHistory(ctx, core.Operator())
			if err != nil {
				return err
			}
			deep := core.Finding{Verdict: core.Healthy, Code: "audit_ok"}
			if n := len(report.Faults); n > 0 {
				deep = core.Finding{Verdict: core.Ill, Code: "audit", Args: map[string]any{"Number": n}}
			}
			figures, err := d.checkFigures(ctx, db)
			if err != nil {
				return err
			}
			found = append(found, deep, figures)
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

// checkFigures derives again what the dashboards' figures are read from, and mends it if asked.
func (d *doctorCommand) checkFigures(ctx context.Context, db *storage.DB) (core.Finding, error) {
	milestones, err := db.CheckMilestones(ctx)
	if err != nil {
		return core.Finding{}, fmt.Errorf("check milestones: %w", err)
	}
	days, err := db.CheckPacked(ctx)
	if err != nil {
		return core.Finding{}, fmt.Errorf("check packed days: %w", err)
	}
	if milestones+days > 0 && d.Mend {
		if err := db.RebuildMilestones(ctx); err != nil {
			return core.Finding{}, fmt.Errorf("derive milestones: %w", err)
		}
		if err := db.UnpackAll(ctx); err != nil {
			return core.Finding{}, fmt.Errorf("unpack: %w", err)
		}
		return core.Finding{Verdict: core.Healthy, Code: "figures_ok"}, nil
	}
	if milestones+days > 0 {
		return core.Finding{Verdict: core.Ill, Code: "figures", Args: map[string]any{"Milestones": milestones, "Days": days}}, nil
	}
	return core.Finding{Verdict: core.Healthy, Code: "figures_ok"}, nil
}
