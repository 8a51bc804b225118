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
				said, name := plain.Line(c.words).String(), p.columns[i]
				switch {
				case said == "" || said == "–":
					continue
				case name == "from" && i+1 < len(row) && p.columns[i+1] == "to" && row[i+1].words == c.words:
					name = "on"
				case name == "to" && i > 0 && p.columns[i-1] == "from" && row[i-1].words == c.words: // one day is said once
					continue
				}
				words = append(words, name+" "+said)
			}
			fmt.Fprintln(out, strings.Join(words, ", ")+".")
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
