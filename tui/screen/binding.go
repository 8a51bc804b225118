package screen

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
)

// Binding is a row of a screen's table of keys.
type Binding struct {
	Keys     []string    // as the terminal names them; the first is the one shown
	Label    string      // what to show instead of the first key: "1-5"
	Action   action.Name // what it does, if it is an action of the registry
	Words    string      // what it does, in two or three words
	Help     string      // one sentence; the registry's if empty
	Disabled string      // why it does nothing now, "" if it works
	Foot     bool        // worth a place in the footer
	Run      func() tea.Cmd
	Count    func(n int) tea.Cmd // Run with a number typed before the key, "5j"; nil if that means nothing
}

// Name is how the key is shown.
func (b *Binding) Name() string {
	if b.Label != "" {
		return b.Label
	}
	if len(b.Keys) == 0 {
		return ""
	}
	return b.Keys[0]
}

// Sentence says what the key does.
func (b *Binding) Sentence() string {
	if b.Help != "" {
		return b.Help
	}
	if a, ok := action.Find(b.Action); ok {
		return a.Help
	}
	return ""
}

// Title names what the key does, as the palette and the cheat sheet do: the registry's words where it is an
// action of it.
func (b *Binding) Title() string {
	if a, ok := action.Find(b.Action); ok {
		return a.Title
	}
	words := strings.TrimSuffix(b.Words, "…")
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}

// Dangerous reports whether the registry wants one asked before it is done.
func (b *Binding) Dangerous() bool {
	a, ok := action.Find(b.Action)
	return ok && a.Dangerous
}

// Pressed reports whether a key is one of those bound here.
func (b *Binding) Pressed(pressed fmt.Stringer) bool {
	return key.Matches(pressed, key.NewBinding(key.WithKeys(b.Keys...)))
}

// Steps gives the two ways to press a key that moves: once, and as often as the number before it says.
//
//nolint:unparam // what a binding runs gives a command
func Steps(move func(by int), step int) (once func() tea.Cmd, times func(n int) tea.Cmd) {
	times = func(n int) tea.Cmd { move(n * step); return nil }
	return func() tea.Cmd { return times(1) }, times
}

// Press runs what the key is bound to. A key that does nothing now says why.
func Press(host Host, bindings []Binding, pressed fmt.Stringer) (cmd tea.Cmd, known bool) {
	for i := range bindings {
		b := &bindings[i]
		if !b.Pressed(pressed) {
			continue
		}
		if b.Disabled != "" {
			return host.Toast(Warning, plain.Line(b.Disabled)), true
		}
		if stroke, ok := pressed.(Stroke); ok && stroke.Count > 0 && b.Count != nil {
			return b.Count(stroke.Count), true
		}
		if b.Run == nil {
			return nil, false
		}
		return b.Run(), true
	}
	return nil, false
}
