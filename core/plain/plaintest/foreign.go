package plaintest

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// AssertClean fails the test for each thing in raw terminal bytes that only
// text from people could have brought there.
func AssertClean(t testing.TB, raw []byte) {
	t.Helper()
	for _, found := range Foreign(raw) {
		t.Error("in the terminal's bytes: " + found)
	}
}

// Foreign returns what raw terminal bytes hold that the program itself never
// sends, each with its place: device control strings and their kin, hyperlinks,
// clipboard and title, C1 controls, stray C0 controls, bytes that are not
// UTF-8, hidden or blinking text, a full reset, and characters that reorder or
// are not drawn. Other CSI sequences are the program's own way to draw, so
// they are not judged.
func Foreign(raw []byte) []string {
	var found []string
	for at := 0; at < len(raw); {
		what, size := next(raw[at:])
		if what != "" {
			context := raw[max(0, at-12):min(len(raw), at+size+12)]
			found = append(found, fmt.Sprintf("%s at byte %d, in %q", what, at, context))
		}
		at += size
	}
	return found
}

// next judges what raw begins with and returns how many bytes that is.
func next(raw []byte) (what string, size int) {
	if raw[0] == '\x1b' {
		return escape(raw)
	}
	r, size := utf8.DecodeRune(raw)
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("byte %#x outside UTF-8", raw[0]), 1
	case r >= 0x80 && r <= 0x9f:
		return fmt.Sprintf("C1 control %U", r), size
	case r < 0x20 && !strings.ContainsRune("\b\t\n\r", r), r == 0x7f:
		return fmt.Sprintf("control %#x", r), size
	case isBidi(r):
		return fmt.Sprintf("bidi control %U", r), size
	case isZeroWidth(r):
		return fmt.Sprintf("unseen character %U", r), size
	}
	return "", size
}

// escape judges the sequence that raw begins with.
func escape(raw []byte) (what string, size int) {
	if len(raw) == 1 {
		return "ESC at the end", 1
	}
	switch raw[1] {
	case 'P':
		return "DCS", 2
	case '_':
		return "APC", 2
	case '^':
		return "PM", 2
	case 'X':
		return "SOS", 2
	case 'c':
		return "full reset", 2
	case ']':
		return osc(raw)
	case '[':
		return csi(raw)
	}
	return "", 2
}

// osc judges an operating system command by its number. Its text is skipped,
// not read: BEL may end it.
func osc(raw []byte) (what string, size int) {
	size = 2
	for size < len(raw) && raw[size] >= '0' && raw[size] <= '9' {
		size++
	}
	switch number := string(raw[2:size]); number {
	case "0", "1", "2", "8", "9", "52":
		return "OSC " + number, size
	}
	for size < len(raw) {
		switch raw[size] {
		case '\a':
			return "", size + 1
		case '\x1b':
			return "", size
		}
		size++
	}
	return "unterminated OSC", size
}

// csi skips a control sequence; only hidden and blinking text is foreign.
func csi(raw []byte) (what string, size int) {
	size = 2
	for size < len(raw) && raw[size] >= 0x20 && raw[size] <= 0x3f {
		size++
	}
	if size == len(raw) {
		return "unterminated CSI", size
	}
	params := string(raw[2:size])
	if raw[size] == 'm' && hides(params) {
		what = "hidden or blinking text"
	}
	return what, size + 1
}

// hides reports whether the parameters of an SGR sequence conceal or blink.
// The numbers that describe a colour are stepped over.
func hides(params string) bool {
	if strings.HasPrefix(params, ">") || strings.HasPrefix(params, "?") {
		return false // a keyboard setting, not a look
	}
	fields := strings.Split(params, ";")
	for i := 0; i < len(fields); i++ {
		switch fields[i] {
		case "38", "48", "58":
			if i+1 < len(fields) && fields[i+1] == "5" {
				i += 2
			} else {
				i += 4
			}
		case "5", "6", "8":
			return true
		}
	}
	return false
}

// isBidi reports whether r changes the direction of the text around it.
func isBidi(r rune) bool {
	return r == 0x61c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// isZeroWidth reports whether r is not drawn: joiners, soft hyphen, fillers,
// variation selectors, tags; and skin tones, which take cells unforeseen.
func isZeroWidth(r rune) bool {
	switch r {
	case 0xad, 0x34f, 0x115f, 0x1160, 0x180e, 0x2028, 0x2029, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	return r >= 0x200b && r <= 0x200d || r >= 0x2060 && r <= 0x2065 || r >= 0xfe00 && r <= 0xfe0f ||
		r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0000 && r <= 0xe0fff
}
