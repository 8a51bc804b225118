package main

import (
	"context"
	"fmt"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage"
)

type reportCommand struct {
	database `embed:""`

	Name   string   `arg:"" enum:"now,flow,speed,where,people" help:"Which report: now, flow, speed, where or people."`
	Since  string   `default:"30d" help:"The last so many days (30d, 4w), all days since one (2026-09-01), a range (2026-09-01..2026-12-20, 2026-09), or the term that the campus is in (term)." placeholder:"RANGE"`
	Where  string   `help:"Which tickets, as in the console's filter: \"queue:it priority:>=high\"." placeholder:"QUERY"`
	Part   string   `help:"Only one part of the report, by its name." placeholder:"NAME"`
	Office bool     `help:"Times in office hours, not in calendar time."`
	Step   string   `default:"" enum:",hour,day,week" help:"How long a row of time is: hour (up to 14 days), day (up to 92) or week; by the range unless said." placeholder:"STEP"`
	Versus string   `default:"before" enum:"before,year" help:"What to compare with: as many days before, or the same days a year before."`
	Rows   string   `default:"" enum:",tickets,milestones" help:"Instead of figures, without limit, what they count: all tickets reported (tickets), or all answers, replies, closings and reopenings (milestones)." placeholder:"KIND"`
	Format string   `default:"" enum:",text,csv,json,markdown" help:"How to write it: text (figures unless said), csv (rows unless said), json or markdown."`
	Zone   zoneFlag `help:"Time zone in which days begin, as in Europe/Madrid. Unless said, the campus's: what an admin has set, or else HELPDESK_ZONE." placeholder:"ZONE"`
}

// Run computes the report and writes it, by the same use-cases as the console's dashboards.
func (r *reportCommand) Run(ctx context.Context, o *output) error {
	asked := reporting.Request{
		Name: r.Name, Since: r.Since, Where: r.Where, Part: r.Part, Step: r.Step, Versus: r.Versus, Office: r.Office, Rows: r.Rows, Format: r.Format,
	}
	if _, err := asked.Question(); err != nil { // before a database is looked for
		return fmt.Errorf("report %s: %w", r.Name, err)
	}
	return r.workIn(ctx, o, r.Zone.Location, func(_ *storage.DB, desk *core.Desk) error {
		return reporting.Write(ctx, desk, core.Operator(), asked, o.out)
	})
}
