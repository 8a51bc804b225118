package ui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Short writes a number in few characters: 950, 1.2k, 3.4M.
func Short(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case a >= 999_500_000:
		return fmt.Sprintf("%.3gG", min(v/1e9, 999))
	case a >= 999_500:
		return fmt.Sprintf("%.3gM", v/1e6)
	case a >= 10_000:
		return fmt.Sprintf("%.3gk", v/1e3)
	case a == math.Trunc(a):
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// Bar is one row of a bar chart.
type Bar struct {
	Label plain.Text
	Value float64
	Note  plain.Text // behind the number: a share, a change
}

// Bars draws as many rows as there is room for, in exactly height lines of exactly width columns: those of
// [WindowAround] the selected one (-1 for none). Whoever draws them says how many are out of sight.
func Bars(t *Theme, bars []Bar, selected, width, height int) []string {
	if width <= 0 || height <= 0 {
		return Fit(nil, width, height)
	}
	label, number, note, highest := 0, 0, 0, 0.0
	for _, b := range bars {
		label, note = max(label, b.Label.Width()), max(note, b.Note.Width())
		number, highest = max(number, len(Short(b.Value))), max(highest, drawable(b.Value, 0))
	}
	label = min(label, max(8, width/2))
	room := width - label - number - note - 4
	if room < 6 { // rather no notes than no bars
		room, note = room+note, 0
	}
	seen := WindowAround(len(bars), selected, height)
	lines := make([]string, 0, height)
	for i := seen.First; i < seen.End; i++ {
		b := bars[i]
		style, stroke := t.Plain, t.Accent
		mark := "  "
		if i == selected {
			style, mark = t.Match, "› "
		}
		drawn := Block(b.Value, highest, max(0, room-2))
		spans := []Span{
			Say(t.Accent, mark), Quote(style, fill(b.Label, label)), Say(t.Plain, " "), Say(stroke, drawn),
			Say(t.Plain, strings.Repeat(" ", max(0, room-2-plain.Line(drawn).Width())+1)), Say(style, fmt.Sprintf("%*s", number, Short(b.Value))),
		}
		if note > 0 {
			spans = append(spans, Say(t.Plain, "  "), Quote(t.Dim, b.Note))
		}
		lines = append(lines, Line(width, spans...))
	}
	return Fit(lines, width, height)
}

func fill(text plain.Text, width int) plain.Text {
	text = plain.Truncate(text, width)
	return plain.Concat(text, plain.Line(strings.Repeat(" ", max(0, width-text.Width()))))
}

// Block is a bar of eighth blocks, at most width columns for the highest value. What is not nothing shows.
func Block(value, highest float64, width int) string {
	value, highest = drawable(value, 0), drawable(highest, 0)
	if value <= 0 || highest <= 0 || width <= 0 {
		return ""
	}
	const eighths = 8
	n := max(1, min(int(math.Round(value/highest*float64(width*eighths))), width*eighths))
	bar := strings.Repeat("█", n/eighths)
	if rest := n % eighths; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return bar
}

// HeatCell is a cell of a heat map: a weekday, Monday being 0, and an hour.
type HeatCell struct{ Day, Hour int }

// Heat draws hours × weekdays, Monday first, in shades that need no colour; the chosen cell, nil for none, is in reverse and
// its number below.
func Heat(t *Theme, cells [7][24]float64, chosen *HeatCell, width, height int) []string {
	const days, label, least = 7, 5, 5 + 24
	if width <= 0 || height <= 0 {
		return Fit(nil, width, height)
	}
	if width < least || height < days+1 {
		return Fit(Wrapped(t.Dim, plain.Line(" The map of hours and weekdays needs more room."), width), width, height)
	}
	each := min(3, (width-label)/24)
	highest := 0.0
	for _, day := range cells {
		for _, v := range day {
			highest = max(highest, drawable(v, 0))
		}
	}
	var head strings.Builder
	for hour := range 24 {
		if hour%3 == 0 {
			fmt.Fprintf(&head, "%-*s", 3*each, fmt.Sprintf("%02d", hour))
		}
	}
	lines := []string{Line(width, Say(t.Dim, "     "+head.String()))}
	for day, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		spans := []Span{Say(t.Dim, " "+name+" ")}
		for hour, v := range cells[day] {
			style := t.Plain
			if chosen != nil && *chosen == (HeatCell{day, hour}) {
				style, spans[0].Style = t.Selected, t.Match
			}
			spans = append(spans, Say(style, strings.Repeat(shade(drawable(v, 0), highest), each)))
		}
		lines = append(lines, Line(width, spans...))
	}
	switch {
	case height <= days+1:
	case chosen != nil:
		words := fmt.Sprintf("%02d:00 to %02d:00: %s", chosen.Hour, chosen.Hour+1, Short(drawable(cells[chosen.Day][chosen.Hour], 0)))
		lines = append(lines, Line(width, Say(t.Match, "   › "+words), Say(t.Dim, " · most: "+Short(highest))))
	default:
		lines = append(lines, Line(width, Say(t.Dim, "     · few  ░ ▒ ▓  █ most: "+Short(highest))))
	}
	return Fit(lines, width, height)
}

func shade(v, highest float64) string {
	if v <= 0 || highest <= 0 {
		return " "
	}
	shades := []string{"·", "░", "▒", "▓", "█"}
	return shades[min(len(shades)-1, int(v/highest*float64(len(shades))))]
}

// Took says how long something took, in one unit: "12 min", "3.5 h", "2.1 d".
func Took(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.3g h", d.Hours())
	}
	return fmt.Sprintf("%.3g d", min(d.Hours()/24, 99999))
}

// Measured is [Took] for what a machine does, which may take less than a second: "180 µs", "12 ms".
func Measured(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", min(float64(d.Microseconds())/1000, 999))
	case d < 10*time.Second:
		return fmt.Sprintf("%.2g s", d.Seconds())
	}
	return Took(d)
}

// Changed says by how much a count differs from the one of the period before.
func Changed(c core.Compared) string {
	percent, ok := c.Percent()
	switch {
	case !ok && c.N == 0:
		return "="
	case !ok:
		return "new"
	case percent == 0:
		return "="
	case percent > 999:
		return "+999 %"
	case percent < 0:
		return fmt.Sprintf("−%d %%", -percent)
	}
	return fmt.Sprintf("+%d %%", percent)
}
