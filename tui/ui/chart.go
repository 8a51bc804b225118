package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/guptarohit/asciigraph"

	"helpdesk.campus/core/plain"
)

// Series is one line of a chart: a value for each bucket, NaN where there is none.
type Series struct {
	Name   plain.Text
	Values []float64
}

// Chart draws values over time. Every series has its own kind of line, so that colour is never needed.
type Chart struct {
	Series     []Series                // the first is drawn over the others
	Label      func(bucket int) string // what stands under a bucket; nil for nothing
	Whole      bool                    // the values are counts: no steps below one
	Seconds    bool                    // the values are lengths of time
	Unfinished bool                    // the last bucket is not over yet, or that before those to come
	ToCome     int                     // how many buckets at the end have not begun
	Sentence   plain.Text              // instead of a chart, where there is too little to draw one
}

const (
	leastChartWidth  = 24
	leastChartHeight = 6
	// most is the largest value drawn as itself; beyond it arithmetic with floating points would overflow.
	most = 1e12
)

// noRoom is said where there is a curve to draw and no room for it.
const noRoom = " The curve needs a larger window."

// Lines draws the chart in exactly height lines of exactly width columns.
func (c *Chart) Lines(t *Theme, width, height int) []string {
	if width <= 0 || height <= 0 {
		return Fit(nil, width, height)
	}
	if c.points() < 2 {
		return Fit(Wrapped(t.Dim, c.Sentence, width), width, height)
	}
	if width < leastChartWidth || height < leastChartHeight {
		return Fit(Wrapped(t.Dim, plain.Line(noRoom), width), width, height)
	}
	rows := height - 4 // the axis, its labels and the legend; and asciigraph draws one row more than it is told
	top, step, high := c.scale(rows)
	labels := c.values(rows, top, step, high)
	plot := width - labels.width - 2
	if plot < leastChartWidth/2 {
		return Fit(Wrapped(t.Dim, plain.Line(noRoom), width), width, height)
	}
	data, buckets := c.fitted(plot)
	for i := range data {
		data[i] = stretched(data[i], plot)
	}
	lines := strokes(len(data))
	slices.Reverse(data) // what is drawn later hides what was drawn before
	slices.Reverse(lines)
	drawn := asciigraph.PlotMany(data, asciigraph.Height(rows), asciigraph.Width(plot), asciigraph.Offset(2), asciigraph.LowerBound(0),
		asciigraph.UpperBound(top), asciigraph.SeriesChars(lines...), asciigraph.YAxisValueFormatter(labels.at))
	out := make([]string, 0, height)
	for line := range strings.SplitSeq(drawn, "\n") {
		out = append(out, c.coloured(t, line, labels.width+2, width))
	}
	out = append(out, c.axis(t, labels.width+1, plot, buckets)...)
	return Fit(append(out, c.legend(t, width)), width, height)
}

// points counts the buckets of the best series that have a value.
func (c *Chart) points() int {
	best := 0
	for _, s := range c.Series {
		n := 0
		for _, v := range s.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				n++
			}
		}
		best = max(best, n)
	}
	return best
}

// scale finds the end of the upright axis, which begins at nothing, and the steps that stand at it: such
// as people count in, each some rows high.
func (c *Chart) scale(rows int) (top, step float64, high int) {
	highest := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			highest = max(highest, drawable(v, 0))
		}
	}
	least := 1e-6
	if c.Whole || c.Seconds {
		least = 1
	}
	wanted := max(highest/float64(max(1, rows/2)), least)
	if step = roundStep(wanted); c.Seconds {
		step = roundTime(wanted)
	}
	high = max(1, rows/max(1, int(math.Ceil(highest/step-1e-9))))
	return max(highest, step*float64(rows)/float64(high)), step, high
}

