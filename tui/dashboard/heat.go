package dashboard

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/tui/ui"
)

// The rows of Where are the bars, and below them the days of the map of hours.

// heatDays is how many rows the map has.
const heatDays = 7

// heatCell is the chosen cell of the map; nil while a bar is chosen.
func (s *Screen) heatCell() *ui.HeatCell {
	if s.tab != tabWhere || !s.figures.has(tabWhere) {
		return nil
	}
	day := s.row[tabWhere] - len(s.spread().Shares)
	if day < 0 || day >= heatDays || len(s.spread().Shares) == 0 {
		return nil
	}
	return &ui.HeatCell{Day: day, Hour: s.hour}
}

// shareRow is the chosen bar, -1 while a cell is.
func (s *Screen) shareRow() int {
	if s.heatCell() != nil {
		return -1
	}
	return s.row[tabWhere]
}

// turnHour goes to the hours beside the chosen one.
func (s *Screen) turnHour(by int) tea.Cmd {
	s.hour = max(0, min(s.hour+by, 23))
	return nil
}

// crossMap goes from the bars to the map and back.
func (s *Screen) crossMap() tea.Cmd {
	if s.heatCell() != nil {
		s.row[tabWhere] = 0
		return nil
	}
	s.row[tabWhere] = len(s.spread().Shares)
	return nil
}

// behindHeat asks for what was reported in the chosen hour, or says why nothing is behind it.
func (s *Screen) behindHeat(cell *ui.HeatCell) (text, none string) {
	where := s.figures.where
	if where.Heat[cell.Day][cell.Hour] == 0 {
		return "", fmt.Sprintf("Nothing was reported in these days between %02d:00 and %02d:00.", cell.Hour, cell.Hour+1)
	}
	return where.BehindHour(cell.Day, cell.Hour), ""
}
