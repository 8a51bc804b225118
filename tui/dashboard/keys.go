package dashboard

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// Bindings is the table of keys.
func (s *Screen) Bindings() []screen.Binding {
	_, none := s.behind()
	move := func(by int) { s.row[s.tab] = max(0, min(s.row[s.tab]+by, s.rows()-1)) }
	down, downs := screen.Steps(move, 1)
	up, ups := screen.Steps(move, -1)
	turn := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			if s.tab != tabWhere {
				move(by)
				return nil
			}
			n := len(core.Dimensions())
			s.by, s.row[tabWhere] = (s.by+by+n)%n, 0
			return nil
		}
	}
	sideways, before, after := "day before, after", "The day or week before; → is the one after.", "Choose the day or week after."
	switch s.tab {
	case tabWhere:
		sideways, before = "by another property", "Count by building, category, queue or priority."
		after = before
	case tabNow, tabSpeed:
		sideways, before, after = "row", "One row up; → is one down.", "One row down."
	}
	always := ""
	if s.tab == tabNow {
		always = "Now is now. Flow, Speed and Where have a range."
	}
	table := []screen.Binding{
		{Keys: []string{"tab"}, Words: "next", Help: "Go to the next dashboard; shift+tab goes back.", Foot: true, Run: func() tea.Cmd { return s.show(s.tab + 1) }},
		{Keys: []string{"shift+tab"}, Words: "before", Help: "Go to the dashboard before.", Run: func() tea.Cmd { return s.show(s.tab - 1) }},
		{Keys: []string{"enter"}, Words: "tickets", Help: "Open the tickets behind the chosen row.", Disabled: none, Foot: true, Run: s.open},
		{Keys: []string{"r"}, Words: "range…", Help: "Choose the days; they are compared with as many days before.", Disabled: always, Foot: true, Run: s.askRange},
		{Keys: []string{"/"}, Words: "filter…", Help: "Analyse only the tickets that match.", Foot: true, Run: s.askFilter},
		{Keys: []string{"esc"}, Words: "back", Help: "Go back to the queue.", Foot: true, Run: s.env.Host.Back},
		{Keys: []string{"j", "down"}, Label: "j ↓", Words: "down", Help: "One row down.", Run: down, Count: downs},
		{Keys: []string{"k", "up"}, Label: "k ↑", Words: "up", Help: "One row up.", Run: up, Count: ups},
		{Keys: []string{"left", "h"}, Label: "← →", Words: sideways, Help: before, Foot: s.tab == tabFlow || s.tab == tabWhere, Run: turn(-1)},
		{Keys: []string{"right", "l"}, Label: "→", Words: sideways, Help: after, Run: turn(1)},
		{Keys: []string{"ctrl+r"}, Words: "refresh", Help: "Read the figures anew.", Run: s.reload},
	}
	for i := range tabs {
		table = append(table, screen.Binding{Keys: []string{fmt.Sprint(int(i) + 1)}, Words: i.title(), Help: "Show this dashboard.", Run: func() tea.Cmd { return s.show(i) }})
	}
	return table
}
