package screen

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// scripts are characters as people see them, of many kinds; some take two cells, some many runes.
func scripts() []string {
	return []string{
		"a", "Z", " ", "7", ".", "é", "é", "ñ", "漢", "字", "한", "ö", "क्षि", "ش", "ל", "שָׁ", "مُ", "ไ", "ที่", "👍", "👍🏽",
		"👨‍👩‍👧‍👦", "🇪🇸", "🇯🇵", "❤️", "1️⃣", "\n",
	}
}

// characters splits a text from its beginning, without the short cuts of the editor.
func characters(s string) []string {
	var all []string
	for s != "" {
		first, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		all, s = append(all, first), s[len(first):]
	}
	return all
}

func drawText(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(scripts()), 0, 60).Draw(t, "text"), "")
}

// The cursor goes through a text character by character: it is never inside one, and the way back is the
// way there.
func TestTheCursorMovesByCharactersAsPeopleSeeThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var a Area
		a.Set(drawText(t))
		whole := plain.Block(a.Text()).String()
		var stops []int
		for a.edit("ctrl+home"); ; a.edit("right") {
			if n := len(stops); n > 0 && stops[n-1] == a.at {
				break
			}
			stops = append(stops, a.at)
		}
		want, at := []int{0}, 0
		for _, c := range characters(whole) {
			at += len([]rune(c))
			want = append(want, at)
		}
		if !slices.Equal(stops, want) {
			t.Fatalf("%q: stops at %v, want %v", whole, stops, want)
		}
		for i := len(stops) - 1; i > 0; i-- {
			a.edit("left")
			if a.at != stops[i-1] {
				t.Fatalf("%q: going back from %d leads to %d, want %d", whole, stops[i], a.at, stops[i-1])
			}
		}
	})
}

// Whatever keys are pressed, the cursor is between two characters, every row fits, and the cursor is
// drawn on the screen.
func TestEditingKeepsCharactersWholeAndRowsWithinTheirWidth(t *testing.T) {
	t.Parallel()
	theme := ui.NewTheme(ui.NoColour)
	keys := []string{
		"left", "right", "up", "down", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+k", "alt+left", "alt+right", "ctrl+home", "ctrl+end",
	}
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 30).Draw(t, "width")
		a := Area{Limit: 80}
		a.Set(drawText(t))
		in := Input{Limit: 40}
		in.Set(strings.ReplaceAll(drawText(t), "\n", ""))
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "type") {
				typed := rapid.SampledFrom(scripts()).Draw(t, "typed")
				a.Insert(typed)
				in.Update(tea.PasteMsg{Content: typed})
			} else {
				key := rapid.SampledFrom(keys).Draw(t, "key")
				a.edit(key)
				in.edit(key)
			}
			if before := string(a.runes[:a.at]); len(characters(before))+len(characters(string(a.runes[a.at:]))) != len(characters(a.Text())) {
				t.Fatalf("the cursor is inside a character: %q | %q", before, string(a.runes[a.at:]))
			}
			if before := string(in.runes[:in.at]); len(characters(before))+len(characters(string(in.runes[in.at:]))) != len(characters(in.Text())) {
				t.Fatalf("the cursor of the line is inside a character: %q | %q", before, string(in.runes[in.at:]))
			}
			lines, cursor := a.View(theme, width, 5)
			for _, l := range lines {
				if got := ansi.StringWidth(l); got != width {
					t.Fatalf("a row of %d cells in %d: %q of %q", got, width, l, a.Text())
				}
			}
			if cursor.X < 0 || cursor.X >= width || cursor.Y < 0 || cursor.Y >= 5 {
				t.Fatalf("the cursor is at %d,%d", cursor.X, cursor.Y)
			}
			line, column := in.View(theme, width)
			if got := ansi.StringWidth(line); got != width || column < 0 || column >= width {
				t.Fatalf("a line of %d cells in %d, cursor at %d: %q", got, width, column, line)
			}
		}
	})
}

// One backspace takes away one character as people see it.
func TestBackspaceTakesOneCharacter(t *testing.T) {
	t.Parallel()
	for _, character := range scripts() {
		if character == "\n" || character == " " {
			continue
		}
		shown := characters(plain.Line("x" + character).String())
		var in Input
		in.Set("x" + character)
		var a Area
		a.Set("x" + character)
		for range len(shown) - 1 {
			in.edit("backspace")
			a.edit("backspace")
		}
		if in.Text() != "x" || a.Text() != "x" {
			t.Errorf("%q leaves %q and %q", character, in.Text(), a.Text())
		}
	}
}

func TestASecretShowsDots(t *testing.T) {
	t.Parallel()
	in := Input{Secret: true}
	in.Set("five very small stones")
	line, _ := in.View(ui.NewTheme(ui.NoColour), 40)
	if strings.ContainsAny(line, "abcdefghijklmnopqrstuvwxyz") || !strings.Contains(line, "••••") {
		t.Errorf("it shows %q", line)
	}
}
