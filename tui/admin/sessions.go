package admin

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// newSessions lists who is signed in, whoever was there last first.
func newSessions(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Sessions", nested: true, empty: "Nobody is signed in.", hint: "Ending one works within five seconds; drafts are kept."}
	s.columns = widths(columns("who", "with", "door", "last seen", "from"), 20, 0, 20, 16, 22)
	s.touched = func(d core.Dirty) bool { return len(d.Users) > 0 }
	s.read = func(ctx context.Context, a ask) (page, error) {
		before, _ := a.after.(core.SessionCursor)
		list, err := env.Desk.LiveSessions(ctx, env.Who, before, pageSize)
		var p page
		clock := ui.Clock{Now: env.Desk.Now(), Zone: env.Zone()}
		for _, line := range list {
			r := s.sessionRow(line.User, line.Session, clock)
			with := line.Session.Agent
			if line.Session.KeyName != "" {
				with = "key " + line.Session.KeyName
			}
			r.cells = []cell{{text: ui.Person(line.User, "")}, dim(with), r.cells[0], say(lastSeen(line.Session, clock)), dim(line.Session.Address)}
			r.thing = line
			p.rows = append(p.rows, r)
		}
		if len(list) == pageSize {
			last := list[len(list)-1].Session
			p.next = core.SessionCursor{SeenAt: last.SeenAt, ID: last.ID}
		}
		return p, err
	}
	s.keys = func(at *row) []screen.Binding {
		none := "Nobody is under the cursor."
		var line core.SessionLine
		if at != nil {
			line, _ = at.thing.(core.SessionLine)
			none = ""
		}
		return []screen.Binding{
			{Keys: []string{"o"}, Words: "account", Help: "Open the account behind it.", Disabled: none, Foot: true, Run: func() tea.Cmd { return env.Host.Go(newUser(env, line.User.ID, line.User.Username)) }},
			{Keys: []string{"E"}, Words: "end all of theirs…", Help: "End every sign-in of this person.", Disabled: none, Run: func() tea.Cmd {
				return s.endSession(line.User, 0, fmt.Sprintf("every sign-in of %s", line.User.Username))
			}},
		}
	}
	return s
}
