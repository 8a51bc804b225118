package plain_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/plain/plaintest"
)

func TestLineMakesHostileTextVisibleOrDropsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain English":            {"The printer jams.", "The printer jams."},
		"other scripts":            {"Müller 图书馆 Ελλάδα ไทย עברית عربي हिन्दी", "Müller 图书馆 Ελλάδα ไทย עברית عربي हिन्दी"},
		"colour":                   {"a\x1b[31mb", "a␛[31mb"},
		"hyperlink":                {"\x1b]8;;http://e\x1b\\bank\x1b]8;;\x1b\\", "␛]8;;http://e␛\\bank␛]8;;␛\\"},
		"unterminated DCS":         {"a\x1bP$q rest", "a␛P$q rest"},
		"C1 as UTF-8":              {"a\u009b31mb", "a31mb"},
		"C1 as a raw byte":         {"a\x9b31mb", "a\ufffd31mb"},
		"carriage return":          {"no\ryes", "no yes"},
		"CRLF is one break":        {"a\r\nb\n\rc", "a b  c"},
		"tab and wide blanks":      {"a\tb\u00a0c\u3000d", "a b c d"},
		"NUL":                      {"a\x00b", "ab"},
		"bidi":                     {"a\u202efdp\u202c", "afdp"},
		"zero width":               {"a\u200b\ufeff\u00adb", "ab"},
		"tags":                     {"a\U000e0041b", "ab"},
		"private use":              {"a\ue000b", "ab"},
		"unassigned":               {"a\u0378b", "a\ufffdb"},
		"marks climb no further":   {"e" + strings.Repeat("\u0338", 50), "e" + strings.Repeat("\u0338", 4)},
		"a mark gets a circle":     {"\u0338x", "◌\u0338x"},
		"decomposed is composed":   {"u\u0308", "ü"},
		"composed across a joiner": {"u\u200d\u0308", "ü"},
		"joined emoji fall apart":  {"👩🏽\u200d💻❤\ufe0f", "👩💻❤"},
		"flag and half a flag":     {"🇫🇷🇩x", "🇫🇷Dx"},
		"fillers are blanks":       {"a\u3164b\uffa0c", "a b c"},
		"loose jamo stand alone":   {"\u1100\u1100\u1161\u11a8\u11a8", "ㄱ각ㄱ"},
		"half-width voicing":       {"ﾊﾟ", "ﾊ゜"},
		"invalid UTF-8":            {"a\xff\xfeb", "a\ufffdb"},
		"separators":               {"a\u2028b\u2029c\u0085d\ve\ff", "a b c d e f"},
	} {
		if got := plain.Line(c.in).String(); got != c.want {
			t.Errorf("%s: Line(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestBlockKeepsLineBreaksOnly(t *testing.T) {
	t.Parallel()
	got := plain.Block("a\r\nb\rc\u2028d\te\n\n\u0301f\x1b").String()
	if want := "a\nb\nc\nd e\n\n◌\u0301f␛"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPayloadsComeOutSafe(t *testing.T) {
	t.Parallel()
	for _, p := range plaintest.Payloads() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			requireSafe(t, p.Text)
			for _, safe := range []plain.Text{plain.Line(p.Text), plain.Block(p.Text)} {
				if !strings.Contains(safe.String(), plaintest.Secret) {
					t.Errorf("%q lost text: %q", p.Text, safe)
				}
				plaintest.AssertClean(t, []byte(safe.String()))
			}
		})
	}
}

func TestJoinedTextStaysSafe(t *testing.T) {
	t.Parallel()
	parts := []plain.Text{plain.Line("u"), plain.Line("\u0308"), plain.Line("\u1100"), plain.Line("\u1161")}
	joined := plain.Join(parts, plain.Line("·"))
	if joined.String() != "u·◌\u0308·ㄱ·ㅏ" {
		t.Errorf("got %q", joined)
	}
	if whole := plain.Concat(parts...); plain.Line(whole.String()) != whole {
		t.Errorf("%q changes when cleaned again", whole)
	}
	if !(plain.Text{}).Empty() || joined.Empty() {
		t.Error("Empty is wrong")
	}
}

