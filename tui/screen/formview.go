package screen

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

const (
	optionRows = 5 // how much of what exists is in sight at once
	areaLeast  = 3
	areaMost   = 8
)

// View draws the fields, each with what is wrong with it.
func (f *Form) View(in Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	below := f.below(in)
	chosen := 0
	for i := range f.fields {
		if i == f.at {
			chosen = len(lines)
		}
		drawn, at := f.fields[i].view(in, i == f.at, in.Height-len(f.fields)-len(below)-1)
		if i == f.at && at != nil {
			at.Y += len(lines)
			cursor = at
		}
		lines = append(lines, drawn...)
	}
	lines = append(append(lines, ui.Rule(in.Theme, in.Width)), below...)
	if over := chosen - in.Height + 2; over > 0 && over < len(lines) { // in a small window the field one is in stays in sight
		lines = lines[over:]
		if cursor != nil {
			cursor.Y -= over
		}
	}
	return plain.Line(f.title), lines, cursor
}

// below is what is said of the field one is in, or of the form.
func (f *Form) below(in Frame) []string {
	words, style := f.fields[f.at].Hint, in.Theme.Dim
	switch {
	case f.waiting:
		words = "Asking…"
	case f.problem != "":
		words, style = f.problem, in.Theme.Bad
	case f.tooMuch():
		words, style = notKept, in.Theme.Warn
	}
	return ui.Wrapped(style, plain.Line(words), in.Width)
}

// view draws one field, with what it can be and what is wrong with it under it.
func (at *Field) view(in Frame, here bool, room int) (lines []string, cursor *tea.Cursor) {
	const widest = 16
	label := min(widest, in.Width/3)
	width := max(1, in.Width-label-1)
	style := in.Theme.Dim
	if here {
		style = in.Theme.Accent
	}
	name, gap := ui.Line(label, ui.Say(style, at.Label))+ui.Line(1), ui.Line(label+1)
	switch {
	case len(at.Choices) > 0:
		words := at.Choices[at.at].Words
		if here {
			words, cursor = "‹ "+words+" ›", tea.NewCursor(label+1, 0)
		}
		lines = append(lines, name+ui.Line(width, ui.Say(in.Theme.Plain, words)))
	case at.Lines:
		typed, place := at.area.View(in.Theme, width, max(areaLeast, min(areaMost, room)))
		for i, line := range typed {
			before := gap
			if i == 0 {
				before = name
			}
			lines = append(lines, before+line)
		}
		if cursor = place; cursor != nil {
			cursor.X += label + 1
		}
	default:
		input := at.input
		if !here {
			input.at = 0 // what one is not in is read from its beginning
		}
		text, column := input.View(in.Theme, width)
		lines, cursor = append(lines, name+text), tea.NewCursor(label+1+column, 0)
	}
	if here {
		for _, line := range at.offered(in.Theme, width) {
			lines = append(lines, gap+line)
		}
	}
	if at.problem != "" {
		lines = append(lines, ui.Wrapped(in.Theme.Bad, plain.Line(at.problem), in.Width)...)
	}
	return lines, cursor
}

// offered draws what exists for what is typed, around the one under the cursor.
func (at *Field) offered(theme *ui.Theme, width int) []string {
	from := max(0, at.at-optionRows+1)
	var lines []string
	for i := from; i < min(len(at.options), from+optionRows); i++ {
		o := &at.options[i]
		mark, style := "  ", theme.Dim
		if i == at.at {
			mark, style = "› ", theme.Match
		}
		lines = append(lines, ui.Line(width, ui.Say(style, mark), ui.Quote(style, plain.Line(o.Words)), ui.Quote(theme.Dim, plain.Line("  "+o.Detail))))
	}
	return lines
}

// Foot says which keys work.
func (f *Form) Foot() []Binding {
	at := &f.fields[f.at]
	var foot []Binding
	switch {
	case at.pointed():
		foot = append(foot, Binding{Keys: []string{"enter"}, Words: "take it", Foot: true}, Binding{Keys: []string{"down"}, Label: "↑ ↓", Words: "others", Foot: true})
	case at.Lines:
	case f.at == len(f.fields)-1:
		foot = append(foot, Binding{Keys: []string{"enter"}, Words: "send", Foot: true})
	default:
		foot = append(foot, Binding{Keys: []string{"enter"}, Words: "next", Foot: true})
	}
	if len(f.fields) > 1 || at.Lines {
		foot = append(foot, Binding{Keys: []string{"ctrl+s"}, Words: "send", Foot: true})
	}
	if len(f.fields) > 1 {
		foot = append(foot, Binding{Keys: []string{"tab"}, Words: "next field", Foot: true})
	}
	if len(at.Choices) > 0 {
		foot = append(foot, Binding{Keys: []string{"right"}, Label: "← →", Words: "choose", Foot: true})
	}
	words := "cancel"
	if f.Keep != nil {
		words = "keep draft"
	}
	return append(foot, Binding{Keys: []string{"esc"}, Words: words, Foot: true})
}
