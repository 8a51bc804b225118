package queue

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

func (s *Screen) press(pressed fmt.Stringer) tea.Cmd {
	if cmd, known := screen.Press(s.env.Host, s.Bindings(), pressed); known {
		return cmd
	}
	if key, ok := pressed.(tea.KeyPressMsg); ok && s.filter.typing {
		return s.edit(key)
	}
	return nil
}

// Bindings is the table of keys.
func (s *Screen) Bindings() []screen.Binding {
	if s.filter.typing {
		return s.filterBindings()
	}
	none := ""
	here, ok := s.list.current()
	if !ok {
		none = "No ticket is under the cursor."
	}
	taken := none
	switch {
	case !ok:
	case here.IsClosed():
		taken = here.ID.String() + " is closed. Open it and press o to take it up again."
	case here.Assignee.ID == s.env.Me.ID:
		taken = here.ID.String() + " is yours already."
	}
	closed := none
	if ok && here.IsClosed() {
		closed = here.ID.String() + " is closed."
	}
	take, assign := func() tea.Cmd { return s.env.Take(here) }, func() tea.Cmd { return s.env.Assign(here) }
	if len(s.marks.ids) > 0 { // the preview says on which of them it cannot be done
		taken, closed, take, assign = none, none, s.act(action.Take), s.act(action.Assign)
	}
	table := []screen.Binding{
		{Keys: []string{"enter", "right", "l"}, Action: action.View, Words: "open", Disabled: none, Foot: true, Run: func() tea.Cmd { return s.env.Host.Open(here.ID) }},
		{Keys: []string{"t"}, Action: action.Take, Words: "take", Disabled: taken, Foot: true, Run: take},
		{Keys: []string{"a"}, Action: action.Assign, Words: "assign…", Disabled: closed, Foot: true, Run: assign},
		{Keys: []string{"/"}, Words: "filter", Help: "Narrow the view: words, status:open, priority:>=high, category:…, assignee:me", Foot: true, Run: s.typeFilter},
		{Keys: []string{"W"}, Words: "save view…", Help: "Save what the list shows as a view, or change the one you are in.", Run: s.saveView},
		{Keys: []string{"tab"}, Words: "next view", Help: "Go to the next view; shift+tab goes back.", Foot: true, Run: func() tea.Cmd { return s.show(s.view + 1) }},
		{Keys: []string{"shift+tab"}, Words: "view before", Help: "Go to the view before.", Run: func() tea.Cmd { return s.show(s.view - 1) }},
		{Keys: []string{"r", "ctrl+r"}, Words: "refresh", Help: "Read the rows anew and show what has arrived.", Foot: s.changed || s.trouble != nil, Run: s.refreshNow},
		{Keys: []string{"K"}, Action: action.Code, Words: "one-time code", Run: s.askForAccount},
	}
	if !s.found {
		table = append(table, screen.Binding{Keys: []string{"N"}, Action: action.ReportFor, Words: "new for somebody…", Help: "Report an issue for somebody who phones. What is typed is kept.", Run: s.writeReport})
	}
	table = append(table, s.moving()...)
	table = append(table, s.changing(none, closed)...)
	table = append(table, s.marking(none)...)
	switch {
	case len(s.marks.ids) > 0:
	case s.filter.applied != "":
		table = append(table, screen.Binding{Keys: []string{"esc"}, Words: "clear filter", Help: "Show the whole view again.", Foot: true, Run: s.clearFilter})
	case s.found:
		table = append(table, screen.Binding{Keys: []string{"esc"}, Words: "back", Help: "Go back to where this was opened.", Foot: true, Run: s.env.Host.Back})
	}
	if !s.found {
		table = append(table, screen.Binding{Keys: []string{"D"}, Words: "analysis", Help: "Open Data Analysis: how things stand, what came and went, how fast, and where.", Foot: true, Run: s.env.Host.Analyse})
	}
	if !s.found && s.env.Me.Role == core.RoleAdmin {
		table = append(table, screen.Binding{Keys: []string{"A"}, Words: "administration", Help: "Open Administration: people, queues, places, calendar, sessions, audit trail, health.", Foot: true, Run: s.env.Host.Administer})
	}
	for i := range s.views[:min(len(s.views), jumps)] {
		table = append(table, screen.Binding{
			Keys: []string{fmt.Sprint(i + 1)}, Words: s.views[i].Title, Help: "Show this view.", Run: func() tea.Cmd { return s.show(i) },
		})
	}
	return table
}

// moving are the keys that take the cursor elsewhere; most of them count.
func (s *Screen) moving() []screen.Binding {
	rows := max(1, s.list.height-1)
	down, downs := screen.Steps(s.list.move, 1)
	up, ups := screen.Steps(s.list.move, -1)
	pageDown, pagesDown := screen.Steps(s.list.move, rows)
	pageUp, pagesUp := screen.Steps(s.list.move, -rows)
	to := func(n int) tea.Cmd { s.list.jump(n - 1); return nil }
	return []screen.Binding{
		{Keys: []string{"j", "down"}, Label: "j ↓", Words: "down", Help: "One ticket down; 5j goes five down.", Run: down, Count: downs},
		{Keys: []string{"k", "up"}, Label: "k ↑", Words: "up", Help: "One ticket up; 5k goes five up.", Run: up, Count: ups},
		{Keys: []string{"ctrl+d", "pgdown"}, Label: "ctrl+d PgDn", Words: "page down", Help: "Many tickets down; more are read as you go.", Run: pageDown, Count: pagesDown},
		{Keys: []string{"ctrl+u", "pgup"}, Label: "ctrl+u PgUp", Words: "page up", Help: "Many tickets up.", Run: pageUp, Count: pagesUp},
		{Keys: []string{"gg", "home"}, Words: "to the top", Help: "The first ticket, and what has arrived above it; 10gg is the tenth.", Run: s.toTop, Count: to},
		{Keys: []string{"G", "end"}, Words: "to the end", Help: "The last ticket that has been read; 10G is the tenth.", Run: func() tea.Cmd { s.list.jump(len(s.list.rows) - 1); return nil }, Count: to},
	}
}

