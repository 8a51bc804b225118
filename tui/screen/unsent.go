package screen

import "fmt"

// Unsent is what was typed in a form and not sent when the connection was lost.
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
	size := 0
	for _, value := range typed {
		size += len(value)
	}
	if f.name == "" || size > mostUnsent || fmt.Sprint(typed) == f.begun {
		return "", Unsent{}, false
	}
	return f.name, Unsent{Title: f.title, Typed: typed}, true
}
