// Package figure is what a bench finds out, and how it is written down: a table for each question, with the goal beside
// the figure that has to meet it, as Markdown for people and as JSON for the history.
package figure

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Report is one run of the bench.
type Report struct {
	At      time.Time `json:"at"`
	Version string    `json:"version"` // of the program, from git
	Machine []Fact    `json:"machine"`
	Took    string    `json:"took"`
	Cut     []Fact    `json:"cut,omitempty"` // parts that are not whole, and why
	Tables  []*Table  `json:"tables"`
}

// Fact is something one should know about a run.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Table answers one question.
type Table struct {
	Name     string   `json:"name"` // by which the history knows it
	Question string   `json:"question"`
	How      string   `json:"how"`            // it was measured
	Load     string   `json:"load,omitempty"` // average of the machine when the part that measured it began
	Subject  string   `json:"subject"`
	Columns  []Column `json:"columns"`
	Rows     []Row    `json:"rows"`
	Goals    []Goal   `json:"goals,omitempty"`
}

// Column says what its figures are.
type Column struct {
	Title  string `json:"title"`
	Digits int    `json:"digits"` // behind the point
}

// Row is a line of figures; a missing one is NaN in Go and null in JSON.
type Row struct {
	Subject string   `json:"subject"`
	Figures []Figure `json:"figures"`
}

// Figure is one number, or none.
type Figure struct {
	Value float64
	Known bool
}

// Of is a number that is known.
func Of(v float64) Figure { return Figure{Value: v, Known: true} }

// MarshalJSON writes null for what is not known.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.Known {
		return []byte("null"), nil
	}
	return json.Marshal(f.Value) //nolint:wrapcheck // a number
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figure) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		*f = Figure{}
		return nil
	}
	f.Known = true
	return json.Unmarshal(raw, &f.Value) //nolint:wrapcheck // a number
}

// Goal is what was promised, beside what was measured.
type Goal struct {
	Promise  string `json:"promise"`
	Measured string `json:"measured"`
	Met      bool   `json:"met"`
}

// Add adds a row.
func (t *Table) Add(subject string, figures ...float64) {
	row := Row{Subject: subject}
	for _, v := range figures {
		row.Figures = append(row.Figures, Of(v))
	}
	t.Rows = append(t.Rows, row)
}

// AtMost notes a goal that a figure must not exceed.
func (t *Table) AtMost(promise string, measured, limit float64, unit string) {
	t.Goals = append(t.Goals, Goal{Promise: promise, Measured: number(measured) + unit, Met: measured <= limit})
}

// AtLeast notes a goal that a figure must reach.
func (t *Table) AtLeast(promise string, measured, limit float64, unit string) {
	t.Goals = append(t.Goals, Goal{Promise: promise, Measured: number(measured) + unit, Met: measured >= limit})
}

func number(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// Missed counts the goals that were not met.
func (r *Report) Missed() (missed, all int) {
	for _, t := range r.Tables {
		for _, g := range t.Goals {
			all++
			if !g.Met {
				missed++
			}
		}
	}
	return missed, all
}

// WriteJSON writes the report for the history.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r) //nolint:wrapcheck // said by the caller
}

// WriteMarkdown writes the report for people. Of an earlier run, if one is given, every figure stands behind the new one
// in brackets.
func (r *Report) WriteMarkdown(w io.Writer, before *Report) error {
	var b strings.Builder
	missed, all := r.Missed()
	fmt.Fprintf(&b, "# Bench of %s, %s\n\n%d of %d goals met; %s.\n\n", r.Version, r.At.Format("2 January 2006 15:04"), all-missed, all, r.Took)
	for _, f := range r.Machine {
		fmt.Fprintf(&b, "- %s: %s\n", f.Name, f.Value)
	}
	if before != nil {
		fmt.Fprintf(&b, "- In brackets: %s, %s\n", before.Version, before.At.Format("2 January 2006 15:04"))
	}
	for _, c := range r.Cut {
		fmt.Fprintf(&b, "- **%s is not whole**: %s\n", c.Name, c.Value)
	}
	for _, t := range r.Tables {
		t.write(&b, before)
	}
	_, err := io.WriteString(w, b.String())
	return err //nolint:wrapcheck // said by the caller
}

func (t *Table) write(b *strings.Builder, before *Report) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", t.Question, t.How)
	if t.Load != "" {
		fmt.Fprintf(b, "Load average when it began: %s.\n\n", t.Load)
	}
	fmt.Fprintf(b, "| %s |", t.Subject)
	for _, c := range t.Columns {
		fmt.Fprintf(b, " %s |", c.Title)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(t.Columns)) + "\n")
	for _, row := range t.Rows {
		fmt.Fprintf(b, "| %s |", row.Subject)
		for i, f := range row.Figures {
			fmt.Fprintf(b, " %s%s |", f.text(t.Columns[i].Digits), before.figure(t.Name, row.Subject, t.Columns[i].Title).bracketed(t.Columns[i].Digits))
		}
		b.WriteString("\n")
	}
	for i, g := range t.Goals {
		if i == 0 {
			b.WriteString("\n")
		}
		verdict := "met"
		if !g.Met {
			verdict = "**missed**"
		}
		fmt.Fprintf(b, "- %s: %s, %s\n", g.Promise, g.Measured, verdict)
	}
}

func (f Figure) text(digits int) string {
	if !f.Known {
		return "–"
	}
	return fmt.Sprintf("%.*f", digits, f.Value)
}

func (f Figure) bracketed(digits int) string {
	if !f.Known {
		return ""
	}
	return " (" + f.text(digits) + ")"
}

// figure finds one of an earlier report.
func (r *Report) figure(table, subject, column string) Figure {
	if r == nil {
		return Figure{}
	}
	for _, t := range r.Tables {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Title == column })
		if t.Name != table || at < 0 {
			continue
		}
		for _, row := range t.Rows {
			if row.Subject == subject && at < len(row.Figures) {
				return row.Figures[at]
			}
		}
	}
	return Figure{}
}
