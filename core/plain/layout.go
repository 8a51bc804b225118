package plain

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	ellipsis = "…"

	// closing are the wide characters that may not begin a line.
	closing = "、。，．：；！？）］｝」』】〉》〕"
)

// Width returns how many terminal cells the text takes, its widest line if it
// has several.
func (t Text) Width() int {
	widest := 0
	for line := range strings.SplitSeq(t.s, "\n") {
		widest = max(widest, ansi.StringWidth(line))
	}
	return widest
}

// Truncate returns at most width cells of the text's first line, ending in "…"
// where something was left out. It reads no more of a long text than it shows.
func Truncate(t Text, width int) Text {
	if width <= 0 {
		return Text{}
	}
	used, end, room := 0, 0, 0 // room is the end of what leaves a cell for the ellipsis
	for end < len(t.s) {
		if t.s[end] == '\n' {
			if used >= width {
				end = room
			}
			return Text{t.s[:end] + ellipsis}
		}
		cluster, cells := firstCluster(t.s[end:])
		if used+cells > width {
			return Text{t.s[:room] + ellipsis}
		}
		used += cells
		end += len(cluster)
		if used < width {
			room = end
		}
	}
	return t
}

// Wrap breaks the text into lines of at most width cells: between words where
// it can, between wide characters (CJK is written without spaces), and inside a
// word only if the word alone is too long. The text's own line breaks are kept,
// and so is the indent of a line. Time grows with the length of the text alone.
func Wrap(t Text, width int) []Text {
	width = max(width, 1)
	var lines []Text
	for line := range strings.SplitSeq(t.s, "\n") {
		lines = wrapLine(lines, line, width)
	}
	return lines
}

// wrapLine appends the lines that one line of text takes.
func wrapLine(lines []Text, s string, width int) []Text {
	for {
		fit, rest := splitLine(s, width)
		lines = append(lines, Text{fit})
		if rest == "" {
			return lines
		}
		s = rest
	}
}

// splitLine returns what of s fits in width cells and what follows in the next
// line. It looks at no more than one cluster beyond the width, and each two
// lines together show at least width cells, which keeps wrapping linear.
func splitLine(s string, width int) (fit, rest string) {
	var (
		used, end int
		content   int // where the last cluster that is not a blank ends
		cut, next int // the last good place to break: the line's end, the next one's start
		wideLast  bool
	)
	for end < len(s) {
		cluster, cells := firstCluster(s[end:])
		blank, wide := cluster == " ", cells == 2
		switch {
		case content == 0: // an indent is no place to break
		case blank:
			cut, next = content, end+1
		case content == end && (wide || wideLast) && !strings.ContainsAny(cluster, closing):
			cut, next = end, end
		}
		if used+cells > width {
			return splitHere(s, cluster, cells, end, cut, next, width)
		}
		used += cells
		end += len(cluster)
		wideLast = wide
		if !blank {
			content = end
		}
	}
	return s, ""
}

// splitHere breaks s, whose cluster at end is the first that does not fit.
func splitHere(s, cluster string, cells, end, cut, next, width int) (fit, rest string) {
	switch {
	case next > 0:
		fit, rest = s[:cut], s[next:]
	case end == 0 && cells > width:
		// A wide character in a column of one cell: say that it is there.
		fit, rest = ellipsis, s[len(cluster):]
	default:
		fit, rest = s[:end], s[end:]
	}
	return fit, trimBlanks(rest)
}

// trimBlanks drops the blanks that s begins with, but not one that carries a mark.
func trimBlanks(s string) string {
	for s != "" {
		cluster, _ := firstCluster(s)
		if cluster != " " {
			break
		}
		s = s[1:]
	}
	return s
}

// firstCluster returns what a person sees as the first character of s, and the
// cells it takes.
func firstCluster(s string) (cluster string, cells int) {
	if s[0] < 0x80 && (len(s) == 1 || s[1] < 0x80) {
		return s[:1], 1 // the common case, without the segmenter's tables
	}
	return ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
}
