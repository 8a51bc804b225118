package core

import "strings"

// MergeDrafts joins what somebody typed into one draft in two windows: base is what both began with. Where
// only one of them changed it, that is the draft; where both did, what was typed elsewhere comes first and
// then what was typed here. Nothing that was typed is lost.
func MergeDrafts(base, here, elsewhere string) string {
	switch {
	case here == elsewhere, elsewhere == base:
		return here
	case here == base:
		return elsewhere
	}
	b, h, e := []rune(base), []rune(here), []rune(elsewhere)
	head := min(sameHead(b, h), sameHead(b, e))
	b, h, e = b[head:], h[head:], e[head:]
	tail := min(sameTail(b, h), sameTail(b, e))
	mine, theirs := string(h[:len(h)-tail]), string(e[:len(e)-tail])
	joined := theirs + "\n" + mine
	switch {
	case strings.HasPrefix(mine, theirs): // one window's text that reached the server in two goes
		joined = mine
	case strings.HasPrefix(theirs, mine):
		joined = theirs
	}
	return string([]rune(here)[:head]) + joined + string(h[len(h)-tail:])
}

// sameHead is how many characters two texts begin with alike.
func sameHead(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// sameTail is how many they end with alike.
func sameTail(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
