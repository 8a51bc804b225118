package reporting

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// RowKinds are what figures are about: all tickets reported, or everything that was answered, replied, closed and
// reopened.
func RowKinds() []string { return []string{"tickets", "milestones"} }

// Rows writes, row by row however many there are, what figures are about. As text the cells of a row have tabs between them, as
// JSON a row is an object on a line of its own.
func Rows(ctx context.Context, desk *core.Desk, who core.Actor, kind, format string, ask core.Question, out io.Writer) error {
	w := &rowWriter{out: out, format: format}
	var err error
	switch kind {
	case "milestones":
		err = milestoneRows(ctx, desk, who, ask, w)
	default:
		err = ticketRows(ctx, desk, who, ask, w)
	}
	if err != nil {
		return err
	}
	return w.end()
}

func ticketRows(ctx context.Context, desk *core.Desk, who core.Actor, ask core.Question, w *rowWriter) error {
	w.columns = []string{
		"ticket", "reference", "reported", "status", "resolution", "priority", "queue", "category", "location", "door", "first answer", "closed", "title",
	}
	zone := desk.Zone()
	return desk.EachReported(ctx, who, ask, func(t core.ReportedRow) error {
		return w.write(ticket(t.Ticket), word(t.Reference), moment(t.CreatedAt, zone), word(t.Status), word(t.Resolution), word(t.Priority), word(t.Queue),
			word(t.Category), word(t.Location), word(t.Door), moment(t.FirstResponseAt, zone), moment(t.Ended, zone), word(t.Title))
	})
}

func milestoneRows(ctx context.Context, desk *core.Desk, who core.Actor, ask core.Question, w *rowWriter) error {
	w.columns = []string{"ticket", "what", "queue", "waited since", "at", "seconds", "office seconds"}
	zone := desk.Zone()
	return desk.EachMilestone(ctx, who, ask, func(m core.MilestoneRow) error {
		waited := 1
		if m.WaitedSince.IsZero() {
			waited = 0
		}
		return w.write(ticket(m.Ticket), word(m.Kind), word(m.Queue), moment(m.WaitedSince, zone), moment(m.At, zone), length(waited, m.Took), length(waited, m.Office))
	})
}

// rowWriter writes rows as they come.
type rowWriter struct {
	out     io.Writer
	format  string
	columns []string
	csv     *csv.Writer // once something is written
}

// begin writes the names of the columns, once there is something to write: whoever may read nothing is not given them either.
func (w *rowWriter) begin() error {
	if w.csv != nil {
		return nil
	}
	w.csv = csv.NewWriter(w.out)
	w.csv.UseCRLF = true // RFC 4180, 2
	var err error
	switch w.format {
	case "json":
	case "text":
		_, err = fmt.Fprintln(w.out, strings.Join(w.columns, "\t"))
	case "markdown":
		_, err = fmt.Fprintf(w.out, "| %s |\n|%s\n", strings.Join(w.columns, " | "), strings.Repeat(" --- |", len(w.columns)))
	default:
		err = w.csv.Write(w.columns)
	}
	return err
}

func (w *rowWriter) write(row ...cell) error {
	err := w.begin()
	if err == nil {
		err = w.row(row)
	}
	if err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	return nil
}

func (w *rowWriter) row(row []cell) error {
	var err error
	switch w.format {
	case "json":
		err = json.NewEncoder(w.out).Encode(named(w.columns, row))
	case "text":
		words := make([]string, len(row))
		for i, c := range row {
			words[i] = plain.Line(c.words).String()
		}
		_, err = fmt.Fprintln(w.out, strings.Join(words, "\t"))
	case "markdown":
		_, err = fmt.Fprint(w.out, markdownRow(row))
	default:
		err = w.csv.Write(csvRow(row))
	}
	return err
}

func (w *rowWriter) end() error {
	err := w.begin()
	if err == nil {
		w.csv.Flush()
		err = w.csv.Error()
	}
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}
