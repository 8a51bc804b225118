package ui_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

func TestFilesAreNamedUnderTheirMessage(t *testing.T) {
	t.Parallel()
	photo := core.File{Name: "lamp\x1b[31m.jpg", Size: 212_400}
	for want, files := range map[string][]core.File{
		"1 file: lamp␛[31m.jpg 212 kB":                {photo},
		"2 files: lamp␛[31m.jpg 212 kB, a.pdf 9.9 MB": {photo, {Name: "a.pdf", Size: 9_900_000}},
		"1 file: a.txt 12 B":                          {{Name: "a.txt", Size: 12}},
		"1 file: b.txt 1.0 MB":                        {{Name: "b.txt", Size: 999_900}},
	} {
		if got := ui.Files(files).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
