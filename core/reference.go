package core

import (
	"io"
	"strings"
)

// Reference is what a reporter quotes on the telephone: K7QM-3XDPR. Forty random bits in eight
// characters and a check character, none of them 0, O, 1 or I. It opens nothing by itself.
type Reference string

// referenceAlphabet has 32 characters that nobody confuses when they are read aloud.
const referenceAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewReference draws a reference.
func NewReference(random io.Reader) (Reference, error) {
	var raw [8]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", err
	}
	var digits [9]byte
	for i, b := range raw {
		digits[i] = b & 31
	}
	digits[8] = checkDigit(digits[:8])
	var out strings.Builder
	for i, d := range digits {
		if i == 4 {
			out.WriteByte('-')
		}
		out.WriteByte(referenceAlphabet[d])
	}
	return Reference(out.String()), nil
}

// checkDigit weighs every place with an odd number, which is invertible modulo 32, so that any one
// wrong character is noticed, and most exchanges of neighbours.
func checkDigit(digits []byte) byte {
	sum := 0
	for i, d := range digits {
		sum += int(d) * (2*i + 3)
	}
	return byte(sum % 32)
}

// ParseReference reads a reference as people write it: any case, with or without dashes and spaces.
func ParseReference(text string) (Reference, bool) {
	var digits []byte
	for _, r := range strings.ToUpper(text) {
		if r == '-' || r == ' ' {
			continue
		}
		at := strings.IndexRune(referenceAlphabet, r)
		if at < 0 || len(digits) == 9 {
			return "", false
		}
		digits = append(digits, byte(at))
	}
	if len(digits) != 9 || checkDigit(digits[:8]) != digits[8] {
		return "", false
	}
	letters := make([]byte, 9)
	for i, d := range digits {
		letters[i] = referenceAlphabet[d]
	}
	return Reference(string(letters[:4]) + "-" + string(letters[4:])), true
}
