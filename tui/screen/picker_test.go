package screen

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
)

func TestWhatIsTypedIsOfferedOnceAndNotWhatWasTypedBefore(t *testing.T) {
	t.Parallel()
	p := NewPicker(nil, plain.Line("Rest"), []Item{{Text: plain.Line("2h")}, {Text: plain.Line("7d")}})
	p.Free = func(typed string) (Item, bool) { return Item{Text: plain.Line(typed)}, true }
	for _, step := range []struct {
		key  tea.KeyPressMsg
		want []string
	}{
		{tea.KeyPressMsg{Code: '2', Text: "2"}, []string{"2h", "2"}},
		{tea.KeyPressMsg{Code: 'h', Text: "h"}, []string{"2h"}},
		{tea.KeyPressMsg{Code: '3', Text: "3"}, []string{"2h3"}},
		{tea.KeyPressMsg{Code: tea.KeyBackspace}, []string{"2h"}},
		{tea.KeyPressMsg{Code: tea.KeyBackspace}, []string{"2h", "2"}},
	} {
		p.Update(step.key)
		var got []string
		for _, i := range p.shown {
			got = append(got, p.items[i].Text.String())
		}
		if !slices.Equal(got, step.want) {
			t.Fatalf("after %s the picker offers %q, want %q", step.key, got, step.want)
		}
	}
}
