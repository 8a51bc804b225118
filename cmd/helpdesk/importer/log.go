// Package importer reads the logs of other systems' service desks into tickets with their history.
// It knows one: the incident event log of ServiceNow, in which each line is the state of an incident
// after one update of it.
package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// column is one column of the log.
type column int

const (
	colNumber column = iota
	colState
	colUpdatedAt
	colUpdatedBy
	colCaller
	colOpenedBy
	colOpenedAt
	colLocation
	colCategory
	colSubcategory
	colSymptom
	colPriority
	colGroup
	colAssignee
	colClosedCode
	colResolvedBy
	colTitle
	colDescription
	firstKept // from here on: columns that have no place of ours and are kept in the description
)

// columnNames are the columns as the log's header calls them, in the order of the constants.
var columnNames = [...]string{
	"number", "incident_state", "sys_updated_at", "sys_updated_by", "caller_id", "opened_by", "opened_at", "location",
	"category", "subcategory", "u_symptom", "priority", "assignment_group", "assigned_to", "closed_code", "resolved_by",
	"short_description", "description",

	"contact_type", "cmdb_ci", "impact", "urgency", "u_priority_confirmation", "knowledge", "notify", "problem_id", "rfc",
	"vendor", "caused_by", "made_sla", "reassignment_count", "reopen_count", "sys_created_by", "sys_created_at", "resolved_at", "closed_at",
}

// needed are the columns without which a log says nothing. The others may be missing; the counter
// sys_mod_count is not even looked at, because it is wrong or doubled in places where the order of the
// lines is right.
var needed = []column{colNumber, colState, colUpdatedAt}

// timeForm is how the log writes times: campus time, without a zone.
const timeForm = "02-01-2006 15:04"

// entry is one line of the log that can be used: an incident after one update.
type entry struct {
	line   int
	at     time.Time // of the update
	opened time.Time // zero if not known
	values [len(columnNames)]string
}

// Incident is one incident with its lines in the order of the file, which is the order in which
// things happened even where the times say otherwise.
type Incident struct {
	Number  string
	entries []entry
}

// Unusable is a line that could not be used, and why.
type Unusable struct {
	Line   int
	Number string // of the incident, "" if the line does not say
	Reason string
}

// Log is an incident event log that has been read.
type Log struct {
	Incidents []Incident // those of which every line can be used, in the order of their first lines
	Lines     int        // lines below the header
	Left      int        // incidents that are left out, because a line of theirs cannot be used
	Unusable  []Unusable
}

// Read reads a log. Times in it are taken to be of the zone. What is wrong with single lines is in the
// log's Unusable; an error means that the file is no such log or could not be read to its end.
func Read(r io.Reader, zone *time.Location) (*Log, error) {
	lines := csv.NewReader(skipMark(r))
	lines.FieldsPerRecord = -1 // counted here, so that one short line does not end the reading
	lines.ReuseRecord = true
	header, err := lines.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty: the first line must name the columns")
	case err != nil:
		return nil, fmt.Errorf("read the line that names the columns: %w", err)
	}
	width := len(header)
	at, err := findColumns(header)
	if err != nil {
		return nil, err
	}

	g := grouping{zone: zone, at: at, index: map[string]int{}, bad: map[string]bool{}, words: map[string]string{}}
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		g.log.Lines++
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			g.refuse(broken.StartLine, "", malformed(broken))
			continue
		case err != nil:
			return nil, fmt.Errorf("read line after %d others: %w", g.log.Lines, err)
		}
		line, _ := lines.FieldPos(0)
		if len(record) != width {
			g.refuse(line, g.value(record, colNumber), fmt.Sprintf("has %d columns where the header has %d", len(record), width))
			continue
		}
		g.take(line, record)
	}
	return g.finish(), nil
}

