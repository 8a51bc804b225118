package reporting

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"helpdesk.campus/core"
)

// Rows writes as CSV, row by row however many there are, what figures are about: all tickets reported ("tickets"), or
// everything that was answered, replied, closed and reopened ("milestones").
func Rows(ctx context.Context, desk *core.Desk, who core.Actor, kind string, ask core.Question, out io.Writer) error {
	w := csv.NewWriter(out)
	w.UseCRLF = true // RFC 4180, 2
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
	if w.Flush(); w.Error() != nil {
		return fmt.Errorf("write rows: %w", w.Error())
	}
	return nil
}

func writeCells(w *csv.Writer, cells ...cell) error {
	record := make([]string, len(cells))
	for i, c := range cells {
		record[i] = c.csv()
	}
	if err := w.Write(record); err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	return nil
}

func ticketRows(ctx context.Context, desk *core.Desk, who core.Actor, ask core.Question, w *csv.Writer) error {
	if err := writeCells(w, word("ticket"), word("reference"), word("reported"), word("status"), word("resolution"), word("priority"), word("queue"),
		word("category"), word("location"), word("door"), word("first answer"), word("closed"), word("title")); err != nil {
		return err
	}
	zone := desk.Zone()
	return desk.EachReported(ctx, who, ask, func(t core.ReportedRow) error { //nolint:wrapcheck // says what it did
		return writeCells(w, ticket(t.Ticket), word(t.Reference), moment(t.CreatedAt, zone), word(t.Status), word(t.Resolution), word(t.Priority), word(t.Queue),
			word(t.Category), word(t.Location), word(t.Door), moment(t.FirstResponseAt, zone), moment(t.Ended, zone), word(t.Title))
	})
}

func milestoneRows(ctx context.Context, desk *core.Desk, who core.Actor, ask core.Question, w *csv.Writer) error {
	if err := writeCells(w, word("ticket"), word("what"), word("queue"), word("waited since"), word("at"), word("seconds"), word("office seconds")); err != nil {
		return err
	}
	zone := desk.Zone()
	return desk.EachMilestone(ctx, who, ask, func(m core.MilestoneRow) error { //nolint:wrapcheck // says what it did
		waited := 1
		if m.WaitedSince.IsZero() {
			waited = 0
		}
		return writeCells(w, ticket(m.Ticket), word(m.Kind), word(m.Queue), moment(m.WaitedSince, zone), moment(m.At, zone), length(waited, m.Took), length(waited, m.Office))
	})
}
