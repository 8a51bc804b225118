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
	tabs
)

func (t tab) title() string { return [...]string{"Now", "Flow", "Speed", "Where"}[t] }

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
	days int       // how many days of the flow there were, to stay on the last one
}

// figures are what was read; those of other tabs may be nil.
type figures struct {
	now   *core.NowFigures
	flow  *core.FlowFigures
	speed *core.SpeedFigures
	where *core.WhereFigures
}

func (f *figures) has(t tab) bool {
	return t == tabNow && f.now != nil || t == tabFlow && f.flow != nil || t == tabSpeed && f.speed != nil || t == tabWhere && f.where != nil
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
	}
	return f.where.At
}

// read is the answer to a request.
type read struct {
	asked   int
	tab     tab
	figures figures
	err     error
}

type refreshDue struct{}

// New makes the dashboards, which begin with how things stand.
func New(env *screen.Env) *Screen {
	return &Screen{env: env, ask: core.Question{Days: core.DefaultDays}}
}

// Title is the section's name.
func (s *Screen) Title() plain.Text { return plain.Line("Data Analysis") }

// Enter reads the figures.
func (s *Screen) Enter() tea.Cmd {
	s.on = true
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
	}
	return nil
}

// refreshSoon plans to read the figures anew; changes that come before are merged into it.
func (s *Screen) refreshSoon(pause time.Duration) tea.Cmd {
	switch {
	case !s.on || s.due:
		return nil
	case s.asking:
		s.again = true
		return nil
	}
	s.due = true
	return s.env.After(pause, refreshDue{})
}

// reload reads the figures of the tab.
func (s *Screen) reload() tea.Cmd {
	s.asked++
	s.asking, s.again = true, false
	asked, t, ask := s.asked, s.tab, s.ask
	return s.env.Do(func(ctx context.Context) tea.Msg {
		answer := read{asked: asked, tab: t}
		desk, who := s.env.Desk, s.env.Who
		switch t {
		case tabNow:
			got, err := desk.AnalyseNow(ctx, who, ask.Query)
			answer.figures.now, answer.err = &got, err
		case tabFlow:
			got, err := desk.AnalyseFlow(ctx, who, ask)
			answer.figures.flow, answer.err = &got, err
		case tabSpeed:
			got, err := desk.AnalyseSpeed(ctx, who, ask)
			answer.figures.speed, answer.err = &got, err
		case tabWhere, tabs:
			got, err := desk.AnalyseWhere(ctx, who, ask)
			answer.figures.where, answer.err = &got, err
		}
		return answer
	})
}

// take shows what was read. What cannot be read leaves the last known figures, and is tried again.
func (s *Screen) take(m read) tea.Cmd {
	if m.asked != s.asked {
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
	s.retries, s.stale = 0, false
	switch m.tab {
	case tabNow:
		s.figures.now = m.figures.now
	case tabFlow:
		s.figures.flow = m.figures.flow
		if n := len(s.figures.flow.Buckets); n != s.days {
			s.days, s.row[tabFlow] = n, n-1
		}
	case tabSpeed:
		s.figures.speed = m.figures.speed
	case tabWhere, tabs:
		s.figures.where = m.figures.where
	}
	s.row[s.tab] = max(0, min(s.row[s.tab], s.rows()-1))
	if s.again {
		return s.refreshSoon(settle)
	}
	return nil
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
		return len(f.now.Queues)
	case s.tab == tabFlow:
		return len(f.flow.Buckets)
	case s.tab == tabSpeed:
		return len(f.speed.Stages)
	}
	return len(s.spread().Shares)
}

func (s *Screen) spread() *core.Spread {
	return &s.figures.where.Spreads[s.by%len(s.figures.where.Spreads)]
}

// behind is the query for the tickets behind the chosen row, or why there is none.
func (s *Screen) behind() (text, none string) {
	if s.rows() == 0 {
		return "", "There is no figure here yet."
	}
	row := s.row[s.tab]
	switch s.tab {
	case tabNow:
		text = "queue:" + s.figures.now.Queues[row].Queue.Code + " status:open|active"
	case tabFlow:
		b := s.figures.flow.Buckets[row]
		text = created(b.Start, b.End)
	case tabSpeed:
		return "", "Filters know when a ticket was reported, not yet when it was closed. Flow opens the tickets of a day."
	case tabWhere, tabs:
		share, r := s.spread().Shares[row], s.figures.where.Range
		if share.Code == "" {
			return "", "Filters cannot ask for tickets without a place yet."
		}
		value := share.Code
		if s.spread().By == core.ByBuilding {
			value = "location:" + value + "|" + value + "-*"
		} else {
			value = string(s.spread().By) + ":" + value
		}
		text = value + " " + created(r.From, r.To)
	}
	if filter := s.ask.Query.String(); filter != "" {
		text += " " + filter
	}
	return text, ""
}

// created is the term for what was reported between two midnights.
func created(from, to time.Time) string {
	const layout = "2006-01-02"
	first, last := from.Format(layout), to.AddDate(0, 0, -1).Format(layout)
	if first == last {
		return "created:" + first
	}
	return "created:" + first + ".." + last
}

// open shows the tickets behind the chosen row.
func (s *Screen) open() tea.Cmd {
	text, _ := s.behind()
	q, err := query.Parse(text)
	if err != nil {
		return s.env.Host.Toast(screen.Warning, plain.Line("These tickets cannot be asked for: "+err.Error()))
	}
	return func() tea.Msg { return screen.Search{Query: q} }
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
		}), false)
	return nil
}

// askRange asks for the days to analyse.
func (s *Screen) askRange() tea.Cmd {
	choose := func(days int) func() tea.Cmd {
		return func() tea.Cmd { return s.change(core.Question{Query: s.ask.Query, Days: days}) }
	}
	items := []screen.Item{
		{Text: plain.Line("Last 7 days"), Choose: choose(7)},
		{Text: plain.Line("Last 30 days"), Choose: choose(30)},
		{Text: plain.Line("Last 90 days"), Choose: choose(90)},
		{Text: plain.Line("Last 365 days"), Detail: plain.Line("by the week"), Choose: choose(365)},
		{Text: plain.Line("Other days…"), Choose: s.askDays},
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Which days?"), items).Start(1), false)
	return nil
}

func (s *Screen) askDays() tea.Cmd {
	s.env.Host.Show(screen.NewPrompt(s.env.Host, plain.Line("From which day to which?"),
		plain.Line("14d, 2026-09-01..2026-12-20, or 2026-09 for a month. They are compared with as many days before."), "",
		func(typed string) (tea.Cmd, string) {
			ask, err := core.ParseDays(typed)
			if err != nil {
				return nil, s.env.Explain(err)
			}
			ask.Query = s.ask.Query
			return s.change(ask), ""
		}), false)
	return nil
}
