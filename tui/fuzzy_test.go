package tui

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTheBestMatchComesFirst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typed, better, worse string }{
		{"tt", "Take ticket", "Set status text"},
		{"assign", "Assign", "Unassigned"},
		{"move", "Move to queue", "Make the old version easy"},
		{"clo", "Close ticket", "Colour of the logo"},
		{"ivan i", "Ivan Iota", "Silvia Navarro in IT"},
		{"queue move", "Move to queue", "Queue of removed pages"},
		{"Ñu", "Ñuñoa", "Español nuevo"},
	} {
		better, ok := fuzzy(test.typed, test.better)
		if !ok {
			t.Errorf("%q does not find %q", test.typed, test.better)
			continue
		}
		if worse, ok := fuzzy(test.typed, test.worse); ok && worse >= better {
			t.Errorf("%q: %q has %d and %q only %d", test.typed, test.worse, worse, test.better, better)
		}
	}
	if _, ok := fuzzy("xyz", "Take ticket"); ok {
		t.Error("letters that are not there were found")
	}
	if _, ok := fuzzy("ekat", "take"); ok {
		t.Error("letters were found against their order")
	}
}

// Whatever letters of a text somebody types in their order, it is found.
func TestSomeLettersInTheirOrderFindAText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(rapid.StringMatching(`[a-zäñ]{1,8}( [a-z0-9]{1,8}){0,3}`).Draw(t, "text"))
		var typed []rune
		for _, r := range text {
			if r != ' ' && rapid.Bool().Draw(t, "keep") {
				typed = append(typed, r)
			}
		}
		if _, ok := fuzzy(string(typed), string(text)); !ok {
			t.Fatalf("%q does not find %q", string(typed), string(text))
		}
	})
}
