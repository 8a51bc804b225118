package screen

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/tui/ui"
)

func TestALineThatIsCutSaysWhere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text   string
		at     int
		width  int
		shows  string
		cursor int
	}{
		{"0123456789", 10, 12, "0123456789  ", 10},
		{"0123456789", 10, 11, "0123456789 ", 10},
		{"0123456789", 10, 10, "…23456789 ", 9},
		{"0123456789", 0, 10, "0123456789", 0},
		{"0123456789", 0, 6, "01234…", 0},
		{"0123456789", 6, 6, "…3456…", 4},
		{"0123456789", 10, 6, "…6789 ", 5},
		{"图书馆无线网络", 0, 7, "图书馆…", 0},
		{"图书馆无线网络", len("图书馆无线网络"), 7, "…网络  ", 5},
		{"0123456789", 10, 3, "89 ", 2},
		{"", 0, 5, "     ", 0},
	} {
		var in Input
		in.SetAt(test.text, test.at)
		line, cursor := in.View(ui.NewTheme(ui.NoColour), test.width)
		if line = ansi.Strip(line); line != test.shows || cursor != test.cursor {
			t.Errorf("%q in %d columns, the cursor at %d, is %q with it at %d, want %q and %d", test.text, test.width, test.at, line, cursor, test.shows, test.cursor)
		}
	}
}

func TestAFieldThatOneIsNotInIsReadFromItsBeginning(t *testing.T) {
	t.Parallel()
	long := "If water is running out, " + strings.Repeat("put out of use what you can, ", 4)
	form := NewForm(&Env{}, "A form", "try", []Field{{Name: "a", Label: "A"}, {Name: "b", Label: "B", Start: long}}, nil)
	_, lines, _ := form.View(Frame{Width: 60, Height: 10, Theme: ui.NewTheme(ui.NoColour)})
	if all := ansi.Strip(strings.Join(lines, "\n")); !strings.Contains(all, "If water is running out") || !strings.Contains(all, "…") {
		t.Errorf("the form is\n%s", all)
	}
}
