package screen

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// longestCluster is how many runes are looked at for one character. Text that plain has cleaned has none
// that is longer.
const longestCluster = 32

// cluster says how many of the runes are what people see as the first character, and how many cells of
// the terminal it takes. There must be at least one rune.
func cluster(runes []rune) (n, cells int) {
	if runes[0] < utf8.RuneSelf && (len(runes) == 1 || runes[1] < utf8.RuneSelf) {
		return 1, 1 // the common case, without the segmenter's tables
	}
	first, cells := ansi.FirstGraphemeCluster(string(runes[:min(len(runes), longestCluster)]), ansi.GraphemeWidth)
	return max(1, utf8.RuneCountInString(first)), cells
}

// clusterBefore is where the character begins that ends at or goes over at; start is where the line begins.
func clusterBefore(runes []rune, start, at int) int {
	for i := start; i < at; {
		n, _ := cluster(runes[i:])
		if i+n >= at {
			return i
		}
		i += n
	}
	return start
}

// clusterAfter is the end of the character that begins there.
func clusterAfter(runes []rune, at int) int {
	if at >= len(runes) {
		return len(runes)
	}
	n, _ := cluster(runes[at:])
	return at + n
}

// boundary is the next place at or after at where a character ends; start is where the line begins.
func boundary(runes []rune, start, at int) int {
	i := start
	for i < at && i < len(runes) {
		n, _ := cluster(runes[i:])
		i += n
	}
	return i
}

// boundaryWithin is the last place up to most where a character ends.
func boundaryWithin(runes []rune, most int) int {
	if most >= len(runes) {
		return len(runes)
	}
	if b := boundary(runes, 0, most); b > most {
		return clusterBefore(runes, 0, b)
	}
	return max(0, most)
}

// cellsOf is how many cells a line of runes takes.
func cellsOf(runes []rune) (cells int) {
	for i := 0; i < len(runes); {
		n, w := cluster(runes[i:])
		i, cells = i+n, cells+w
	}
	return cells
}
