package dashboard

import (
	"fmt"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// viewPeople is load and pace of teams and persons, and what reporters thought. Who sees figures of whom is said.
func (s *Screen) viewPeople(f screen.Frame) []string {
	people := s.figures.people
	notice := " Leads and admins see these figures of each person in their queues; colleagues see their own alone."
	if f.Width < len(notice) {
		notice = " Leads and admins see these figures of each person; others only their own."
	}
	if people.Alone {
		notice = " Only you, and the leads of your queues and admins, see your own row."
	}
	lines := []string{ui.Line(f.Width, ui.Say(f.Theme.Dim, notice))}
	if len(people.Teams)+len(people.Persons) == 0 {
		words := "Nobody has anything before them or did anything in these days. r chooses others, / another filter."
		return ui.Fit(append(lines, empty(f, words)...), f.Width, f.Height)
	}
	rest := f.Inset(0, 1)
	tables := rest
	words := 0
	if len(people.Ratings) > 0 {
		words = min(len(people.Ratings)+2, max(3, rest.Height/3))
	}
	tables.Height = rest.Height - words
	lines = append(lines, s.works(tables)...)
	rest.Height = words
	return ui.Fit(append(lines, s.ratings(rest)...), f.Width, f.Height)
}

func (s *Screen) works(f screen.Frame) []string {
	people := s.figures.people
	const number = 9
	cols := ui.FitColumns([]ui.Column{
		{Flex: true, Least: 14, Most: mostName},
		{Title: "open", Width: 6, Right: true, Rank: 2},
		{Title: "active", Width: 7, Right: true},
		{Title: "answered", Width: number, Right: true, Rank: 3},
		{Title: "replies", Width: number, Right: true, Rank: 5},
		{Title: "closed", Width: 7, Right: true},
		{Title: "to answer", Width: 10, Right: true},
		{Title: "p90", Width: 8, Right: true, Rank: 4},
		{Title: "to closing", Width: 11, Right: true},
		{Title: "p90", Width: 8, Right: true, Rank: 4},
		{Title: "stars", Width: 6, Right: true, Rank: 1},
	}, f.Width)
	row := func(name plain.Text, w *core.Work, chosen bool) string {
		cell := func(text string) ui.Cell { return ui.Cell{Style: f.Theme.Plain, Text: plain.Line(text)} }
		stars := "–"
		if w.Ratings > 0 {
			stars = fmt.Sprintf("%.1f", w.Stars)
		}
		return cols.Row(f.Theme, f.Width, chosen, []ui.Cell{
			{Style: f.Theme.Plain, Text: plain.Concat(plain.Line(" "), name)},
			cell(fmt.Sprint(w.Open)), cell(fmt.Sprint(w.Active)), cell(fmt.Sprint(w.Answered)),
			cell(fmt.Sprint(w.Replied)), cell(fmt.Sprint(w.Closed)), cell(took(w.Answers.N, w.Answers.Median)), cell(took(w.Answers.N, w.Answers.P90)),
			cell(took(w.Closings.N, w.Closings.Median)), cell(took(w.Closings.N, w.Closings.P90)), cell(stars),
		})
	}
	// Both tables scroll as one, and the titles of the one in sight stay above it.
	chosen, teams := s.row[tabPeople], len(people.Teams)
	count, titles := teams+len(people.Persons), 1
	if len(people.Persons) > 0 {
		titles++
	}
	seen := ui.WindowAround(count, chosen, f.Height-titles)
	if seen.First >= teams { // of the teams none is left, and no title of theirs
		seen = ui.WindowAround(count, chosen, f.Height-1)
		seen.First = max(seen.First, teams)
	}
	above, below := ui.Window{First: seen.First, End: seen.Of, Of: seen.Of}, ui.Window{End: seen.End, Of: seen.Of}
	var lines []string
	for i := seen.First; i < seen.End; i++ {
		if i == seen.First || i == teams { // above the upper titles are those above, below the lower ones those below
			title, note := " team", above.Unseen()
			if i >= teams {
				title = " person"
			}
			switch last := i >= teams || seen.End <= teams; {
			case last && i == seen.First:
				note = seen.Unseen()
			case last:
				note = below.Unseen()
			}
			cols[0].Title = ui.Noted(title, note, cols[0].Width).String()
			lines = append(lines, cols.Head(f.Theme, f.Width))
		}
		if i < teams {
			lines = append(lines, row(plain.Line(people.Teams[i].Queue.Name), &people.Teams[i].Work, i == chosen))
			continue
		}
		lines = append(lines, row(ui.Person(people.Persons[i-teams].Person, ""), &people.Persons[i-teams].Work, i == chosen))
	}
	return ui.Fit(lines, f.Width, f.Height)
}

// ratings are the newest with their words.
func (s *Screen) ratings(f screen.Frame) []string {
	people := s.figures.people
	if f.Height < 2 {
		return ui.Fit(nil, f.Width, f.Height)
	}
	counts := make([]string, 0, len(people.Stars))
	for i := len(people.Stars); i > 0; i-- {
		counts = append(counts, fmt.Sprintf("%d× %d", people.Stars[i-1], i))
	}
	lines := []string{head(f, "What reporters thought: "+strings.Join(counts, "  ")+" stars", s.unlisted(len(people.Ratings)-(f.Height-1))...)}
	cols := ui.FitColumns([]ui.Column{{Width: 9}, {Width: 6}, {Width: 14, Rank: 1}, {Flex: true, Least: 20}, {Width: 16, Rank: 2}}, f.Width)
	for i := range people.Ratings {
		r := &people.Ratings[i]
		words := plain.Line(r.Body)
		if r.Body == "" {
			words = plain.Line("(no words)")
		}
		lines = append(lines, cols.Row(f.Theme, f.Width, false, []ui.Cell{
			{Style: f.Theme.Dim, Text: plain.Line(" " + r.Ticket.String())},
			{Style: f.Theme.Match, Text: plain.Line(fmt.Sprintf("%d of 5", r.Stars))},
			{Style: f.Theme.Dim, Text: plain.Line(r.Queue.Code)},
			{Style: f.Theme.Plain, Text: words},
			{Style: f.Theme.Dim, Text: ui.Person(r.Assignee, "")},
		}))
	}
	return ui.Fit(lines, f.Width, f.Height)
}
