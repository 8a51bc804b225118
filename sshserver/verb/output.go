package verb

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

const (
	defaultWidth = 80
	maxWidth     = 400
)

// printer puts out records of one shape, in the form that was asked for.
type printer struct {
	session *session
	shape   Shape
	put     func(record) error
	columns ui.Columns
	csv     *csv.Writer
}

// print begins to put out records.
func (s *session) print(shape Shape) *printer {
	p := &printer{session: s, shape: shape}
	switch {
	case s.has("--json"):
		p.put = p.json
	case s.has("--csv"):
		p.csv = csv.NewWriter(s.out)
		p.put = p.row
		_ = p.csv.Write(p.heads()) // what cannot be written is known when it is flushed
	case s.has("-q"):
		p.put = p.quiet
	case s.Terminal:
		p.put = p.line
		p.head()
	default:
		p.put = p.tabbed
	}
	return p
}

// puts prints one record of a shape, and nothing else.
func (s *session) puts(shape Shape, r record) error {
	p := s.print(shape)
	if err := p.put(r); err != nil {
		return err
	}
	return p.flush()
}

func (s *session) has(flag string) bool {
	_, given := s.flags[flag]
	return given
}

// flush sends what has been put out so far.
func (p *printer) flush() error {
	if p.csv != nil {
		p.csv.Flush()
	}
	if p.session.out.Flush() != nil {
		return errOutput
	}
	return nil
}

func (p *printer) write(text string) error {
	if _, err := p.session.out.WriteString(text); err != nil {
		return errOutput
	}
	return nil
}

func (p *printer) json(r record) error { return p.write(string(encode(p.shape, r)) + "\n") }

func (p *printer) heads() []string {
	var names []string
	for _, f := range p.shape.Fields {
		if !f.list {
			names = append(names, f.Name)
		}
	}
	return names
}

func (p *printer) row(r record) error {
	var cells []string
	for i, f := range p.shape.Fields {
		if !f.list {
			cells = append(cells, plain.CSV(valueText(r[i])))
		}
	}
	if p.csv.Write(cells) != nil {
		return errOutput
	}
	return nil
}

func (p *printer) quiet(r record) error {
	for i, f := range p.shape.Fields {
		if f.Name == p.shape.Quiet {
			return p.write(plain.Line(valueText(r[i])).String() + "\n")
		}
	}
	return nil
}

func (p *printer) tabbed(r record) error {
	var cells []string
	for i, f := range p.shape.Fields {
		if !f.list {
			cells = append(cells, plain.Line(valueText(r[i])).String())
		}
	}
	return p.write(strings.Join(cells, "\t") + "\n")
}

// head fits the columns of a table to the terminal and puts out their titles.
func (p *printer) head() {
	var all []ui.Column
	for _, f := range p.shape.Fields {
		if f.title != "" {
			all = append(all, ui.Column{Title: f.title, Width: f.width, Least: f.width, Flex: f.flex, Rank: f.rank})
		}
	}
	if all == nil { // a shape without a table, such as events, is a line each
		p.put = p.tabbed
		return
	}
	p.columns = ui.FitColumns(all, p.session.width())
	titles := make([]ui.Cell, len(all))
	for i, c := range all {
		titles[i].Text = plain.Line(c.Title)
	}
	_ = p.cells(titles)
}

func (p *printer) line(r record) error {
	var cells []ui.Cell
	for i, f := range p.shape.Fields {
		if f.title != "" {
			cells = append(cells, ui.Cell{Text: plain.Line(p.session.seen(r[i]))})
		}
	}
	return p.cells(cells)
}

func (p *printer) cells(cells []ui.Cell) error {
	return p.write(strings.TrimRight(p.columns.Row(&ui.Theme{}, p.session.width(), false, cells), " ") + "\n")
}

// width is how wide a table may be: one column less than the terminal, whose last one may wrap.
func (s *session) width() int {
	if s.Width <= 0 {
		return defaultWidth - 1
	}
	return max(1, min(s.Width, maxWidth)-1)
}

// seen is a value as a person reads it on a terminal: times are those of their zone.
func (s *session) seen(v any) string {
	if at, ok := v.(time.Time); ok && !at.IsZero() {
		return at.In(s.Me.Preferences.Location(s.Desk.Zone())).Format("2006-01-02 15:04")
	}
	return valueText(v)
}

// valueText is a value as tab-separated lines and CSV have it. It is not yet safe to show.
func valueText(v any) string {
	switch v := v.(type) {
	case nil, records:
		return ""
	case string:
		return v
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	case int64:
		return strconv.FormatInt(v, 10)
	default:
		return fmt.Sprint(v)
	}
}
