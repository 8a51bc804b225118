package reporting

import (
	"testing"
	"time"
)

func TestLengthsOfTimeAreSaidInTheirTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", 15 * time.Minute: "15 min", 90*time.Second + 1: "1 min 30 s",
		time.Hour - time.Second: "59 min 59 s", 4*time.Hour + 15*time.Minute + 33*time.Second: "4 h 16 min", 24 * time.Hour: "1 d", 24*time.Hour - time.Second: "24 h",
		90 * 24 * time.Hour: "90 d", 52*time.Hour + 20*time.Minute: "2 d 4 h",
	} {
		if got := took(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
