package screen

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Field is one thing that a form asks for. It is typed, in one line or in several, or one of its choices, or
// found among what exists.
type Field struct {
	Name    string // as the desk calls it when something is wrong with it
	Label   string
	Hint    string
	Start   string
	Called  string // the words for Start, if it is one of what exists
	Choices []Choice
	Limit   int  // in characters; 400 if 0
	Lines   bool // several lines of text
	// Seek finds what exists for what is typed, which may stand all the same.
	Seek func(ctx context.Context, typed string) ([]Option, error)

	input   Input
	area    Area
	at      int // of the choices or the options; -1 for none of these
	options []Option
	taken   string // the value of the option that was taken; "" if what is typed stands
	problem string
}

// Choice is one of the few values that a field can have.
type Choice struct{ Value, Words string }

// Option is one of what exists, to be taken in place of what is typed.
type Option struct{ Value, Words, Detail string }

// Typed is what stands in a form, by the names of its fields.
type Typed map[string]string

// Form is a dialog of a few fields. It stays with all that was typed until the desk has taken it.
type Form struct {
	env     *Env
	title   string
	name    string // by which what is typed is kept; "" if it is not
	doing   string
	fields  []Field
	begun   string // what stood in it to begin with
	at      int
	problem string
	warned  bool // esc was pressed once, with something typed
	waiting bool
	submit  func(ctx context.Context, typed Typed) (words string, err error)
	// Then is what happens once it is taken, in place of closing the form with the words for it.
	Then func(words string) tea.Cmd
	// Keep is called when it is left; without it what is typed is lost then, which is said first.
	Keep func() tea.Cmd
	// Drop is ctrl+x; nil if that is nothing here.
	Drop func() tea.Cmd
}

// formDone is the answer to sending a form.
type formDone struct {
	form  *Form
	words string
	err   error
}

// formSought brings what exists for what is typed in a field.
type formSought struct {
	form    *Form
	field   int
	typed   string
	options []Option
}

// NewForm makes a form. What submit finds wrong is shown under the fields that the error names.
func NewForm(env *Env, title, doing string, fields []Field, submit func(ctx context.Context, typed Typed) (words string, err error)) *Form {
	f := &Form{env: env, title: title, doing: doing, fields: fields, submit: submit}
	for i := range f.fields {
		at := &f.fields[i]
		if at.Limit == 0 {
			const usual = 400
			at.Limit = usual
		}
		at.input.Limit, at.area.Limit = at.Limit, at.Limit
		if at.Lines {
			at.area.Set(at.Start)
		} else {
			at.input.Set(at.Start)
		}
		if at.Called != "" {
			at.take(Option{Value: at.Start, Words: at.Called})
		}
		for n, c := range at.Choices {
			if c.Value == at.Start {
				at.at = n
			}
		}
	}
	f.begun = fmt.Sprint(f.Typed())
	return f
}

// Title names the form anew.
func (f *Form) Title(title string) { f.title = title }

// Typed is what stands in it now.
func (f *Form) Typed() Typed {
	typed := Typed{}
	for i := range f.fields {
		typed[f.fields[i].Name] = f.fields[i].value()
	}
	return typed
}

// value is what stands in the field now.
func (at *Field) value() string {
	switch {
	case len(at.Choices) > 0:
		return at.Choices[at.at].Value
	case at.Lines:
		return at.area.Text()
	case at.taken != "":
		return at.taken
	}
	return at.input.Text()
}

// Field is the number of the field one is in; Go goes to another.
func (f *Form) Field() int { return f.at }

// Go goes to a field, and looks up what it can be.
func (f *Form) Go(field int) tea.Cmd {
	f.fields[f.at].options = nil
	f.at = (field + len(f.fields)) % len(f.fields)
	return f.seek()
}

// Update edits, goes between the fields, sends or closes.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	if ok && key.String() == "esc" {
		return f.leave()
	}
	if f.waiting {
		return nil
	}
	if ok {
		if cmd, known := f.press(key.String()); known {
			return cmd
		}
	}
	return f.edit(msg)
}

// leave closes the form. What nobody keeps is not dropped by one key.
func (f *Form) leave() tea.Cmd {
	if f.Keep == nil && !f.warned && fmt.Sprint(f.Typed()) != f.begun {
		f.warned, f.problem = true, "Not sent yet: ctrl+s sends it, esc once more drops it."
		return nil
	}
	f.env.Host.Hide(f)
	if f.Keep != nil {
		return f.Keep()
	}
	return nil
}

