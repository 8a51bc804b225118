package battery

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"helpdesk.campus/cmd/helpdesk/programtest"
)

var (
	long      = flag.Bool("long", false, "try long and with many, rather than what every run of the tests can afford")
	reportDir = flag.String("report", "", "folder in which the report is written, as battery.md and battery.json; rows of trials that were not run stay")
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := programtest.Run(m)
	if server := shared.Load(); server != nil {
		server.remove()
	}
	if *reportDir != "" {
		if err := rows.Write(*reportDir); err != nil {
			fmt.Fprintln(os.Stderr, "write the report:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// scale chooses how much of something is done.
func scale[T any](short, much T) T {
	if *long {
		return much
	}
	return short
}
