package screen

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Help is the dialog that lists every key that works here, and why the others do not now.
type Help struct {
	host     Host
	title    plain.Text
	bindings []Binding
	top      int
	rows     int
}

// NewHelp makes the help of a table of keys.
func NewHelp(host Host, title plain.Text, bindings []Binding) *Help {
	return &Help{host: host, title: title, bindings: bindings}
}

// Update scrolls or closes.
func (h *Help) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	last := max(0, len(h.bindings)-h.rows)
	switch key.String() {
	case "j", "down":
		h.top = min(last, h.top+1)
	case "k", "up":
		h.top = max(0, h.top-1)
	case "pgdown", "ctrl+d", "space":
		h.top = min(last, h.top+max(1, h.rows-1))
	case "pgup", "ctrl+u":
		h.top = max(0, h.top-max(1, h.rows-1))
	default:
		h.host.Hide(h)
	}
	return nil
}

// View draws the rows in sight.
func (h *Help) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	h.rows = max(1, min(len(h.bindings), f.Height-2))
	h.top = max(0, min(h.top, len(h.bindings)-h.rows))
	cols := ui.FitColumns([]ui.Column{{Width: 11}, {Width: 14, Rank: 1}, {Flex: true, Least: 10}}, f.Width)
	for _, b := range h.bindings[h.top:min(len(h.bindings), h.top+h.rows)] {
		key, words, more := f.Theme.Key, f.Theme.Plain, f.Theme.Dim
		sentence := b.Sentence()
		if b.Disabled != "" {
			key, words = f.Theme.Dim, f.Theme.Dim
			sentence = "not now: " + b.Disabled
		}
		lines = append(lines, cols.Row(f.Theme, f.Width, false, []ui.Cell{
			{Style: key, Text: plain.Line(b.Name())}, {Style: words, Text: plain.Line(b.Words)}, {Style: more, Text: plain.Line(sentence)},
		}))
	}
	foot := "any other key closes"
	if len(h.bindings) > h.rows {
		foot = fmt.Sprintf("%d–%d of %d · j k scroll · any other key closes", h.top+1, h.top+h.rows, len(h.bindings))
	}
	return h.title, append(lines, ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Dim, foot))), nil
}

// Foot says which keys work.
func (h *Help) Foot() []Binding {
	return []Binding{{Keys: []string{"j"}, Label: "j k", Words: "scroll", Foot: true}, {Keys: []string{"esc"}, Words: "close", Foot: true}}
}
