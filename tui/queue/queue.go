// Package queue is the console's first screen: the tickets to work on, in views, live. Which rows those
// are and in which order is for the desk to say; what is done to one is done by package screen or in the ticket.
package queue

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Place is where somebody was in the queue, to be found there again.
type Place struct {
	View     string        `json:"view,omitempty"`
	Filter   string        `json:"filter,omitempty"`
	Selected core.TicketID `json:"selected,omitempty"`
	Above    int           `json:"above,omitempty"` // rows on the screen above the selected one
	Query    string        `json:"query,omitempty"` // of a screen that shows what was found
	Report   Report        `json:"report,omitzero"` // what is being written
}

// Screen is the queue.
type Screen struct {
	env    *screen.Env
	views  []core.View
	counts []core.Count
	view   int // of views
	list   list
	wanted Place // where to go once the views are known

	filter  filter
	trouble error // why the rows may be old; nil if they are not
	retries int

	asked  int  // number of the newest request for rows; answers to others are dropped
	asking bool // an answer is on its way
	again  bool // something changed while it was
	paging bool // the next page is on its way

	uncounted bool   // the counts of the views may be old: what would have brought them was overtaken
	changed   bool   // something changed that is not shown, far down a long list
	other     bool   // the rows on their way are of another query: they replace those there are
	loose     bool   // nobody holds on to where the rows stood: another screen was on top, or they were asked for
	stale     bool   // the views have changed, and are read again with the rows
	went      string // name of the view to be in once they are

	respelled []core.Respelling // words that were looked for in place of those that nothing has
	stopped   time.Duration     // not 0: looking was stopped after so long

	preview preview
	marks   marks
	wide    bool                          // there is room for the preview
	company bool                          // somebody else was at one of the tickets, so that there is a column for that
	drawnAt int                           // line of the first row, for the mouse
	unseen  map[core.TicketID]core.Unseen // what is new on what the person follows or is named on
	found   bool                          // it shows what one query found, over another screen
	report  Report                        // for somebody who phones, as it was left
	form    *screen.Form                  // in which it is written; nil while it is not
}

// New makes the queue, which opens where the person was before.
func New(env *screen.Env, place Place) *Screen {
	s := &Screen{env: env, wanted: place, report: place.Report}
	s.filter.set(place.Filter)
	return s
}

// Found makes a queue that shows what a query finds, over another screen.
func Found(env *screen.Env, q query.Query) *Screen {
	s := &Screen{
		env: env, found: true, views: []core.View{{Name: "found", Title: "Found: " + q.String(), Query: q}},
		asked: int(env.Desk.Now().UnixMicro()), // answers go to all screens: those to the queue below are not for this one
	}
	s.filter.set("")
	return s
}

// FoundAt makes such a queue as somebody left it; false if what was looked for can no longer be read.
func FoundAt(env *screen.Env, place Place) (*Screen, bool) {
	q, err := query.Parse(place.Query)
	if err != nil {
		return nil, false
	}
	s := Found(env, q)
	s.filter.set(place.Filter)
	s.wanted = place
	return s, true
}

// Found reports whether it shows what one query found.
func (s *Screen) Found() bool { return s.found }

// Title is the section's name, or what was looked for.
func (s *Screen) Title() plain.Text {
	if s.found {
		return plain.Line(s.views[0].Title)
	}
	return plain.Line("Manage Tickets")
}

// Nested reports whether it was opened from another screen.
func (s *Screen) Nested() bool { return s.found }

// Views are the views there are; none until they are known.
func (s *Screen) Views() []core.View { return s.views }

// ShowNamed goes to the view of that name, and says whether there is one.
func (s *Screen) ShowNamed(name string) (cmd tea.Cmd, ok bool) {
	for i := range s.views {
		if s.views[i].Name == name {
			return s.show(i), true
		}
	}
	return nil, false
}

// Opened reports whether it shows rows, or why there are none.
func (s *Screen) Opened() bool { return !s.list.read.IsZero() || s.trouble != nil }

// Place says where the person is now.
func (s *Screen) Place() Place {
	if s.list.read.IsZero() && (s.views == nil || s.wanted.Selected != 0) {
		s.wanted.Report = s.draft()
		return s.wanted
	}
	place := Place{Report: s.draft(), View: s.views[s.view].Name, Filter: s.filter.applied}
	if s.found {
		place.View, place.Query = "", s.views[0].Query.String()
	}
	if t, ok := s.list.current(); ok {
		place.Selected, place.Above = t.ID, s.list.at-s.list.top
	}
	return place
}

// Enter reads the rows anew: something may have changed while another screen was on top.
func (s *Screen) Enter() tea.Cmd {
	s.loose = true
	cmds := []tea.Cmd{s.reload(), s.lookCloser()}
	if s.report.Open && s.form == nil { // it was on the screen when the connection was lost
		cmds = append(cmds, s.openReport(true))
	}
	return tea.Batch(cmds...)
}

