package verb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/reporting"
)

// makeReport puts out one of the dashboards' reports, as the command line of the host prints it.
func makeReport(ctx context.Context, s *session) error {
	format := "text"
	for _, f := range reporting.Formats() {
		if s.has("--" + f) {
			format = f
		}
	}
	if asked, given := s.flags["--format"]; given {
		format = asked
	}
	if !slices.Contains(reporting.Formats(), format) {
		return s.usage(s.words.T("verb.value", "Word", short(format), "Values", strings.Join(reporting.Formats(), ", ")))
	}
	since, given := s.flags["--since"]
	if !given {
		since = "30d"
	}
	ask, err := core.ParseDays(since)
	if err != nil {
		return err //nolint:wrapcheck // told in words as it is
	}
	if ask.Query, err = query.Parse(s.flags["--where"]); err != nil {
		return err //nolint:wrapcheck // told in words as it is
	}
	made, err := reporting.Make(ctx, s.Desk, s.Who, s.args["name"], ask)
	if err != nil {
		return err //nolint:wrapcheck // told in words as it is
	}
	if err := made.Narrow(s.flags["--part"]); err != nil {
		return err //nolint:wrapcheck // told in words as it is
	}
	if err := made.Write(s.out, format); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}
