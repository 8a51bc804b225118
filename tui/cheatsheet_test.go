package tui_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"helpdesk.campus/tui"
	"helpdesk.campus/tui/screen"
)

// cheatSheet collects the tables of keys as somebody meets them.
type cheatSheet struct{ out strings.Builder }

func (s *cheatSheet) table(title string, bindings []screen.Binding) {
	fmt.Fprintf(&s.out, "\n## %s\n\n| key | does | which means |\n| --- | --- | --- |\n", title)
	cell := func(words string) string { return strings.ReplaceAll(words, "|", "\\|") }
	for i := range bindings {
		b := &bindings[i]
		keys := b.Keys
		if len(keys) == 0 {
			continue
		}
		name := "`" + strings.Join(keys, "` `") + "`"
		fmt.Fprintf(&s.out, "| %s | %s | %s |\n", name, cell(strings.TrimSuffix(b.Words, "…")), cell(b.Sentence()))
	}
}

// docs/keys.md is made from the tables that the keys themselves are made from; -update writes it.
func TestTheCheatSheetIsTheTablesOfKeys(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 2)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 02")
	sheet := &cheatSheet{}
	sheet.out.WriteString(`# Keys of the console

The footer shows the keys that work now, ` + "`?`" + ` all of them with the reason where one does not, and ` + "`:`" + ` finds them by a few letters.
A number before a key that moves repeats it: ` + "`5j`, `10G`, `12gg`" + `. A digit by itself goes to a view, after a moment or at once with enter.

This page is made from the tables of keys (` + "`go test ./tui -run TestTheCheatSheet -update`" + `).
`)
	sheet.table("Everywhere", tui.Everywhere(ines.console))
	sheet.table("Manage Tickets", tui.Bindings(ines.console))
	ines.press("/")
	sheet.table("While a filter is typed", tui.Bindings(ines.console))
	ines.press("esc", "enter")
	ines.sees("What happened")
	ines.settled()
	sheet.table("A ticket", tui.Bindings(ines.console))
	ines.press("n")
	ines.settled()
	sheet.table("While something is written", tui.Bindings(ines.console))
	ines.press("esc", "g", "d")
	ines.sees("Data Analysis")
	sheet.table("Data Analysis", tui.Bindings(ines.console))
	ines.press(",")
	ines.sees("Sign out everywhere")
	sheet.table("Settings", tui.Bindings(ines.console))
	ada := sit(t, c, c.Ada, 100, 30)
	ada.sees("Manage Tickets")
	ada.press("A")
	ada.sees("Audit trail")
	sheet.table("Administration", tui.Bindings(ada.console))
	for _, at := range []string{"Users", "Queues", "Categories", "Locations", "Calendar", "Views and macros", "Known issues", "Sessions", "Kiosk keys", "Audit trail"} {
		ada.enter(at)
		ada.sees("Administration  ›  " + at)
		ada.settled()
		sheet.table(at, tui.Own(ada.console))
		ada.press("esc")
		ada.sees("The audit trail keeps every change")
	}
	const path = "../docs/keys.md"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(sheet.out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != sheet.out.String() {
		t.Errorf("docs/keys.md is not what the tables say (%v); renew it with: go test ./tui -run TestTheCheatSheet -update", err)
	}
}
