package admin

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// newShared lists the views and macros that teams share.
func newShared(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Views and macros", nested: true, hint: "W in the queue saves a view; macros are made where they are used."}
	s.empty = "No team shares a view or a macro. W in the queue saves a view, for a team too."
	s.columns = widths(columns("queue", "name", "what it is"), 18, 0, 40)
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		views, err := env.Desk.Views(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		var p page
		for _, v := range views {
			if v.Shared() {
				p.rows = append(p.rows, row{
					id: fmt.Sprintf("view %d", v.ID), cells: []cell{say(v.Queue.Name), say(v.Title), dim("view of " + v.Query.String())}, help: v.Query.String(),
					verb: "tickets", thing: v, press: func() tea.Cmd { return env.Host.Search(v.Query) },
				})
			}
		}
		macros, err := env.Desk.Macros(ctx, env.Who)
		for _, m := range macros {
			if m.Queue.ID != 0 {
				p.rows = append(p.rows, row{id: fmt.Sprintf("macro %d", m.ID), cells: []cell{say(m.Queue.Name), say(m.Name), dim("macro: " + m.Body)}, help: m.Body, thing: m})
			}
		}
		return p, err
	}
	s.keys = s.sharedKeys
	return s
}

func (s *Screen) sharedKeys(at *row) []screen.Binding {
	none, name, team := "Nothing is under the cursor.", "", ""
	var remove func(ctx context.Context) error
	if at != nil {
		none = ""
		switch thing := at.thing.(type) {
		case core.View:
			name, team = "the view "+thing.Title, thing.Queue.Name
			remove = func(ctx context.Context) error { return s.env.Desk.DeleteView(ctx, s.env.Who, thing.ID) }
		case core.Macro:
			name, team = "the macro "+thing.Name, thing.Queue.Name
			remove = func(ctx context.Context) error { return s.env.Desk.DeleteMacro(ctx, s.env.Who, thing.ID) }
		}
	}
	return []screen.Binding{{Keys: []string{"d"}, Words: "remove…", Help: "Remove it for the whole team.", Disabled: none, Foot: true, Run: func() tea.Cmd {
		return s.confirm("Remove "+name+"?", "Nobody in "+team+" has it any more. Tickets stay as they are.", "remove it", func() tea.Cmd {
			return s.change("remove it", "Removed.", remove)
		})
	}}}
}
