package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"helpdesk.campus/core/plain"
)

func anyValue() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 100), rapid.Just(0.0), rapid.Just(7.0),
		rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, -3}))
}

func requireBox(t interface{ Fatalf(string, ...any) }, lines []string, width, height int) {
	if len(lines) != max(0, height) {
		t.Fatalf("%d lines in a box of %d", len(lines), height)
	}
	for _, l := range lines {
		if got := ansi.StringWidth(l); got != max(0, width) {
			t.Fatalf("a line of %d columns in a box of %d: %q", got, width, ansi.Strip(l))
		}
		if strings.ContainsAny(l, "\n\r\t") {
			t.Fatalf("a line breaks: %q", l)
		}
	}
}

func TestNothingPanicsAndNothingLeavesItsBox(t *testing.T) {
	t.Parallel()
	theme := NewTheme(Dark)
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(-2, 210).Draw(t, "width"), rapid.IntRange(-2, 62).Draw(t, "height")
		c := Chart{
			Whole: rapid.Bool().Draw(t, "whole"), Unfinished: rapid.Bool().Draw(t, "unfinished"), ToCome: rapid.IntRange(0, 30).Draw(t, "to come"), Sentence: plain.Line(rapid.String().Draw(t, "sentence")),
			Label: func(i int) string { return fmt.Sprintf("%d Mar", i) },
		}
		if rapid.Bool().Draw(t, "hostile labels") {
			word := rapid.String().Draw(t, "label")
			c.Label = func(int) string { return word }
			c.Seconds = rapid.Bool().Draw(t, "seconds")
		}
		for range rapid.IntRange(0, 6).Draw(t, "series") {
			c.Series = append(c.Series, Series{Name: plain.Line(rapid.String().Draw(t, "name")), Values: rapid.SliceOfN(anyValue(), 0, 400).Draw(t, "values")})
		}
		requireBox(t, c.Lines(theme, width, height), width, height)

		var bars []Bar
		var cells [7][24]float64
		for i, v := range rapid.SliceOfN(anyValue(), 0, 60).Draw(t, "bars") {
			bars = append(bars, Bar{Label: plain.Line(rapid.String().Draw(t, "label")), Value: v, Note: plain.Line("12 %")})
			cells[i%7][i%24] = v
		}
		requireBox(t, Bars(theme, bars, rapid.IntRange(-1, 60).Draw(t, "selected"), width, height), width, height)
		chosen := rapid.Ptr(rapid.Custom(func(t *rapid.T) HeatCell {
			return HeatCell{rapid.IntRange(0, 6).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour")}
		}), true).Draw(t, "chosen")
		requireBox(t, Heat(theme, cells, chosen, width, height), width, height)
	})
}

