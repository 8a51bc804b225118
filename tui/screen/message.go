package screen

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Paragraph is a part of a message.
type Paragraph struct {
	Text   plain.Text
	Strong bool
}

// Message is a dialog that says something and offers some keys. Esc always closes it; where there is
// nothing to choose, so does any other key.
type Message struct {
	Host       Host
	Title      plain.Text
	Paragraphs []Paragraph
	Choices    []Binding
	Cancel     string // what esc means: "cancel"
	Typed      Dialog // what was typed before it came up, to which closing it without a choice goes back; nil if nothing was
}

// Unsent is what is typed in the dialog behind it: it would be lost with the connection.
func (m *Message) Unsent() (name string, kept Unsent, ok bool) {
	if behind, can := m.Typed.(interface {
		Unsent() (name string, kept Unsent, ok bool)
	}); can {
		return behind.Unsent()
	}
	return "", Unsent{}, false
}

// Update runs a choice or closes. Enter closes too: what cannot be undone is never the default.
func (m *Message) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	name := key.String()
	for _, c := range m.Choices {
		if c.Pressed(key) {
			m.Host.Hide(m)
			return c.Run()
		}
	}
	if len(m.Choices) == 0 || name == "esc" || name == "enter" || name == "n" {
		m.Host.Hide(m)
		if m.Typed != nil {
			m.Host.Show(m.Typed, false)
		}
	}
	return nil
}

// View wraps the paragraphs.
func (m *Message) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	for i, p := range m.Paragraphs {
		if i > 0 {
			lines = append(lines, ui.Line(f.Width))
		}
		style := f.Theme.Plain
		if p.Strong {
			style = f.Theme.Bold
		}
		lines = append(lines, ui.Wrapped(style, p.Text, f.Width)...)
	}
	lines = append(lines, ui.Line(f.Width))
	spans := []ui.Span{}
	for _, b := range m.Foot() {
		spans = append(spans, ui.Say(f.Theme.Key, b.Name()), ui.Say(f.Theme.Dim, " "+b.Words+"   "))
	}
	if room := max(1, f.Height-1); len(lines) > room {
		lines = lines[:room]
	}
	return m.Title, append(lines, ui.Line(f.Width, spans...)), nil
}

// Foot says which keys work.
func (m *Message) Foot() []Binding {
	if len(m.Choices) == 0 {
		return []Binding{{Label: "any key", Words: "closes this", Foot: true}}
	}
	foot := slices.Clone(m.Choices)
	for i := range foot {
		foot[i].Foot = true
	}
	cancel := m.Cancel
	if cancel == "" {
		cancel = "cancel"
	}
	return append(foot, Binding{Keys: []string{"esc"}, Words: cancel, Foot: true})
}
