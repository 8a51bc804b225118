package screen

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// MacrosRead brings the macros for a picker.
type MacrosRead struct {
	picker *Picker
	macros []core.Macro
	use    func(core.Macro) tea.Cmd
	err    error
}

// PickMacro offers the macros there are, to be used on a ticket or on several ("12 tickets"), and to be
// made, changed and removed. Typing narrows; a semicolon and a macro's own key use it at once.
func (e *Env) PickMacro(over string, use func(core.Macro) tea.Cmd) tea.Cmd {
	p := NewPicker(e.Host, plain.Line("Macro for "+over), nil).Wait()
	p.Hint = plain.Line("; and its key uses it. ctrl+o new, ctrl+e change, ctrl+x remove.")
	e.Host.Show(p, false)
	return e.Do(func(ctx context.Context) tea.Msg {
		macros, err := e.Desk.Macros(ctx, e.Who)
		return MacrosRead{picker: p, macros: macros, use: use, err: err}
	})
}

// TakeMacros fills the picker.
func (e *Env) TakeMacros(m MacrosRead) tea.Cmd {
	p := m.picker
	if m.err != nil {
		e.Host.Hide(p)
		return e.Host.Fail("list macros", m.err)
	}
	items := make([]Item, len(m.macros))
	for i, macro := range m.macros {
		items[i] = Item{Text: plain.Line(macro.Name), Detail: plain.Line(macroDetail(&macro)), Choose: func() tea.Cmd { return m.use(macro) }}
	}
	p.Direct = func(typed string) (Item, bool) {
		key, ok := strings.CutPrefix(typed, ";")
		for i := range m.macros {
			if ok && key != "" && m.macros[i].Key == key {
				return items[i], true
			}
		}
		return Item{}, false
	}
	p.Other = func(key string, at int) (tea.Cmd, bool) {
		switch {
		case key == "ctrl+o":
			e.Host.Hide(p)
			e.editMacro(core.Macro{})
			return nil, true
		case at >= len(m.macros):
			return nil, false
		case key == "ctrl+e":
			e.Host.Hide(p)
			e.editMacro(m.macros[at])
			return nil, true
		case key == "ctrl+x":
			e.Host.Hide(p)
			e.dropMacro(m.macros[at])
			return nil, true
		}
		return nil, false
	}
	p.Fill(items)
	if item, ok := p.Direct(p.input.Text()); ok { // typed faster than the list came
		e.Host.Hide(p)
		return item.Choose()
	}
	return nil
}

func macroDetail(m *core.Macro) string {
	var words []string
	if m.Key != "" {
		words = append(words, ";"+m.Key)
	}
	if m.Queue.ID != 0 {
		words = append(words, m.Queue.Name)
	} else {
		words = append(words, "yours")
	}
	if changes := m.Changes.String(); changes != "" {
		words = append(words, changes)
	}
	return strings.Join(words, " · ")
}

// dropMacro asks before a macro is removed.
func (e *Env) dropMacro(m core.Macro) {
	e.Host.Show(&Message{
		Host: e.Host, Title: plain.Line("Remove the macro “" + m.Name + "”?"),
		Paragraphs: []Paragraph{{Text: plain.Line("What was done with it stays. It cannot be brought back.")}},
		Choices: []Binding{{Keys: []string{"y"}, Words: "remove it", Run: func() tea.Cmd {
			return e.Do(func(ctx context.Context) tea.Msg {
				return MacroRemoved{Name: m.Name, Err: e.Desk.DeleteMacro(ctx, e.Who, m.ID)}
			})
		}}},
	}, false)
}

// MacroRemoved is the answer to removing a macro.
type MacroRemoved struct {
	Name string
	Err  error
}

// SettleMacro says what became of a macro that was to be removed.
func (e *Env) SettleMacro(m MacroRemoved) tea.Cmd {
	if m.Err != nil {
		return e.Host.Fail("remove the macro", m.Err)
	}
	return e.Host.Toast(Info, plain.Line("The macro “"+m.Name+"” is gone."))
}
