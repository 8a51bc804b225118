package queue

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// macro picks a macro for the marked tickets, or the one under the cursor. What it would do is shown first,
// for one ticket too: nobody has read the words yet.
func (s *Screen) macro() tea.Cmd {
	ids := s.marks.list()
	if len(ids) == 0 {
		t, ok := s.list.current()
		if !ok {
			return nil
		}
		ids = []core.TicketID{t.ID}
	}
	return s.env.PickMacro(ui.Plural(len(ids), "ticket", "tickets"), func(m core.Macro) tea.Cmd {
		return s.plan(ids, screen.Chosen{
			Deed:  core.Deed{Action: action.Macro, Macro: core.MacroRun{Text: m.Body, Note: m.Note, Changes: m.Changes}},
			Doing: "use “" + m.Name + "” on", Done: "done with “" + m.Name + "”",
		}, nil)
	})
}

// unseenWords says what is new on a ticket, before its title.
func unseenWords(u core.Unseen) string {
	words := ""
	if u.Mentions > 0 {
		words = "@you · "
	}
	if u.Messages > 0 {
		words += ui.Plural(u.Messages, "new", "new") + " · "
	}
	return words
}
