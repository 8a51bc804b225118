package screen

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// macroForm is the dialog in which a macro is written. The fields are lines, and under them its text.
type macroForm struct {
	env     *Env
	macro   core.Macro
	fields  [4]Input // name, key, for whom, changes
	area    Area
	at      int // the field with the cursor; len(fields) is the text
	begun   string
	problem plain.Text
	warned  bool // esc was pressed once, with something unsaved
	saving  bool
}

// macroLabels names the fields.
func macroLabels() [4]string { return [4]string{"name", "key", "for", "changes"} }

func (e *Env) editMacro(m core.Macro) {
	f := &macroForm{env: e, macro: m}
	f.area.Limit = core.MaxBody
	whom := m.Queue.Code
	if m.Note {
		whom = strings.TrimSpace(whom + " note")
	}
	for i, text := range [4]string{m.Name, m.Key, whom, m.Changes.String()} {
		f.fields[i].Limit = 400
		f.fields[i].Set(text)
	}
	f.area.Set(m.Body)
	f.begun = f.all()
	e.Host.Show(f, false)
}

func (f *macroForm) all() string {
	var text strings.Builder
	for i := range f.fields {
		text.WriteString(f.fields[i].Text() + "\x00")
	}
	return text.String() + f.area.Text()
}

// Update edits, goes from field to field, saves or closes. What is unsaved is not dropped by one key.
func (f *macroForm) Update(msg tea.Msg) tea.Cmd {
	if f.saving {
		return nil
	}
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch name := key.String(); {
		case name == "esc":
			if f.all() == f.begun || f.warned {
				f.env.Host.Hide(f)
				return nil
			}
			f.warned, f.problem = true, plain.Line("Not saved yet: ctrl+s saves it, esc once more drops it.")
			return nil
		case name == "ctrl+s":
			return f.save()
		case name == "tab", f.at < len(f.fields) && (name == "enter" || name == "down"):
			f.at = (f.at + 1) % (len(f.fields) + 1)
			return nil
		case name == "shift+tab", f.at < len(f.fields) && name == "up":
			f.at = (f.at + len(f.fields)) % (len(f.fields) + 1)
			return nil
		}
	}
	f.warned = false
	if f.at < len(f.fields) {
		f.fields[f.at].Update(msg)
	} else {
		f.area.Update(msg)
	}
	return nil
}

// save has the macro kept. The form stays until it is.
func (f *macroForm) save() tea.Cmd {
	m := f.macro
	m.Name, m.Key, m.Body = f.fields[0].Text(), f.fields[1].Text(), f.area.Text()
	words := strings.Fields(strings.ToLower(f.fields[2].Text()))
	m.Note = slices.Contains(words, "note")
	words = slices.DeleteFunc(words, func(w string) bool { return w == "note" })
	var err error
	if m.Changes, err = core.ParseMacroChanges(f.fields[3].Text()); err != nil {
		f.problem = plain.Line(f.env.Explain(err))
		return nil
	}
	f.saving, f.problem = true, plain.Text{}
	return f.env.Do(func(ctx context.Context) tea.Msg {
		saved := MacroSaved{Name: m.Name, form: f}
		if m.Queue, saved.Err = f.env.queueNamed(ctx, words); saved.Err == nil {
			_, saved.Err = f.env.Desk.SaveMacro(ctx, f.env.Who, m)
		}
		return saved
	})
}

// queueNamed finds the queue that a macro is for; none if nothing is named.
func (e *Env) queueNamed(ctx context.Context, words []string) (core.Queue, error) {
	if len(words) == 0 {
		return core.Queue{}, nil
	}
	all, err := e.Desk.Queues(ctx, e.Who)
	if err != nil {
		return core.Queue{}, err //nolint:wrapcheck // told in words as it is
	}
	code := strings.Join(words, " ")
	if at := slices.IndexFunc(all, func(q core.Queue) bool { return strings.EqualFold(q.Code, code) || strings.EqualFold(q.Name, code) }); at >= 0 {
		return all[at], nil
	}
	return core.Queue{ID: -1}, nil // refused by the desk, in its words
}

// View draws the fields, the text, and what is wrong or possible under them.
func (f *macroForm) View(fr Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	const label = 9
	for i, name := range macroLabels() {
		style := fr.Theme.Dim
		if i == f.at {
			style = fr.Theme.Key
		}
		field, column := f.fields[i].View(fr.Theme, max(1, fr.Width-label))
		lines = append(lines, ui.Line(label, ui.Say(style, name))+field)
		if i == f.at {
			cursor = tea.NewCursor(label+column, i)
		}
	}
	lines = append(lines, ui.Rule(fr.Theme, fr.Width))
	below := ui.Wrapped(fr.Theme.Dim, plain.Line(f.hint()), fr.Width)
	if !f.problem.Empty() {
		below = ui.Wrapped(fr.Theme.Bad, f.problem, fr.Width)
	}
	typed, at := f.area.View(fr.Theme, fr.Width, max(1, min(8, fr.Height-len(lines)-len(below)-1)))
	if f.at == len(f.fields) && at != nil {
		at.Y += len(lines)
		cursor = at
	}
	lines = append(append(lines, typed...), ui.Rule(fr.Theme, fr.Width))
	title = plain.Line("New macro")
	if f.macro.ID != 0 {
		title = plain.Line("Macro “" + f.macro.Name + "”")
	}
	return title, append(lines, below...), cursor
}

// hint explains the field with the cursor.
func (f *macroForm) hint() string {
	switch f.at {
	case 0:
		return "What it is called in the list."
	case 1:
		return "A letter or digit: ;; and it uses the macro at once. May stay empty."
	case 2:
		return "Empty if it is yours alone; a queue's code if its team shares it (leads and admins). Add note for a note among staff instead of a reply."
	case 3:
		return "As in queries: assignee:me status:active priority:high category:… queue:… tag:x -tag:y waiting:reporter snooze:2h close:fixed. May stay empty."
	}
	var words []string
	for _, p := range core.Placeholders() {
		words = append(words, "{"+p.Name+"}")
	}
	return "The words. " + strings.Join(words, " ") + " stand for what they say."
}

// Foot says which keys work.
func (f *macroForm) Foot() []Binding {
	return []Binding{
		{Keys: []string{"ctrl+s"}, Words: "save", Foot: true},
		{Keys: []string{"tab"}, Words: "next field", Foot: true},
		{Keys: []string{"esc"}, Words: "cancel", Foot: true},
	}
}
