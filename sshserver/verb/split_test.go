package verb

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"helpdesk.campus/core/plain"
)

func TestCommandsAreSplitAtBlanks(t *testing.T) {
	t.Parallel()
	for command, want := range map[string][]string{
		"":                            nil,
		"  ls  status:open ":          {"ls", "status:open"},
		`new "two words" 'and more'`:  {"new", "two words", "and more"},
		`note 1 It's done; isn't it?`: {"note", "1", "It's", "done;", "isn't", "it?"},
		`"an open quote`:              {`"an`, "open", "quote"},
		`"a \"quoted\" \\ word"`:      {`a "quoted" \ word`},
		`a"b c"d`:                     {`a"b`, `c"d`},
		`'' ""`:                       {"", ""},
		"'":                           {"'"},
		"$(reboot) `x` a\\ b":         {"$(reboot)", "`x`", `a\`, "b"},
	} {
		var got []string
		for _, w := range split(command) {
			got = append(got, w.text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", command, diff)
		}
	}
}

func TestRawWordsAreWhatWasSent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		command := rapid.String().Draw(t, "command")
		var raw strings.Builder
		for _, w := range split(command) {
			raw.WriteString(w.raw)
		}
		strip := func(s string) string { return strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s) }
		if strip(raw.String()) != strip(command) {
			t.Fatalf("%q became %q", command, raw.String())
		}
	})
}

func TestJSONShowsNoUnseenCharacter(t *testing.T) {
	t.Parallel()
	shape := Shape{Fields: []Field{{Name: "body"}}}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.String().Draw(t, "body") + rapid.SampledFrom([]string{"", "\u009b31m", "\u202e", "\U000e0041", "\x1b]0;x\a", "\u2028", "\x7f"}).Draw(t, "attack")
		line := encode(shape, record{body})
		for _, r := range string(line) {
			if plain.Unseen(r) || unicode.IsControl(r) {
				t.Fatalf("%q holds %U", line, r)
			}
		}
		var back struct{ Body string }
		if err := json.Unmarshal(line, &back); err != nil || back.Body != body {
			t.Fatalf("%q came back as %q: %v", body, back.Body, err)
		}
	})
}

func TestAQueryBehindAFlagKeepsItsQuotes(t *testing.T) {
	t.Parallel()
	report, _ := Find("report")
	for command, want := range map[string]string{
		`report now --where queue:it status:open`:        `queue:it status:open`,
		`report now --where "queue:it status:open"`:      `queue:it status:open`,
		`report now --where="queue:it status:open"`:      `queue:it status:open`,
		`report now --where "no signal" queue:it --json`: `"no signal" queue:it`,
		`report now --where queue:it "no signal"`:        `queue:it "no signal"`,
		`report now --where title:"no signal"`:           `title:"no signal"`,
		`report now --where "\"no signal\" queue:it"`:    `"no signal" queue:it`,
		`report now --where '"no signal"' --format json`: `"no signal"`,
	} {
		s := &session{verb: report, args: map[string]string{}, flags: map[string]string{}}
		if err := s.parse(command); err != nil || s.flags["--where"] != want {
			t.Errorf("%s: %q, %v", command, s.flags["--where"], err)
		}
	}
}
