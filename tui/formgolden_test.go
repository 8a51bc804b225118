package tui_test

import (
	"fmt"
	"testing"
)

func TestFormScreens(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			c, at := newCampus(t)
			atOnce(t, c, c.Ines)
			aside(t, c, at)
			ines := sit(t, c, c.Ines, size.w, size.h)
			ines.sees("No signal")
			ines.press("N")
			ines.write("ana")
			ines.sees("› Ana Ruiz")
			ines.settled()
			snapshot(t, "new ticket", ines)
			ines.press("enter", "tab")
			ines.write("Wi-Fi is gone")
			ines.press("tab")
			ines.write("net")
			ines.sees("› Network")
			ines.press("enter")
			ines.write("lib-2")
			ines.sees("› LIB-204")
			ines.press("enter", "ctrl+s")
			ines.sees("Has it been reported already?")
			ines.settled()
			snapshot(t, "already", ines)
			ivan := sit(t, c, c.Ivan, size.w, size.h)
			ivan.sees("No signal")
			ivan.press("enter")
			ivan.sees("it is cold")
			ivan.press("S", "enter")
			ivan.write("Cold room")
			ivan.press("tab")
			ivan.settled()
			snapshot(t, "split", ivan)
			ivan.press("ctrl+s")
			ivan.sees("Split it off")
			ivan.settled()
			snapshot(t, "split preview", ivan)
		})
	}
}
