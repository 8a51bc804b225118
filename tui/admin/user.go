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

// newUser is all there is to know of an account, and what can be done with it.
func newUser(env *screen.Env, id core.UserID, username string) *Screen {
	s := &Screen{env: env, title: username, nested: true, columns: widths(columns("", ""), 24), place: Place{User: id, Name: username}}
	s.hint = "Every change works within five seconds, on open consoles too."
	s.touched = func(d core.Dirty) bool { return d.Users[id] || d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		found, err := env.Desk.Dossier(ctx, env.Who, id)
		if err != nil {
			return page{}, err
		}
		return page{title: found.User.Username, thing: found.User, rows: s.dossier(&found)}, nil
	}
	s.keys = func(*row) []screen.Binding {
		user, known := s.thing.(core.User)
		if !known {
			return nil
		}
		return append([]screen.Binding{
			{Keys: []string{"a"}, Words: "add to queue…", Help: "Make them a member of a queue's team.", Foot: true, Run: func() tea.Cmd { return s.join(user) }},
			{Keys: []string{"A"}, Words: "add a key…", Help: "Let an SSH key sign them in.", Run: func() tea.Cmd { return s.addKey(user) }},
			{Keys: []string{"K"}, Words: "one-time code", Help: "Make a one-time code with which they set a new password: an invitation, or a way back in.", Foot: true, Run: func() tea.Cmd { return s.invite(user) }},
		}, s.takeBack(core.StreamUser, int64(id), username, ""))
	}
	return s
}

