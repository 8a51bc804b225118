package dashboard

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
)

// behind is the query for the tickets behind what is chosen, or why there is none.
func (s *Screen) behind() (text, none string) {
	if s.rows() == 0 {
		return "", "There is no figure here yet."
	}
	row := s.row[s.tab]
	switch s.tab {
	case tabNow:
		text = s.behindLoad(row)
	case tabFlow:
		field := query.Created
		if s.ended {
			field = query.Ended
		}
		b := s.figures.flow.Buckets[row].Bucket
		text = s.figures.flow.Range.BucketTerms(field, b)
	case tabSpeed:
		text = s.behindBand()
	case tabPeople:
		text = s.behindPeople(row)
	case tabWhere, tabs:
		if cell := s.heatCell(); cell != nil {
			if text, none = s.behindHeat(cell); none != "" {
				return "", none
			}
			break
		}
		text = s.behindShare(row)
	}
	if filter := s.ask.Query.String(); filter != "" {
		text += " " + filter
	}
	return text, ""
}

// behindLoad asks for what a queue has before it, or for what somebody works on.
func (s *Screen) behindLoad(row int) string {
	now := s.figures.now
	if row < len(now.Queues) {
		return "queue:" + now.Queues[row].Queue.Code + " status:open|active"
	}
	who := now.People[row-len(now.Queues)].Person
	if who.ID == 0 {
		return core.WithinQueues("assignee:none", now.Led) + " status:open|active"
	}
	return core.WithinQueues("assignee:"+who.Username, now.Led) + " status:open|active"
}

// behindBand asks for what took as long as the chosen band says.
func (s *Screen) behindBand() string {
	speed := s.figures.speed
	stage := &speed.Stages[min(s.row[tabSpeed], len(speed.Stages)-1)]
	band := stage.Spread[min(s.band, len(stage.Spread)-1)]
	return speed.Behind(stage.Stage, band)
}

func (s *Screen) behindPeople(row int) string {
	people := s.figures.people
	closed := " " + core.DaysTerm(query.Ended, people.Range.From, people.Range.To)
	if row < len(people.Teams) {
		return "queue:" + people.Teams[row].Queue.Code + closed
	}
	return core.WithinQueues("by:"+people.Persons[row-len(people.Teams)].Person.Username, people.Led) + closed
}

func (s *Screen) behindShare(row int) string {
	r := s.figures.where.Range
	return s.spread().By.Behind(s.spread().Shares[row].Code) + " " + core.DaysTerm(query.Created, r.From, r.To)
}

// cells are all figures that have tickets behind them.
func (s *Screen) cells() []core.Cell {
	filter := s.ask.Query
	switch {
	case !s.figures.has(s.tab):
		return nil
	case s.tab == tabNow:
		return s.figures.now.Cells(filter)
	case s.tab == tabFlow:
		return s.figures.flow.Cells(filter)
	case s.tab == tabSpeed:
		return s.figures.speed.Cells(filter)
	case s.tab == tabPeople:
		return s.figures.people.Cells(filter)
	}
	return s.figures.where.Cells(filter)
}

// askFigure lists every figure of the dashboard, hours, ages and what came back too, to open what is behind one.
func (s *Screen) askFigure() tea.Cmd {
	cells := s.cells()
	items := make([]screen.Item, 0, len(cells))
	for _, c := range cells {
		name := c.Figure
		if c.Name != "" {
			name += ": " + c.Name
		}
		number := fmt.Sprint(c.N)
		if c.Query[0] == '#' { // it is one ticket, by its own number
			number = ""
		}
		items = append(items, screen.Item{
			Text: plain.Line(fmt.Sprintf("%5s  %s", number, name)), Detail: plain.Line(c.Query), // a long name is cut at its end
			Choose: func() tea.Cmd { return s.search(c.Query) },
		})
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("The tickets behind which figure?"), items), false)
	return nil
}
