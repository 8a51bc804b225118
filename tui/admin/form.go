package admin

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// field is one line of a form. It is typed, or one of its choices.
type field struct {
	name    string // as the desk calls it when something is wrong with it
	label   string
	hint    string
	start   string
	choices []choice
	limit   int // in characters; 400 if 0

	input   screen.Input
	at      int
	problem string
}

type choice struct{ value, words string }

// form is a dialog of a few fields. It stays with all that was typed until the desk has taken it.
type form struct {
	of      *Screen
	title   string
	doing   string
	fields  []field
	at      int
	problem string
	waiting bool
	submit  func(ctx context.Context, typed map[string]string) (words string, err error)
	then    func() tea.Cmd // what happens once it is taken; nil: that is said, and the list read anew
}

// fill opens a form.
func (s *Screen) fill(title, doing string, fields []field, submit func(ctx context.Context, typed map[string]string) (string, error)) tea.Cmd {
	s.env.Host.Show(s.form(title, doing, fields, submit), false)
	return nil
}

// form makes a form with what stands in its fields to begin with.
func (s *Screen) form(title, doing string, fields []field, submit func(ctx context.Context, typed map[string]string) (string, error)) *form {
	f := &form{of: s, title: title, doing: doing, fields: fields, submit: submit}
	for i := range f.fields {
		at := &f.fields[i]
		if at.input.Limit = at.limit; at.limit == 0 {
			at.input.Limit = 400
		}
		at.input.Set(at.start)
		for n, c := range at.choices {
			if c.value == at.start {
				at.at = n
			}
		}
	}
	return f
}

// Update edits, goes between the fields, sends or closes.
func (f *form) Update(msg tea.Msg) tea.Cmd {
	at := &f.fields[f.at]
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch name := key.String(); {
		case name == "esc":
			f.of.env.Host.Hide(f)
			return nil
		case name == "ctrl+s", name == "enter" && f.at == len(f.fields)-1:
			return f.send()
		case name == "enter" || name == "tab" || name == "down":
			f.at = (f.at + 1) % len(f.fields)
			return nil
		case name == "shift+tab" || name == "up":
			f.at = (f.at + len(f.fields) - 1) % len(f.fields)
			return nil
		case len(at.choices) > 0 && (name == "left" || name == "right" || name == "space"):
			step := 1
			if name == "left" {
				step = len(at.choices) - 1
			}
			at.at = (at.at + step) % len(at.choices)
			return nil
		}
	}
	if len(at.choices) == 0 {
		at.input.Update(msg)
	}
	return nil
}

// send has the desk take what was typed; the form waits for the answer.
func (f *form) send() tea.Cmd {
	if f.waiting {
		return nil
	}
	f.waiting, f.problem = true, ""
	typed := map[string]string{}
	for i := range f.fields {
		at := &f.fields[i]
		at.problem = ""
		typed[at.name] = at.input.Text()
		if len(at.choices) > 0 {
			typed[at.name] = at.choices[at.at].value
		}
	}
	return f.of.env.Do(func(ctx context.Context) tea.Msg {
		words, err := f.submit(ctx, typed)
		return done{of: f.of, form: f, doing: f.doing, words: words, err: err}
	})
}

// settle closes the form, or shows what is wrong under the fields. It reports whether it is done with.
func (f *form) settle(err error) bool {
	f.waiting = false
	switch core.KindOf(err) {
	case "", core.Unauthenticated, core.Forbidden:
		f.of.env.Host.Hide(f)
		return true
	default:
	}
	refused, ok := errors.AsType[*core.Error](err)
	if !ok || len(refused.Problems) == 0 {
		f.problem = f.of.env.Explain(err)
		return false
	}
	first := true
	for _, p := range refused.Problems {
		words := f.of.env.Words.T("error."+p.Code, p.Args)
		found := false
		for i := range f.fields {
			if f.fields[i].name == p.Field {
				f.fields[i].problem, found = words, true
				if first {
					f.at, first = i, false
				}
			}
		}
		if !found {
			f.problem = words
		}
	}
	return false
}

// View draws the fields, each with what is wrong with it.
func (f *form) View(in screen.Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	const widest = 16
	label := min(widest, in.Width/3)
	chosen := 0
	for i := range f.fields {
		at := &f.fields[i]
		style := in.Theme.Dim
		if i == f.at {
			style, chosen = in.Theme.Accent, len(lines)
		}
		name := ui.Line(label, ui.Say(style, at.label)) + ui.Line(1)
		room := max(1, in.Width-label-1)
		if len(at.choices) > 0 {
			words := at.choices[at.at].words
			if i == f.at {
				words = "‹ " + words + " ›"
				cursor = tea.NewCursor(label+1, len(lines))
			}
			lines = append(lines, name+ui.Line(room, ui.Say(in.Theme.Plain, words)))
		} else {
			text, column := at.input.View(in.Theme, room)
			if i == f.at {
				cursor = tea.NewCursor(label+1+column, len(lines))
			}
			lines = append(lines, name+text)
		}
		if at.problem != "" {
			lines = append(lines, ui.Wrapped(in.Theme.Bad, plain.Line(at.problem), in.Width)...)
		}
	}
	lines = append(lines, ui.Rule(in.Theme, in.Width))
	below, style := f.fields[f.at].hint, in.Theme.Dim
	switch {
	case f.waiting:
		below = "Asking…"
	case f.problem != "":
		below, style = f.problem, in.Theme.Bad
	}
	lines = append(lines, ui.Wrapped(style, plain.Line(below), in.Width)...)
	if over := chosen - in.Height + 2; over > 0 && over < len(lines) { // in a small window the field one is in stays in sight
		lines = lines[over:]
		cursor.Y -= over
	}
	return plain.Line(f.title), lines, cursor
}

// Foot says which keys work.
func (f *form) Foot() []screen.Binding {
	last := "next"
	if f.at == len(f.fields)-1 {
		last = "send"
	}
	foot := []screen.Binding{{Keys: []string{"enter"}, Words: last, Foot: true}}
	if len(f.fields) > 1 {
		foot = append(foot, screen.Binding{Keys: []string{"ctrl+s"}, Words: "send", Foot: true}, screen.Binding{Keys: []string{"tab"}, Words: "next field", Foot: true})
	}
	if len(f.fields[f.at].choices) > 0 {
		foot = append(foot, screen.Binding{Keys: []string{"right"}, Label: "← →", Words: "choose", Foot: true})
	}
	return append(foot, screen.Binding{Keys: []string{"esc"}, Words: "cancel", Foot: true})
}
