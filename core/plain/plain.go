// Package plain makes text from people safe to show on a terminal, in a log
// line, in a CSV cell or in a mail.
//
// People write the text that staff terminals show, and a terminal obeys what it
// is sent: an escape sequence in a ticket's title could hide the rest of the
// screen, make the terminal type into the session, or disguise a link. So raw
// strings do not reach a view: views take a [Text], and only [Line] and [Block]
// make one. What is unsafe is made visible or dropped; an escape sequence never
// takes the words behind it along, so nobody can hide part of a report.
package plain

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

const (
	// maxMarks is how many combining marks one character keeps. Real languages
	// use up to four; more than that only climbs over the neighbouring lines.
	maxMarks = 4

	// dottedCircle carries a combining mark that has no character of its own,
	// which would otherwise settle on a border or on another person's text.
	dottedCircle = '\u25cc'

	// visibleEscape stands for the ESC that began a sequence.
	visibleEscape = '\u241b'
)

// Text is text that is safe to show. Its zero value is the empty text.
type Text struct{ s string }

// Line returns s as one line of safe text: line breaks and tabs become spaces.
// It serves the program's own words as well as people's.
func Line(s string) Text {
	return Text{clean(s, ' ')}
}

// Block returns s as safe text that keeps its line breaks, each as one "\n".
func Block(s string) Text {
	return Text{clean(s, '\n')}
}

// String returns the text.
func (t Text) String() string { return t.s }

// Empty reports whether there is nothing to show.
func (t Text) Empty() bool { return t.s == "" }

// Concat returns the texts one behind the other.
func Concat(texts ...Text) Text {
	return Join(texts, Text{})
}

// Join returns the texts one behind the other with sep between them. The result
// is safe because no text begins with a mark that could change the one before.
func Join(texts []Text, sep Text) Text {
	raw := make([]string, len(texts))
	for i, t := range texts {
		raw[i] = t.s
	}
	return Text{strings.Join(raw, sep.s)}
}

// clean is the one road from raw to safe text. It normalises between its two
// passes because each pass can bring a letter and a mark together that then
// have a single form, and the passes must see that form for the result to be
// the same when cleaned again.
func clean(s string, lineBreak rune) string {
	if isSafeASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, string(unicode.ReplacementChar))
	s = norm.NFC.String(s)
	s = dropUnseen(s, lineBreak)
	s = norm.NFC.String(s)
	s = settleWidths(s)
	return norm.NFC.String(s)
}

// isSafeASCII spares the common case, plain English on one line, all other work.
func isSafeASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// dropUnseen gives line breaks and blanks one form each, shows escapes, and
// drops what has no look of its own: controls, bidi, zero width, tags.
func dropUnseen(s string, lineBreak rune) string {
	var out strings.Builder
	out.Grow(len(s))
	afterCR := false
	for _, r := range s {
		secondHalf := afterCR && r == '\n'
		afterCR = r == '\r'
		switch {
		case secondHalf:
		case isLineBreak(r):
			out.WriteRune(lineBreak)
		case r == '\t', unicode.Is(unicode.Zs, r), isFiller(r):
			out.WriteByte(' ')
		case r == '\x1b':
			out.WriteRune(visibleEscape)
		case isUnseen(r):
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			out.WriteRune(unicode.ReplacementChar)
		}
	}
	return out.String()
}

// isLineBreak reports whether r moves to another line: LF, VT, FF, CR, NEL and
// the line and paragraph separators.
func isLineBreak(r rune) bool {
	return r >= '\n' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// isFiller reports whether r is a letter that draws as a blank: the Hangul
// fillers and the empty braille cell.
func isFiller(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800':
		return true
	}
	return false
}

// isUnseen reports whether r is not drawn but changes what is around it.
// Skin tones are among them because without the joining that is dropped too,
// terminals disagree on whether they take cells of their own.
func isUnseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector) ||
		r == '\u034f' || r == '\u17b4' || r == '\u17b5' || // joiner and vowels that are never drawn
		r >= 0x1f3fb && r <= 0x1f3ff
}

// settleWidths limits combining marks and rewrites the few characters on whose
// width terminals and our measuring disagree, so that borders stay straight.
// Only Indic conjuncts and vowel signs can still differ by a cell.
func settleWidths(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	marks, hasBase := 0, false
	write := func(r rune) {
		if !joins(r) {
			out.WriteRune(r)
			marks, hasBase = 0, r != '\n'
			return
		}
		if marks == maxMarks {
			return
		}
		if !hasBase {
			out.WriteRune(dottedCircle)
			hasBase = true
		}
		out.WriteRune(r)
		marks++
	}

	var half rune // a regional indicator that waits for its other half
	for _, r := range s {
		if half != 0 {
			if isRegional(r) {
				write(half)
				write(r)
				half = 0
				continue
			}
			write('A' + half - firstRegional)
			half = 0
		}
		switch {
		case isRegional(r):
			half = r
		case r == '\u0e33': // Thai and Lao "am" as the two signs it is drawn with
			write('\u0e4d')
			write('\u0e32')
		case r == '\u0eb3':
			write('\u0ecd')
			write('\u0eb2')
		case r == '\uff9e': // half-width voicing marks as signs that stand alone
			write('\u309b')
		case r == '\uff9f':
			write('\u309c')
		case swallowsNext(r):
			write(unicode.ReplacementChar)
		case isJamo(r):
			write(standaloneJamo(r))
		default:
			write(r)
		}
	}
	if half != 0 {
		write('A' + half - firstRegional)
	}
	return out.String()
}

// joins reports whether r is a mark that settles in the cell of the character
// before it. A few, as some Burmese vowels, are marks that stand for themselves.
func joins(r rune) bool {
	if !unicode.Is(unicode.M, r) {
		return false
	}
	carried := string(dottedCircle) + string(r)
	cluster, _ := ansi.FirstGraphemeCluster(carried, ansi.GraphemeWidth)
	return cluster == carried
}

// swallowsNext reports whether r is one of the few letters, all of writing long
// out of use, that are measured as one with whatever character follows.
func swallowsNext(r rune) bool {
	if r != '\u0d4e' && (r < 0x11000 || r > 0x11fff) || unicode.Is(unicode.M, r) {
		return false
	}
	followed := string(r) + "x"
	cluster, _ := ansi.FirstGraphemeCluster(followed, ansi.GraphemeWidth)
	return cluster == followed
}

const firstRegional = '\U0001f1e6'

// isRegional reports whether r is one of the 26 letters that make flags in pairs.
func isRegional(r rune) bool {
	return r >= firstRegional && r <= '\U0001f1ff'
}

// isJamo reports whether r is a part of a Hangul syllable. After normalisation
// only parts that make no syllable are left, and those pile up in one cell.
func isJamo(r rune) bool {
	return r >= 0x1100 && r <= 0x11ff || r >= 0xa960 && r <= 0xa97f || r >= 0xd7b0 && r <= 0xd7ff
}

// standaloneJamo returns the letter that looks like the part r and stands alone.
func standaloneJamo(r rune) rune {
	const (
		leading  = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
		vowels   = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
		trailing = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
	)
	for _, row := range []struct {
		first   rune
		letters string
	}{{0x1100, leading}, {0x1161, vowels}, {0x11a8, trailing}} {
		const letterBytes = len("ㄱ")
		at := int(r-row.first) * letterBytes
		if at >= 0 && at < len(row.letters) {
			return []rune(row.letters[at : at+letterBytes])[0]
		}
	}
	return unicode.ReplacementChar
}
