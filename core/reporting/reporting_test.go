package reporting

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// What the CSV says is what the screen shows: both come from the same figures.
func TestTheCSVHasTheRowsOfTheFigures(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "No signal")
	ask := core.Question{Days: 10, Query: query.Query{}}
	made, err := Make(t.Context(), c.Desk, storagetest.As(c.Ines, core.DoorSSH), "flow", ask)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := c.Desk.AnalyseFlow(t.Context(), storagetest.As(c.Ines, core.DoorSSH), ask)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.parts[0].rows) != len(flow.Buckets) {
		t.Fatalf("%d rows for %d days", len(made.parts[0].rows), len(flow.Buckets))
	}
	for i, b := range flow.Buckets {
		if got := made.parts[0].rows[i][2].value; got != b.Created {
			t.Errorf("%v: %v, want %d", b.Start, got, b.Created)
		}
	}
}
