package verb_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core/action"
	"helpdesk.campus/sshserver/verb"
)

var write = flag.Bool("write", false, "write docs/verbs.md anew")

// withoutVerb are the actions that no verb does, and why.
func withoutVerb() map[action.Name]string {
	return map[action.Name]string{
		action.HandOver:   "drafts are what somebody is typing: they live in the console, and so does handing them over",
		action.RenewLink:  "a private link belongs in the hands of whoever stands before its reporter: at the console",
		action.RevokeLink: "goes with renewing the link, at the console",
	}
}

func TestEveryActionHasItsVerb(t *testing.T) {
	t.Parallel()
	does := map[action.Name]bool{}
	for _, v := range verb.Verbs() {
		for _, name := range v.Actions {
			does[name] = true
			if _, known := action.Find(name); !known {
				t.Errorf("%s does %q, which is no action", v.Name, name)
			}
		}
	}
	for _, a := range action.All() {
		why, excused := withoutVerb()[a.Name]
		switch {
		case does[a.Name] && excused:
			t.Errorf("%s has a verb, and stands on the list of those without: %s", a.Name, why)
		case !does[a.Name] && !excused:
			t.Errorf("no verb does %q", a.Name)
		}
	}
}

// TestEveryVerbIsInAScript looks for each verb behind the name of somebody who says it.
func TestEveryVerbIsInAScript(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var scripts strings.Builder
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(text)
	}
	for _, v := range verb.Verbs() {
		said := regexp.MustCompile(`(?m)^(as|tty|exits \d+|until \S+) \w+ ` + v.Name + `\b`)
		if !said.MatchString(scripts.String()) {
			t.Errorf("no script says %q", v.Name)
		}
	}
}

func TestVerbsAreWhole(t *testing.T) {
	t.Parallel()
	var names, shapes []string
	for _, s := range verb.Shapes() {
		shapes = append(shapes, s.Name)
		if !slices.ContainsFunc(s.Fields, func(f verb.Field) bool { return f.Name == s.Quiet }) {
			t.Errorf("%s has no field %q for -q", s.Name, s.Quiet)
		}
		for _, f := range s.Fields {
			if f.Help == "" {
				t.Errorf("%s.%s is not explained", s.Name, f.Name)
			}
		}
	}
	for _, v := range verb.Verbs() {
		if slices.Contains(names, v.Name) || v.Help == "" {
			t.Errorf("%s stands twice in the table, or is not explained", v.Name)
		}
		names = append(names, v.Name)
		if v.Puts != "" && !slices.Contains(shapes, v.Puts) {
			t.Errorf("%s puts out %q, which is no shape", v.Name, v.Puts)
		}
		seen := map[string]bool{}
		for _, f := range v.AllFlags() {
			if seen[f.Name] || f.Help == "" || !strings.HasPrefix(f.Name, "-") {
				t.Errorf("%s: the flag %q stands there twice, or is not explained", v.Name, f.Name)
			}
			seen[f.Name] = true
		}
	}
}

func TestDocsAreTheTable(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "verbs.md")
	want := verb.Document()
	if *write {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/verbs.md is not what the table says (%v); renew it with: go test ./sshserver/verb -write", err)
	}
}