func (s *Screen) dossier(d *core.Dossier) []row {
	u := d.User
	clock := ui.Clock{Now: s.env.Desk.Now(), Zone: s.env.Zone()}
	head := func(words string) row { return row{id: "head " + words, head: true, cells: []cell{say(words)}} }
	state, verb := good("may sign in"), "disable…"
	if u.Disabled {
		state, verb = bad("disabled: kept from signing in"), "enable…"
	}
	rows := []row{
		head("Account"),
		{id: "name", cells: []cell{say("Name"), say(u.Name)}, verb: "change…", press: func() tea.Cmd { return s.editUser(u) }},
		{id: "email", cells: []cell{say("E-mail"), say(orNone(u.Email))}, verb: "change…", press: func() tea.Cmd { return s.editUser(u) }},
		{id: "role", cells: []cell{say("Role"), say(string(u.Role))}, verb: "change…", press: func() tea.Cmd { return s.pickRole(u) }},
		{id: "state", cells: []cell{say("State"), state}, verb: verb, press: func() tea.Cmd { return s.disable(u) }},
		{id: "password", cells: []cell{say("Password"), dim(map[bool]string{true: "set", false: "none: a key or a one-time code is the way in"}[u.HasPassword])}},
		{id: "since", cells: []cell{say("Account since"), dim(clock.Full(u.CreatedAt))}},
		{id: "trail", cells: []cell{say("Audit trail"), dim("what they did")}, verb: "open", press: func() tea.Cmd {
			return s.env.Host.Go(trailOf(s.env, core.TrailFilter{User: u.ID}, "What "+u.Username+" did"))
		}},
		{id: "about", cells: []cell{say(""), dim("what was changed about them")}, verb: "open", press: func() tea.Cmd {
			return s.env.Host.Go(trailOf(s.env, core.TrailFilter{Stream: core.StreamUser, StreamID: int64(u.ID)}, "Changes of "+u.Username))
		}},
		head("Queues"),
	}
	for _, m := range u.Memberships {
		place := say("member")
		if m.Lead {
			place = say("lead: sees figures per person, looks after shared views")
		}
		rows = append(rows, row{id: "queue " + m.Code, cells: []cell{say(m.Name), place}, verb: "change…", press: func() tea.Cmd { return s.member(u, m) }})
	}
	if len(u.Memberships) == 0 {
		rows = append(rows, row{id: "no queue", cells: []cell{dim("none"), dim("a adds one")}})
	}
	rows = append(rows, head("SSH keys"))
	for _, k := range d.Keys {
		used := "never used"
		if !k.LastUsedAt.IsZero() {
			used = "used " + clock.Ago(k.LastUsedAt)
		}
		rows = append(rows, row{id: k.Fingerprint, cells: []cell{say(k.Name), say(used + " · " + k.Fingerprint)}, help: k.Fingerprint + " · added " + clock.Ago(k.CreatedAt), verb: "revoke…", press: func() tea.Cmd {
			return s.confirm("Revoke "+k.Name+"?", "The key "+k.Fingerprint+" signs "+u.Username+" in no more, and what it opened ends. It cannot be taken back; the key can be added again.", "revoke it", func() tea.Cmd {
				return s.change("revoke the key", "The key signs nobody in any more.", func(ctx context.Context) error {
					return s.env.Desk.RevokeKey(ctx, s.env.Who, u.ID, k.Fingerprint)
				})
			})
		}})
	}
	if len(d.Keys) == 0 {
		rows = append(rows, row{id: "no key", cells: []cell{dim("none"), dim("A adds one")}})
	}
	rows = append(rows, head("Where they are signed in"))
	for _, in := range d.Sessions {
		rows = append(rows, s.sessionRow(u.Person(), in, clock))
	}
	if len(d.Sessions) == 0 {
		return append(rows, row{id: "nowhere", cells: []cell{dim("nowhere"), dim("")}})
	}
	return append(rows, row{id: "everywhere", cells: []cell{say("End all of them…"), dim("")}, verb: "end…", press: func() tea.Cmd { return s.endSession(u.Person(), 0, "every sign-in of "+u.Username) }})
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (s *Screen) editUser(u core.User) tea.Cmd {
	return s.fill("Name and address of "+u.Username, "change the account", []screen.Field{
		{Name: "name", Label: "Name", Start: u.Name, Hint: "As people know them."},
		{Name: "email", Label: "E-mail", Start: u.Email, Hint: "Empty takes it away."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		name, email := typed["name"], typed["email"]
		_, err := s.env.Desk.EditUser(ctx, s.env.Who, u.ID, core.UserEdit{Name: &name, Email: &email})
		return "Changed. The audit trail says so, without the words.", err
	})
}

func (s *Screen) pickRole(u core.User) tea.Cmd {
	var items []screen.Item
	at := 0
	for i, r := range roles() {
		role := core.Role(r.Value)
		if role == u.Role {
			at = i
		}
		items = append(items, screen.Item{Text: plain.Line(r.Words), Choose: func() tea.Cmd {
			means := "They lose what only a higher role may do, within five seconds, on every open page and console."
			if role == core.RoleAdmin {
				means = "They may do everything you may, also take your role away. Confidential tickets stay with their queue."
			} else if u.Role == core.RoleReporter {
				means = "They may open the console and work the queues they are members of."
			}
			return s.confirm("Make "+u.Username+" "+string(role)+"?", means, "make them "+string(role), func() tea.Cmd {
				return s.change("change the role", u.Username+" is "+string(role)+" now. u takes it back.", func(ctx context.Context) error {
					return s.env.Desk.SetRole(ctx, s.env.Who, u.ID, role)
				})
			})
		}})
	}
	return s.pick("Which role for "+u.Username+"?", items, at)
}

func (s *Screen) disable(u core.User) tea.Cmd {
	if u.Disabled {
		return s.confirm("Let "+u.Username+" in again?", "They can sign in with what they had: password and keys.", "enable", func() tea.Cmd {
			return s.change("enable the account", u.Username+" may sign in again. u takes it back.", func(ctx context.Context) error {
				return s.env.Desk.Disable(ctx, s.env.Who, u.ID, false)
			})
		})
	}
	return s.confirm("Keep "+u.Username+" out?", "They are signed out everywhere within five seconds and cannot sign in. Their tickets and words stay.", "disable", func() tea.Cmd {
		return s.change("disable the account", u.Username+" is kept out now. u takes it back.", func(ctx context.Context) error {
			return s.env.Desk.Disable(ctx, s.env.Who, u.ID, true)
		})
	})
}

func (s *Screen) join(u core.User) tea.Cmd {
	return s.pickQueue("Add "+u.Username+" to which queue?", false, func(q core.Queue) tea.Cmd { return s.setMember(u, q.ID, q.Name, false) })
}

func (s *Screen) setMember(u core.User, queue core.QueueID, name string, lead bool) tea.Cmd {
	words := u.Username + " works in " + name + " now."
	if lead {
		words = u.Username + " leads " + name + " now."
	}
	return s.change("add to the queue", words, func(ctx context.Context) error {
		return s.env.Desk.Join(ctx, s.env.Who, u.ID, queue, lead)
	})
}

// member asks what to change about somebody's place in a team.
func (s *Screen) member(u core.User, m core.Membership) tea.Cmd {
	other := screen.Item{Text: plain.Line("Make them lead"), Detail: plain.Line("reports per person, shared views"), Choose: func() tea.Cmd { return s.setMember(u, m.Queue, m.Name, true) }}
	if m.Lead {
		other = screen.Item{Text: plain.Line("Make them a member like others"), Choose: func() tea.Cmd { return s.setMember(u, m.Queue, m.Name, false) }}
	}
	leave := screen.Item{Text: plain.Line("Take them out of " + m.Name + "…"), Choose: func() tea.Cmd {
		return s.confirm("Take "+u.Username+" out of "+m.Name+"?", "They see its tickets no more, within five seconds. What is assigned to them stays so until somebody takes it.", "take them out", func() tea.Cmd {
			return s.change("take them out", u.Username+" works in "+m.Name+" no more. u takes it back.", func(ctx context.Context) error {
				return s.env.Desk.Leave(ctx, s.env.Who, u.ID, m.Queue)
			})
		})
	}}
	return s.pick(u.Username+" in "+m.Name, []screen.Item{other, leave}, 0)
}

func (s *Screen) addKey(u core.User) tea.Cmd {
	return s.fill("A key that signs "+u.Username+" in", "add the key", []screen.Field{
		{Name: "key", Label: "Public key", Hint: "Paste the line of the .pub file. Be sure whose it is.", Limit: 4000},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		_, err := s.env.Desk.AddKey(ctx, s.env.Who, u.ID, strings.TrimSpace(typed["key"]), "")
		return "The key signs " + u.Username + " in from now on.", err
	})
}

func (s *Screen) invite(u core.User) tea.Cmd {
	return s.confirm("Make a one-time code for "+u.Username+"?", "Whoever has the code sets a new password for this account, once, within a day. Give it only to somebody you are sure about.", "make it", func() tea.Cmd {
		return s.env.IssueCode(u.Person())
	})
}

// sessionRow is a sign-in that can be ended.
func (s *Screen) sessionRow(who core.Person, in core.Session, clock ui.Clock) row {
	door := map[core.Door]string{core.DoorSSH: "console", core.DoorWeb: "page"}[in.Door]
	if door == "" {
		door = string(in.Door)
	}
	if in.ID == s.env.Who.Session {
		door += " (you, here)"
	}
	words := []string{lastSeen(in, clock)}
	if in.Door != core.DoorSSH {
		words[0] = "seen " + words[0]
	}
	for _, w := range []string{in.Address, in.KeyName, in.Agent} {
		if w != "" {
			words = append(words, w)
		}
	}
	return row{
		id: fmt.Sprintf("session %d", in.ID), cells: []cell{say(door), say(strings.Join(words, " · "))}, help: "Signed in " + clock.Full(in.CreatedAt) + ".", verb: "end…",
		press: func() tea.Cmd {
			return s.endSession(who, in.ID, "this sign-in of "+who.Username+" ("+door+", "+in.Address+")")
		},
	}
}

// lastSeen says when somebody was there last. A console is there as long as it is signed in.
func lastSeen(in core.Session, clock ui.Clock) string {
	if in.Door == core.DoorSSH {
		return "since " + clock.Ago(in.CreatedAt)
	}
	return clock.Ago(in.SeenAt)
}

func (s *Screen) endSession(who core.Person, id core.SessionID, what string) tea.Cmd {
	return s.confirm("End "+what+"?", "They are signed out there within five seconds. Drafts are kept, and they can sign in again.", "end it", func() tea.Cmd {
		return s.change("end it", "Ended.", func(ctx context.Context) error {
			return s.env.Desk.EndSessionFor(ctx, s.env.Who, who.ID, id)
		})
	})
}