// Leave has nothing to put away.
func (s *Screen) Leave() tea.Cmd { return nil }

// Typing reports whether the filter is being typed.
func (s *Screen) Typing() bool { return s.filter.typing }

// Unsaved is never true: nothing is written here.
func (s *Screen) Unsaved() bool { return false }

// Update takes keys, answers and news.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	return tea.Batch(s.handle(msg), s.readOn(), s.lookCloser())
}

func (s *Screen) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.press(msg)
	case screen.Stroke:
		return s.press(msg)
	case tea.PasteMsg:
		if s.filter.typing {
			return s.edit(msg)
		}
	case typingDue:
		return s.follow(msg)
	case offered:
		return s.takeOffers(msg)
	case viewsChanged:
		return s.settleViews(msg)
	case screen.Changed:
		if !s.found && (msg.Dirty.All || msg.Dirty.Place || msg.Dirty.Users[s.env.Me.ID]) {
			s.stale = true
		}
		if !s.stale && !msg.Dirty.All && len(msg.Dirty.Tickets) == 0 {
			return nil
		}
		return s.refresh()
	case screen.Acted:
		if msg.Err == nil {
			s.list.update(msg.After)
			return s.refresh()
		}
	case rowsRead:
		return s.take(msg)
	case pageRead:
		s.takePage(msg)
	case retry:
		if msg.asked == s.asked && s.trouble != nil {
			return s.reload()
		}
	case markedAll:
		return s.takeMarks(msg)
	case planned:
		return s.previewBulk(msg)
	case bulkDone:
		return s.settleBulk(msg)
	case progressDue:
		if !msg.progress.over {
			return s.tick(msg.progress)
		}
	case previewDue:
		return s.readPreview(msg)
	case previewRead:
		s.preview.take(msg)
	}
	return nil
}

// Click puts the cursor on the row that was clicked on.
func (s *Screen) Click(_, y int) bool {
	row := s.list.top + y - s.drawnAt
	if y < s.drawnAt || row >= len(s.list.rows) {
		return false
	}
	s.list.jump(row)
	return true
}

// show changes to another view.
func (s *Screen) show(view int) tea.Cmd {
	if len(s.views) == 0 {
		return nil
	}
	s.view = (view + len(s.views)) % len(s.views)
	s.list = list{height: s.list.height}
	s.changed, s.company = false, false
	s.marks.clear()
	return s.reload()
}

// anew reads the rows of a query that has changed. Those there are stay until the others come; what was asked for before,
// also by a console that only opens, is not taken any more.
func (s *Screen) anew() tea.Cmd {
	s.other, s.changed = true, false
	s.list.at, s.list.top = 0, 0
	s.marks.clear()
	return s.reload()
}

// query is what the list shows: the view's, narrowed by the filter.
func (s *Screen) query() query.Query {
	return s.filter.narrow(s.views[s.view])
}

// Status says in the line above the footer what no column has room for.
func (s *Screen) Status(f screen.Frame) []ui.Span {
	t, ok := s.list.current()
	if !ok {
		return nil
	}
	words := []string{s.position(), t.ID.String()} // what is last is cut where there is no room
	if t.ID == s.list.moved {
		words = append(words, "has left this view: "+ui.Status(t)+withWhom(t))
	} else if w := ui.Waiting(t.WaitingOn); w != "" {
		words = append(words, w)
	}
	if w := ui.Resting(t, f.Clock); w != "" {
		words = append(words, w)
	}
	if tags := ui.Tags(t); !tags.Empty() {
		words = append(words, tags.String())
	}
	if t.Category.Name != "" {
		words = append(words, t.Category.Name)
	}
	if t.Queue.Name != "" {
		words = append(words, t.Queue.Name)
	}
	words = append(words, "since "+f.When(t.CreatedAt))
	company := ui.Company(f.Theme, s.env.Around[t.ID], s.env.Me.ID)
	if len(company) > 0 {
		company = append(company, ui.Say(f.Theme.Dim, "· "))
	}
	return append(company, ui.Say(f.Theme.Dim, join(words)))
}

func withWhom(t *core.Ticket) string {
	if t.Assignee.ID == 0 {
		return ""
	}
	return ", with " + ui.Person(t.Assignee, "").String()
}

func (s *Screen) asOf(f screen.Frame) string {
	if s.list.read.IsZero() {
		return ""
	}
	return " Shown as of " + s.list.read.In(f.Zone).Format("15:04") + "."
}

// pause is how long to wait before the next try to reach the database again.
func (s *Screen) pause() time.Duration {
	const longest = 4 * time.Second // so that it is noticed within five that the database is back
	return min(longest, time.Duration(1<<min(s.retries, 4))*time.Second)
}
