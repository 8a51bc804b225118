package dashboard

import (
	"fmt"
	"math"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

func stageWords(stage core.Stage) string {
	switch stage {
	case core.StageAnswer:
		return "to first answer"
	case core.StageReply:
		return "between replies"
	case core.StageClosing:
	}
	return "to closing"
}

func (s *Screen) viewSpeed(f screen.Frame) []string {
	speed := s.figures.speed
	const width = 8
	cols := ui.FitColumns([]ui.Column{
		{Title: " time", Flex: true, Least: 16, Most: mostName},
		{Title: "tickets", Width: width, Right: true},
		{Title: "median", Width: width, Right: true},
		{Title: "p75", Width: width, Right: true, Rank: 2},
		{Title: "p90", Width: width, Right: true},
		{Title: "p95", Width: width, Right: true, Rank: 1},
		{Title: "median before", Width: 13, Right: true, Rank: 3},
	}, f.Width)
	lines := []string{cols.Head(f.Theme, f.Width)}
	for i := range speed.Stages {
		stage := &speed.Stages[i]
		cells := []ui.Cell{{Style: f.Theme.Plain, Text: plain.Line(" " + stageWords(stage.Stage))}, {Style: f.Theme.Plain, Text: plain.Line(fmt.Sprint(stage.All.N))}}
		for _, d := range []time.Duration{stage.All.Median, stage.All.P75, stage.All.P90, stage.All.P95} {
			cells = append(cells, ui.Cell{Style: f.Theme.Plain, Text: plain.Line(took(stage.All.N, d))})
		}
		cells = append(cells, ui.Cell{Style: f.Theme.Dim, Text: plain.Line(took(stage.Before.N, stage.Before.Median))})
		lines = append(lines, cols.Row(f.Theme, f.Width, i == s.row[tabSpeed], cells))
	}
	stage := &speed.Stages[max(0, min(s.row[tabSpeed], len(speed.Stages)-1))]
	rest := f.Inset(0, len(lines))
	if f.Width < sideBySide {
		spread := min(len(stage.Spread)+1, max(0, rest.Height-7))
		chart := rest
		chart.Height = rest.Height - spread
		lines = append(lines, s.pace(chart, stage)...)
		rest.Height = spread
		return append(lines, s.durations(rest, stage)...)
	}
	left, right := halves(rest)
	return append(lines, ui.Beside(f.Theme, s.pace(left, stage), s.durations(right, stage))...)
}

// clockWords says by which clock times are measured.
func (s *Screen) clockWords() string {
	if s.figures.speed.Office {
		return ", in office hours"
	}
	return ""
}

func took(n int, d time.Duration) string {
	if n == 0 {
		return "–"
	}
	return ui.Took(d)
}

// pace is a stage over time. A day on which nothing ended is a gap.
func (s *Screen) pace(f screen.Frame, stage *core.StageFigures) []string {
	if f.Height <= 0 {
		return nil
	}
	r := &s.figures.speed.Range
	median, p90 := ui.Series{Name: plain.Line("median")}, ui.Series{Name: plain.Line("p90")}
	for _, p := range stage.Buckets {
		m, n := math.NaN(), math.NaN()
		if p.N > 0 {
			m, n = p.Median.Seconds(), p.P90.Seconds()
		}
		median.Values, p90.Values = append(median.Values, m), append(p90.Values, n)
	}
	words := " In these days no ticket was " + map[core.Stage]string{
		core.StageAnswer: "answered for the first time.", core.StageReply: "answered again after its first answer.", core.StageClosing: "closed for the first time.",
	}[stage.Stage]
	if stage.All.N > 0 {
		words = " All that there is happened in one " + string(r.Step) + ", which makes no curve."
	}
	c := ui.Chart{
		Series: []ui.Series{median, p90}, Unfinished: r.Unfinished(), Sentence: plain.Line(words),
		Label:   func(i int) string { return stamp(r.Step, r.Buckets[i]) },
		Seconds: true,
	}
	return append([]string{head(f, "Time "+stageWords(stage.Stage)+", by when it happened")}, c.Lines(f.Theme, f.Width, f.Height-1)...)
}

func (s *Screen) durations(f screen.Frame, stage *core.StageFigures) []string {
	if f.Height <= 1 {
		return ui.Fit(nil, f.Width, f.Height)
	}
	unseen := ui.WindowAround(len(stage.Spread), s.band, f.Height-1).Unseen()
	return append([]string{head(f, "How long it took"+s.clockWords(), unseen...)}, ui.Bars(f.Theme, bands(stage.Spread), s.band, f.Width, f.Height-1)...)
}

func (s *Screen) viewWhere(f screen.Frame) []string {
	where, spread := s.figures.where, s.spread()
	spans := []ui.Span{ui.Say(f.Theme.Plain, " by  ")}
	for i := range where.Spreads {
		style := f.Theme.Plain
		if i == s.by%len(where.Spreads) {
			style = f.Theme.Match
		}
		spans = append(spans, ui.Say(style, string(where.Spreads[i].By)), ui.Say(f.Theme.Plain, "  "))
	}
	rest := f.Inset(0, 1)
	heat := 0
	if f.Width < sideBySide && (mapFits(rest.Height) || s.heatCell() != nil) {
		heat = min(heatHeight, rest.Height)
	}
	if unseen := ui.WindowAround(len(spread.Shares), s.shareRow(), rest.Height-heat).Unseen(); unseen != nil && heat < rest.Height {
		spans = append(spans, ui.Say(f.Theme.Dim, "· "+unseen[0]))
	}
	lines := []string{ui.Ends(f.Width, spans, s.reported(f, spans))}
	if len(spread.Shares) == 0 {
		words := "Nothing was reported in these days or in those that they are compared with. r chooses others, / another filter."
		return ui.Fit(append(lines, empty(f, words)...), f.Width, f.Height)
	}
	if f.Width < sideBySide {
		lines = append(lines, s.shares(rest.Inset(0, heat))...)
		rest.Height = heat
		return append(lines, s.heat(rest)...)
	}
	left, right := halves(rest)
	upper, lower := right, right
	upper.Height = min(heatHeight+1, right.Height)
	lower.Height = max(0, right.Height-upper.Height)
	return append(lines, ui.Beside(f.Theme, s.shares(left), append(s.heat(upper), s.returns(lower)...))...)
}

// reported is how many tickets the bars are of, as fully as there is room for it behind the spans.
func (s *Screen) reported(f screen.Frame, spans []ui.Span) []ui.Span {
	total := s.spread().Total
	room := f.Width - 2
	for _, span := range spans {
		room -= span.Text.Width()
	}
	for _, words := range []string{
		fmt.Sprintf("%s reported, %s ", ui.Plural(total.N, "ticket", "tickets"), changed(total)),
		fmt.Sprintf("%s, %s ", ui.Plural(total.N, "ticket", "tickets"), changed(total)),
		ui.Plural(total.N, "ticket", "tickets") + " ",
	} {
		if plain.Line(words).Width() <= room {
			return []ui.Span{ui.Say(f.Theme.Bold, words)}
		}
	}
	return nil
}

func changed(c core.Compared) string {
	switch words := ui.Changed(c); words {
	case "=":
		return "as before"
	case "new":
		return "none before"
	default:
		return words
	}
}

func (s *Screen) shares(f screen.Frame) []string {
	spread := s.spread()
	bars := make([]ui.Bar, len(spread.Shares))
	for i, sh := range spread.Shares {
		name := sh.Name
		switch {
		case sh.Code == "":
			name = "no place known"
		case spread.By == core.ByRoom: // rooms of many houses share a name
			name = sh.Code + " " + sh.Name
		}
		bars[i] = ui.Bar{Label: plain.Line(name), Value: float64(sh.N), Note: plain.Line(fmt.Sprintf("%s %7s", share(sh.N, spread.Total.N), ui.Changed(sh.Compared)))}
	}
	return ui.Bars(f.Theme, bars, s.shareRow(), f.Width, f.Height)
}

const (
	whereAbove = 3  // lines above the bars: tabs, state, properties
	heatHeight = 10 // of the map: a title, the hours, the days and what the shades mean
)

// mapFits tells whether bars and map have room above each other.
func mapFits(height int) bool {
	const bars = 5
	return height >= heatHeight+bars
}

func (s *Screen) heat(f screen.Frame) []string {
	if f.Height <= 1 {
		return ui.Fit(nil, f.Width, f.Height)
	}
	var cells [7][24]float64
	for d, hours := range s.figures.where.Heat {
		for h, n := range hours {
			cells[d][h] = float64(n)
		}
	}
	return append([]string{head(f, "When it is reported: weekday and hour")}, ui.Heat(f.Theme, cells, s.heatCell(), f.Width, f.Height-1)...)
}

// returns is what came back to a place.
func (s *Screen) returns(f screen.Frame) []string {
	if f.Height <= 1 {
		return ui.Fit(nil, f.Width, f.Height)
	}
	list := s.figures.where.Returns
	if len(list) == 0 {
		return ui.Fit([]string{head(f, fmt.Sprintf("Nothing came back within %d days", core.ReturnDays))}, f.Width, f.Height)
	}
	bars := make([]ui.Bar, 0, len(list))
	for _, r := range list {
		bars = append(bars, ui.Bar{Label: plain.Line(r.Location + " " + r.CategoryName), Value: float64(r.N)})
	}
	unseen := s.unlisted(len(list) - (f.Height - 1))
	return append([]string{head(f, fmt.Sprintf("Came back within %d days", core.ReturnDays), unseen...)}, ui.Bars(f.Theme, bars, -1, f.Width, f.Height-1)...)
}
