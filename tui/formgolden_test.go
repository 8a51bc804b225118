package tui_test

import (
	"testing"
)

func TestFormScreens(t *testing.T) {
	t.Parallel()
	atEverySize(t, func(t *testing.T, width, height int) {
		c, at := newCampus(t)
		atOnce(t, c, c.Ines)
		aside(t, c, at)
		ines := sit(t, c, c.Ines, width, height)
		ines.sees("No signal")
		ines.press("N")
		ines.write("ana")
		ines.sees("› Ana Ruiz")
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
		snapshot(t, "already", ines)
		ivan := sit(t, c, c.Ivan, width, height)
		ivan.sees("No signal")
		ivan.press("enter")
		ivan.sees("it is cold")
		ivan.press("S", "enter")
		ivan.write("Cold room")
		ivan.press("tab")
		snapshot(t, "split", ivan)
		ivan.press("ctrl+s")
		ivan.sees("Split it off")
		snapshot(t, "split preview", ivan)
	})
}
