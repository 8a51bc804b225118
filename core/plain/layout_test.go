package plain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core/plain"
)

func TestWidthCountsCells(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"": 0, "abc": 3, "图书馆": 6, "Müller": 6, "👩🏽\u200d💻": 4, "한국": 4, "กำ": 2, "a\nlonger\nb": 6, "é̸": 1, "🇪🇸": 2, "🇪": 1,
	} {
		if got := plain.Block(in).Width(); got != want {
			t.Errorf("width of %q is %d, want %d", in, got, want)
		}
	}
}

func TestTruncateSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"printer", 7, "printer"},
		{"printer", 6, "print…"},
		{"printer", 1, "…"},
		{"printer", 0, ""},
		{"", 3, ""},
		{"图书馆", 6, "图书馆"},
		{"图书馆", 5, "图书…"},
		{"图书馆", 4, "图…"},
		{"图书馆", 1, "…"},
		{"e\u0338e\u0338e\u0338", 2, "e\u0338…"},
		{"one\ntwo", 10, "one…"},
		{"one\ntwo", 3, "on…"},
		{"\ntwo", 3, "…"},
	} {
		if got := plain.Truncate(plain.Block(c.in), c.width).String(); got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestWrapBreaksWherePeopleWould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"the printer jams", 11, []string{"the printer", "jams"}},
		{"the printer jams", 10, []string{"the", "printer", "jams"}},
		{"a  b", 2, []string{"a", "b"}},
		{"ends in blanks   ", 14, []string{"ends in blanks"}},
		{"https://example.edu/long", 10, []string{"https://ex", "ample.edu/", "long"}},
		{"see https://example.edu", 10, []string{"see", "https://ex", "ample.edu"}},
		{"  indented text", 10, []string{"  indented", "text"}},
		{"two\n\nparagraphs", 20, []string{"two", "", "paragraphs"}},
		{"图书馆打印机", 5, []string{"图书", "馆打", "印机"}},
		{"图书。馆", 4, []string{"图", "书。", "馆"}},
		{"in 图书馆 it", 6, []string{"in 图", "书馆", "it"}},
		{"图a", 1, []string{"…", "a"}},
		{"abc", 0, []string{"a", "b", "c"}},
		{"ab \u0301c", 2, []string{"ab", " \u0301c"}},
	} {
		var got []string
		for _, line := range plain.Wrap(plain.Block(c.in), c.width) {
			got = append(got, line.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestAMegabyteIsLaidOutInTimeThatGrowsWithItsLength(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for name, unit := range map[string]string{
		"one word": "x", "blanks": " ", "words": "word ", "letter and long word": "a " + strings.Repeat("b", 300) + " ",
		"CJK": "图", "marks": "e\u0338\u0338", "conjuncts": "\u0915\u094d", "escapes": "\x1b[", "lines": "\n", "flags": "🇪",
		"closing marks": "。", "jamo": "\u1100", "wide blanks": "a \u0301",
	} {
		begun := time.Now()
		text := plain.Block(strings.Repeat(unit, size/len(unit)))
		for _, width := range []int{1, size} {
			plain.Wrap(text, width)
			plain.Truncate(text, width)
		}
		// A quadratic step anywhere would take hours, not seconds.
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("%s: a megabyte took %s", name, took)
		}
	}
}

// requireLayout checks that wrapping and truncating keep within the width, keep
// the text, and leave it safe.
func requireLayout(t *testing.T, text plain.Text) {
	t.Helper()
	for _, width := range []int{1, 2, 7, 80} {
		short := plain.Truncate(text, width)
		if short.Width() > width || plain.Line(short.String()) != short {
			t.Fatalf("Truncate(%q, %d) = %q", text, width, short)
		}
		var kept strings.Builder
		for _, line := range plain.Wrap(text, width) {
			if line.Width() > width || plain.Line(line.String()) != line {
				t.Fatalf("Wrap(%q, %d) has line %q of %d", text, width, line, line.Width())
			}
			kept.WriteString(line.String())
		}
		blankless := func(s string) string {
			return strings.NewReplacer(" ", "", "\n", "").Replace(s)
		}
		if width > 1 && blankless(kept.String()) != blankless(text.String()) {
			t.Fatalf("Wrap(%q, %d) lost text: %q", text, width, kept.String())
		}
	}
}
