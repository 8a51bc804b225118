package reporting

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"helpdesk.campus/core/plain"
)

// Speak writes the report to be listened to: each row is a sentence in which every value stands behind what it is of.
func (r *Report) Speak(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "Report %s.\n", r.heading())
	for _, p := range r.parts {
		fmt.Fprintf(out, "%s, %d:\n", strings.ReplaceAll(p.name, "_", " "), len(p.rows))
		for _, row := range p.rows {
			words := make([]string, 0, len(row))
			for i, c := range row {
				if said := plain.Line(c.words).String(); said != "" && said != "–" {
					words = append(words, p.columns[i]+" "+said)
				}
			}
			fmt.Fprintln(out, strings.Join(words, ", ")+".")
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
