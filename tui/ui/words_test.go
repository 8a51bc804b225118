package ui_test

import (
	"testing"
	"time"

	"helpdesk.campus/tui/ui"
)

// Numbers and times of machines are written as people write them.
func TestNumbersAndTimesOfMachines(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := ui.Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 µs", 180 * time.Microsecond: "180 µs", 12 * time.Millisecond: "12 ms", 1234 * time.Microsecond: "1.23 ms", 999900 * time.Microsecond: "999 ms",
		1500 * time.Millisecond: "1.5 s", 42 * time.Second: "42 s", 8 * time.Minute: "8 min", 90 * time.Hour: "3.75 d",
	} {
		if got := ui.Measured(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
