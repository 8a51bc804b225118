package reporting_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage/storagetest"
)

func TestRowsAreWhatTheFiguresCount(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, `=HYPERLINK("http://evil.example")`)
	c.Report(t, c.Ana, "No signal")
	who := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Close(t.Context(), who, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	rows := func(kind string) [][]string {
		t.Helper()
		var out bytes.Buffer
		if err := reporting.Rows(t.Context(), c.Desk, who, kind, "", core.Question{Days: 7}, &out); err != nil {
			t.Fatal(err)
		}
		list, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if tickets := rows("tickets"); len(tickets) != 3 || tickets[1][3] != "closed" || tickets[1][12] != `'=HYPERLINK("http://evil.example")` || tickets[2][11] != "" {
		t.Errorf("the tickets are %q", tickets)
	}
	if done := rows("milestones"); len(done) != 2 || done[1][1] != "closed" || done[1][2] != "it" || done[1][5] == "" {
		t.Errorf("the milestones are %q", done)
	}
	for format, want := range map[string]string{
		"text":     "ticket\treference\treported\t",
		"markdown": "| ticket | reference | reported |",
		"json":     `"title":"No signal"}` + "\n",
		"csv":      "ticket,reference,reported,",
	} {
		var out bytes.Buffer
		err := reporting.Rows(t.Context(), c.Desk, who, "tickets", format, core.Question{Days: 7}, &out)
		if lines := strings.Count(out.String(), "\n"); err != nil || !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "No signal") || lines < 2 || lines > 4 {
			t.Errorf("as %s: %v: %s", format, err, out.String())
		}
	}
	err := reporting.Rows(t.Context(), c.Desk, storagetest.As(c.Ana, core.DoorWeb), "tickets", "json", core.Question{Days: 7}, &bytes.Buffer{})
	if core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter is told %v", err)
	}
}
