// Package dashboard is the section Data Analysis: how things stand, what came and went, how fast, and
// where, live.
package dashboard

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// tab is one of the dashboards.
type tab int

const (
	tabNow tab = iota
	tabFlow
	tabSpeed
	tabWhere
	tabPeople
	tabs
)

func (t tab) title() string { return [...]string{"Now", "Flow", "Speed", "Where", "People"}[t] }

// settle is how long changes are collected before figures are computed anew.
const settle = 2 * time.Second

// Screen is the dashboards of one person.
type Screen struct {
	env *screen.Env
	tab tab
	ask core.Question

	figures figures // the last known
	stale   bool    // they answer another question than the one asked now
	trouble error   // why they may be old

	asked   int // number of the newest request; answers to others are dropped
	asking  bool
	again   bool // something changed while an answer was on its way
	due     bool // a refresh is planned
	on      bool // the screen is on top
	retries int

	row  [tabs]int // the chosen row, or the chosen day of the flow
	by   int       // of the dimensions
	hour int       // of the map

	ended bool // of the flow: what was closed is asked for, not what was created
	band  int  // the chosen length of time
	wall  bool // it goes from one dashboard to the next by itself
	turn  time.Duration
	walls int  // number of the newest wall
	kiosk bool // it takes no keys, so none are named
	took  time.Duration
}

// Turn is how long a wall shows one dashboard, unless it is told otherwise.
const Turn = 20 * time.Second

// turnDue ends a turn; those of a wall that was ended before are dropped.
type turnDue struct{ wall int }

// figures are what was read; those of other tabs may be nil.
type figures struct {
	now    *core.NowFigures
	flow   *core.FlowFigures
	speed  *core.SpeedFigures
	where  *core.WhereFigures
	people *core.PeopleFigures
}

func (f *figures) has(t tab) bool {
	return t == tabNow && f.now != nil || t == tabFlow && f.flow != nil || t == tabSpeed && f.speed != nil || t == tabWhere && f.where != nil ||
		t == tabPeople && f.people != nil
}

// at is when the figures of a tab were true.
func (f *figures) at(t tab) time.Time {
	switch {
	case !f.has(t):
		return time.Time{}
	case t == tabNow:
		return f.now.At
	case t == tabFlow:
		return f.flow.At
	case t == tabSpeed:
		return f.speed.At
	case t == tabPeople:
		return f.people.At
	}
	return f.where.At
}

// days is the range that the figures of a tab are about; nil if there are none.
func (f *figures) days(t tab) *core.Range {
	switch {
	case !f.has(t), t == tabNow:
		return nil
	case t == tabFlow:
		return &f.flow.Range
	case t == tabSpeed:
		return &f.speed.Range
	case t == tabPeople:
		return &f.people.Range
	}
	return &f.where.Range
}

// put keeps the figures of one dashboard.
func (f *figures) put(made any) {
	switch made := made.(type) {
	case *core.NowFigures:
		f.now = made
	case *core.FlowFigures:
		f.flow = made
	case *core.SpeedFigures:
		f.speed = made
	case *core.WhereFigures:
		f.where = made
	case *core.PeopleFigures:
		f.people = made
	}
}

// read is the answer to a request.
type read struct {
	asked int
	tab   tab
	made  any  // a pointer to the figures
	known bool // they are not new: this process knew them from before
	took  time.Duration
	err   error
}

type refreshDue struct{}

// New makes the dashboards, which begin with how things stand.
func New(env *screen.Env) *Screen {
	return &Screen{env: env, ask: core.Question{Days: core.DefaultDays}, turn: Turn, hour: 9}
}

// NewWall makes the dashboards of a wall, which follow one another from the beginning,
// each for a turn.
func NewWall(env *screen.Env, turn time.Duration) *Screen {
	s := New(env)
	s.wall, s.kiosk, s.turn = true, true, turn
	return s
}

