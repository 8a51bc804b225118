package screen

import (
	"fmt"
	"maps"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
)

// Unsent is what was typed in a form, a line or a picker and not sent when the connection was lost.
type Unsent struct {
	Title string `json:"title"` // of the form
	Typed Typed  `json:"typed"`
}

// mostUnsent is how much of a form is kept with the place, in bytes: all but a file that was pasted.
const mostUnsent = 100_000

// Survive has what is typed outlive a lost connection: it stands in the form with the same name that is opened next.
func (f *Form) Survive(name string) {
	f.name = name
	kept, there := f.env.Unsent[name]
	if !there {
		return
	}
	delete(f.env.Unsent, name)
	for i := range f.fields {
		at := &f.fields[i]
		value, typed := kept.Typed[at.Name]
		switch {
		case !typed, value == f.fields[i].value():
		case len(at.Choices) > 0:
			for n, c := range at.Choices {
				if c.Value == value {
					at.at = n
				}
			}
		case at.Lines:
			at.area.Set(value)
		default:
			at.taken = ""
			at.input.Set(value)
		}
	}
	f.problem = standsAgain
}

// standsAgain is said where something that was kept is found.
const standsAgain = "What you had typed before the connection was lost stands here again."

// Unsent is what would be lost with the connection; false if nothing would be.
func (f *Form) Unsent() (name string, kept Unsent, ok bool) {
	typed := f.Typed()
	if f.name == "" || f.tooMuch() || fmt.Sprint(typed) == f.begun {
		return "", Unsent{}, false
	}
	return f.name, Unsent{Title: f.title, Typed: typed}, true
}

// tooMuch reports whether there is more in the form than is kept.
func (f *Form) tooMuch() bool {
	size := 0
	for i := range f.fields {
		size += len(f.fields[i].value())
	}
	return f.name != "" && size > mostUnsent
}

// notKept is said while there is more in a form than is kept.
const notKept = "This is more than 100 kB: it is not kept if the connection is lost before it is sent."

// pickers is how the names begin under which what is typed in pickers is kept.
const pickers = "pick "

// Unsent is what is typed in the picker: it would be lost with the connection.
func (p *Picker) Unsent() (name string, kept Unsent, ok bool) {
	typed := p.input.Text()
	return pickers + p.Title.String(), Unsent{Title: p.Title.String(), Typed: Typed{promptField: typed}}, typed != ""
}

// Resume puts back what was typed in the picker of this title when the connection was lost.
func (p *Picker) Resume(env *Env) {
	name, _, _ := p.Unsent()
	kept, there := env.Unsent[name]
	if !there {
		return
	}
	delete(env.Unsent, name)
	p.input.Set(kept.Typed[promptField])
	p.Hint = plain.Line(standsAgain)
	p.narrow()
}

// Begin asks for the first items, for whatever is typed already.
func (p *Picker) Begin() tea.Cmd { return p.Seek(p.input.Text()) }

// ForgetPicks forgets what was typed in pickers and not asked for again: whoever leaves has had the time for it.
func (e *Env) ForgetPicks() {
	maps.DeleteFunc(e.Unsent, func(name string, _ Unsent) bool { return strings.HasPrefix(name, pickers) })
}
