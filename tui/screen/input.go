package screen

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Input is one line of typed text with the terminal's own cursor in it. What is typed or pasted is made
// safe before it is kept.
type Input struct {
	Limit  int  // in characters; 0 for none
	Secret bool // dots are shown in place of the text
	Cut    bool // what came last had no room and was cut off
	runes  []rune
	at     int // always between two characters as people see them
}

// Text is what stands in it.
func (in *Input) Text() string { return string(in.runes) }

// Set replaces what stands in it; the cursor goes to the end.
func (in *Input) Set(s string) {
	in.runes, in.at = nil, 0
	in.insert(s)
}

// Cursor is where the cursor stands, in bytes of the text.
func (in *Input) Cursor() int { return len(string(in.runes[:in.at])) }

// SetAt replaces what stands in it, and puts the cursor at a byte of it.
func (in *Input) SetAt(s string, cursor int) {
	in.Set(s)
	rest := []rune(s[min(max(0, cursor), len(s)):])
	in.at = max(0, len(in.runes)-len(rest))
}

// insert cleans what stands before the cursor together with what is added, because a mark that comes
// by itself belongs to the letter before it.
func (in *Input) insert(s string) {
	head := []rune(plain.Line(string(in.runes[:in.at]) + s).String())
	in.Cut = false
	if in.Limit > 0 {
		room := boundaryWithin(head, max(in.at, in.Limit-(len(in.runes)-in.at)))
		in.Cut = room < len(head)
		head = head[:room]
	}
	in.runes = slices.Concat(head, in.runes[in.at:])
	in.at = boundary(in.runes, 0, len(head))
}

// Update takes a key or a paste, and reports whether it was one for a line of text.
func (in *Input) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		in.insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		if msg.Text != "" && msg.Mod&^tea.ModShift&^tea.ModCapsLock == 0 {
			in.insert(msg.Text)
			return true
		}
		return in.edit(msg.String())
	}
	return false
}

func (in *Input) edit(key string) bool {
	switch key {
	case "left", "ctrl+b":
		in.at = in.left()
	case "right", "ctrl+f":
		in.at = clusterAfter(in.runes, in.at)
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.runes)
	case "backspace", "ctrl+h", "shift+backspace":
		in.cut(in.left(), in.at)
	case "delete", "ctrl+d":
		in.cut(in.at, clusterAfter(in.runes, in.at))
	case "ctrl+u":
		in.cut(0, in.at)
	case "ctrl+k":
		in.cut(in.at, len(in.runes))
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		in.cut(in.wordLeft(), in.at)
	case "alt+left", "ctrl+left", "alt+b":
		in.at = in.wordLeft()
	case "alt+right", "ctrl+right", "alt+f":
		in.at = in.wordRight()
	default:
		return false
	}
	return true
}

func (in *Input) cut(from, to int) {
	in.runes = slices.Delete(in.runes, from, to)
	in.at = boundary(in.runes, 0, from)
}

func (in *Input) left() int      { return clusterBefore(in.runes, 0, in.at) }
func (in *Input) wordLeft() int  { return boundary(in.runes, 0, wordLeft(in.runes, in.at)) }
func (in *Input) wordRight() int { return boundary(in.runes, 0, wordRight(in.runes, in.at)) }

func wordLeft(runes []rune, at int) int {
	for at > 0 && unicode.IsSpace(runes[at-1]) {
		at--
	}
	for at > 0 && !unicode.IsSpace(runes[at-1]) {
		at--
	}
	return at
}

func wordRight(runes []rune, at int) int {
	for at < len(runes) && unicode.IsSpace(runes[at]) {
		at++
	}
	for at < len(runes) && !unicode.IsSpace(runes[at]) {
		at++
	}
	return at
}

// View draws the text in width columns, scrolled so that the cursor is in sight, and says in which
// column the cursor is.
func (in *Input) View(theme *ui.Theme, width int) (string, int) {
	if width <= 0 {
		return "", 0
	}
	runes, at := in.runes, in.at
	if in.Secret {
		runes = slices.Repeat([]rune{'•'}, len(runes))
	}
	const least = 4 // in less there is no room to mark what is cut off
	mark := ""
	if width >= least {
		mark = "…"
	}
	last := width - 1 // column that the cursor may stand in
	if at < len(runes) {
		last -= len([]rune(mark)) // on the mark of what follows it would hide that
	}
	cursor, start, before := cellsOf(runes[:at]), 0, ""
	for ansi.StringWidth(before)+cursor > last && start < at {
		n, cells := cluster(runes[start:])
		start, cursor, before = start+n, cursor-cells, mark
	}
	text := before + ansi.Truncate(string(runes[start:]), width-ansi.StringWidth(before), mark)
	cursor += ansi.StringWidth(before)
	text += strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
	return theme.Plain.Render(text), max(0, min(cursor, width-1))
}
