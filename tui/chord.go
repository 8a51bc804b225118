package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// chord is what was pressed and waits for the next key: a number before a key ("5j"), g before where to
// go ("gq"), or gv before the number of a view.
//
// A digit by itself goes to a view. It waits a moment, because it may be the beginning of a number;
// enter, or any key that takes no number, ends the wait.
type chord struct {
	number string // typed before the key: "12"
	lead   string // "", "g" or "gv"
	view   string // typed after gv
	wait   int    // counts the waits, so that the end of an old one is known
}

// chordDue ends a wait.
type chordDue struct{ wait int }

const (
	// undecided is how long a digit may be the beginning of a number before it is a view.
	undecided = 400 * time.Millisecond
	maxDigits = 4
)

func (k *chord) waiting() bool { return k.number != "" || k.lead != "" }

// clear forgets what was pressed; a wait that runs comes to nothing.
func (k *chord) clear() { *k = chord{wait: k.wait + 1} }

func isDigit(key string) bool { return len(key) == 1 && key[0] >= '0' && key[0] <= '9' }

// chordKey takes a key that belongs to a chord. What it leaves is for everybody else, after cmd.
func (c *Console) chordKey(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	key, k := msg.String(), &c.chord
	switch {
	case k.waiting() && key == "esc":
		k.clear()
		return nil, true
	case k.lead == "gv":
		return c.viewKey(key), true
	case k.lead == "g":
		return c.jumpKey(key), true
	case key == "g":
		k.lead = "g"
		k.wait++
		return nil, true
	case isDigit(key) && (key != "0" || k.number != ""):
		if len(k.number) < maxDigits {
			k.number += key
		}
		return c.waitChord(), true
	case k.number != "":
		return c.countedKey(msg)
	}
	return nil, false
}

// waitChord begins to wait anew.
func (c *Console) waitChord() tea.Cmd {
	c.chord.wait++
	return c.env.After(undecided, chordDue{c.chord.wait})
}

// countedKey ends a number: the key is pressed so many times, or the number was a view.
func (c *Console) countedKey(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	typed := c.chord.number
	c.chord.clear()
	counted := slices.ContainsFunc(c.top().Bindings(), func(b screen.Binding) bool { return b.Count != nil && b.Pressed(msg) })
	if counted {
		n, _ := strconv.Atoi(typed)
		return c.top().Update(screen.Stroke{Keys: msg.String(), Count: n}), true
	}
	if c.bound(typed) {
		return c.top().Update(screen.Stroke{Keys: typed}), msg.String() == "enter"
	}
	return host{c}.Toast(screen.Warning, plain.Line(msg.String()+" takes no number, so "+typed+" was left out and nothing done.")), true
}

// bound reports whether the screen on top has something under these keys.
func (c *Console) bound(keys string) bool {
	return slices.ContainsFunc(c.top().Bindings(), func(b screen.Binding) bool { return slices.Contains(b.Keys, keys) })
}

// jumpKey ends a g: where to go. Places of the screen on top come before those that are everywhere.
func (c *Console) jumpKey(key string) tea.Cmd {
	typed := c.chord.number
	n, _ := strconv.Atoi(typed)
	stroke := screen.Stroke{Keys: "g" + key, Count: n}
	if stroke.Keys == "gv" {
		c.chord.number, c.chord.lead = "", "gv"
		if n > 0 {
			return c.nthView(typed)
		}
		return nil
	}
	c.chord.clear()
	if c.bound(stroke.Keys) {
		return c.top().Update(stroke)
	}
	if cmd, known := screen.Press(host{c}, c.everywhere(), stroke); known {
		return cmd
	}
	return host{c}.Toast(screen.Warning, plain.Line("g "+key+" goes nowhere. "+c.jumps()))
}

// viewKey takes the number of a view after gv.
func (c *Console) viewKey(key string) tea.Cmd {
	k := &c.chord
	switch {
	case isDigit(key) && len(k.view) < maxDigits:
		k.view += key
		if n, _ := strconv.Atoi(k.view); n*10 > len(c.home.Views()) { // no further digit can belong to it
			return c.nthView(k.view)
		}
		return c.waitChord()
	case key == "enter" && k.view != "":
		return c.nthView(k.view)
	}
	k.clear()
	return host{c}.Toast(screen.Warning, plain.Line("gv goes to a view by its number: gv1 to the first."))
}

func (c *Console) nthView(typed string) tea.Cmd {
	c.chord.clear()
	n, _ := strconv.Atoi(typed)
	views := c.home.Views()
	if n < 1 || n > len(views) {
		return host{c}.Toast(screen.Warning, plain.Line(fmt.Sprintf("There are %d views, and no view %s.", len(views), typed)))
	}
	return c.showView(views[n-1].Name)
}

// chordOver ends the wait of a digit that may have been the beginning of a number.
func (c *Console) chordOver(m chordDue) tea.Cmd {
	k := &c.chord
	switch {
	case m.wait != k.wait || len(c.dialogs) > 0 || c.top() == nil:
	case k.lead == "gv" && k.view != "":
		return c.nthView(k.view)
	case k.lead == "" && c.bound(k.number):
		typed := k.number
		k.clear()
		return c.top().Update(screen.Stroke{Keys: typed})
	}
	return nil
}

// chordSays is what the status line says while a chord waits.
func (c *Console) chordSays(theme *ui.Theme) []ui.Span {
	k := &c.chord
	say := func(keys, words string) []ui.Span {
		return []ui.Span{ui.Say(theme.Key, keys+"…"), ui.Say(theme.Dim, "  "+words)}
	}
	switch {
	case k.lead == "gv":
		return say("gv"+k.view, "number of the view · esc forgets it")
	case k.lead == "g":
		return say(k.number+"g", c.jumps())
	}
	words := "then a key that moves: " + k.number + "j · esc forgets it"
	for _, b := range c.top().Bindings() {
		if slices.Contains(b.Keys, k.number) {
			words = "enter: " + b.Words + " · " + words
		}
	}
	return say(k.number, words)
}

// jumps lists where g goes from here.
func (c *Console) jumps() string {
	var words []string
	for _, b := range slices.Concat(c.top().Bindings(), c.everywhere()) {
		for _, key := range b.Keys {
			if len(key) == 2 && key[0] == 'g' && b.Disabled == "" {
				words = append(words, key[1:]+" "+b.Words)
			}
		}
	}
	return strings.Join(words, " · ")
}
