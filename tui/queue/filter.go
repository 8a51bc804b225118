package queue

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// filter narrows the view by what somebody typed in the query language.
type filter struct {
	input   screen.Input
	typing  bool
	applied string
	parsed  query.Query
	wrong   *query.Error // what is wrong with the text in the input; it stays until that changes
}

func (f *filter) clone() filter { return filter{applied: f.applied, parsed: f.parsed} }

// set applies a text that was applied before.
func (f *filter) set(text string) {
	f.input.Limit = query.MaxBytes / 4
	f.input.Set(text)
	if !f.apply() {
		f.input.Set("")
		f.apply()
	}
}

// apply reads what is typed; false if it cannot be read.
func (f *filter) apply() bool {
	text := strings.TrimSpace(f.input.Text())
	parsed, err := query.Parse(text)
	if wrong, ok := errors.AsType[*query.Error](err); ok {
		f.wrong = wrong
		return false
	}
	f.applied, f.parsed, f.wrong, f.typing = text, parsed, nil, false
	return true
}

func (f *filter) update(msg tea.Msg) {
	before := f.input.Text()
	f.input.Update(msg)
	if f.input.Text() != before {
		f.wrong = nil
	}
}

// narrow joins the filter to a view's query.
func (f *filter) narrow(v core.View) query.Query {
	if f.applied == "" {
		return v.Query
	}
	q := query.Query{Terms: slices.Concat(v.Query.Terms, f.parsed.Terms), Sort: v.Query.Sort}
	if len(f.parsed.Sort) > 0 {
		q.Sort = f.parsed.Sort
	}
	q.Source = q.String()
	return q
}

// lines draws the filter, with a caret under what cannot be read and the reason below it.
func (f *filter) lines(theme *ui.Theme, width int) (lines []string, cursor *tea.Cursor) {
	if !f.typing {
		if f.applied == "" {
			return nil, nil
		}
		return []string{ui.Line(width, ui.Say(theme.Key, "/ "), ui.Quote(theme.Plain, plain.Line(f.applied)), ui.Say(theme.Dim, "   esc clears"))}, nil
	}
	field, column := f.input.View(theme, width-2)
	if width < 2 {
		return []string{ui.Line(width)}, nil
	}
	lines = append(lines, theme.Key.Render("/ ")+field)
	if f.wrong != nil {
		at := plain.Line(f.input.Text()[:min(f.wrong.Offset, len(f.input.Text()))]).Width()
		caret := strings.Repeat(" ", min(at, max(0, width-3))) + "^"
		lines = append(lines, ui.Line(width, ui.Say(theme.Bad, "  "+caret)))
		lines = append(lines, ui.Wrapped(theme.Bad, plain.Line(f.wrong.Error()), width)...)
	}
	return lines, tea.NewCursor(2+column, 0)
}
