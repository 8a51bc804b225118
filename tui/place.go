package tui

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/admin"
	"helpdesk.campus/tui/dashboard"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ticket"
)

// place is where somebody is in the console, kept on the server so that they find themselves there
// again from any machine, also after a connection or a process was lost.
type place struct {
	Queue queue.Place `json:"queue"`
	Trail []stop      `json:"trail,omitempty"` // the screens from the queue to the one in sight
	// Unsent is what is typed in forms that are not sent, by their names.
	Unsent map[string]screen.Unsent `json:"unsent,omitempty"`
}

// stop is one screen on the way: one of these.
type stop struct {
	Ticket   ticket.Place    `json:"ticket,omitzero"`
	Found    queue.Place     `json:"found,omitzero"`
	Analysis dashboard.Place `json:"analysis,omitzero"`
	Admin    admin.Place     `json:"admin,omitzero"`
}

// furthest is how many screens of the way are kept.
const furthest = 5

func (p place) is(other place) bool {
	return p.Queue == other.Queue && slices.Equal(p.Trail, other.Trail) && maps.EqualFunc(p.Unsent, other.Unsent, func(a, b screen.Unsent) bool {
		return a.Title == b.Title && maps.Equal(a.Typed, b.Typed)
	})
}

type placeRead struct {
	place place
	err   error
}

type placeDue struct{}

// placeAgain has the place read again after that failed.
type placeAgain struct{}

// restless is how long somebody may move about before the place is kept.
const restless = time.Second

func (c *Console) readPlace() tea.Cmd {
	return c.env.Do(func(ctx context.Context) tea.Msg {
		state, err := c.env.Desk.Place(ctx, c.env.Who)
		if err != nil || state == nil {
			return placeRead{err: err}
		}
		var p place
		if err := json.Unmarshal(state, &p); err != nil {
			return placeRead{} // kept by another version of the console: begin at the queue
		}
		return placeRead{place: p}
	})
}

// arrive opens the screens where the person was, and gives them the keys that came in the meantime.
func (c *Console) arrive(m placeRead) tea.Cmd {
	switch core.KindOf(m.err) {
	case core.Unauthenticated, core.Forbidden:
		return c.leave(c.env.Explain(m.err))
	default:
	}
	if c.top() != nil {
		return nil
	}
	if c.lost = m.err; m.err != nil { // opening elsewhere would have that kept as the place
		return c.env.After(time.Second, placeAgain{})
	}
	c.place = m.place
	c.home = queue.New(c.env, m.place.Queue)
	c.trail.push(c.home)
	for _, at := range m.place.Trail {
		if s := c.reopen(at); s != nil {
			c.trail.push(s)
		}
	}
	c.env.Unsent = maps.Clone(m.place.Unsent)
	cmds := []tea.Cmd{c.home.Enter(), c.tellUnsent()}
	if c.top() != screen.Screen(c.home) {
		cmds = append(cmds, c.top().Enter())
	}
	early := c.early
	c.early = nil
	for _, msg := range early {
		cmds = append(cmds, c.handle(msg))
	}
	return tea.Batch(cmds...)
}

// sayArrived tells whoever opened the console that it shows what it opens with, or why it cannot.
func (c *Console) sayArrived() {
	if c.arrived == nil || !c.opened() {
		return
	}
	c.arrived()
	c.arrived = nil
}

func (c *Console) opened() bool {
	if c.home == nil {
		return c.lost != nil
	}
	at, isTicket := c.top().(*ticket.Screen)
	return c.home.Opened() && (!isTicket || at.Opened())
}

// tellUnsent says that what was typed in forms is still there.
func (c *Console) tellUnsent() tea.Cmd {
	var titles []string
	for _, name := range slices.Sorted(maps.Keys(c.env.Unsent)) {
		if !strings.HasPrefix(name, "plain ") { // those of the plain console have no form here
			titles = append(titles, "“"+c.env.Unsent[name].Title+"”")
		}
	}
	if len(titles) == 0 {
		return nil
	}
	return host{c}.Toast(screen.Info, plain.Line("What you typed in "+strings.Join(titles, " and ")+" is kept: it stands there when you open it again."))
}

// unsent is what is typed in the forms and prompts on the screen, and what was and has not been looked at again.
func (c *Console) unsent() map[string]screen.Unsent {
	kept := maps.Clone(c.env.Unsent)
	for _, d := range c.dialogs {
		asking, is := d.Dialog.(interface {
			Unsent() (name string, kept screen.Unsent, ok bool)
		})
		if !is {
			continue
		}
		if name, typed, ok := asking.Unsent(); ok {
			if kept == nil {
				kept = map[string]screen.Unsent{}
			}
			kept[name] = typed
		}
	}
	return kept
}

// reopen makes the screen of a stop; nil if this console does not know it.
func (c *Console) reopen(at stop) screen.Screen {
	switch {
	case at.Ticket.Ticket != 0:
		return ticket.NewAt(c.env, at.Ticket)
	case at.Found.Query != "":
		if found, ok := queue.FoundAt(c.env, at.Found); ok {
			return found
		}
	case at.Analysis.Open:
		return dashboard.NewAt(c.env, at.Analysis)
	case at.Admin.Open && c.env.Me.Role == core.RoleAdmin:
		return admin.NewAt(c.env, at.Admin)
	}
	return nil
}

// here is the place now: the way from the queue to the screen in sight, or its end if it is long.
func (c *Console) here() place {
	p := place{Queue: c.home.Place(), Unsent: c.unsent()}
	for at := c.trail.at; at >= 0 && len(p.Trail) < furthest; at-- {
		if c.trail.screens[at] == screen.Screen(c.home) {
			break
		}
		switch s := c.trail.screens[at].(type) {
		case *ticket.Screen:
			p.Trail = append(p.Trail, stop{Ticket: s.Place()})
		case *queue.Screen:
			p.Trail = append(p.Trail, stop{Found: s.Place()})
		case *dashboard.Screen:
			p.Trail = append(p.Trail, stop{Analysis: s.Place()})
		case *admin.Screen:
			p.Trail = append(p.Trail, stop{Admin: s.Place()})
		}
	}
	slices.Reverse(p.Trail)
	return p
}

// keepPlace has the place kept soon after it changed.
func (c *Console) keepPlace() tea.Cmd {
	if c.home == nil || c.placeDue || c.leaving || c.here().is(c.place) {
		return nil
	}
	c.placeDue = true
	return c.env.After(restless, placeDue{})
}

// savePlace keeps the place. If that fails the next move tries again: nobody should hear of it.
func (c *Console) savePlace() tea.Cmd {
	c.placeDue = false
	if c.home == nil || c.here().is(c.place) {
		return nil
	}
	c.place = c.here()
	state, err := json.Marshal(c.place)
	if err != nil {
		return nil
	}
	return c.env.Do(func(ctx context.Context) tea.Msg {
		if err := c.env.Desk.SavePlace(ctx, c.env.Who, state); err != nil {
			c.logger.WarnContext(ctx, "the console's place was not kept", "error", err)
		}
		return nil
	})
}

func readMe(e *screen.Env) func(ctx context.Context) tea.Msg {
	return func(ctx context.Context) tea.Msg {
		user, err := e.Desk.Me(ctx, e.Who)
		return meRead{user: user, err: err}
	}
}