// Title is the section's name.
func (s *Screen) Title() plain.Text { return plain.Line("Data Analysis") }

// Enter reads the figures.
func (s *Screen) Enter() tea.Cmd {
	s.on = true
	if s.wall {
		s.walls++
		return tea.Batch(s.reload(), s.nextTurn())
	}
	return s.reload()
}

// Leave stops reading them.
func (s *Screen) Leave() tea.Cmd {
	s.on = false
	return nil
}

// Typing is never true: the filter is typed in a dialog.
func (s *Screen) Typing() bool { return false }

// Unsaved is never true: nothing is written here.
func (s *Screen) Unsaved() bool { return false }

// Update takes keys, answers and news.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		cmd, _ := screen.Press(s.env.Host, s.Bindings(), msg)
		return cmd
	case screen.Stroke:
		cmd, _ := screen.Press(s.env.Host, s.Bindings(), msg)
		return cmd
	case screen.Changed:
		if msg.Dirty.All || msg.Dirty.Place || len(msg.Dirty.Tickets) > 0 {
			return s.refreshSoon(settle)
		}
	case screen.Acted:
		return s.refreshSoon(settle)
	case refreshDue:
		s.due = false
		if s.on {
			return s.reload()
		}
	case read:
		return s.take(msg)
	case turnDue:
		if s.wall && s.on && msg.wall == s.walls {
			return tea.Batch(s.show(s.tab+1), s.nextTurn())
		}
	}
	return nil
}

// turnByItself makes the screen a wall, or no more.
func (s *Screen) turnByItself() tea.Cmd {
	if s.wall = !s.wall; !s.wall {
		return nil
	}
	s.walls++
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line("The dashboards fill the window and follow one another. w ends it.")), s.nextTurn())
}

func (s *Screen) nextTurn() tea.Cmd { return s.env.After(s.turn, turnDue{s.walls}) }

// Whole is true of a wall: it has the whole window.
func (s *Screen) Whole() bool { return s.wall }

// refreshSoon plans to read the figures anew; changes that come before are merged into it. Figures that take long are
// read less often: nobody looks at years for what happens this second.
func (s *Screen) refreshSoon(pause time.Duration) tea.Cmd {
	switch {
	case !s.on || s.due:
		return nil
	case s.asking:
		s.again = true
		return nil
	}
	const share = 20
	s.due = true
	return s.env.After(max(pause, share*s.took), refreshDue{})
}

// reload reads the figures of the tab; those that this process knew from before come first.
func (s *Screen) reload() tea.Cmd {
	s.asked++
	s.asking, s.again = true, false
	asked, t, ask := s.asked, s.tab, s.ask
	desk, who := s.env.Desk, s.env.Who
	fresh := s.env.Do(func(ctx context.Context) tea.Msg {
		began := time.Now() //nolint:forbidigo // how long it took, whatever the desk's clock says
		made, err := t.read(ctx, desk, who, ask)
		return read{asked: asked, tab: t, made: made, took: time.Since(began), err: err} //nolint:forbidigo // as above
	})
	if s.figures.has(t) && !s.stale {
		return fresh
	}
	return tea.Batch(fresh, s.env.Do(func(ctx context.Context) tea.Msg {
		made, err := desk.LastKnown(ctx, who, t.report(), ask)
		return read{asked: asked, tab: t, made: made, known: true, err: err}
	}))
}

// report is what the figures of a tab are called elsewhere.
func (t tab) report() string { return [...]string{"now", "flow", "speed", "where", "people"}[t] }

func (t tab) read(ctx context.Context, desk *core.Desk, who core.Actor, ask core.Question) (any, error) {
	switch t {
	case tabFlow:
		made, err := desk.AnalyseFlow(ctx, who, ask)
		return &made, err
	case tabSpeed:
		made, err := desk.AnalyseSpeed(ctx, who, ask)
		return &made, err
	case tabWhere:
		made, err := desk.AnalyseWhere(ctx, who, ask)
		return &made, err
	case tabPeople:
		made, err := desk.AnalysePeople(ctx, who, ask)
		return &made, err
	case tabNow, tabs:
	}
	made, err := desk.AnalyseNow(ctx, who, ask.Query)
	return &made, err
}

