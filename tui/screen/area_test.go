package screen

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/tui/ui"
)

func drawn(a *Area, width, height int) string {
	lines, _ := a.View(ui.NewTheme(ui.NoColour), width, height)
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestTextWrapsBetweenWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"short", "a word", "a word"},
		{"between words", "several words here", "several\nwords here"},
		{"a long word", "abcdefghijklmno", "abcdefghij\nklmno"},
		{"own lines", "a\n\nb", "a\n\nb"},
		{"wide characters", "漢字漢字漢字", "漢字漢字漢\n字"},
		{"a blank at the edge", "abcdefghij klm", "abcdefghij\nklm"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a Area
			a.Set(test.text)
			if got := drawn(&a, 10, 3); strings.TrimRight(got, "\n") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEditingDoesWhatTheKeysSay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		keys       []string
		want       string
	}{
		{"backspace", "ab", []string{"backspace"}, "a"},
		{"delete in the middle", "abc", []string{"left", "left", "delete"}, "ac"},
		{"a word back", "one two", []string{"ctrl+w"}, "one "},
		{"to the start of the line", "one\ntwo", []string{"ctrl+u"}, "one\n"},
		{"to the end of the line", "one\ntwo", []string{"up", "home", "ctrl+k"}, "\ntwo"},
		{"a new line", "ab", []string{"left", "enter"}, "a\nb"},
		{"a letter with its mark", "ae\u0323\u0301", []string{"backspace"}, "a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a Area
			a.Set(test.text)
			drawn(&a, 20, 5)
			for _, key := range test.keys {
				a.edit(key)
			}
			if got := a.Text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAPasteThatIsTooLongIsCutAndSaid(t *testing.T) {
	t.Parallel()
	a := Area{Limit: 10}
	if !a.Insert("12345") || a.Insert("6789012345") {
		t.Error("the limit is not kept")
	}
	if a.Text() != "1234567890" {
		t.Errorf("it holds %q", a.Text())
	}
}

func TestWhateverIsTypedStaysSafeAndOnTheScreen(t *testing.T) {
	t.Parallel()
	keys := []string{"left", "right", "up", "down", "home", "end", "backspace", "delete", "enter", "ctrl+w", "ctrl+u", "ctrl+k", "alt+b", "alt+f", "ctrl+home", "ctrl+end"}
	var texts []string
	for _, p := range plaintest.Payloads() {
		texts = append(texts, p.Text)
	}
	texts = append(texts, "word ", "漢字 ", "long line of words that goes on ", "\n", "é", "\u0301")
	rapid.Check(t, func(t *rapid.T) {
		var a Area
		var in Input
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "key") {
				key := rapid.SampledFrom(keys).Draw(t, "which")
				a.edit(key)
				in.edit(key)
			} else {
				text := rapid.SampledFrom(texts).Draw(t, "text")
				a.Insert(text)
				in.insert(text)
			}
			width, height := rapid.IntRange(1, 30).Draw(t, "width"), rapid.IntRange(1, 6).Draw(t, "height")
			lines, cursor := a.View(ui.NewTheme(ui.Dark), width, height)
			if len(lines) != height || cursor.X < 0 || cursor.X >= width || cursor.Y < 0 || cursor.Y >= height {
				t.Fatalf("%d lines, cursor %v on %dx%d", len(lines), cursor.Position, width, height)
			}
			line, column := in.View(ui.NewTheme(ui.Dark), width)
			if column < 0 || column >= width {
				t.Fatalf("the input's cursor is in column %d of %d", column, width)
			}
			for _, l := range append(lines, line) {
				if got := ansi.StringWidth(l); got != width {
					t.Fatalf("a line is %d wide, not %d: %q", got, width, l)
				}
				if found := plaintest.Foreign([]byte(l)); len(found) > 0 {
					t.Fatalf("%v", found)
				}
			}
		}
	})
}
