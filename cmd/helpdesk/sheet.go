package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"helpdesk.campus/core/plain"
)

// sheet prints rows with a line of titles: as aligned columns, or as CSV that a spreadsheet shows and does not compute.
type sheet struct {
	csv     *csv.Writer
	columns *tabwriter.Writer
}

func newSheet(to io.Writer, asCSV bool, titles ...string) *sheet {
	s := &sheet{}
	if asCSV {
		s.csv = csv.NewWriter(to)
	} else {
		s.columns = tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	}
	s.row(titles...)
	return s
}

func (s *sheet) row(cells ...string) {
	if s.csv != nil {
		for i := range cells {
			cells[i] = plain.CSV(cells[i])
		}
		_ = s.csv.Write(cells) // what went wrong is said by flush
		return
	}
	for i := range cells {
		cells[i] = plain.Line(cells[i]).String()
	}
	fmt.Fprintln(s.columns, strings.Join(cells, "\t"))
}

func (s *sheet) flush() error {
	if s.csv != nil {
		s.csv.Flush()
		return s.csv.Error()
	}
	return s.columns.Flush()
}

// stamp is a moment for scripts and spreadsheets; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
