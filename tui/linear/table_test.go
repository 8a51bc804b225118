package linear_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/linear"
)

var update = flag.Bool("update", false, "write docs/plain.md")

// docs/plain.md is made from the table of commands; -update writes it.
func TestThePageIsTheTable(t *testing.T) {
	t.Parallel()
	const page = "../../docs/plain.md"
	want := linear.Document()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil || string(have) != want {
		t.Errorf("docs/plain.md is not the table (%v); write it with: go test ./tui/linear -update", err)
	}
}

// Whatever the drawn console does can be done here, or there is a reason why not.
func TestEveryActionHasACommand(t *testing.T) {
	t.Parallel()
	reasons := map[action.Name]string{
		action.Withdraw: "reporters withdraw their own reports, on the page",
		action.Rate:     "reporters say how it went, on the page",
		action.Again:    "reporters report again, on the page",
	}
	for _, link := range []action.Name{action.RenewLink, action.RevokeLink} {
		reasons[link] = "whoever holds a private link renews or ends it, on the page"
	}
	has := map[action.Name]bool{}
	for _, cmd := range linear.Commands() {
		for _, name := range cmd.Actions {
			if _, known := action.Find(name); !known {
				t.Errorf("%s does %s, which is no action", cmd.Name, name)
			}
			has[name] = true
		}
	}
	for _, a := range action.All() {
		if has[a.Name] == (reasons[a.Name] != "") {
			t.Errorf("%s: has a command: %v, reason why not: %q", a.Name, has[a.Name], reasons[a.Name])
		}
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, cmd := range linear.Commands() {
		if seen[cmd.Name] || cmd.Name != strings.ToLower(cmd.Name) {
			t.Errorf("%s stands twice, or is not in small letters", cmd.Name)
		}
		seen[cmd.Name] = true
		if cmd.Part == "" || !strings.HasSuffix(cmd.Help, ".") {
			t.Errorf("%s: part %q, help %q", cmd.Name, cmd.Part, cmd.Help)
		}
	}
}