// skipMark reads past the mark that some programs begin UTF-8 files with.
func skipMark(r io.Reader) io.Reader {
	const mark = "\xEF\xBB\xBF"
	start := make([]byte, len(mark))
	n, err := io.ReadFull(r, start)
	switch {
	case err == nil && string(start) == mark:
		return r
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return io.MultiReader(strings.NewReader(string(start[:n])), failing{err})
	}
	return io.MultiReader(strings.NewReader(string(start[:n])), r)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// findColumns says where each column stands in the file, -1 for those that are not there.
func findColumns(header []string) ([len(columnNames)]int, error) {
	var at [len(columnNames)]int
	for i, name := range columnNames {
		at[i] = slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
	}
	var missing []string
	for _, c := range needed {
		if at[c] < 0 {
			missing = append(missing, columnNames[c])
		}
	}
	if len(missing) > 0 {
		return at, fmt.Errorf("this is no incident event log: the first line names no column %s", strings.Join(missing, ", "))
	}
	return at, nil
}

// malformed puts into words what is wrong with a line as CSV.
func malformed(e *csv.ParseError) string {
	if e.Line > e.StartLine {
		return fmt.Sprintf("begins a quoted text that does not end properly; lines %d to %d could not be read", e.StartLine, e.Line)
	}
	return fmt.Sprintf("is not well-formed CSV at column %d: %v", e.Column, e.Err)
}

// grouping gathers lines by incident while they are read.
type grouping struct {
	zone  *time.Location
	at    [len(columnNames)]int
	log   Log
	index map[string]int    // place in log.Incidents by number
	bad   map[string]bool   // numbers of which a line cannot be used
	words map[string]string // each text once: the log says the same again and again
}

func (g *grouping) refuse(line int, number, reason string) {
	g.log.Unusable = append(g.log.Unusable, Unusable{Line: line, Number: number, Reason: reason})
	if number != "" {
		g.bad[number] = true
	}
}

// value is a column of a record; "" if it is not there or not known.
func (g *grouping) value(record []string, c column) string {
	i := g.at[c]
	if i < 0 || i >= len(record) {
		return ""
	}
	v := record[i]
	if c == colDescription {
		return strings.TrimSpace(v)
	}
	if known, ok := g.words[v]; ok {
		return known
	}
	clean := strings.ReplaceAll(strings.ToValidUTF8(v, "\uFFFD"), "\x00", "") // as core keeps it
	clean = strings.Join(strings.Fields(clean), " ")                          // "Opened by  8" is one name, written two ways
	if clean == "?" {
		clean = ""
	}
	clean = strings.Clone(clean) // so that it does not keep its whole line in memory
	g.words[strings.Clone(v)] = clean
	return clean
}

// take adds a line to its incident, or says why it cannot be used.
func (g *grouping) take(line int, record []string) {
	e := entry{line: line}
	for c := range columnNames {
		e.values[c] = g.value(record, column(c))
	}
	number := e.values[colNumber]
	if reason := g.read(&e); reason != "" {
		g.refuse(line, number, reason)
		return
	}
	i, known := g.index[number]
	if !known {
		i = len(g.log.Incidents)
		g.index[number] = i
		g.log.Incidents = append(g.log.Incidents, Incident{Number: number})
	}
	g.log.Incidents[i].entries = append(g.log.Incidents[i].entries, e)
}

// read understands what is more than text in a line, or says what it does not understand.
func (g *grouping) read(e *entry) (reason string) {
	if e.values[colNumber] == "" {
		return "has no incident number"
	}
	if _, ok := states[e.values[colState]]; !ok {
		return "has a state that is not known: " + quote(e.values[colState])
	}
	if _, ok := priorities[e.values[colPriority]]; !ok {
		return "has a priority that is not known: " + quote(e.values[colPriority])
	}
	var err error
	if e.at, err = time.ParseInLocation(timeForm, e.values[colUpdatedAt], g.zone); err != nil {
		return "has no time of its update of the form DD-MM-YYYY HH:MM: " + quote(e.values[colUpdatedAt])
	}
	if opened := e.values[colOpenedAt]; opened != "" {
		if e.opened, err = time.ParseInLocation(timeForm, opened, g.zone); err != nil {
			return "has a time of its opening that is not of the form DD-MM-YYYY HH:MM: " + quote(opened)
		}
	}
	return ""
}

// quote shows a text of the file in a way that is safe on every terminal, and short.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.QuoteToGraphic(s)
}

// finish leaves out the incidents that have a line that cannot be used: a ticket is made with all of
// its history or not at all.
func (g *grouping) finish() *Log {
	g.log.Incidents = slices.DeleteFunc(g.log.Incidents, func(i Incident) bool { return g.bad[i.Number] })
	g.log.Left = len(g.bad)
	return &g.log
}
