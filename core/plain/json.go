package plain

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// EscapeJSON writes what a terminal would obey, or a reader not see, as \u escapes in text that is JSON already: C1
// controls, bidi and zero-width characters, tags. Encoders do so with the other controls. Outside of strings JSON has
// none of them.
func EscapeJSON(raw []byte) []byte {
	if !bytes.ContainsFunc(raw, Unseen) {
		return raw
	}
	var out bytes.Buffer
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case !Unseen(r):
			out.Write(raw[:n])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		raw = raw[n:]
	}
	return out.Bytes()
}

// Unseen reports whether a reader would not see a character, or a terminal obey it.
func Unseen(r rune) bool {
	return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
