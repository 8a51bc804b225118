package tui

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// palette is what can be found by a few of its letters, and the dialog to find it with.
type palette struct {
	picker  *screen.Picker
	entries []entry // of this place; they do not change while it is open
	people  []entry // the team, when it has been read
	account *entry  // whose username or address is typed
	asked   string
}

// entry is one thing that can be found.
type entry struct {
	screen.Item
	also string // further words to find it by
}

// teamRead brings the people of one's queues.
type teamRead struct {
	palette *palette
	people  []core.Person
}

// accountFound brings the account whose username or address was typed.
type accountFound struct {
	palette *palette
	typed   string
	user    core.User
}

// openPalette lists what can be done here, and everything one can go to.
func (c *Console) openPalette() tea.Cmd {
	p := &palette{entries: slices.Concat(c.deeds(), c.views())}
	p.picker = screen.NewPicker(host{c}, plain.Line("Do or find"), nil)
	p.picker.Hint = plain.Line("An action, a view, a person, a number like 1042, or any query.")
	p.picker.List = func(typed string) []screen.Item { return c.found(p, typed) }
	p.picker.Seek = func(typed string) tea.Cmd { return c.findAccount(p, typed) }
	p.picker.Renew()
	host{c}.Show(p.picker, false)
	return tea.Batch(p.picker.Begin(), c.env.Do(func(ctx context.Context) tea.Msg {
		people, err := c.env.Desk.Team(ctx, c.env.Who)
		if err != nil {
			return nil // everything else can be found all the same
		}
		return teamRead{palette: p, people: people}
	}))
}

// deeds are the keys of this screen and those that work everywhere. What cannot be done now says why.
func (c *Console) deeds() []entry {
	var all []entry
	add := func(b *screen.Binding, run func() tea.Cmd) {
		if len(b.Keys) == 0 || b.Run == nil || isDigit(b.Keys[0]) || b.Keys[0] == ":" {
			return
		}
		e := entry{also: b.Words + " " + b.Sentence(), Item: screen.Item{
			Text: plain.Line(b.Title()), Detail: plain.Line(b.Words), Key: plain.Line(b.Keys[0]), Choose: run,
		}}
		if strings.EqualFold(b.Words, b.Title()) {
			e.Detail = plain.Text{}
		}
		if b.Dangerous() {
			e.Detail = plain.Line("asks first · " + b.Words)
		}
		if b.Disabled != "" {
			e.Dim, e.Detail = true, plain.Line("not now: "+b.Disabled)
		}
		all = append(all, e)
	}
	top := c.top()
	for _, b := range top.Bindings() {
		add(&b, func() tea.Cmd { return top.Update(screen.Stroke{Keys: b.Keys[0]}) })
	}
	had := len(all)
	for _, b := range c.everywhere() {
		if slices.ContainsFunc(all[:had], func(e entry) bool { return strings.EqualFold(e.Text.String(), b.Title()) && !e.Dim }) {
			continue // the screen has a key of its own for it
		}
		add(&b, func() tea.Cmd {
			cmd, _ := screen.Press(host{c}, c.everywhere(), screen.Stroke{Keys: b.Keys[0]})
			return cmd
		})
	}
	return all
}

// views are the views of the queue.
func (c *Console) views() []entry {
	var all []entry
	for i, v := range c.home.Views() {
		all = append(all, entry{also: "view " + v.Query.String(), Item: screen.Item{
			Text: plain.Line(v.Title), Detail: plain.Line("view · " + v.Query.String()), Key: plain.Line("gv" + strconv.Itoa(i+1)),
			Choose: func() tea.Cmd { return c.showView(v.Name) },
		}})
	}
	return all
}

// search finds what a query of the program's own finds.
func (c *Console) search(text string) func() tea.Cmd {
	return func() tea.Cmd {
		q, err := query.Parse(text)
		if err != nil {
			return host{c}.Fail("search for that", err)
		}
		return host{c}.Search(q)
	}
}

// found lists what fits what is typed, the best first: what was typed exactly, then what has its letters, at
// last the search for it.
func (c *Console) found(p *palette, typed string) []screen.Item {
	typed = strings.TrimSpace(typed)
	type ranked struct {
		screen.Item
		score int
	}
	var list []ranked
	for _, e := range slices.Concat(p.entries, p.people) {
		score, ok := fuzzy(typed, e.Text.String())
		if !ok {
			if score, ok = fuzzy(typed, e.Text.String()+" "+e.also); !ok {
				continue
			}
			score -= further
		}
		if e.Dim {
			score -= unavailable
		}
		list = append(list, ranked{e.Item, score})
	}
	if typed != "" {
		slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	}
	items := c.named(p, typed)
	for _, r := range list[:min(len(list), mostFound)] {
		items = append(items, r.Item)
	}
	q, err := query.Parse(typed)
	if err != nil || len(q.Terms) == 0 {
		return items
	}
	search := screen.Item{Text: plain.Line("Search for " + typed), Detail: plain.Line("tickets of your queues"), Choose: c.search(typed)}
	if strings.Contains(typed, ":") { // somebody writes a query
		return slices.Insert(items, 0, search)
	}
	return append(items, search)
}

const (
	mostFound   = 100
	further     = 20 // found by its further words, it stands behind what has them in its name
	unavailable = 6  // what cannot be done now stands behind its like
)

// named are what the text names exactly: a ticket by its number, an account by its username.
func (c *Console) named(p *palette, typed string) []screen.Item {
	var items []screen.Item
	if n, err := strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64); err == nil && n > 0 {
		id := core.TicketID(n)
		items = append(items, screen.Item{Text: plain.Line("Open " + id.String()), Detail: plain.Line("ticket"), Choose: func() tea.Cmd { return c.openTicket(id) }})
	}
	if p.account != nil && p.asked == typed {
		items = append(items, p.account.Item)
	}
	return items
}

// findAccount looks up the account whose username or address is typed; most of what is typed is none.
func (c *Console) findAccount(p *palette, typed string) tea.Cmd {
	p.asked = strings.TrimSpace(typed)
	asked := p.asked
	if len(asked) < 2 || strings.ContainsAny(asked, " :#") {
		return nil
	}
	return c.env.Do(func(ctx context.Context) tea.Msg {
		user, err := c.env.Desk.FindUser(ctx, c.env.Who, strings.TrimPrefix(asked, "@"))
		if err != nil {
			return nil
		}
		return accountFound{palette: p, typed: asked, user: user}
	})
}

func (c *Console) takeTeam(m teamRead) {
	for _, person := range m.people {
		text := "assignee:" + person.Username
		m.palette.people = append(m.palette.people, entry{also: person.Username + " person tickets of", Item: screen.Item{
			Text: ui.Person(person, ""), Detail: plain.Line("what @" + person.Username + " works on"), Choose: c.search(text + " status:open|active"),
		}})
	}
	m.palette.picker.Renew()
}

func (c *Console) takeAccount(m accountFound) {
	if m.palette.asked != m.typed {
		return
	}
	m.palette.account = &entry{Item: screen.Item{
		Text: ui.Person(m.user.Person(), ""), Detail: plain.Line("what @" + m.user.Username + " reported"), Choose: c.search("reporter:" + m.user.Username),
	}}
	m.palette.picker.Renew()
}
