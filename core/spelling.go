package core

import "math/bits"

// spelling is a text ready to be compared with many others.
type spelling struct {
	letters []rune
	which   uint64 // a bit for each letter in it, of which some share one
}

func spell(text string) spelling {
	s := spelling{letters: []rune(text)}
	for _, letter := range s.letters {
		s.which |= 1 << (uint32(letter) % 64)
	}
	return s
}

const noSlip = 100

// slips is how many letters another text differs by, or noSlip if the two are not nearly the same: one in a short
// text, two in a longer one. Two letters that changed places count as one.
func (s spelling) slips(other spelling) int {
	most := 1
	if len(other.letters) > 6 {
		most = 2
	}
	x, y := s.letters, other.letters
	if len(x) < 2 || len(y) < 2 || max(len(x), len(y))-min(len(x), len(y)) > most {
		return noSlip
	}
	// One slip takes one letter away at most, and brings one: nearly all texts are told apart without looking closer.
	if bits.OnesCount64(s.which&^other.which) > most || bits.OnesCount64(other.which&^s.which) > most {
		return noSlip
	}
	if far := distance(x, y); far <= most {
		return far
	}
	return noSlip
}

// distance is how many letters have to be changed, put in, left out or exchanged with their neighbour.
func distance(x, y []rune) int {
	two, one, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(y)]
}
