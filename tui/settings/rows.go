package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// row is one thing that can be changed. Its id stays its own when others come and go, and begins with the name that the setting
// has in the plain console.
type row struct {
	id    string
	group string // its heading
	name  plain.Text
	value plain.Text
	help  string
	verb  string // what enter does: "change", "revoke…"
	why   string // why it can not be changed now
	run   func() tea.Cmd
}

// rows lists everything, in order.
func (s *Screen) rows() []row {
	return slices.Concat(s.appearance(), s.work(), s.hearing(), s.ownKeys(), s.signIns())
}

// Offers names what can be set here, as the plain console names it.
func (s *Screen) Offers() []string {
	var names []string
	for _, r := range s.rows() {
		if name, _, _ := strings.Cut(r.id, " "); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// prefer makes what changes one preference.
func (s *Screen) prefer(change func(p *core.Preferences)) func() tea.Cmd {
	return func() tea.Cmd {
		p := s.env.Me.Preferences
		change(&p)
		return s.env.Host.Prefer(p)
	}
}

func (s *Screen) appearance() []row {
	p := s.env.Me.Preferences
	const group = "How it looks"
	zone, times, language := "the campus's", "in words", "the campus's"
	if p.Zone != "" {
		zone = p.Zone
	}
	if p.ExactTimes {
		times = "by the clock"
	}
	if tag := s.env.Me.Language; tag != "" {
		language = s.env.Words.In(tag).T("language.name")
	}
	return []row{
		{id: "theme", group: group, name: plain.Line("Theme"), value: plain.Line(ui.Themed(p.Theme)), verb: "change…", help: "Colours always come with a word or a sign that says the same.", run: s.pickTheme},
		{id: "exact", group: group, name: plain.Line("Times"), value: plain.Line(times), verb: "change", help: "“20 min ago”, or the date and hour. X changes it for a while.", run: s.prefer(func(p *core.Preferences) { p.ExactTimes = !p.ExactTimes })},
		{id: "zone", group: group, name: plain.Line("Time zone"), value: plain.Line(zone), verb: "change…", help: "In which zone you read times.", run: s.pickZone},
		{id: "language", group: group, name: plain.Line("Language"), value: plain.Line(language), verb: "change…", help: "Of messages and pages; the console's own words are English.", run: s.pickLanguage},
	}
}

func (s *Screen) work() []row {
	p := s.env.Me.Preferences
	const group = "How you work"
	return []row{
		{id: "hold", group: group, name: plain.Line("Hold replies"), value: plain.Line(yes(p.HoldReplies)), verb: "change", help: "A public reply waits 20 seconds before it goes, and can be taken back until then.", run: s.prefer(func(p *core.Preferences) { p.HoldReplies = !p.HoldReplies })},
		{id: "mouse", group: group, name: plain.Line("Mouse"), value: plain.Line(yes(p.Mouse)), verb: "change", help: "The wheel scrolls, a click chooses, a double click opens. To select text, hold shift.", run: s.prefer(func(p *core.Preferences) { p.Mouse = !p.Mouse })},
		{id: "plain", group: group, name: plain.Line("Plain console"), value: plain.Line(yes(p.Plain)), verb: "change", help: "From the next sign-in on: line by line, for screen readers and simple terminals.", run: s.prefer(func(p *core.Preferences) { p.Plain = !p.Plain })},
	}
}

func (s *Screen) hearing() []row {
	if !s.known {
		return nil
	}
	n := s.notices
	const group = "What you hear of by mail, on tickets you reported"
	set := func(change func(n *core.Notices)) func() tea.Cmd {
		return func() tea.Cmd {
			next := s.notices
			change(&next)
			s.notices = next
			return s.change("keep that", "Kept.", func(ctx context.Context) error { return s.env.Desk.SetNotices(ctx, s.env.Who, next) })
		}
	}
	return []row{
		{id: "answers", group: group, name: plain.Line("Answers"), value: plain.Line(yes(n.Answers)), verb: "change", help: "The helpdesk wrote something, or waits for your answer.", run: set(func(n *core.Notices) { n.Answers = !n.Answers })},
		{id: "progress", group: group, name: plain.Line("Progress"), value: plain.Line(yes(n.Progress)), verb: "change", help: "Somebody took it on, or it changed hands.", run: set(func(n *core.Notices) { n.Progress = !n.Progress })},
		{id: "closed", group: group, name: plain.Line("Closed"), value: plain.Line(yes(n.Closed)), verb: "change", help: "The work ended.", run: set(func(n *core.Notices) { n.Closed = !n.Closed })},
	}
}

func (s *Screen) ownKeys() []row {
	if !s.known {
		return nil
	}
	const group = "SSH keys that sign you in"
	now := s.env.Desk.Now()
	var list []row
	for _, k := range s.keys {
		name := plain.Line(k.Name)
		if name.Empty() {
			name = plain.Line("key")
		}
		used := "never used"
		if !k.LastUsedAt.IsZero() {
			used = "used " + ui.Ago(now, k.LastUsedAt)
		}
		list = append(list, row{
			id: fmt.Sprintf("keys %d", k.ID), group: group, name: name, value: plain.Line(used + " · " + k.Fingerprint), verb: "revoke…",
			help: k.Fingerprint, run: func() tea.Cmd { return s.askRevoke(k) },
		})
	}
	return append(list, row{id: "keys new", group: group, name: plain.Line("Add a key…"), verb: "add…", help: "Paste the public half, a line of ~/.ssh/id_ed25519.pub.", run: s.askKey})
}

func (s *Screen) signIns() []row {
	password := row{
		id: "password", group: "How you come in", name: plain.Line("Password"), value: plain.Line("set"), verb: "change…",
		help: "Changing it ends all other sign-ins.", run: s.askPassword,
	}
	if !s.env.Me.HasPassword {
		password.value, password.why = plain.Line("none"), s.env.Words.T("error.password_unset")
	}
	list := []row{password}
	if !s.known {
		return list
	}
	const group = "Where you are signed in"
	now := s.env.Desk.Now()
	for _, in := range s.sessions {
		words := []string{"seen " + ui.Ago(now, in.SeenAt)}
		if in.Door == core.DoorSSH { // a console is there as long as it is signed in
			words[0] = "since " + ui.Ago(now, in.CreatedAt)
		}
		for _, w := range []string{in.Address, in.KeyName, in.Agent} {
			if w != "" {
				words = append(words, w)
			}
		}
		name := ui.Door(in.Door)
		if in.ID == s.env.Who.Session {
			name += " (here)"
		}
		list = append(list, row{
			id: fmt.Sprintf("sign-ins %d", in.ID), group: group, name: plain.Line(name), value: plain.Line(strings.Join(words, " · ")), verb: "end…",
			help: "Signed in " + ui.Ago(now, in.CreatedAt) + ".", run: func() tea.Cmd { return s.askEnd(in) },
		})
	}
	return append(list, row{id: "sign-ins all", group: group, name: plain.Line("Sign out everywhere…"), verb: "sign out…", help: "Ends all of them, this one too.", run: s.askEverywhere})
}

// current is the row under the cursor.
func (s *Screen) current() (row, bool) {
	rows := s.rows()
	if len(rows) == 0 {
		return row{}, false
	}
	return rows[s.index(rows)], true
}

// index finds the cursor among the rows. When its row is gone, it is on the first.
func (s *Screen) index(rows []row) int {
	return max(0, slices.IndexFunc(rows, func(r row) bool { return r.id == s.at }))
}

func (s *Screen) move(by int) {
	rows := s.rows()
	s.at = rows[max(0, min(s.index(rows)+by, len(rows)-1))].id
}

func (s *Screen) press() tea.Cmd {
	r, ok := s.current()
	if !ok {
		return nil
	}
	return r.run()
}
