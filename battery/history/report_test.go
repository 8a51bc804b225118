package history_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"helpdesk.campus/battery/report"
)

var (
	reportDir = flag.String("report", "", "folder of the battery's report") //nolint:gochecknoglobals // a flag of the test
	rows      report.Report                                                 //nolint:gochecknoglobals // the report of this run
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if *reportDir != "" {
		if err := rows.Write(*reportDir); err != nil {
			fmt.Fprintln(os.Stderr, "write the report:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// begin opens the row of a trial, which goes into the report when the test ends.
func begin(t *testing.T, load string) *report.Row {
	t.Helper()
	r := report.New(strings.TrimPrefix(t.Name(), "Test"), "none: everything at once", load, false)
	t.Cleanup(func() {
		r.End(!t.Failed())
		rows.Add(r)
	})
	return r
}
