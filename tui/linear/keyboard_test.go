package linear_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui/linear"
)

func TestLinesAreEditedByCharactersAsPeopleSeeThem(t *testing.T) {
	t.Parallel()
	const back, word, all = "\x7f", "\x17", "\x15"
	for name, c := range map[string]struct{ keys, want, shown string }{
		"plain":                     {"list\r", "list", "> list"},
		"a character back":          {"lisst" + back + back + "t\r", "list", "> list"},
		"back at the start":         {back + back + "a\r", "a", "> a"},
		"a letter with its accent":  {"cafe\u0301" + back + "e\r", "cafe", "> cafe"},
		"an accent after its cell":  {"e\u0301\u0302\r", "e\u0301\u0302", "> \u1ec7"},
		"a wide character":          {"日本語" + back + "!\r", "日本!", "> 日本!"},
		"a family":                  {"a👩‍👩‍👧" + back + "b\r", "ab", "> ab"},
		"a flag":                    {"a🇪🇸" + back + "b\r", "ab", "> ab"},
		"a word back":               {"open  the ticket " + word + word + "1\r", "open  1", "> open  1"},
		"a word of another script":  {"открыть ٣٤ " + word + "5\r", "открыть 5", "> открыть 5"},
		"the line":                  {"reply to all" + all + "list\r", "list", "> list"},
		"arrows and functions":      {"\x1b[Al\x1b[1;5Cis\x1bOPt\x1b[3~\r", "list", "> list"},
		"controls":                  {"l\x00i\x01s\x1at\a\r", "list", "> list"},
		"a tab":                     {"open\t3\r", "open 3", "> open 3"},
		"hostile paste":             {"a\u202eb\u009b31mc\r", "a\u202eb31mc", "> ab31mc"},
		"bytes that are no text":    {"a\xff\xfeb\r", "ab", "> ab"},
		"over the edge and back":    {strings.Repeat("x", 30) + strings.Repeat(back, 28) + "\r", "xx", "> xx"},
		"a mark that begins a line": {"\u0301" + back + "a\r", "a", "> a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			line, ended := linear.Edit(c.keys, 20, &out)
			if line != c.want || ended {
				t.Errorf("read %q, want %q (ended: %v)", line, c.want, ended)
			}
			if strings.ContainsAny(out.String(), "\x1b\a\x00") {
				t.Errorf("the terminal was sent %q", out.String())
			}
			if c.shown == "> \u1ec7" {
				return // how it is composed is the terminal's
			}
			screen := vt.NewEmulator(20, 10)
			_, _ = screen.Write(bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n")))
			rows := strings.Split(strings.TrimRight(screen.String(), " \n"), "\n")
			if last := strings.TrimRight(rows[len(rows)-1], " "); last != c.shown {
				t.Errorf("shown %q, want %q; sent %q", last, c.shown, out.String())
			}
		})
	}
	for keys, want := range map[string]string{"half a li": "half a li", "\x04": "", "typed\x03": ""} {
		if line, ended := linear.Edit(keys, 20, &bytes.Buffer{}); line != want || !ended {
			t.Errorf("%q: %q, %v", keys, line, ended)
		}
	}
}

// A panic ends the command, with a number in the log, and not the console.
func TestAPanicEndsOneCommand(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var logged any
	console := linear.New(t.Context(), c.Desk, storagetest.As(c.Ines, core.DoorSSH), c.Ines, linear.Options{
		In: strings.NewReader(""), Out: &out, Words: words.For("en"),
		Broke: func(cause any, _ []byte) string { logged = cause; return "c0ffee" },
	})
	if err := linear.Attempt(t.Context(), console, func(context.Context) error { panic("in a command") }); err != nil {
		t.Errorf("the console is over: %v", err)
	}
	if logged != "in a command" || !strings.Contains(out.String(), "this number: c0ffee") {
		t.Errorf("logged %v, said %q", logged, out.String())
	}
}
