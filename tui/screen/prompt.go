package screen

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Prompt is a dialog that asks for one line of text.
type Prompt struct {
	host    Host
	title   plain.Text
	hint    plain.Text
	input   Input
	problem plain.Text
	submit  func(typed string) (tea.Cmd, string)
	begun   string // what stood in it to begin with
	name    string // by which what is typed is kept; "" if it is not
}

// NewPrompt makes a prompt. What submit finds wrong is shown under the line, and what was typed stays.
func NewPrompt(host Host, title, hint plain.Text, start string, submit func(typed string) (cmd tea.Cmd, problem string)) *Prompt {
	p := &Prompt{host: host, title: title, hint: hint, submit: submit, begun: start}
	p.input.Limit = 400
	p.input.Set(start)
	return p
}

// Survive has what is typed outlive a lost connection: it stands in the prompt with the same name that is opened next.
func (p *Prompt) Survive(env *Env, name string) *Prompt {
	p.name = name
	if kept, there := env.Unsent[name]; there {
		delete(env.Unsent, name)
		p.input.Set(kept.Typed[promptField])
		p.problem = plain.Line(standsAgain)
	}
	return p
}

// Unsent is what would be lost with the connection; false if nothing would be.
func (p *Prompt) Unsent() (name string, kept Unsent, ok bool) {
	typed := p.input.Text()
	secret := p.input.Secret || strings.Contains(typed, "PRIVATE KEY") // the wrong half of a key
	if p.name == "" || typed == p.begun || secret {
		return "", Unsent{}, false
	}
	return p.name, Unsent{Title: p.title.String(), Typed: Typed{promptField: typed}}, true
}

// promptField is what the line is called among what is kept.
const promptField = "text"

// Limit lets so many characters be typed.
func (p *Prompt) Limit(characters int) { p.input.Limit = characters }

// Secret shows dots in place of what is typed.
func (p *Prompt) Secret() *Prompt {
	p.input.Secret = true
	return p
}

// Update edits, submits or closes.
func (p *Prompt) Update(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			p.host.Hide(p)
			return nil
		case "enter":
			cmd, problem := p.submit(p.input.Text())
			if p.problem = plain.Line(problem); p.problem.Empty() {
				p.host.Hide(p)
			}
			return cmd
		}
	}
	if p.input.Update(msg); p.input.Cut {
		p.problem = plain.Line(cutWords(p.input.Limit))
	}
	return nil
}

// cutWords says that something did not fit.
func cutWords(limit int) string {
	return fmt.Sprintf("That was cut off: there is room for %d characters.", limit)
}

// View draws the line, and the hint or the problem under it.
func (p *Prompt) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	field, column := p.input.View(f.Theme, f.Width-2)
	lines = append(lines, f.Theme.Key.Render("› ")+field, ui.Rule(f.Theme, f.Width))
	below := ui.Wrapped(f.Theme.Dim, p.hint, f.Width)
	if !p.problem.Empty() {
		below = ui.Wrapped(f.Theme.Bad, p.problem, f.Width)
	}
	return p.title, append(lines, below...), tea.NewCursor(2+column, 0)
}

// Foot says which keys work.
func (p *Prompt) Foot() []Binding {
	return []Binding{
		{Keys: []string{"enter"}, Words: "go on", Foot: true},
		{Keys: []string{"esc"}, Words: "cancel", Foot: true},
	}
}
