package ticket

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// colleaguesRead brings who can be named with an @ here.
type colleaguesRead struct {
	id     core.TicketID
	people []core.Person
}

// readColleagues learns who can be named. Without them, names are typed in full.
func (s *Screen) readColleagues() tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		people, err := s.env.Desk.Colleagues(ctx, s.env.Who, id)
		if err != nil {
			return nil
		}
		return colleaguesRead{id: id, people: people}
	})
}

// naming is the beginning of a name that stands before the cursor, and who it may be.
func (s *Screen) naming() (typed string, people []core.Person) {
	if s.editor == nil {
		return "", nil
	}
	word := s.editor.area.Word()
	typed, at := strings.CutPrefix(word, "@")
	if !at {
		return "", nil
	}
	const few = 5
	low := strings.ToLower(typed)
	for _, p := range s.colleagues {
		if strings.HasPrefix(p.Username, low) || strings.HasPrefix(strings.ToLower(p.Name), low) {
			if people = append(people, p); len(people) == few {
				break
			}
		}
	}
	if len(people) == 1 && people[0].Username == low {
		return "", nil
	}
	return typed, people
}

// completing is the key that completes a name; none while no name is typed.
func (s *Screen) completing() []screen.Binding {
	typed, people := s.naming()
	if len(people) == 0 {
		return nil
	}
	return []screen.Binding{{Keys: []string{"tab"}, Words: "@" + people[0].Username, Help: "Complete the name.", Foot: true, Run: func() tea.Cmd {
		before := s.editor.text()
		s.editor.area.Replace(len([]rune(typed)), people[0].Username+" ")
		return s.typed(before)
	}}}
}

// names shows who a name that is being typed may be.
func (s *Screen) names(t *ui.Theme) []ui.Span {
	_, people := s.naming()
	if len(people) == 0 {
		return nil
	}
	spans := []ui.Span{ui.Say(t.Dim, "tab completes: ")}
	for i, p := range people {
		style := t.Dim
		if i == 0 {
			style = t.Plain
		}
		spans = append(spans, ui.Quote(style, plain.Line("@"+p.Username+" ")), ui.Quote(t.Dim, plain.Line(p.Name+"  ")))
	}
	return spans
}
