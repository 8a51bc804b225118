package core

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
)

// commonPasswords are passwords that people are known to choose, one a line, sorted: the front of the
// list that zxcvbn carries (see passwords.LICENSE), all of its long ones, and some of ours in two
// languages. A guesser begins with them.
//
//go:embed passwords.txt
var commonPasswords string

// isCommon reports whether a password is on the list. The list is searched as it lies.
func isCommon(password string) bool {
	if password == "" || strings.ContainsRune(password, '\n') {
		return false
	}
	low, high := 0, len(commonPasswords)
	for low < high {
		middle := (low + high) / 2
		begin := strings.LastIndexByte(commonPasswords[:middle], '\n') + 1
		line, _, _ := strings.Cut(commonPasswords[begin:], "\n")
		switch strings.Compare(line, password) {
		case 0:
			return true
		case -1:
			low = begin + len(line) + 1
		default:
			high = begin
		}
	}
	return false
}

// rows are what fingers and memories run along, forwards and backwards.
var rows = []string{
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", // English, and the two everybody counts by
	"qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "asdfghjklñ", // German, French and Spanish keyboards
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qawsedrftgyhujikolp", // down its columns
}

// shortestRun is how many keys side by side are no accident.
const shortestRun = 3

// fewestDifferent is how many different characters a password has at least.
const fewestDifferent = 5

// leftOver is how many letters and digits must remain of a password when its owner's names are taken out.
const leftOver = 6

// weakness says why a password of sufficient length would still be among the first guesses, as a code
// of the catalogue; "" if it would not. Names are what a guesser knows of its owner and of the place.
func weakness(password string, names ...string) string {
	lower := strings.ToLower(password)
	bare := lettersAndDigits(lower)
	switch {
	case different(lower) < fewestDifferent:
		return "password_repeated"
	case allRuns(bare):
		return "password_row"
	case personal(bare, names):
		return "password_personal"
	}
	if common(lower) || common(bare) {
		return "password_common"
	}
	return ""
}

// common reports whether a password is one that people choose, is one over and over, or becomes that
// without the digits and signs around it and with letters where it has look-alikes of them.
func common(password string) bool {
	word := strings.TrimFunc(password, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, form := range []string{password, plainLetters(password), word, plainLetters(word)} {
		for _, once := range []string{form, period(form)} {
			if isCommon(once) || once != "" && allRuns(once) {
				return true
			}
		}
	}
	return false
}

func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// plainLetters undoes the digits and accents that people put in the place of letters.
func plainLetters(s string) string {
	return strings.NewReplacer(
		"0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b",
		"á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n",
	).Replace(s)
}

func different(s string) int {
	seen := make(map[rune]bool)
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// period returns the shortest text that, over and over, is s; s itself if there is none.
func period(s string) string {
	if s == "" {
		return ""
	}
	return s[:strings.Index((s + s)[1:], s)+1]
}

// allRuns reports whether a text is nothing but runs along rows, of the keyboard or of the alphabet.
func allRuns(s string) bool {
	for s != "" {
		n := longestRun(s)
		if n < shortestRun {
			return false
		}
		s = s[n:]
	}
	return true
}

// longestRun is how far the text begins with a run along any row, in bytes.
func longestRun(s string) int {
	longest := 0
	for _, row := range rows {
		for _, way := range []string{row, reversed(row)} {
			for at := range way {
				n := 0
				for n < len(s) && at+n < len(way) && s[n] == way[at+n] {
					n++
				}
				longest = max(longest, n)
			}
		}
	}
	return longest
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// personal reports whether little remains of a password without the names of its owner and the place.
func personal(bare string, names []string) bool {
	var parts []string
	for _, name := range names {
		name = strings.ToLower(name)
		local, _, _ := strings.Cut(name, "@")
		parts = append(parts, name, local)
		parts = append(parts, strings.Fields(name)...)
	}
	slices.SortStableFunc(parts, func(a, b string) int { return len(b) - len(a) }) // an address before what stands in it
	rest, found := bare, false
	for _, part := range parts {
		if part = lettersAndDigits(part); len(part) >= 3 && strings.Contains(rest, part) {
			rest, found = strings.ReplaceAll(rest, part, ""), true
		}
	}
	letters := strings.TrimFunc(rest, unicode.IsDigit)
	return found && len(letters) < leftOver
}
