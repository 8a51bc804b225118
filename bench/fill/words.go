package fill

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// words writes what people write: few words often, many words seldom.
type words struct {
	random *rand.Rand
	zipf   *rand.Zipf
	common []string
}

func newWords(random *rand.Rand) *words {
	w := &words{random: random, common: strings.Fields(vocabulary)}
	for first := range strings.FieldsSeq(syllables) { // a long tail of words that hardly anybody writes
		for second := range strings.FieldsSeq(syllables) {
			w.common = append(w.common, first+second, first+second+"s", first+"o"+second)
		}
	}
	w.zipf = rand.NewZipf(random, 1.25, 12, uint64(len(w.common)-1))
	return w
}

func (w *words) pick(list []string) string { return list[w.random.IntN(len(list))] }

func (w *words) title(category, room string) string {
	what := w.pick([]string{"does not work", "is broken again", "stopped working", "is very slow", "makes a loud noise", "shows an error", "is missing", "needs help", "cannot be used", "is out of order"})
	if w.random.IntN(3) == 0 {
		return fmt.Sprintf("%s %s: %s", category, what, w.some(2))
	}
	return fmt.Sprintf("%s in %s %s", category, room, what)
}

// some is so many words.
func (w *words) some(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.common[w.zipf.Uint64()])
	}
	return b.String()
}

// body is one to four sentences; now and then with a serial number.
func (w *words) body() string {
	var b strings.Builder
	for i := range 1 + w.random.IntN(4) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.some(5 + w.random.IntN(10)))
		if w.random.IntN(12) == 0 {
			fmt.Fprintf(&b, " HD-%05d", w.random.IntN(100_000))
		}
		b.WriteByte('.')
	}
	return b.String()
}

const syllables = `bar bel cor dan der fal gar hel jor kan lem mor nar pol qui ras sel tor ul ver wex yor zan ish ond ent ark ium tex lor`

const vocabulary = `the is in my room not work since please and it to we on again screen light door water password printer network
	connect cannot error lecture morning yesterday today students nobody help broken turned off noise cold warm window key
	card open closed login account phone mail page paper empty jam projector sound cable missing lost found floor lift stuck
	leak toilet sink heating radiator air smell dust chair table desk board lamp flicker dark switch socket power cut slow
	wifi signal drop laptop update install licence software course exam form fee payment receipt letter office hours queue
	wait answer urgent meeting hall lab machine server backup file folder share drive access denied expired reset code
	number name student staff teacher professor guest visitor parking bike washing dryer kitchen fridge oven bed mattress
	neighbour loud party rubbish bin clean cleaning stairs ramp wheelchair alarm fire exit sign camera ticket map garden`
