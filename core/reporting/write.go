package reporting

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core/plain"
)

// Write writes the report. What people wrote is made safe for each form: to be shown, not obeyed, and in a
// spreadsheet not computed.
func (r *Report) Write(w io.Writer, format string) error {
	var out bytes.Buffer
	var err error
	switch format {
	case "csv":
		err = r.csv(&out)
	case "json":
		err = r.json(&out)
	case "markdown":
		r.markdown(&out)
	default:
		r.text(&out)
	}
	if err == nil {
		_, err = w.Write(out.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// heading says what the report is about.
func (r *Report) heading() string {
	words := r.name
	if !r.from.IsZero() {
		words += ", " + r.from.Format(time.DateOnly) + " to " + r.to.Format(time.DateOnly)
	}
	if r.where != "" {
		words += ", " + plain.Line(r.where).String()
	}
	return words + ", as of " + r.at.In(r.zone).Format("2006-01-02 15:04") + " (" + r.zone.String() + ")"
}

func (r *Report) text(out *bytes.Buffer) {
	fmt.Fprintln(out, r.heading())
	for _, p := range r.parts {
		fmt.Fprintf(out, "\n%s\n", p.name)
		if len(p.rows) == 0 {
			fmt.Fprintln(out, "  none")
			continue
		}
		widths := make([]int, len(p.columns))
		lines := [][]plain.Text{make([]plain.Text, len(p.columns))}
		for i, c := range p.columns {
			lines[0][i] = plain.Line(c)
		}
		for _, row := range p.rows {
			line := make([]plain.Text, len(row))
			for i, c := range row {
				line[i] = plain.Line(c.words)
			}
			lines = append(lines, line)
		}
		for _, line := range lines {
			for i, c := range line {
				widths[i] = max(widths[i], c.Width())
			}
		}
		for n, line := range lines {
			var b strings.Builder
			for i, c := range line {
				pad := strings.Repeat(" ", widths[i]-c.Width())
				if p.rows[max(0, n-1)][i].right() {
					b.WriteString("  " + pad + c.String())
				} else {
					b.WriteString("  " + c.String() + pad)
				}
			}
			fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
		}
	}
}

// right reports whether the cell is a number, to be read from its end.
func (c cell) right() bool {
	switch c.value.(type) {
	case int, int64, float64, nil:
		return true
	}
	return false
}

// csv writes each part with a line of its columns' names; an empty line is between two parts.
func (r *Report) csv(out *bytes.Buffer) error {
	for i, p := range r.parts {
		if i > 0 {
			out.WriteString("\r\n")
		}
		w := csv.NewWriter(out)
		w.UseCRLF = true // RFC 4180, 2
		if err := w.Write(p.columns); err != nil {
			return fmt.Errorf("write columns: %w", err)
		}
		for _, row := range p.rows {
			if err := w.Write(csvRow(row)); err != nil {
				return fmt.Errorf("write row: %w", err)
			}
		}
		if w.Flush(); w.Error() != nil {
			return fmt.Errorf("write rows: %w", w.Error())
		}
	}
	return nil
}

func csvRow(row []cell) []string {
	record := make([]string, len(row))
	for i, c := range row {
		record[i] = c.csv()
	}
	return record
}

func (c cell) csv() string {
	switch v := c.value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return plain.CSV(v)
	default:
		return fmt.Sprint(v)
	}
}

func (r *Report) json(out *bytes.Buffer) error {
	type document struct {
		Report string                      `json:"report"`
		At     time.Time                   `json:"at"`
		Zone   string                      `json:"zone"`
		From   string                      `json:"from,omitempty"`
		To     string                      `json:"to,omitempty"`
		Where  string                      `json:"where,omitempty"`
		Parts  map[string][]map[string]any `json:"parts"`
	}
	d := document{Report: r.name, At: r.at, Zone: r.zone.String(), Where: plain.Line(r.where).String(), Parts: map[string][]map[string]any{}}
	if !r.from.IsZero() {
		d.From, d.To = r.from.Format(time.DateOnly), r.to.Format(time.DateOnly)
	}
	for _, p := range r.parts {
		rows := make([]map[string]any, len(p.rows))
		for n, row := range p.rows {
			rows[n] = named(p.columns, row)
		}
		d.Parts[p.name] = rows
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return nil
}

// named gives the values of a row their names.
func named(columns []string, row []cell) map[string]any {
	values := make(map[string]any, len(row))
	for i, c := range row {
		if words, ok := c.value.(string); ok {
			c.value = plain.Line(words).String()
		}
		values[strings.ReplaceAll(columns[i], " ", "_")] = c.value
	}
	return values
}

func (r *Report) markdown(out *bytes.Buffer) {
	fmt.Fprintf(out, "# %s\n", escapeMarkdown(r.heading()))
	for _, p := range r.parts {
		fmt.Fprintf(out, "\n## %s\n\n|", p.name)
		for _, c := range p.columns {
			fmt.Fprintf(out, " %s |", c)
		}
		out.WriteString("\n|")
		for i := range p.columns {
			if len(p.rows) > 0 && p.rows[0][i].right() {
				out.WriteString(" ---: |")
			} else {
				out.WriteString(" --- |")
			}
		}
		out.WriteByte('\n')
		for _, row := range p.rows {
			out.WriteString(markdownRow(row))
		}
	}
}

func markdownRow(row []cell) string {
	var line strings.Builder
	line.WriteByte('|')
	for _, c := range row {
		line.WriteString(" " + escapeMarkdown(plain.Line(c.words).String()) + " |")
	}
	line.WriteByte('\n')
	return line.String()
}

// escapeMarkdown keeps people's words from being read as tables, links or HTML. Parentheses alone make none.
func escapeMarkdown(s string) string {
	var out strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]<>#!|&~", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