// take shows what was read. What cannot be read leaves the last known figures, and is tried again.
func (s *Screen) take(m read) tea.Cmd {
	if m.asked != s.asked {
		return nil
	}
	if m.known {
		if s.asking && m.err == nil && m.made != nil {
			s.stale = false
			s.keep(m)
		}
		return nil
	}
	s.asking = false
	if s.trouble = m.err; m.err != nil {
		switch core.KindOf(m.err) {
		case core.Unauthenticated, core.Forbidden:
			return s.env.Host.Fail("read the figures", m.err)
		case core.Invalid: // asking again would not help
			return nil
		default:
		}
		s.retries++
		return s.refreshSoon(min(15*time.Second, time.Duration(1<<min(s.retries, 4))*time.Second))
	}
	s.retries, s.stale, s.took = 0, false, m.took
	s.keep(m)
	if s.again {
		return s.refreshSoon(settle)
	}
	return nil
}

func (s *Screen) keep(m read) {
	thing := s.chosen()
	s.figures.put(m.made)
	s.choose(thing)
}

// show goes to a tab; what was last known of it is there at once.
func (s *Screen) show(t tab) tea.Cmd {
	s.tab = (t + tabs) % tabs
	return s.reload()
}

// change asks another question. What is shown until it is answered belongs to the old one.
func (s *Screen) change(ask core.Question) tea.Cmd {
	s.ask, s.stale = ask, true
	return s.reload()
}

// rows is how many rows the tab has to choose from.
func (s *Screen) rows() int {
	f := &s.figures
	switch {
	case !f.has(s.tab):
		return 0
	case s.tab == tabNow:
		return len(f.now.Queues) + len(f.now.People)
	case s.tab == tabFlow:
		return len(f.flow.Buckets)
	case s.tab == tabSpeed:
		return len(f.speed.Stages)
	}
	if s.tab == tabPeople {
		return len(f.people.Teams) + len(f.people.Persons)
	}
	if n := len(s.spread().Shares); n > 0 {
		return n + heatDays
	}
	return 0
}

func (s *Screen) spread() *core.Spread {
	return &s.figures.where.Spreads[s.by%len(s.figures.where.Spreads)]
}

// open shows the tickets behind the chosen row.
func (s *Screen) open() tea.Cmd {
	text, _ := s.behind()
	return s.search(text)
}

func (s *Screen) search(text string) tea.Cmd {
	q, err := query.Parse(text)
	if err != nil {
		return s.env.Host.Toast(screen.Warning, plain.Line("These tickets cannot be asked for: "+err.Error()))
	}
	return s.env.Host.Search(q)
}

// Status says what is behind the chosen row.
func (s *Screen) Status(f screen.Frame) []ui.Span {
	text, none := s.behind()
	if none != "" {
		return nil
	}
	return []ui.Span{ui.Say(f.Theme.Dim, "enter shows: "), ui.Quote(f.Theme.Dim, plain.Line(text))}
}

// askFilter asks for the tickets to analyse.
func (s *Screen) askFilter() tea.Cmd {
	s.env.Host.Show(screen.NewPrompt(s.env.Host, plain.Line("Analyse which tickets?"),
		plain.Line("As in the queue: queue:it, category:network*, priority:>=high, location:LIB-*. Empty: all."), s.ask.Query.String(),
		func(typed string) (tea.Cmd, string) {
			q, err := query.Parse(typed)
			if wrong, ok := errors.AsType[*query.Error](err); ok {
				return nil, wrong.Error()
			}
			ask := s.ask
			ask.Query = q
			return s.change(ask), ""
		}).Survive(s.env, "analysis tickets"), false)
	return nil
}
