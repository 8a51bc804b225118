package linear_test

import (
	"flag"
	"os"
	"testing"

	"helpdesk.campus/tui/linear"
)

var update = flag.Bool("update", false, "write docs/plain.md") //nolint:gochecknoglobals // a flag of the test

// docs/plain.md is made from the table of commands; -update writes it.
func TestThePageIsTheTable(t *testing.T) {
	t.Parallel()
	const page = "../../docs/plain.md"
	want := linear.Document()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil || string(have) != want {
		t.Errorf("docs/plain.md is not the table (%v); write it with: go test ./tui/linear -update", err)
	}
}