func TestTooLittleForAChartIsASentence(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]float64{
		"empty": nil, "one": {4}, "one and gaps": {math.NaN(), 4, math.NaN()}, "gaps": {math.NaN(), math.NaN()}, "infinite": {math.Inf(1), math.Inf(-1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Chart{Series: []Series{{Values: values}}, Sentence: plain.Line("4 tickets in 7 days.")}
			if got := ansi.Strip(c.Lines(NewTheme(Dark), 60, 12)[0]); !strings.Contains(got, "4 tickets in 7 days.") {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAConstantSeriesFillsItsHeightAndTheAxisBeginsAtNothing(t *testing.T) {
	t.Parallel()
	c := Chart{Series: []Series{{Name: plain.Line("created"), Values: []float64{5, 5, 5}}}, Whole: true, Unfinished: true}
	lines := c.Lines(NewTheme(NoColour), 40, 10)
	all := ansi.Strip(strings.Join(lines, "\n"))
	if !strings.Contains(lines[6], "0") || !strings.Contains(all, "── created") || !strings.Contains(all, "not over yet") {
		t.Errorf("the chart is\n%s", all)
	}
}

func TestSeriesAreToldApartWithoutColour(t *testing.T) {
	t.Parallel()
	c := Chart{Series: []Series{{Values: []float64{1, 1, 1}}, {Values: []float64{3, 3, 3}}, {Values: []float64{6, 6, 6}}}, Whole: true}
	all := ansi.Strip(strings.Join(c.Lines(NewTheme(NoColour), 60, 12), "\n"))
	for _, stroke := range []string{"───", "═══", "···"} {
		if !strings.Contains(all, stroke) {
			t.Errorf("no %s in\n%s", stroke, all)
		}
	}
}

func TestBlocksGrowByEighths(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{0: "", 0.1: "▏", 8: "█", 12: "█▌", 16: "██", 99: "██"} {
		if got := Block(value, 16, 2); got != want {
			t.Errorf("%v is %q, want %q", value, got, want)
		}
	}
}

// Where there is no value nothing is drawn: neither a zero nor a line to the next.
func TestAGapIsDrawnAsAGap(t *testing.T) {
	t.Parallel()
	c := Chart{Series: []Series{{Values: []float64{3, 3, math.NaN(), math.NaN(), math.NaN(), 3, 3}}}, Whole: true}
	lines := c.Lines(NewTheme(NoColour), 60, 10)
	for _, l := range lines {
		if plot := strings.TrimSpace(ansi.Strip(l)); strings.Contains(plot, "──") && !strings.ContainsAny(plot, "└┬") {
			if parts := strings.Fields(strings.TrimLeft(plot, "0123456789 ┤│┼")); len(parts) < 2 {
				t.Errorf("the line goes on where nothing is: %q", plot)
			}
			return
		}
	}
	t.Errorf("no line in\n%s", ansi.Strip(strings.Join(lines, "\n")))
}

func TestTheMarkOfABucketThatIsNotOverStandsUnderTheLastOnly(t *testing.T) {
	t.Parallel()
	for _, unfinished := range []bool{true, false} {
		c := Chart{Series: []Series{{Name: plain.Line("created"), Values: []float64{0, 2, 1}}}, Whole: true, Unfinished: unfinished}
		all := ansi.Strip(strings.Join(c.Lines(NewTheme(NoColour), 40, 10), "\n"))
		axis := ""
		for line := range strings.SplitSeq(all, "\n") {
			if strings.Contains(line, "└") {
				axis = strings.TrimRight(line, " ")
			}
		}
		if strings.HasSuffix(axis, "○") != unfinished || strings.Contains(all, "not over yet") != unfinished || strings.Count(axis, "○") > 1 {
			t.Errorf("unfinished is %t:\n%s", unfinished, all)
		}
	}
}

func TestTheLegendSaysWithFewerWordsWhatHasLittleRoom(t *testing.T) {
	t.Parallel()
	c := Chart{Series: []Series{{Name: plain.Line("created"), Values: []float64{1, 2}}}, Unfinished: true}
	for width, want := range map[int]string{40: "  ── created   ○ not over yet", 29: "  ── created   ○ not over yet", 28: "  ── created   ○ not over", 25: "  ── created   ○ not over"} {
		if got := strings.TrimRight(ansi.Strip(c.legend(NewTheme(NoColour), width)), " "); got != want {
			t.Errorf("in %d columns: %q", width, got)
		}
	}
}

// Of today some hours are still to come: the mark stands under the one that runs, not at the end.
func TestTheMarkStandsUnderTheBucketThatRunsWhereOthersAreToCome(t *testing.T) {
	t.Parallel()
	gap := math.NaN()
	label := func(i int) string { return fmt.Sprint(i) }
	for running, values := range [][]float64{{1, gap, gap, gap}, {0, 2, gap, gap}, {0, 2, 1, gap}, {0, 2, 1, 3}} {
		c := Chart{
			Series: []Series{{Name: plain.Line("today"), Values: values}, {Name: plain.Line("usual"), Values: []float64{1, 1, 2, 1}}},
			Whole:  true, Unfinished: true, ToCome: len(values) - 1 - running, Label: label,
		}
		lines := c.Lines(NewTheme(NoColour), 60, 12)
		axis, under := []rune(ansi.Strip(lines[len(lines)-3])), ansi.Strip(lines[len(lines)-2])
		at := slices.Index(axis, '○')
		if at < 0 || under[at:at+1] != label(running) || strings.Count(string(axis), "○") != 1 || !strings.Contains(ansi.Strip(lines[len(lines)-1]), "not over yet") {
			t.Errorf("bucket %d runs:\n%s", running, ansi.Strip(strings.Join(lines, "\n")))
		}
	}
}

// A person reads hours and days off the axis, not tenths of them.
func TestTimesStandAtTheAxisInRoundSteps(t *testing.T) {
	t.Parallel()
	const minute, hour, day = 60.0, 3600.0, 86400.0
	for _, test := range []struct {
		highest float64
		want    []string // from nothing up, as many as there are
	}{
		{20, []string{"0", "5 s", "10 s", "15 s", "20 s"}},
		{100, []string{"0", "20 s", "40 s", "1 min", "1 min 20 s"}},
		{7 * minute, []string{"0", "2 min", "4 min", "6 min"}},
		{3 * hour, []string{"0", "1 h", "2 h", "3 h"}},
		{100 * minute, []string{"0", "20 min", "40 min", "1 h", "1 h 20 min"}},
		{40 * hour, []string{"0", "12 h", "1 d", "1 d 12 h"}},
		{8.33 * day, []string{"0", "2 d", "4 d", "6 d", "8 d"}},
		{30 * day, []string{"0", "1 w", "2 w", "3 w", "4 w"}},
		{400 * day, []string{"0", "12 w", "24 w", "36 w", "48 w"}},
		{40000 * day, []string{"0"}},
		{0, []string{"0", "1 s"}},
	} {
		c := Chart{Series: []Series{{Values: []float64{0, test.highest}}}, Seconds: true}
		var got []string
		for _, line := range c.Lines(NewTheme(NoColour), 60, 14) {
			if label, _, found := strings.Cut(strings.NewReplacer("┼", "┤").Replace(ansi.Strip(line)), "┤"); found {
				if label = strings.TrimSpace(label); label != "" {
					got = append([]string{label}, got...)
				}
			}
		}
		if len(got) < len(test.want) || !slices.Equal(got[:len(test.want)], test.want) {
			t.Errorf("up to %v seconds: %q, want %q", test.highest, got, test.want)
		}
	}
}
