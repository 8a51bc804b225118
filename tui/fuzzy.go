package tui

import (
	"strings"
	"unicode"
)

// fuzzy ranks a text by what somebody typed to find it: all letters must be in it, in their order. Letters
// that begin words or follow one another count for more, and so do short texts. Several words typed may
// come in any order.
func fuzzy(typed, text string) (score int, ok bool) {
	target := []rune(strings.ToLower(text))
	for word := range strings.FieldsSeq(strings.ToLower(typed)) {
		best, found := bestOf([]rune(word), target)
		if !found {
			return 0, false
		}
		score += best
	}
	return score - len(target)/8, true
}

const (
	forLetter = 1
	forNext   = 10 // it follows the letter found before
	forStart  = 8  // it begins a word
	forFirst  = 4  // it begins the text
)

// bestOf tries every place where the word may begin: the first is not always the best.
func bestOf(word, target []rune) (best int, found bool) {
	for at := range target {
		if target[at] != word[0] {
			continue
		}
		if score, ok := scoreFrom(word, target, at); ok && (!found || score > best) {
			best, found = score, true
		}
	}
	return best, found
}

// scoreFrom looks the letters up from a place on, each as soon as it comes; the beginning of a word is
// preferred to a letter inside one that comes sooner.
func scoreFrom(word, target []rune, at int) (score int, ok bool) {
	last := at - 2
	for i, letter := range word {
		next := -1
		for p := at; p < len(target); p++ {
			if target[p] != letter {
				continue
			}
			if next < 0 {
				next = p
			}
			if p == last+1 || begins(target, p) {
				next = p
				break
			}
		}
		if next < 0 {
			return 0, false
		}
		if !contains(target[next+1:], word[i+1:]) { // too far: take the first after all
			for p := at; p <= next; p++ {
				if target[p] == letter {
					next = p
					break
				}
			}
		}
		score += forLetter
		if next == last+1 {
			score += forNext
		}
		if begins(target, next) {
			score += forStart
		}
		if next == 0 {
			score += forFirst
		}
		last, at = next, next+1
	}
	return score, true
}

func begins(target []rune, at int) bool {
	return at == 0 || !unicode.IsLetter(target[at-1]) && !unicode.IsDigit(target[at-1])
}

// contains reports whether the letters come in this order.
func contains(target, letters []rune) bool {
	for _, r := range target {
		if len(letters) == 0 {
			return true
		}
		if r == letters[0] {
			letters = letters[1:]
		}
	}
	return len(letters) == 0
}
