package reporting_test

import (
	"bytes"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage/storagetest"
)

// formula is what people write who want a spreadsheet to work for them.
const formula = `=HYPERLINK("http://evil.example","a | b")`

// worked is a campus on which something of every kind has happened, and where every word is a formula.
func worked(t *testing.T) *storagetest.Campus {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }}))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for i := range 24 {
		in := core.NewTicket{Title: formula, Description: "It is broken", Category: []core.Category{c.Network, c.Printing, c.Heating}[i%3].ID, Where: core.Where{Words: "LIB-204"}}
		view, err := c.Desk.Report(t.Context(), storagetest.As(c.Ana, core.DoorSSH), in)
		must(err)
		id := view.Ticket
		now = now.Add(50 * time.Minute)
		if i%3 == 2 {
			continue
		}
		if i%2 == 0 {
			_, err = c.Desk.Take(t.Context(), ines, id, 0)
			must(err)
			_, err = c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "We are on it."})
			must(err)
			must(c.Desk.Follow(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), id))
		}
		now = now.Add(time.Duration(3+i) * time.Hour)
		if i%4 == 0 {
			_, err = c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed})
			must(err)
			_, err = c.Desk.Rate(t.Context(), storagetest.As(c.Ana, core.DoorWeb), id, 1+i%5, formula)
			must(err)
		}
		if i%8 == 0 {
			_, err = c.Desk.Reopen(t.Context(), ines, id, 0, "")
			must(err)
		}
	}
	return c
}

// The screen draws the model that is read here; every figure of it stands in every form of the report.
func TestEveryFormOfAReportSaysWhatTheScreenShows(t *testing.T) {
	t.Parallel()
	c := worked(t)
	who, ask := storagetest.As(c.Ines, core.DoorSSH), core.Question{Days: 20}
	for name, read := range map[string]func() ([]table, error){
		"now": func() ([]table, error) {
			f, err := c.Desk.AnalyseNow(t.Context(), who, query.Query{})
			return tablesOfNow(&f), err
		},
		"flow": func() ([]table, error) {
			f, err := c.Desk.AnalyseFlow(t.Context(), who, ask)
			return tablesOfFlow(&f), err
		},
		"speed": func() ([]table, error) {
			f, err := c.Desk.AnalyseSpeed(t.Context(), who, ask)
			return tablesOfSpeed(&f), err
		},
		"where": func() ([]table, error) {
			f, err := c.Desk.AnalyseWhere(t.Context(), who, ask)
			return tablesOfWhere(&f), err
		},
		"people": func() ([]table, error) {
			f, err := c.Desk.AnalysePeople(t.Context(), who, ask)
			return tablesOfPeople(&f), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := read()
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range want {
				if len(table.rows) == 0 && table.part != "returns" {
					t.Errorf("%s has no rows to compare", table.part)
				}
				for form, parse := range map[string]func(*testing.T, string) []map[string]string{"csv": fromCSV, "json": fromJSON, "markdown": fromMarkdown, "text": fromText} {
					var out bytes.Buffer
					made, err := reporting.Make(t.Context(), c.Desk, who, name, ask)
					if err == nil {
						err = made.Narrow(table.part)
					}
					if err == nil {
						err = made.Write(&out, form)
					}
					if err != nil {
						t.Fatal(err)
					}
					table.hold(t, form, parse(t, out.String()))
				}
			}
		})
	}
}

// hold compares a part of the report in one form with the figures.
func (want *table) hold(t *testing.T, form string, got []map[string]string) {
	t.Helper()
	if len(got) != len(want.rows) {
		t.Errorf("%s as %s has %d rows, the screen %d", want.part, form, len(got), len(want.rows))
		return
	}
	for i, row := range want.rows {
		for k, f := range row {
			shown := map[string]string{"csv": f.csv, "json": f.json, "markdown": f.text, "text": f.text}[form]
			if said := got[i][want.columns[k]]; said != shown {
				t.Errorf("%s as %s, row %d: %s is %q, the screen's %q", want.part, form, i+1, want.columns[k], said, shown)
			}
		}
	}
}
