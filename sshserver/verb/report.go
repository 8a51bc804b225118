package verb

import (
	"context"
	"slices"
	"strings"

	"helpdesk.campus/core/reporting"
)

// makeReport puts out one of the dashboards' reports, as the command line of the host prints it.
func makeReport(ctx context.Context, s *session) error {
	asked := reporting.Request{
		Name: s.args["name"], Since: s.flags["--since"], Where: s.flags["--where"], Part: s.flags["--part"], Step: s.flags["--step"],
		Versus: s.flags["--versus"], Office: s.has("--office"), Rows: s.flags["--rows"], Format: s.flags["--format"],
	}
	for _, f := range reporting.Formats() {
		if s.has("--"+f) && asked.Format == "" {
			asked.Format = f
		}
	}
	for _, given := range []struct {
		word   string
		values []string
	}{
		{asked.Format, reporting.Formats()}, {asked.Step, reporting.Steps()}, {asked.Versus, reporting.Comparisons()}, {asked.Rows, reporting.RowKinds()},
	} {
		if given.word != "" && !slices.Contains(given.values, given.word) {
			return s.usage(s.words.T("verb.value", "Word", short(given.word), "Values", strings.Join(given.values, ", ")))
		}
	}
	err := reporting.Write(ctx, s.Desk, s.Who, asked, s.out)
	if err != nil && s.out.Flush() != nil {
		return errOutput
	}
	return err
}
