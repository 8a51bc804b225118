package reports

import (
	"testing"
	"time"
)

func TestPgbenchIsCountedOnceItIsWarm(t *testing.T) {
	t.Parallel()
	const out = `
progress: 1.0 s, 20.0 tps, lat 1.000 ms stddev 0.100, 0 failed
progress: 2.0 s, 400.0 tps, lat 1.000 ms stddev 0.100, 0 failed
progress: 3.0 s, 900.0 tps, lat 1.000 ms stddev 0.100, 0 failed
progress: 4.0 s, 1100.5 tps, lat 1.000 ms stddev 0.100, 0 failed
tps = 605.125000 (without initial connection time)`
	for warm, want := range map[time.Duration]float64{2 * time.Second: 1000.25, 2500 * time.Millisecond: 1100.5, 0: 605.125} {
		if got, err := warmRate(out, warm); err != nil || got != want {
			t.Errorf("warm after %s: %v, %v, want %v", warm, got, err, want)
		}
	}
	if got, err := warmRate(out, 4*time.Second); err == nil {
		t.Errorf("never warm: %v", got)
	}
}