// roundStep is the next of 1, 2, 5, 10, 20 and so on, from a number on.
func roundStep(wanted float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(wanted)))
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= wanted*(1-1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

// roundTime is the next length of time, in seconds, that people count in.
func roundTime(wanted float64) float64 {
	const minute, hour, day, week = 60, 3600, 86400, 7 * 86400
	for _, step := range []float64{
		1, 2, 5, 10, 20, 30, minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour,
		day, 2 * day, 4 * day, week, 2 * week, 4 * week, 12 * week, 26 * week, 52 * week,
	} {
		if step >= wanted*(1-1e-9) {
			return step
		}
	}
	return 52 * week * roundStep(wanted/(52*week))
}

// roundTook is a multiple of such a step in words: "20 min", "1 d 12 h", "3 w".
func roundTook(seconds, step float64) string {
	units := []struct {
		name   string
		length int64
	}{{"w", 7 * 86400}, {"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	if step < 7*86400 {
		units = units[1:]
	}
	var words []string
	rest := int64(math.Round(seconds))
	for _, u := range units {
		if n := rest / u.length; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, u.name))
			rest %= u.length
		}
	}
	if len(words) == 0 {
		return "0"
	}
	return strings.Join(words, " ")
}

// drawable is a value that can be drawn, or the other one.
func drawable(v, otherwise float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return otherwise
	}
	return max(0, min(v, most))
}

// valueLabels are the words at the upright axis, by row.
type valueLabels struct {
	words []string // from nothing up
	row   float64  // what one row is worth
	width int
}

func (c *Chart) values(rows int, top, step float64, high int) *valueLabels {
	l := &valueLabels{row: top / float64(rows)}
	for row := range rows + 1 {
		word := ""
		if row%high == 0 {
			word = c.value(float64(row/high)*step, step)
		}
		l.words = append(l.words, word)
		l.width = max(l.width, utf8.RuneCountInString(word))
	}
	for i, word := range l.words {
		l.words[i] = strings.Repeat(" ", l.width-utf8.RuneCountInString(word)) + word
	}
	return l
}

func (l *valueLabels) at(value float64) string {
	row := int(math.Round(value / l.row))
	return l.words[max(0, min(row, len(l.words)-1))]
}

func (c *Chart) value(v, step float64) string {
	if c.Seconds {
		return roundTook(v, step)
	}
	return Short(v)
}

// fitted gives all series the same length, at most one value a column: of those that share a column the
// highest stands for all, so that no peak is hidden. It says how many buckets there are.
func (c *Chart) fitted(columns int) (data [][]float64, buckets int) {
	for _, s := range c.Series {
		buckets = max(buckets, len(s.Values))
	}
	for _, s := range c.Series {
		if len(s.Values) == 0 {
			s.Values = []float64{math.NaN()}
		}
		values := make([]float64, min(buckets, columns))
		for i := range values {
			values[i] = math.NaN()
		}
		for i, v := range s.Values {
			at := i * len(values) / buckets
			if v = drawable(v, math.NaN()); !math.IsNaN(v) && !(values[at] >= v) {
				values[at] = v
			}
		}
		data = append(data, values)
	}
	return data, buckets
}

// stretched draws a straight line from each value to the next, in so many columns. A value beside a gap keeps its half of the
// way to the neighbour that is not there: drawn by asciigraph, whether it shows, and as what, depends on the width.
func stretched(values []float64, columns int) []float64 {
	if len(values) < 2 || columns < 2 {
		return values
	}
	line := make([]float64, columns)
	for x := range line {
		at := float64(x*(len(values)-1)) / float64(columns-1)
		before := values[int(at)]
		after := values[min(int(at)+1, len(values)-1)]
		switch part := at - math.Floor(at); {
		case !math.IsNaN(before) && !math.IsNaN(after):
			line[x] = before + (after-before)*part
		case part < 0.5:
			line[x] = before
		default:
			line[x] = after
		}
	}
	for i, v := range values { // no peak is cut because it lies between two columns
		line[i*(columns-1)/(len(values)-1)] = v
	}
	return line
}

// strokes are the lines of the series: each its own, told apart without colour.
func strokes(n int) []asciigraph.CharSet {
	sets := []asciigraph.CharSet{
		{Horizontal: "─", VerticalLine: "│", ArcDownRight: "╭", ArcDownLeft: "╮", ArcUpRight: "╰", ArcUpLeft: "╯", EndCap: "╴", StartCap: "╶"},
		{Horizontal: "═", VerticalLine: "║", ArcDownRight: "╔", ArcDownLeft: "╗", ArcUpRight: "╚", ArcUpLeft: "╝", EndCap: "═", StartCap: "═"},
		asciigraph.CreateCharSet("·"),
		asciigraph.CreateCharSet("+"),
	}
	for len(sets) < n {
		sets = append(sets, asciigraph.CreateCharSet("*"))
	}
	return sets[:n]
}

