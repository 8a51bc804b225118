package importer

import (
	"fmt"
	"io"
	"os"
	"strings"

	"helpdesk.campus/core/plain"
)

// Report says what an import made, or in a dry run would make.
type Report struct {
	DryRun bool

	Lines     int // of the log, below the header
	Incidents int // that the log speaks of

	New     int // tickets made
	Already int // tickets that an import had made before
	Left    int // incidents left out, because a line of theirs cannot be used

	Messages   int
	Events     int
	Reporters  int // accounts made
	Staff      int // accounts made
	Queues     int
	Categories int
	Locations  int

	Unusable []Unusable // every line that could not be used
}

// Print writes the report as a person reads it.
func (r *Report) Print(w io.Writer) {
	done := "made"
	if r.DryRun {
		done = "to be made (dry run: nothing was changed)"
	}
	fmt.Fprintf(w, "The log has %d lines about %d incidents.\n\n", r.Lines, r.Incidents)
	fmt.Fprintf(w, "Tickets %s: %d, with %d messages and %d events\n", done, r.New, r.Messages, r.Events)
	for _, line := range []struct {
		n    int
		what string
	}{
		{r.Reporters, "reporters"},
		{r.Staff, "staff"},
		{r.Queues, "queues"},
		{r.Categories, "categories"},
		{r.Locations, "locations"},
	} {
		fmt.Fprintf(w, "%6d %s\n", line.n, line.what)
	}
	fmt.Fprintf(w, "Imported before and left as they are: %d\n", r.Already)
	if r.Left > 0 {
		fmt.Fprintf(w, "Incidents left out, because a line of theirs cannot be used: %d\n", r.Left)
	}
	if len(r.Unusable) == 0 {
		fmt.Fprintln(w, "Every line could be used.")
		return
	}
	fmt.Fprintf(w, "\nLines that cannot be used: %d\n", len(r.Unusable))
	for _, u := range r.Unusable {
		if u.Number == "" {
			fmt.Fprintf(w, "  line %d: %s\n", u.Line, plain.Line(u.Reason))
		} else {
			fmt.Fprintf(w, "  line %d (%s): %s\n", u.Line, quote(u.Number), plain.Line(u.Reason))
		}
	}
}

// Bar draws the progress of an import if w is a terminal; otherwise it returns nil and nothing is
// drawn.
func Bar(w io.Writer) func(done, total int) {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return bar(w)
}

func bar(w io.Writer) func(done, total int) {
	const width = 40
	shown := -1
	return func(done, total int) {
		percent := 100
		if total > 0 {
			percent = done * 100 / total
		}
		if percent == shown && done < total {
			return
		}
		shown = percent
		full := percent * width / 100
		fmt.Fprintf(w, "\r  importing [%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(" ", width-full), done, total)
		if done >= total {
			fmt.Fprint(w, "\n")
		}
	}
}
