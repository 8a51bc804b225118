package verb

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
)

// FuzzParse reads anything as a command. What is understood fits the verb's row of the table, and the answer to what is
// not is short and plain.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "ls status:open --sort age", `note 1042 "two words" 'and more'`, `new --category network --where LIB-204 -- --title`, "help --help", "--version",
		"ls --limit=", "ls --json=yes", "show 1042 --json --json", `ls -tag:"x y" -"\""`, "reply '' \"\"", "complete ls st", "\x1b]0;x\a \u202e", "ls --", "merge 1 2 3", strings.Repeat("x ", 200),
	} {
		f.Add(s)
	}
	for _, v := range Verbs() {
		f.Add(v.Name + " 1 2 --json")
	}
	catalogue, err := text.New()
	if err != nil {
		f.Fatal(err)
	}
	words := catalogue.For("en")
	f.Fuzz(func(t *testing.T, command string) {
		s := &session{Call: Call{Words: catalogue, Host: "HOST"}, words: words, out: bufio.NewWriter(io.Discard), args: map[string]string{}, flags: map[string]string{}}
		err := s.parse(command)
		name := NameOf(command)
		if err != nil {
			refused, ok := errors.AsType[*refusal](err)
			if !ok || refused.status != Usage {
				t.Fatalf("%q is answered with %v", command, err)
			}
			said := plain.Block(refused.words).String()
			if len(said) > 600 || strings.ContainsAny(said, "\x1b\a\u202e\u009b\x00") {
				t.Errorf("%q is answered with %q", command, said)
			}
			return
		}
		if v, ok := Find(s.verb.Name); !ok || name != "none" && name != v.Name && name != "help" {
			t.Errorf("%q is the verb %q, named %q", command, s.verb.Name, name)
		}
		for given := range s.flags {
			if _, ok := s.verb.flag(given); !ok && given != "--help" {
				t.Errorf("%q has the flag %q, which %s has not", command, given, s.verb.Name)
			}
		}
		for given := range s.args {
			known := false
			for _, a := range s.verb.Arguments {
				known = known || a.Name == given
			}
			if !known {
				t.Errorf("%q has the argument %q, which %s has not", command, given, s.verb.Name)
			}
		}
	})
}
