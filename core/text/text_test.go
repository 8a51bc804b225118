package text_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"helpdesk.campus/core/text"
)

// languages is a catalogue with a language that lacks messages, one that is
// written from right to left, and one with plural forms of its own.
func languages(t *testing.T) *text.Catalogue {
	t.Helper()
	c, err := text.Load(fstest.MapFS{
		"en.json": file(`{"hello": "Hello, {{.Name}}", "only": "English", "replies": {"one": "{{.Count}} reply", "other": "{{.Count}} replies"}}`),
		"es.json": file(`{"hello": "Hola, {{.Name}}", "old": "viejo"}`),
		"he.json": file(`{"hello": "שלום {{.Name}}"}`),
		"pl.json": file(`{"replies": {"one": "{{.Count}} odpowiedź", "few": "{{.Count}} odpowiedzi", "many": "{{.Count}} odpowiedzi", "other": "{{.Count}} odp."}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

func TestTheReadersWishChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	c := languages(t)
	for _, want := range []struct {
		langs    []string
		tag, dir string
	}{
		{nil, "en", "ltr"},
		{[]string{"", "*"}, "en", "ltr"},
		{[]string{"es-MX,es;q=0.9,en;q=0.8"}, "es", "ltr"},
		{[]string{"en;q=0.5, he"}, "he", "rtl"},
		{[]string{"tlh, ja"}, "en", "ltr"},
		{[]string{"es", "he"}, "es", "ltr"},
		{[]string{"no such, ;;", "he"}, "he", "rtl"},
		{[]string{strings.Repeat("es-", 1<<16), "he"}, "he", "rtl"},
	} {
		got := c.For(want.langs...)
		if got.Tag() != want.tag || got.Dir() != want.dir {
			t.Errorf("For(%.60q) is %s %s, want %s %s", want.langs, got.Tag(), got.Dir(), want.tag, want.dir)
		}
	}
}

func TestMessagesAreFilled(t *testing.T) {
	t.Parallel()
	c := languages(t)
	for _, want := range []struct {
		lang, key string
		args      []any
		words     string
	}{
		{"en", "hello", []any{"Name", "<Ada>"}, "Hello, <Ada>"},
		{"en", "hello", []any{map[string]any{"Name": "Ada"}}, "Hello, Ada"},
		{"es", "hello", []any{"Name", "{{.Name}}"}, "Hola, {{.Name}}"},
		{"es", "only", nil, "English"},
		{"en", "replies", []any{"Count", 1}, "1 reply"},
		{"en", "replies", []any{"Count", int64(0)}, "0 replies"},
		{"es", "replies", []any{"Count", 1}, "1 reply"},
		{"pl", "replies", []any{"Count", 3}, "3 odpowiedzi"},
		{"en", "hello", nil, "⟦hello⟧"},
		{"en", "hello", []any{"Name"}, "⟦hello⟧"},
		{"en", "hello", []any{1, 2}, "⟦hello⟧"},
		{"es", "hello", []any{"Nome", "x"}, "⟦hello⟧"},
		{"en", "replies", []any{"Count", "many"}, "⟦replies⟧"},
		{"es", "no.such", nil, "⟦no.such⟧"},
	} {
		got := c.For(want.lang).T(want.key, want.args...)
		if got != want.words || text.IsMissing(got) != strings.HasPrefix(want.words, "⟦") {
			t.Errorf("%s %s %v: %q, want %q", want.lang, want.key, want.args, got, want.words)
		}
	}
}

func TestLanguagesAreComparedWithEnglish(t *testing.T) {
	t.Parallel()
	c := languages(t)
	if got := c.Missing("es"); !slices.Equal(got, []string{"only", "replies"}) {
		t.Errorf("missing: %q", got)
	}
	if got := c.Unknown("es"); !slices.Equal(got, []string{"old"}) {
		t.Errorf("unknown: %q", got)
	}
	if got := c.Languages(); !slices.Equal(got, []string{"en", "es", "he", "pl"}) {
		t.Errorf("languages: %q", got)
	}
	if !c.For("es").Has("only") || c.For("es").Has("old") {
		t.Error("Has is wrong")
	}
}

func TestMistakesAreFoundWhenLoading(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"no English":      {"es.json": file(`{"a": "b"}`)},
		"no JSON":         {"en.json": file(`{`)},
		"broken template": {"en.json": file(`{"a": "{{.Name"}`)},
		"no words":        {"en.json": file(`{"a": ""}`)},
		"no other form":   {"en.json": file(`{"a": {"one": "x"}}`)},
		"no language":     {"en.json": file(`{"a": "b"}`), "x1.json": file(`{"a": "b"}`)},
	} {
		if _, err := text.Load(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestManyReadersAtOnce(t *testing.T) {
	t.Parallel()
	c := languages(t)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for _, lang := range []string{"en", "es", "he", "pl"} {
				if words := c.For(lang).T("hello", "Name", "Ada"); text.IsMissing(words) {
					t.Error(words)
				}
			}
		})
	}
	readers.Wait()
}

func TestTheProgramsOwnLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	c, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range c.Languages() {
		if missing, unknown := c.Missing(lang), c.Unknown(lang); len(missing)+len(unknown) > 0 {
			t.Errorf("%s lacks %q and has unknown %q", lang, missing, unknown)
		}
	}
	if got := c.For("en").T("error.ticket_not_found"); text.IsMissing(got) {
		t.Errorf("got %q", got)
	}
}

// JSON lets a later key silently replace an earlier one, which would lose a message.
func TestNoKeyStandsTwiceInAFile(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		keys := topLevelKeys(t, content)
		if sorted := slices.Sorted(slices.Values(keys)); !slices.Equal(keys, slices.Compact(sorted)) {
			t.Errorf("%s: keys stand twice or not in alphabetical order", path)
			for i := 1; i < len(keys); i++ {
				if keys[i] <= keys[i-1] {
					t.Errorf("%q stands behind %q", keys[i], keys[i-1])
				}
			}
		}
	}
}

func topLevelKeys(t *testing.T, content []byte) []string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(content))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var message json.RawMessage
		if err := decoder.Decode(&message); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}
