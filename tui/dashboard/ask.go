package dashboard

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// askRange asks for the days to analyse.
func (s *Screen) askRange() tea.Cmd {
	choose := func(days int) func() tea.Cmd {
		return func() tea.Cmd { return s.changeDays(core.Question{Days: days}) }
	}
	items := []screen.Item{
		{Text: plain.Line("Last 7 days"), Choose: choose(7)},
		{Text: plain.Line("Last 30 days"), Choose: choose(30)},
		{Text: plain.Line("Last 90 days"), Choose: choose(90)},
		{Text: plain.Line("Last 365 days"), Detail: plain.Line("by the week"), Choose: choose(365)},
		{Text: plain.Line("This term"), Detail: plain.Line("since its first day"), Choose: func() tea.Cmd { return s.changeDays(core.Question{Term: true}) }},
		{Text: plain.Line("Other days…"), Choose: s.askDays},
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Which days?"), items).Start(1), false)
	return nil
}

// changeDays asks the same of other days.
func (s *Screen) changeDays(days core.Question) tea.Cmd {
	ask := s.ask
	ask.Days, ask.Term, ask.From, ask.To = days.Days, days.Term, days.From, days.To
	return s.change(ask)
}

func (s *Screen) askDays() tea.Cmd {
	s.env.Host.Show(screen.NewPrompt(s.env.Host, plain.Line("From which day to which?"),
		plain.Line("14d, 2026-09-01..2026-12-20, 2026-09 for a month, or term. They are compared with as many days before."), "",
		func(typed string) (tea.Cmd, string) {
			ask, err := core.ParseDays(typed)
			if err == nil {
				err = s.env.Desk.CheckDays(ask)
			}
			if err != nil {
				return nil, s.env.Explain(err)
			}
			return s.changeDays(ask), ""
		}).Survive(s.env, "analysis days"), false)
	return nil
}

// askAgainst asks what to compare the days with.
func (s *Screen) askAgainst() tea.Cmd {
	choose := func(against core.Against) func() tea.Cmd {
		return func() tea.Cmd {
			ask := s.ask
			ask.Against = against
			return s.change(ask)
		}
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Compare with what?"), []screen.Item{
		{Text: plain.Line("The period before"), Detail: plain.Line("as many days"), Choose: choose(core.AgainstBefore)},
		{Text: plain.Line("The same period last year"), Choose: choose(core.AgainstYear)},
	}), false)
	return nil
}

// askStep asks how long a point of a curve is.
func (s *Screen) askStep() tea.Cmd {
	choose := func(step core.Step) func() tea.Cmd {
		return func() tea.Cmd {
			ask := s.ask
			ask.Step = step
			return s.change(ask)
		}
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("By what?"), []screen.Item{
		{Text: plain.Line("As the range is long"), Choose: choose("")},
		{Text: plain.Line("By the hour"), Detail: plain.Line("up to 14 days"), Choose: choose(core.Hourly)},
		{Text: plain.Line("By the day"), Detail: plain.Line("up to 92 days"), Choose: choose(core.Daily)},
		{Text: plain.Line("By the week"), Choose: choose(core.Weekly)},
	}), false)
	return nil
}

// measureOtherwise goes from calendar time to office hours and back.
func (s *Screen) measureOtherwise() tea.Cmd {
	ask := s.ask
	ask.Office = !ask.Office
	return s.change(ask)
}
