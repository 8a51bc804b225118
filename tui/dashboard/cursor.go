package dashboard

import "fmt"

// thing names what a row of the tab shows, for the cursor to stay on it while rows come and go. The last bucket of the flow is the
// newest one, whichever that is, and has no name.
func (s *Screen) thing(row int) string {
	f := &s.figures
	switch s.tab {
	case tabNow:
		if queues := len(f.now.Queues); row >= queues {
			return fmt.Sprint("person ", f.now.People[row-queues].Person.ID)
		}
		return "queue " + f.now.Queues[row].Queue.Code
	case tabFlow:
		if row == len(f.flow.Buckets)-1 {
			return ""
		}
		return f.flow.Buckets[row].Start.String()
	case tabSpeed:
		return string(f.speed.Stages[row].Stage)
	case tabPeople:
		if teams := len(f.people.Teams); row >= teams {
			return fmt.Sprint("person ", f.people.Persons[row-teams].Person.ID)
		}
		return "queue " + f.people.Teams[row].Queue.Code
	case tabWhere, tabs:
	}
	if shares := len(s.spread().Shares); row >= shares {
		return fmt.Sprint("day ", row-shares)
	}
	return "share " + s.spread().Shares[row].Code
}

// chosen names what is under the cursor; "" if that is nothing, or the newest.
func (s *Screen) chosen() string {
	if row := s.row[s.tab]; row < s.rows() {
		return s.thing(row)
	}
	return ""
}

// choose puts the cursor on what it was on before. If that is gone, it stays as far down as it was, and in the flow on the newest.
func (s *Screen) choose(thing string) {
	rows := s.rows()
	for row := range rows {
		if thing != "" && s.thing(row) == thing {
			s.row[s.tab] = row
			return
		}
	}
	if s.tab == tabFlow {
		s.row[tabFlow] = rows - 1
	}
	s.row[s.tab] = max(0, min(s.row[s.tab], rows-1))
}