func TestCSVCellsAreShownNotComputed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"printer":         "printer",
		"a=1":             "a=1",
		"":                "",
		"=cmd|' /C calc'": "'=cmd|' /C calc'",
		"+1":              "'+1",
		"-1":              "'-1",
		"@SUM(A1)":        "'@SUM(A1)",
		"＝1":              "'＝1",
		"\t=1":            "' =1",
		"\rx":             "'\nx",
		"\x00x":           "'x",
		"\u200b=1":        "'=1",
		" =1":             "' =1",
		"two\r\nlines":    "two\nlines",
		"\x1b[31mred":     "␛[31mred",
	} {
		if got := plain.CSV(in); got != want {
			t.Errorf("CSV(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(plain.Line(s).String(), "\n") {
			t.Errorf("Line(%q) has a line break", s)
		}
		requireSafe(t, s)
	})
}

func FuzzBlock(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) { requireSafe(t, s) })
}

// seed gives the fuzzers the payloads and what earlier runs found.
func seed(f *testing.F) {
	f.Helper()
	for _, p := range plaintest.Payloads() {
		f.Add(p.Text)
	}
	for _, s := range []string{
		"", "\u0344", "a\u0344\u0344\u0344", " \u0301", "\n\u0301", "ก้ำ", "\u0e33", "क्षत्रिय", "\u0d4ea", "한국어", "🇪🇸🇪",
		"\u302e가", "\u1100\u0301\u1161", "🇪\u0301🇸", "\ufdfa\u20dd", "\u25cc\u102c\ua9c0", "\u0d4e\ubd4e", "\u1f71", "\u212b", "\u2126",
	} {
		f.Add(s)
	}
}

// requireSafe checks what holds for every text, however hostile.
func requireSafe(t *testing.T, s string) {
	t.Helper()
	for form, made := range map[string]func(string) plain.Text{"Line": plain.Line, "Block": plain.Block} {
		safe := made(s)
		out := safe.String()
		if !utf8.ValidString(out) {
			t.Fatalf("%s(%q) is not UTF-8: %q", form, s, out)
		}
		for _, r := range out {
			if !unicode.IsPrint(r) && r != '\n' {
				t.Fatalf("%s(%q) holds %U", form, s, r)
			}
		}
		if again := made(out); again != safe {
			t.Fatalf("%s(%q) = %q, then %q", form, s, out, again)
		}
		if got, want := visibleASCII(out), visibleASCII(s); got != want {
			t.Fatalf("%s(%q) lost or added text: %q", form, s, out)
		}
		for line := range strings.SplitSeq(out, "\n") {
			requireHonestWidth(t, line)
		}
		requireLayout(t, safe)
	}
}

// visibleASCII is the part of a text that must survive: letters, digits and
// punctuation, in their order. Letters that a mark changes, half flags and the
// characters that only look like ASCII are left out.
func visibleASCII(s string) string {
	const unchanged = "0123456789[]();:?!$%&*#@,./\\{}|_\"'"
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(unchanged, r) {
			return r
		}
		return -1
	}, strings.NewReplacer("\u037e", ";", "\u2260", "").Replace(s))
}

// requireHonestWidth checks that the measured width is the sum of what a
// terminal without grapheme support gives each rune, or for Indic writing less.
func requireHonestWidth(t *testing.T, line string) {
	t.Helper()
	for rest := line; rest != ""; {
		cluster, measured := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		cells := ansi.StringWidthWc(cluster)
		if measured > 2 || measured > cells && !hasSpacingMark(cluster) || measured < cells && !isIndic(cluster) {
			t.Fatalf("cluster %q (%U) of %q measures %d and takes %d", cluster, []rune(cluster), line, measured, cells)
		}
		rest = rest[len(cluster):]
	}
}

func hasSpacingMark(cluster string) bool {
	return strings.ContainsFunc(cluster, func(r rune) bool { return unicode.Is(unicode.Mc, r) })
}

// isIndic reports whether the cluster has a vowel sign that takes room, or
// joins several letters.
func isIndic(cluster string) bool {
	letters := 0
	for _, r := range cluster {
		if unicode.Is(unicode.Mc, r) {
			return true
		}
		if !unicode.Is(unicode.Mn, r) && !unicode.In(r, unicode.Hangul, unicode.Thai, unicode.Lao) {
			letters++
		}
	}
	return letters > 1
}

// FuzzCSV: no cell begins as a formula does, or holds what a terminal would obey.
func FuzzCSV(f *testing.F) {
	seed(f)
	for _, s := range []string{"=1+1", "\t=1", "＝1", "\u200b@SUM(A1)", "\ufeff-2", "\x00+1", " \n=1", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := plain.CSV(s)
		if strings.ContainsAny(strings.TrimLeft(cell, " \n")+" ", "\x00\x1b\u009b\u202e") || cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
			t.Errorf("CSV(%q) = %q", s, cell)
		}
	})
}
