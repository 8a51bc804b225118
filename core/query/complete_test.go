package query_test

import (
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core/query"
)

// TestCompletionKnowsWhatCouldStandAtTheCursor marks the cursor with a "^".
func TestCompletionKnowsWhatCouldStandAtTheCursor(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		field   query.Field
		typed   string
		choices string
	}{
		"^":                       {"", "", "status: queue: assignee: reporter:"},
		"sta^":                    {"", "sta", "status:"},
		"-RE^ open":               {"", "RE", "reporter: response: replied: reply:"},
		"status:^":                {query.Status, "", "open active closed"},
		"lamp status:open|ac^":    {query.Status, "ac", "active"},
		"priority:>=h^":           {query.Priority, "h", "high"},
		"age:^":                   {query.Age, "", "> >= < <="},
		"sort:-priority,-cr^":     {query.Sort, "cr", "created"},
		`queue:"Lost a^`:          {query.Queue, "Lost a", ""},
		`"status:^`:               {"", `"status:`, ""},
		"assignee:^":              {query.Assignee, "", "me none"},
		"stauts:o^":               {"", "stauts:o", ""},
		"ü is:s^ status:open":     {query.Is, "s", "snoozed"},
		"http://lib.edu/status:^": {"", "http://lib.edu/status:", ""},
	} {
		cursor := strings.Index(typed, "^")
		source := typed[:cursor] + typed[cursor+1:]
		got := query.Complete(source, cursor)
		choices := got.Choices[:min(len(got.Choices), 4)]
		if got.Field != want.field || got.Typed != want.typed || strings.Join(choices, " ") != want.choices {
			t.Errorf("%s: %+v, want %+v", typed, got, want)
		}
	}
}

func TestAChoiceIsPutWhereItWasTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2]string{
		"sta^ lamp":       {"status:", "status:^ lamp"},
		"-status:o^ x":    {"open", "-status:open^ x"},
		"tag:ex^":         {"exam week", `tag:"exam week"^`},
		"age:^":           {">=", "age:>=^"},
		"status:a|b|op^z": {"open", "status:a|b|open^z"},
	} {
		cursor := strings.Index(typed, "^")
		source := typed[:cursor] + typed[cursor+1:]
		text, at := query.Complete(source, cursor).Apply(source, want[0])
		if got := text[:at] + "^" + text[at:]; got != want[1] {
			t.Errorf("%s with %s: %s, want %s", typed, want[0], got, want[1])
		}
	}
}

func TestEveryChoiceOfAFieldParses(t *testing.T) {
	t.Parallel()
	for _, f := range query.Fields() {
		if f.Bare || !slices.Contains(f.Operators, query.OpIs) {
			continue
		}
		source := string(f.Name) + ":"
		c := query.Complete(source, len(source))
		for _, choice := range c.Choices {
			text, _ := c.Apply(source, choice)
			parse(t, text)
		}
	}
}
