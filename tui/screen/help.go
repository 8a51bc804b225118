package screen

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Help is the dialog that lists every key that works here, and why the others do not now. Typing
// after a slash narrows the list.
type Help struct {
	host     Host
	title    plain.Text
	bindings []Binding
	shown    []int // of bindings, what matches
	input    Input
	seeking  bool
	top      int
	rows     int
}

// NewHelp makes the help of a table of keys.
func NewHelp(host Host, title plain.Text, bindings []Binding) *Help {
	h := &Help{host: host, title: title, bindings: bindings}
	h.input.Limit = 100
	h.narrow()
	return h
}

// narrow finds the rows that hold every word typed.
func (h *Help) narrow() {
	h.shown, h.top = h.shown[:0], 0
	words := strings.Fields(strings.ToLower(h.input.Text()))
	for i := range h.bindings {
		b := &h.bindings[i]
		text := strings.ToLower(strings.Join([]string{b.Name(), b.Words, b.Sentence(), b.Disabled}, " "))
		if holds(text, words) {
			h.shown = append(h.shown, i)
		}
	}
}

// Update scrolls, narrows or closes.
func (h *Help) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	switch {
	case h.seeking:
		h.seek(msg)
		return nil
	case !ok:
		return nil
	}
	switch key.String() {
	case "/":
		h.seeking = true
	case "j", "down":
		h.scroll(1)
	case "k", "up":
		h.scroll(-1)
	case "pgdown", "ctrl+d", "space":
		h.scroll(max(1, h.rows-1))
	case "pgup", "ctrl+u":
		h.scroll(-max(1, h.rows-1))
	default:
		h.host.Hide(h)
	}
	return nil
}

func (h *Help) scroll(by int) {
	h.top = max(0, min(h.top+by, len(h.shown)-h.rows))
}

// seek takes what is typed after the slash. Enter keeps what was found, esc shows all rows again.
func (h *Help) seek(msg tea.Msg) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter":
			h.seeking = false
			return
		case "esc":
			h.seeking = false
			h.input.Set("")
			h.narrow()
			return
		case "down":
			h.scroll(1)
			return
		case "up":
			h.scroll(-1)
			return
		}
	}
	if h.input.Update(msg) {
		h.narrow()
	}
}

// View draws the rows in sight. The box keeps its size while one types.
func (h *Help) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	h.rows = max(1, min(len(h.bindings), f.Height-2))
	h.top = max(0, min(h.top, len(h.shown)-h.rows))
	cols := ui.FitColumns([]ui.Column{{Width: 11}, {Width: 14, Rank: 1}, {Flex: true, Least: 10}}, f.Width)
	for _, i := range h.shown[h.top:min(len(h.shown), h.top+h.rows)] {
		b := &h.bindings[i]
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
	if len(h.shown) == 0 {
		lines = append(lines, ui.Line(f.Width, ui.Say(f.Theme.Dim, "No key does that here. esc shows all.")))
	}
	for len(lines) < h.rows {
		lines = append(lines, ui.Line(f.Width))
	}
	lines = append(lines, ui.Line(f.Width))
	if h.seeking {
		field, column := h.input.View(f.Theme, f.Width-2)
		return h.title, append(lines, f.Theme.Key.Render("/ ")+field), tea.NewCursor(2+column, len(lines))
	}
	return h.title, append(lines, ui.Line(f.Width, ui.Say(f.Theme.Dim, h.foot()))), nil
}

func (h *Help) foot() string {
	if len(h.shown) > h.rows {
		return fmt.Sprintf("%d–%d of %d · j k scroll · / searches · any other key closes", h.top+1, h.top+h.rows, len(h.shown))
	}
	if len(h.shown) < len(h.bindings) {
		return fmt.Sprintf("%d of %d · / searches · any other key closes", len(h.shown), len(h.bindings))
	}
	return "/ searches · any other key closes"
}

// Foot says which keys work.
func (h *Help) Foot() []Binding {
	if h.seeking {
		return []Binding{{Label: "letters", Words: "narrow", Foot: true}, {Keys: []string{"enter"}, Words: "keep", Foot: true}, {Keys: []string{"esc"}, Words: "show all", Foot: true}}
	}
	return []Binding{
		{Keys: []string{"j"}, Label: "j k", Words: "scroll", Foot: true},
		{Keys: []string{"/"}, Words: "search", Foot: true},
		{Keys: []string{"esc"}, Words: "close", Foot: true},
	}
}
