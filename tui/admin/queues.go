package admin

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// newQueues lists the queues, archived ones too.
func newQueues(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Queues", nested: true, empty: "There is no queue yet. a makes one.", hint: "A queue is the list that one team works; categories lead to it."}
	s.columns = widths(columns("code", "name", "reopen", "state"), 16, 0, 10, 10)
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		list, err := env.Desk.EveryQueue(ctx, env.Who)
		var p page
		for _, q := range list {
			state := good("open")
			if q.Archived {
				state = dim("archived")
			}
			p.rows = append(p.rows, row{
				id: q.Code, cells: []cell{say(q.Code), say(q.Name), say(fmt.Sprintf("%d days", q.ReopenDays)), state}, verb: "open", thing: q,
				press: func() tea.Cmd { return env.Host.Go(newQueue(env, q)) },
			})
		}
		return p, err
	}
	s.keys = func(at *row) []screen.Binding {
		var q core.Queue
		if at != nil {
			q, _ = at.thing.(core.Queue)
		}
		return []screen.Binding{
			{Keys: []string{"a"}, Words: "add…", Help: "Make a queue.", Foot: true, Run: func() tea.Cmd { return s.addQueue() }},
			s.takeBack(core.StreamQueue, int64(q.ID), q.Code, ""),
		}
	}
	return s
}

func (s *Screen) addQueue() tea.Cmd {
	return s.fill("Add a queue", "add the queue", []screen.Field{
		{Name: "code", Label: "Code", Hint: "What queries and scripts call it: it, facilities. It stays."},
		{Name: "name", Label: "Name", Hint: "What people call it."},
		{Name: "reopen_days", Label: "Reopen days", Start: "14", Hint: "Until how many days after closing a reporter may reopen."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		q, err := s.env.Desk.AddQueue(ctx, s.env.Who, core.Queue{Code: typed["code"], Name: typed["name"], ReopenDays: days(typed["reopen_days"])})
		return "Made the queue " + q.Name + ". It needs members, and categories that lead to it.", err
	})
}

// days reads a number of days; what is none is refused by the desk as a negative one is.
func days(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

// newQueue is a queue with its team.
func newQueue(env *screen.Env, q core.Queue) *Screen {
	s := &Screen{env: env, title: q.Name, nested: true, place: Place{Room: "Queues"}, columns: widths(columns("", ""), 24)}
	s.hint = "Its code stays: queries name it."
	s.touched = func(d core.Dirty) bool { return d.Place || len(d.Users) > 0 }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		all, err := env.Desk.EveryQueue(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		now := q
		for _, one := range all {
			if one.ID == q.ID {
				now = one
			}
		}
		team, err := env.Desk.TeamOf(ctx, env.Who, q.ID)
		return page{title: now.Name, thing: now, rows: s.queueRows(now, team)}, err
	}
	s.thing = q
	s.keys = func(*row) []screen.Binding {
		q, _ := s.thing.(core.Queue)
		return []screen.Binding{
			{Keys: []string{"a"}, Words: "add a member…", Help: "Make somebody a member of the team, by username or address.", Foot: true, Run: func() tea.Cmd { return s.addMember(q) }},
			s.takeBack(core.StreamQueue, int64(q.ID), q.Code, ""),
		}
	}
	return s
}

func (s *Screen) queueRows(q core.Queue, team []core.Person) []row {
	state, verb := good("open: reports come to it"), "archive…"
	if q.Archived {
		state, verb = dim("archived: nothing new comes to it"), "open again…"
	}
	edit := func() tea.Cmd { return s.editQueue(q) }
	rows := []row{
		{id: "head", head: true, cells: []cell{say("Queue " + q.Code)}},
		{id: "name", cells: []cell{say("Name"), say(q.Name)}, verb: "change…", press: edit},
		{id: "reopen", cells: []cell{say("Reopen days"), say(fmt.Sprintf("%d: until so long after closing a reporter may reopen", q.ReopenDays))}, verb: "change…", press: edit},
		{id: "state", cells: []cell{say("State"), state}, verb: verb, press: func() tea.Cmd { return s.archiveQueue(q) }},
		{id: "team", head: true, cells: []cell{say("Team: " + ui.Plural(len(team), "person", "persons"))}},
	}
	for _, p := range team {
		rows = append(rows, row{id: p.Username, cells: []cell{say(p.Username), {text: ui.Person(p, "")}}, verb: "open", press: func() tea.Cmd { return s.env.Host.Go(newUser(s.env, p.ID, p.Username)) }})
	}
	if len(team) == 0 {
		rows = append(rows, row{id: "nobody", cells: []cell{warn("nobody"), dim("What comes to it, nobody works. a adds a member.")}})
	}
	return rows
}

func (s *Screen) editQueue(q core.Queue) tea.Cmd {
	return s.fill("Change the queue "+q.Code, "change the queue", []screen.Field{
		{Name: "name", Label: "Name", Start: q.Name, Hint: "What people call it."},
		{Name: "reopen_days", Label: "Reopen days", Start: strconv.Itoa(q.ReopenDays), Hint: "Until how many days after closing a reporter may reopen."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		name, reopen := typed["name"], days(typed["reopen_days"])
		_, err := s.env.Desk.EditQueue(ctx, s.env.Who, q.ID, core.QueueEdit{Name: &name, ReopenDays: &reopen})
		return "Changed. u takes it back.", err
	})
}

func (s *Screen) archiveQueue(q core.Queue) tea.Cmd {
	archived := !q.Archived
	question, means, yes := "Archive "+q.Name+"?", "Nothing new comes to it; its closed tickets stay. Categories and open tickets must be elsewhere before.", "archive"
	if !archived {
		question, means, yes = "Open "+q.Name+" again?", "Categories can lead to it again.", "open it"
	}
	return s.confirm(question, means, yes, func() tea.Cmd {
		return s.change("change the queue", "Changed. u takes it back.", func(ctx context.Context) error {
			_, err := s.env.Desk.EditQueue(ctx, s.env.Who, q.ID, core.QueueEdit{Archived: &archived})
			return err
		})
	})
}

func (s *Screen) addMember(q core.Queue) tea.Cmd {
	return s.fill("Who works in "+q.Name+"?", "add the member", []screen.Field{
		{Name: "username", Label: "Who", Hint: "Username or e-mail address of staff."},
		{Name: "lead", Label: "As", Choices: []screen.Choice{{Value: "no", Words: "member"}, {Value: "yes", Words: "lead: reports per person, shared views"}}, Hint: "← and → choose."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		user, err := s.env.Desk.FindUser(ctx, s.env.Who, typed["username"])
		if err != nil {
			return "", err
		}
		err = s.env.Desk.Join(ctx, s.env.Who, user.ID, q.ID, typed["lead"] == "yes")
		return user.Username + " works in " + q.Name + " now.", err
	})
}
