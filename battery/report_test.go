package battery

import (
	"strings"
	"testing"

	"helpdesk.campus/battery/report"
)

// rows is the report of this run.
var rows report.Report

// begin opens the row of a trial, which goes into the report when the test ends.
func begin(t *testing.T, fault, load string) *report.Row {
	t.Helper()
	r := report.New(strings.TrimPrefix(t.Name(), "Test"), fault, load, *long)
	t.Cleanup(func() {
		if t.Skipped() {
			return
		}
		r.End(!t.Failed())
		rows.Add(r)
		t.Log(r.Line())
	})
	return r
}
