package importer

import (
	"context"
	"fmt"
	"io"
	"time"

	"helpdesk.campus/core"
)

// Options say how to import.
type Options struct {
	Zone     *time.Location        // of the times in the log; the desk's own if nil
	DryRun   bool                  // report what would be made, and make nothing
	Progress func(done, total int) // called after each incident; may be nil
}

// Run imports an incident event log: one ticket an incident, with all of its history or not at all.
// What has been imported before is left as it is, so that running it again, or after a failure, makes
// what is missing. The report says what was done also when there is an error.
func Run(ctx context.Context, desk *core.Desk, r io.Reader, opts Options) (Report, error) {
	if opts.Zone == nil {
		opts.Zone = desk.Zone()
	}
	if opts.Progress == nil {
		opts.Progress = func(int, int) {}
	}
	report := Report{DryRun: opts.DryRun}
	log, err := Read(r, opts.Zone)
	if err != nil {
		return report, fmt.Errorf("read the log: %w", err)
	}
	report.Lines, report.Left, report.Unusable = log.Lines, log.Left, log.Unusable
	report.Incidents = len(log.Incidents) + log.Left

	who := core.Operator()
	fresh, err := notYet(ctx, desk, who, log.Incidents)
	if err != nil {
		return report, err
	}
	report.Already = len(log.Incidents) - len(fresh)
	b := builder{desk: desk, who: who, dryRun: opts.DryRun, report: &report}
	if err := b.build(ctx, needsOf(fresh)); err != nil {
		return report, err
	}
	for n, incident := range fresh {
		if err := importOne(ctx, desk, who, b.campus.convert(incident), incident, &report); err != nil {
			return report, err
		}
		opts.Progress(n+1, len(fresh))
	}
	return report, nil
}

// notYet leaves the incidents that have not been imported.
func notYet(ctx context.Context, desk *core.Desk, who core.Actor, incidents []Incident) ([]Incident, error) {
	sources := make([]string, len(incidents))
	for i := range incidents {
		sources[i] = source(incidents[i])
	}
	there, err := desk.Imported(ctx, who, sources)
	if err != nil {
		return nil, fmt.Errorf("look for what was imported before: %w", err)
	}
	fresh := make([]Incident, 0, len(incidents)-len(there))
	for i := range incidents {
		if _, ok := there[sources[i]]; !ok {
			fresh = append(fresh, incidents[i])
		}
	}
	return fresh, nil
}

// importOne makes one ticket. One that the desk refuses is left out; any other failure ends the run.
func importOne(ctx context.Context, desk *core.Desk, who core.Actor, t core.ImportedTicket, i Incident, report *Report) error {
	if report.DryRun {
		report.New++
		report.Messages++
		report.Events += 1 + len(t.Steps)
		return nil
	}
	result, err := desk.Import(ctx, who, t)
	switch {
	case core.KindOf(err) == core.Invalid:
		report.Left++
		report.Unusable = append(report.Unusable, Unusable{
			Line: i.entries[0].line, Number: i.Number, Reason: "begins an incident that is refused: " + err.Error(),
		})
	case err != nil:
		return fmt.Errorf("incident %s, line %d: %w", quote(i.Number), i.entries[0].line, err)
	case result.Repeated: // somebody else imports the same log beside us
		report.Already++
	default:
		report.New++
		report.Messages++
		report.Events += result.Events
	}
	return nil
}
