package dashboard

import (
	"fmt"
	"time"

	"helpdesk.campus/core"
)

// behind is the query for the tickets behind what is chosen, or why there is none.
func (s *Screen) behind() (text, none string) {
	if s.rows() == 0 {
		return "", "There is no figure here yet."
	}
	row := s.row[s.tab]
	switch s.tab {
	case tabNow:
		text = "queue:" + s.figures.now.Queues[row].Queue.Code + " status:open|active"
	case tabFlow:
		field := "created"
		if s.ended {
			field = "closed"
		}
		b := s.figures.flow.Buckets[row].Bucket
		text = days(field, b.Start, b.End)
	case tabSpeed:
		if text, none = s.behindBand(); none != "" {
			return "", none
		}
	case tabPeople:
		text = s.behindPeople(row)
	case tabWhere, tabs:
		if text, none = s.behindShare(row); none != "" {
			return "", none
		}
	}
	if filter := s.ask.Query.String(); filter != "" {
		text += " " + filter
	}
	return text, ""
}

// behindBand asks for what took as long as the chosen band says.
func (s *Screen) behindBand() (text, none string) {
	speed := s.figures.speed
	stage := &speed.Stages[min(s.row[tabSpeed], len(speed.Stages)-1)]
	band := stage.Spread[min(s.band, len(stage.Spread)-1)]
	var field, when string
	switch stage.Stage {
	case core.StageAnswer:
		field, when = "response", "created"
	case core.StageClosing:
		field, when = "duration", "closed"
	case core.StageReply:
		return "", "Filters know a ticket's first answer and its closing, not each reply."
	}
	if speed.Office {
		return "", "Filters measure in calendar time: o goes back to it."
	}
	if band.From > 0 {
		text += field + ":>=" + length(band.From) + " "
	}
	if band.To > 0 {
		text += field + ":<" + length(band.To) + " "
	}
	return text + days(when, speed.Range.From, speed.Range.To), ""
}

// length is a limit as queries have it.
func length(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

func (s *Screen) behindPeople(row int) string {
	people := s.figures.people
	closed := " " + days("closed", people.Range.From, people.Range.To)
	if row < len(people.Teams) {
		return "queue:" + people.Teams[row].Queue.Code + closed
	}
	return "assignee:" + people.Persons[row-len(people.Teams)].Person.Username + closed
}

func (s *Screen) behindShare(row int) (text, none string) {
	share, r := s.spread().Shares[row], s.figures.where.Range
	if share.Code == "" {
		return "", "Filters cannot ask for tickets without a place yet."
	}
	switch by := s.spread().By; by {
	case core.ByBuilding:
		text = "location:" + share.Code + "|" + share.Code + "-*"
	case core.ByRoom:
		text = "location:" + share.Code
	default:
		text = string(by) + ":" + share.Code
	}
	return text + " " + days("created", r.From, r.To), ""
}

// days is the term for what happened from one time to another, in whole days.
func days(field string, from, to time.Time) string {
	const layout = "2006-01-02"
	first, last := from.Format(layout), to.Add(-time.Second).Format(layout)
	if first == last {
		return field + ":" + first
	}
	return field + ":" + first + ".." + last
}
