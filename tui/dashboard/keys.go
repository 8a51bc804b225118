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
			switch s.tab {
			case tabSpeed:
				n := len(core.SpreadLimits()) + 1
				s.band = (s.band + by + n) % n
				return nil
			case tabWhere:
				if s.heatCell() != nil {
					return s.turnHour(by)
				}
			default:
				move(by)
				return nil
			}
			n := len(core.Dimensions())
			s.by, s.row[tabWhere] = (s.by+by+n)%n, 0
			return nil
		}
	}
	up, ups, down, downs = s.flowSteps(up, ups, down, downs)
	sideways, before, after := "day before, after", "The day or week before; → is the one after.", "Choose the day or week after."
	switch s.tab {
	case tabWhere:
		sideways, before = "by another property", "Count by building, room, category, queue, door or priority."
		after = before
		if s.heatCell() != nil {
			sideways, before, after = "hour before, after", "The hour before; → is the one after.", "The hour after."
		}
	case tabSpeed:
		sideways, before = "how long", "Choose how long it took; enter opens those tickets."
		after = before
	case tabNow, tabPeople:
		sideways, before, after = "row", "One row up; → is one down.", "One row down."
	}
	always := ""
	if s.tab == tabNow {
		always = "Now is now. The other dashboards have a range."
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
	timed := ""
	if s.tab != tabSpeed && s.tab != tabPeople {
		timed = "Speed and People measure time."
	}
	nothing := ""
	if !s.figures.has(s.tab) {
		nothing = "There is no figure here yet."
	}
	stepped := ""
	if s.tab != tabFlow && s.tab != tabSpeed {
		stepped = "Flow and Speed go by hour, day or week."
	}
	mapped := ""
	switch {
	case s.tab != tabWhere:
		mapped = "Where has the map of hours and weekdays."
	case s.rows() == 0:
		mapped = "There is no figure here yet."
	}
	table = append(table,
		screen.Binding{Keys: []string{"m"}, Words: "map", Help: "Go to the map of hours and weekdays, where arrows choose an hour; m again goes back to the bars.", Disabled: mapped, Run: s.crossMap},
		screen.Binding{Keys: []string{"e"}, Words: "every figure…", Help: "Open the tickets behind any figure: an hour, an age, what came back.", Disabled: nothing, Run: s.askFigure},
		screen.Binding{Keys: []string{"v"}, Words: "versus…", Help: "Compare with the days before, or with the same days of last year.", Disabled: always, Run: s.askAgainst},
		screen.Binding{Keys: []string{"o"}, Words: "office hours", Help: "Measure time in office hours; o again in calendar time.", Disabled: timed, Foot: timed == "", Run: s.measureOtherwise},
		screen.Binding{Keys: []string{"s"}, Words: "step…", Help: "Go by the hour, the day or the week.", Disabled: stepped, Run: s.askStep},
		screen.Binding{Keys: []string{"w"}, Words: "wall", Help: "Fill the window, and go from one dashboard to the next by itself; w again ends it.", Run: s.turnByItself},
	)
	if s.env.Me.Role == core.RoleAdmin {
		table = append(table, screen.Binding{Keys: []string{"A"}, Words: "administration", Help: "Open Administration: people, queues, places, calendar, sessions, audit trail, health.", Foot: true, Run: s.env.Host.Administer})
	}
	for i := range tabs {
		table = append(table, screen.Binding{Keys: []string{fmt.Sprint(int(i) + 1)}, Words: i.title(), Help: "Show this dashboard.", Run: func() tea.Cmd { return s.show(i) }})
	}
	return table
}

// flowSteps are j and k in the flow: they choose whether enter opens what was created or what was closed.
func (s *Screen) flowSteps(up func() tea.Cmd, ups func(int) tea.Cmd, down func() tea.Cmd, downs func(int) tea.Cmd) (func() tea.Cmd, func(int) tea.Cmd, func() tea.Cmd, func(int) tea.Cmd) {
	if s.tab != tabFlow {
		return up, ups, down, downs
	}
	other := func() tea.Cmd {
		s.ended = !s.ended
		return nil
	}
	return other, nil, other, nil
}
