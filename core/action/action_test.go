package action_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core/action"
)

// Keys, palette, verbs and the API take their words from here, so that they must be whole.
func TestEveryActionHasItsWords(t *testing.T) {
	t.Parallel()
	names, titles := map[action.Name]bool{}, map[string]bool{}
	for _, a := range action.All() {
		switch {
		case a.Name == "" || a.Title == "" || a.Help == "":
			t.Errorf("%q lacks a title or what it does", a.Name)
		case names[a.Name] || titles[a.Title]:
			t.Errorf("%s, %q stands there twice", a.Name, a.Title)
		case !strings.HasSuffix(a.Help, "."):
			t.Errorf("what %s does is no sentence: %q", a.Name, a.Help)
		}
		names[a.Name], titles[a.Title] = true, true
		if found, ok := action.Find(a.Name); !ok || found.Title != a.Title {
			t.Errorf("%s is not found by its name", a.Name)
		}
		given := map[string]bool{}
		optional := false
		for _, arg := range a.Arguments {
			if arg.Name == "" || arg.Words == "" || given[arg.Name] {
				t.Errorf("an argument of %s has no name or words, or stands there twice: %+v", a.Name, arg)
			}
			if optional && !arg.Optional {
				t.Errorf("%s must be told %s after something that may be left out", a.Name, arg.Name)
			}
			given[arg.Name], optional = true, arg.Optional
		}
	}
	if _, ok := action.Find("nonsense"); ok {
		t.Error("an action that does not exist was found")
	}
}
