package ui

import (
	"strings"

	"helpdesk.campus/core/plain"
)

// Span is a piece of a line: safe text in a style.
type Span struct {
	Style Style
	Text  plain.Text
}

// Say makes a span of the program's own words.
func Say(style Style, words string) Span { return Span{Style: style, Text: plain.Line(words)} }

// Quote makes a span of somebody's words.
func Quote(style Style, words plain.Text) Span { return Span{Style: style, Text: words} }

// Line joins spans into a line of exactly that width: what does not fit is cut with an ellipsis, what
// remains is blank.
func Line(width int, spans ...Span) string {
	if width <= 0 {
		return ""
	}
	var out strings.Builder
	left := width
	for i, s := range spans {
		room := left
		if more(spans[i+1:]) && s.Text.Width() == left {
			s.Text, room = plain.Concat(plain.Truncate(s.Text, left-1), plain.Line("…")), left
		}
		text := plain.Truncate(s.Text, room)
		if text.Empty() {
			continue
		}
		out.WriteString(s.Style.Render(text.String()))
		if left -= text.Width(); left <= 0 {
			break
		}
	}
	out.WriteString(strings.Repeat(" ", max(0, left)))
	return out.String()
}

func more(spans []Span) bool {
	for _, s := range spans {
		if !s.Text.Empty() {
			return true
		}
	}
	return false
}

// Ends puts one line's worth of spans at the left end and others at the right end; when there is no
// room for both, the right end goes.
func Ends(width int, left, right []Span) string {
	l, r := spansWidth(left), spansWidth(right)
	if l+r+2 > width {
		return Line(width, left...)
	}
	return Line(width-r, left...) + Line(r, right...)
}

func spansWidth(spans []Span) int {
	w := 0
	for _, s := range spans {
		w += s.Text.Width()
	}
	return w
}

// Rule is a thin separator.
func Rule(t *Theme, width int) string {
	return t.Rule.Render(strings.Repeat("─", max(0, width)))
}

// Fit cuts or fills lines to exactly that many, each of them blank-filled by whoever made it.
func Fit(lines []string, width, height int) []string {
	if height <= 0 {
		return nil
	}
	if len(lines) > height {
		return lines[:height]
	}
	blank := strings.Repeat(" ", max(0, width))
	for len(lines) < height {
		lines = append(lines, blank)
	}
	return lines
}

// Beside joins two columns of lines with a thin separator between them; both must have the same
// number of lines, and the left ones the same width.
func Beside(t *Theme, left, right []string) []string {
	bar := " " + t.Rule.Render("│") + " "
	lines := make([]string, 0, len(left))
	for i, l := range left {
		if i < len(right) {
			l += bar + right[i]
		}
		lines = append(lines, l)
	}
	return lines
}

// Wrapped wraps a text into lines of at most width columns, in a style.
func Wrapped(style Style, text plain.Text, width int) []string {
	var lines []string
	for _, l := range plain.Wrap(text, max(1, width)) {
		lines = append(lines, Line(width, Span{Style: style, Text: l}))
	}
	return lines
}
