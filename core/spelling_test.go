package core

import (
	"testing"

	"pgregory.net/rapid"
)

// The look at which letters there are spares the closer look, and must never change what it would say.
func TestSlipsAreCountedAsByLookingAtEveryLetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.RuneFrom([]rune("abcdeé0129 \u0161\u4e00")), 0, 12)
		written := letters.Draw(t, "written")
		meant := append([]rune(nil), written...)
		for range rapid.IntRange(0, 4).Draw(t, "slips") {
			at := rapid.IntRange(0, len(meant)).Draw(t, "at")
			other := rapid.RuneFrom([]rune("abé0 \u4e00")).Draw(t, "letter")
			switch {
			case at == len(meant):
				meant = append(meant, other)
			case at > 0 && rapid.Bool().Draw(t, "exchanged"):
				meant[at-1], meant[at] = meant[at], meant[at-1]
			case rapid.Bool().Draw(t, "changed"):
				meant[at] = other
			default:
				meant = append(meant[:at], meant[at+1:]...)
			}
		}
		most := 1
		if len(meant) > 6 {
			most = 2
		}
		want := distance(written, meant)
		if want > most || len(written) < 2 || len(meant) < 2 {
			want = noSlip
		}
		if got := spell(string(written)).slips(spell(string(meant))); got != want {
			t.Errorf("%q for %q is %d slips, want %d", string(written), string(meant), got, want)
		}
	})
}