// changing are the keys that change the marked tickets, or the one under the cursor.
func (s *Screen) changing(none, closed string) []screen.Binding {
	status := none
	if closed != "" {
		status = closed
	}
	undone := ""
	if s.env.Last == 0 {
		undone = "Nothing was changed in this session. In a ticket, u undoes your last change."
	}
	return []screen.Binding{
		{Keys: []string{"s"}, Action: action.Activate, Words: "status…", Help: "Set it open or active.", Disabled: status, Run: s.act(action.Activate)},
		{Keys: []string{"c"}, Action: action.Close, Words: "close…", Help: "Say how it ended. For a last word, open the ticket.", Disabled: closed, Run: s.act(action.Close)},
		{Keys: []string{"p"}, Action: action.Prioritise, Words: "priority…", Disabled: closed, Run: s.act(action.Prioritise)},
		{Keys: []string{"m"}, Action: action.Move, Words: "move to queue…", Disabled: closed, Run: s.act(action.Move)},
		{Keys: []string{"M"}, Action: action.Merge, Words: "merge…", Help: "Merge the marked tickets into the one under the cursor; without marks, that one into another.", Disabled: none, Run: s.merge},
		{Keys: []string{"T"}, Action: action.Tag, Words: "tags…", Disabled: none, Run: s.act(action.Tag)},
		{Keys: []string{"z"}, Action: action.Snooze, Words: "snooze…", Disabled: closed, Run: s.act(action.Snooze)},
		{Keys: []string{";"}, Action: action.Macro, Words: "macro…", Help: "A canned reply with changes, on all that is marked. It is shown first.", Disabled: none, Run: s.macro},
		{Keys: []string{"u"}, Action: action.Undo, Words: "undo", Help: "Take back what you changed last, a bulk as a whole.", Disabled: undone, Run: s.undo},
	}
}

// marking are the keys that choose several tickets.
func (s *Screen) marking(none string) []screen.Binding {
	table := []screen.Binding{
		{Keys: []string{"space"}, Words: "mark", Help: "Mark the ticket; keys that change act on all marked.", Disabled: none, Run: s.mark},
		{Keys: []string{"V"}, Words: "mark range", Help: "Mark from the one marked last to here.", Disabled: none, Run: s.markRange},
		{Keys: []string{"shift+down"}, Label: "shift+↓", Words: "mark down", Help: "Mark this one and the next.", Disabled: none, Run: s.markOn(1)},
		{Keys: []string{"shift+up"}, Label: "shift+↑", Words: "mark up", Help: "Mark this one and the one above.", Disabled: none, Run: s.markOn(-1)},
		{Keys: []string{"*"}, Words: "mark all", Help: "Mark all in view; again takes all marks away.", Disabled: none, Run: s.markAll},
	}
	if len(s.marks.ids) > 0 {
		table = append(table, screen.Binding{Keys: []string{"esc"}, Words: "unmark", Help: "Take all marks away.", Foot: true, Run: func() tea.Cmd { s.marks.clear(); return nil }})
	}
	return table
}

// jumps is how many views have a key of their own.
const jumps = 9

func (s *Screen) filterBindings() []screen.Binding {
	return []screen.Binding{
		{Keys: []string{"enter"}, Words: "filter", Help: "Keep the filter; the list follows while you type.", Foot: true, Run: s.keepFilter},
		{Keys: []string{"tab"}, Words: "complete", Help: "Put in what could stand at the cursor; again for the next.", Foot: true, Run: s.complete(1)},
		{Keys: []string{"shift+tab"}, Words: "the one before", Help: "Put in the one before of what could stand at the cursor.", Run: s.complete(-1)},
		{Keys: []string{"esc"}, Words: "leave", Help: "Leave the filter as it was.", Foot: true, Run: s.leaveFilter},
		{Keys: []string{"ctrl+u"}, Words: "empty the line", Help: "Take out what is typed before the cursor.", Foot: true},
	}
}

func (s *Screen) refreshNow() tea.Cmd {
	s.list.fresh = nil
	if s.changed {
		s.list.at, s.list.top = 0, 0
	}
	s.loose = true
	return s.reload()
}

func (s *Screen) toTop() tea.Cmd {
	s.list.jump(0)
	s.list.fresh = nil
	return nil
}

func (s *Screen) askForAccount() tea.Cmd {
	var p *screen.Prompt
	p = screen.NewPrompt(s.env.Host, plain.Line("One-time code for whom?"),
		plain.Line("Username or e-mail address of somebody who cannot sign in. Be sure who is asking."), "",
		func(typed string) (tea.Cmd, string) {
			if typed == "" {
				return nil, "Type a username or an e-mail address."
			}
			return s.env.FindAndIssue(typed, p), ""
		}).Survive(s.env, "code")
	s.env.Host.Show(p, false)
	return nil
}
