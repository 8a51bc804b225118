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
	top      int // of the lines that the rows shown take
	rows     int // lines in sight
	lines    int // lines that the rows shown take
	words    int // columns that the few words for each key take, in whole
}

// NewHelp makes the help of a table of keys.
func NewHelp(host Host, title plain.Text, bindings []Binding) *Help {
	h := &Help{host: host, title: title, bindings: bindings}
	h.input.Limit = 100
	for i := range bindings {
		h.words = max(h.words, plain.Line(bindings[i].Words).Width())
	}
	const most = 24
	h.words = min(h.words, most)
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
	h.top = max(0, min(h.top+by, h.lines-h.rows))
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

// View draws the lines in sight. The box keeps its size while one types.
func (h *Help) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	all := 0
	for i := range h.bindings {
		all += len(h.row(f, &h.bindings[i]))
	}
	for _, i := range h.shown {
		lines = append(lines, h.row(f, &h.bindings[i])...)
	}
	h.lines, h.rows = len(lines), max(1, min(all, f.Height-2))
	h.top = max(0, min(h.top, h.lines-h.rows))
	lines = lines[h.top:min(h.lines, h.top+h.rows)]
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

// row is a key, what it does in few words, and its sentence on as many lines as it takes.
func (h *Help) row(f Frame, b *Binding) []string {
	const key, least = 11, 10
	cols := ui.FitColumns([]ui.Column{{Width: key}, {Width: h.words, Rank: 1}, {Flex: true, Least: least}}, f.Width)
	styles := [...]ui.Style{f.Theme.Key, f.Theme.Plain, f.Theme.Dim}
	sentence := b.Sentence()
	if b.Disabled != "" {
		styles[0], styles[1] = f.Theme.Dim, f.Theme.Dim
		sentence = "not now: " + b.Disabled
	}
	cells := []ui.Cell{{Style: styles[0], Text: plain.Line(b.Name())}, {Style: styles[1], Text: plain.Line(b.Words)}, {Style: styles[2]}}
	parts := []plain.Text{plain.Line(sentence)}
	if w := cols[len(cols)-1].Width; w >= least {
		parts = plain.Wrap(parts[0], w)
	}
	lines := make([]string, 0, len(parts))
	for _, part := range parts {
		cells[2].Text = part
		lines = append(lines, cols.Row(f.Theme, f.Width, false, cells))
		cells[0].Text, cells[1].Text = plain.Text{}, plain.Text{}
	}
	return lines
}

func (h *Help) foot() string {
	if h.lines > h.rows {
		return fmt.Sprintf("%d–%d of %d lines · j k scroll · / searches · any other key closes", h.top+1, h.top+h.rows, h.lines)
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
