package admin

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// newUsers lists accounts by username.
func newUsers(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Users", nested: true, empty: "There is no such account. a makes one.", finding: "the beginning of a username, a name or an address"}
	s.columns = widths(columns("username", "name", "role", "queues", "e-mail", "last here"), 16, 0, 9, 18, 24, 16)
	s.columns[2].Rank, s.columns[3].Rank, s.columns[4].Rank, s.columns[5].Rank = 1, 2, 4, 3
	s.touched = func(d core.Dirty) bool { return len(d.Users) > 0 }
	s.filter = userFilter{}
	s.hint = "Everybody who may sign in."
	s.read = func(ctx context.Context, a ask) (page, error) {
		after, _ := a.after.(string)
		asked, _ := a.filter.(userFilter)
		asked.Begins = a.find
		list, next, err := env.Desk.Users(ctx, env.Who, asked.UserFilter, after, pageSize)
		p := page{hint: asked.words()}
		if next != "" {
			p.next = next
		}
		now := env.Desk.Now()
		for i := range list {
			p.rows = append(p.rows, userRow(env, &list[i], ui.Clock{Now: now, Zone: env.Zone()}))
		}
		return p, err
	}
	refilter := func(change func(f *userFilter)) func() tea.Cmd {
		return func() tea.Cmd {
			f, _ := s.filter.(userFilter)
			change(&f)
			return s.narrowTo(f)
		}
	}
	s.keys = func(*row) []screen.Binding {
		return []screen.Binding{
			{Keys: []string{"a"}, Words: "add…", Help: "Make an account.", Foot: true, Run: func() tea.Cmd { return s.addUser() }},
			{Keys: []string{"r"}, Words: "by role…", Help: "List the accounts of one role alone, or those that are disabled.", Foot: true, Run: func() tea.Cmd {
				items := []screen.Item{{Text: plain.Line("all"), Choose: refilter(func(f *userFilter) { f.Role, f.Disabled = "", false })}}
				for _, r := range []core.Role{core.RoleReporter, core.RoleStaff, core.RoleAdmin} {
					items = append(items, screen.Item{Text: plain.Line(string(r)), Choose: refilter(func(f *userFilter) { f.Role, f.Disabled = r, false })})
				}
				items = append(items, screen.Item{Text: plain.Line("disabled"), Choose: refilter(func(f *userFilter) { f.Role, f.Disabled = "", true })})
				return s.pick("Whose accounts?", items, 0)
			}},
			{Keys: []string{"t"}, Words: "by team…", Help: "List those who work in one queue alone.", Foot: true, Run: func() tea.Cmd {
				return s.pickQueue("Who works in which queue?", true, func(q core.Queue) tea.Cmd {
					return refilter(func(f *userFilter) { f.Queue, f.team = q.ID, q.Name })()
				})
			}},
		}
	}
	return s
}

// userFilter is what narrows the list, with the name of the queue in it.
type userFilter struct {
	core.UserFilter

	team string
}

func (f *userFilter) words() string {
	var words []string
	if f.Role != "" {
		words = append(words, "of the role "+string(f.Role))
	}
	if f.Disabled {
		words = append(words, "that are disabled")
	}
	if f.Queue != 0 {
		words = append(words, "in "+f.team)
	}
	if len(words) == 0 {
		return "Who may sign in. Many at once: helpdesk user import FILE.csv"
	}
	return "Accounts " + strings.Join(words, ", ") + "; r and t choose others."
}

func userRow(env *screen.Env, line *core.UserLine, clock ui.Clock) row {
	u := &line.User
	teams := make([]string, 0, len(u.Memberships))
	for _, m := range u.Memberships {
		if m.Lead {
			m.Code += " (lead)"
		}
		teams = append(teams, m.Code)
	}
	seen := dim("not lately")
	if !line.SeenAt.IsZero() {
		seen = say(clock.Ago(line.SeenAt))
	}
	role := say(string(u.Role))
	if u.Disabled {
		role = bad("disabled")
	}
	help := "" // the column may be too narrow for all
	if len(teams) > 1 {
		help = u.Username + " works in " + strings.Join(teams, ", ")
	}
	return row{
		id: fmt.Sprint(u.ID), help: help, cells: []cell{say(u.Username), say(u.Name), role, say(strings.Join(teams, ", ")), dim(u.Email), seen},
		verb: "open", press: func() tea.Cmd { return env.Host.Go(newUser(env, u.ID, u.Username)) }, thing: *u,
	}
}

// pickQueue offers the queues that are open, and all of them if any will do.
func (s *Screen) pickQueue(title string, orAny bool, then func(core.Queue) tea.Cmd) tea.Cmd {
	p := screen.NewPicker(s.env.Host, plain.Line(title), nil).Wait()
	s.env.Host.Show(p, false)
	return s.env.Fill(p, "list queues", func(ctx context.Context) ([]screen.Item, error) {
		queues, err := s.env.Desk.Queues(ctx, s.env.Who)
		var items []screen.Item
		if orAny {
			items = append(items, screen.Item{Text: plain.Line("any"), Choose: func() tea.Cmd { return then(core.Queue{}) }})
		}
		for _, q := range queues {
			items = append(items, screen.Item{Text: plain.Line(q.Name), Detail: plain.Line(q.Code), Choose: func() tea.Cmd { return then(q) }})
		}
		return items, err
	})
}

func roles() []screen.Choice {
	return []screen.Choice{{Value: string(core.RoleReporter), Words: "reporter: reports, and follows what they reported"}, {Value: string(core.RoleStaff), Words: "staff: works the queues they belong to"}, {Value: string(core.RoleAdmin), Words: "admin: runs the place"}}
}

func (s *Screen) addUser() tea.Cmd {
	return s.fill("Add a user", "add the user", []screen.Field{
		{Name: "username", Label: "Username", Hint: "What they type to sign in: small letters, digits, dots and dashes."},
		{Name: "name", Label: "Name", Hint: "As people know them."},
		{Name: "email", Label: "E-mail", Hint: "May stay empty."},
		{Name: "role", Label: "Role", Hint: "← and → choose. Then open the account for queues, a key or a one-time code.", Choices: roles()},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		u, err := s.env.Desk.AddUser(ctx, s.env.Who, core.NewUser{Username: typed["username"], Name: typed["name"], Email: typed["email"], Role: core.Role(typed["role"])})
		return u.Username + " has an account now. enter opens it: K makes a one-time code, with which they come in.", err
	})
}