// press takes the keys that are no text.
func (f *Form) press(name string) (cmd tea.Cmd, known bool) {
	at := &f.fields[f.at]
	last := f.at == len(f.fields)-1
	switch {
	case name == "ctrl+s", name == "alt+enter", name == "enter" && last && !at.Lines && !at.pointed():
		return f.Send(), true
	case name == "ctrl+x" && f.Drop != nil:
		return f.Drop(), true
	case name == "tab":
		return f.Go(f.at + 1), true
	case name == "shift+tab":
		return f.Go(f.at - 1), true
	case at.Lines:
		return nil, false
	case len(at.options) > 0 && (name == "down" || name == "up"):
		step := 1
		if name == "up" {
			step = -1
		}
		at.at = max(-1, min(at.at+step, len(at.options)-1))
		return nil, true
	case name == "enter":
		if at.pointed() {
			at.take(at.options[at.at])
		}
		if last {
			return nil, true
		}
		return f.Go(f.at + 1), true
	case name == "down":
		return f.Go(f.at + 1), true
	case name == "up":
		return f.Go(f.at - 1), true
	case len(at.Choices) > 0 && (name == "left" || name == "right" || name == "space"):
		step := 1
		if name == "left" {
			step = len(at.Choices) - 1
		}
		at.at = (at.at + step) % len(at.Choices)
		f.warned = false
		return nil, true
	}
	return nil, false
}

// pointed reports whether one of what exists is under the cursor.
func (at *Field) pointed() bool { return len(at.options) > 0 && at.at >= 0 }

func (at *Field) take(o Option) {
	at.input.Set(o.Words)
	at.taken, at.options = o.Value, nil
}

func (f *Form) edit(msg tea.Msg) tea.Cmd {
	at := &f.fields[f.at]
	f.warned = false
	switch {
	case len(at.Choices) > 0:
	case at.Lines:
		if !at.area.Update(msg) {
			f.problem = cutWords(at.Limit)
		}
	default:
		before := at.input.Text()
		if at.input.Update(msg); at.input.Cut {
			f.problem = cutWords(at.Limit)
		}
		if at.input.Text() != before {
			at.taken = ""
			return f.seek()
		}
	}
	return nil
}

// seek asks what exists for what is typed. Without an answer the typing stands.
func (f *Form) seek() tea.Cmd {
	at := &f.fields[f.at]
	if at.Seek == nil || at.taken != "" {
		return nil
	}
	field, typed := f.at, at.input.Text()
	return f.env.Do(func(ctx context.Context) tea.Msg {
		options, err := at.Seek(ctx, typed)
		if err != nil {
			return nil
		}
		return formSought{form: f, field: field, typed: typed, options: options}
	})
}

// Send has the desk take what was typed; the form waits for the answer.
func (f *Form) Send() tea.Cmd {
	f.waiting, f.problem, f.fields[f.at].options = true, "", nil
	for i := range f.fields {
		f.fields[i].problem = ""
	}
	typed := f.Typed()
	return f.env.Do(func(ctx context.Context) tea.Msg {
		words, err := f.submit(ctx, typed)
		return formDone{form: f, words: words, err: err}
	})
}

// TakeForm gives a form the answer that came for it; false if the message is none.
func (e *Env) TakeForm(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch m := msg.(type) {
	case formSought:
		at := &m.form.fields[m.field]
		if m.form.at != m.field || m.form.waiting || at.taken != "" || at.input.Text() != m.typed {
			return nil, true
		}
		at.options, at.at = m.options, 0
		if m.typed == "" { // nothing is meant yet
			at.at = -1
		}
		return nil, true
	case formDone:
		return m.form.settle(m), true
	}
	return nil, false
}

// settle closes the form, or shows what is wrong under the fields.
func (f *Form) settle(m formDone) tea.Cmd {
	f.waiting = false
	switch core.KindOf(m.err) {
	case "":
		if f.Then != nil {
			return f.Then(m.words)
		}
		f.env.Host.Hide(f)
		return f.env.Host.Toast(Info, plain.Line(m.words))
	case core.Unauthenticated, core.Forbidden:
		f.problem = f.env.Explain(m.err) // what is typed stays: whoever may not send it may copy it
		return f.env.Host.Fail(f.doing, m.err)
	default:
	}
	refused, ok := errors.AsType[*core.Error](m.err)
	if !ok || len(refused.Problems) == 0 {
		f.problem = f.env.Explain(m.err)
		return nil
	}
	f.point(refused.Problems)
	return nil
}

// point shows each problem under its field, and goes to the first of these.
func (f *Form) point(problems []core.Problem) {
	went := false
	for _, p := range problems {
		words := f.env.Words.T("error."+p.Code, p.Args)
		found := false
		for i := range f.fields {
			if f.fields[i].Name == p.Field {
				f.fields[i].problem, found = words, true
				if !went {
					f.at, went = i, true
				}
			}
		}
		if !found {
			f.problem = words
		}
	}
}
