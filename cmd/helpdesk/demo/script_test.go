package demo

import (
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

func TestScriptsAreComplete(t *testing.T) {
	t.Parallel()
	scripts, err := readScripts()
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) < 60 {
		t.Errorf("%d scripts, want 60 or more", len(scripts))
	}
	kinds := map[string]bool{}
	for _, b := range branches() {
		for _, k := range b.kinds {
			kinds[k.code] = true
		}
	}
	resolutions := core.StaffResolutions()
	for _, s := range scripts {
		name := s.category + ": " + strings.Join(s.titles, " / ")
		if !kinds[s.category] {
			t.Errorf("%s: there is no such category", name)
		}
		if len(s.titles) == 0 || len(s.bodies) == 0 || len(s.endings) == 0 || len(s.rooms) == 0 && s.where == "" {
			t.Errorf("%s: something is missing", name)
		}
		if len(s.titles) != len(s.bodies) && len(s.bodies) != 2 {
			t.Errorf("%s: %d titles and %d descriptions", name, len(s.titles), len(s.bodies))
		}
		for _, code := range s.rooms {
			if !strings.Contains(places, "- "+code[:3]+" ") {
				t.Errorf("%s: there is no building for %s", name, code)
			}
		}
		for _, e := range s.endings {
			if !slices.Contains(resolutions, e.resolution) || e.words == "" {
				t.Errorf("%s: ends %q %q", name, e.resolution, e.words)
			}
		}
		for _, text := range slices.Concat(s.titles, s.bodies) {
			if len(s.rooms) == 0 && strings.Contains(text, "{") {
				t.Errorf("%s: names a room where there is none", name)
			}
		}
		for _, l := range s.lines {
			if l.text == "" || l.mark == markWait && !core.Waiting(l.text).Valid() {
				t.Errorf("%s: line %c %q", name, l.mark, l.text)
			}
		}
		for _, username := range s.from {
			if !slices.ContainsFunc(reporters(), func(c caller) bool { return c.username == username }) {
				t.Errorf("%s: there is no %s", name, username)
			}
		}
	}
}

func TestAScriptWithUnknownMarksIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"t before any script", "== a\n? what", "== a\n! loud"} {
		if _, err := parseScripts(nil, text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