// coloured gives the axis and each series its look: the characters say which series a piece belongs to.
func (c *Chart) coloured(t *Theme, line string, axis, width int) string {
	looks := []Style{t.Staff, t.Reporter, t.Note, t.Bad}
	sets := strokes(len(c.Series))
	var spans []Span
	column := 0
	for _, r := range line {
		style := t.Dim
		if column >= axis {
			for i, set := range sets {
				if strings.ContainsRune(set.Horizontal+set.VerticalLine+set.ArcDownRight+set.ArcDownLeft+set.ArcUpRight+set.ArcUpLeft+set.EndCap+set.StartCap, r) {
					style = looks[min(i, len(looks)-1)]
					break
				}
			}
		}
		if n := len(spans); n > 0 && spans[n-1].Style == style {
			spans[n-1].Text = plain.Concat(spans[n-1].Text, plain.Line(string(r)))
		} else {
			spans = append(spans, Say(style, string(r)))
		}
		column++
	}
	return Line(width, spans...)
}

// mark is a label under the axis: its column, and where its words begin.
type mark struct {
	column, from int
	words        []rune
}

// column is where a bucket stands on the level axis.
func column(bucket, buckets, lead, plot int) int {
	if buckets < 2 {
		return lead + 1
	}
	return lead + 1 + bucket*(plot-2)/(buckets-1)
}

// marks are the labels of every so many buckets, so that all are as far apart; nil if they have no room.
func (c *Chart) marks(buckets, every, lead, plot int) []mark {
	list := []mark{}
	if c.Label == nil {
		return list
	}
	end := 0
	for i := 0; i < buckets; i += every {
		words := []rune(plain.Truncate(plain.Line(c.Label(i)), 12).String())
		at := column(i, buckets, lead, plot)
		from := max(0, min(at-len(words)/2, lead+plot+1-len(words)))
		switch {
		case len(words) == 0 || ansi.StringWidth(string(words)) != len(words):
			continue
		case from < end:
			return nil
		}
		list = append(list, mark{at, from, words})
		end = from + len(words) + 2
	}
	return list
}

// axis draws the level axis and as many labels under it as have room.
func (c *Chart) axis(t *Theme, lead, plot, buckets int) []string {
	line := []rune(strings.Repeat(" ", lead) + "└" + strings.Repeat("─", plot-1))
	under := []rune(strings.Repeat(" ", lead+plot+1))
	var marks []mark
	for _, every := range []int{1, 2, 3, 4, 6, 8, 12, 24, 48, 96, 192, 384, buckets} {
		if marks = c.marks(buckets, every, lead, plot); marks != nil {
			break
		}
	}
	for _, m := range marks {
		copy(under[m.from:], m.words)
		line[min(m.column, len(line)-1)] = '┬'
	}
	if c.Unfinished {
		line[min(column(max(0, buckets-1-c.ToCome), buckets, lead, plot), len(line)-1)] = '○'
	}
	width := lead + plot + 1
	return []string{Line(width, Say(t.Dim, string(line))), Line(width, Say(t.Dim, string(under)))}
}

// legend names the series by their lines.
func (c *Chart) legend(t *Theme, width int) string {
	looks := []Style{t.Staff, t.Reporter, t.Note, t.Bad}
	sets := strokes(len(c.Series))
	var spans []Span
	for i, s := range c.Series {
		mark := strings.Repeat(sets[i].Horizontal, 2)
		spans = append(spans, Say(looks[min(i, len(looks)-1)], "  "+mark+" "), Quote(t.Plain, s.Name))
	}
	if c.Unfinished {
		whole := Say(t.Dim, "   ○ not over yet")
		if spansWidth(append(spans, whole)) > width {
			whole = Say(t.Dim, "   ○ not over")
		}
		spans = append(spans, whole)
	}
	return Line(width, spans...)
}
