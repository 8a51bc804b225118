package figure

import (
	"slices"
	"time"
)

// Times are how long something took, each time.
type Times []time.Duration

// At is the time that a share of them does not exceed, in milliseconds: 0.5 is the median. Without any it is 0.
func (t Times) At(share float64) float64 {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return Milliseconds(sorted[min(len(sorted)-1, int(share*float64(len(sorted))))])
}

// Milliseconds is a time as the tables show it.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
