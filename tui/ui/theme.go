package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"helpdesk.campus/core"
)

// Background is what the console knows about the terminal's background.
type Background int

// The backgrounds. Unknown uses colours that read on black and on white.
const (
	Unknown Background = iota
	Dark
	Light
	NoColour // only bold, underline and reverse video
	DarkContrast
	LightContrast
)

// Contrast is the high contrast for a background: nothing is dimmed, and colours keep 7 to 1. On one that
// is not known no colour does that on black and on white alike, so there are none.
func Contrast(b Background) Background {
	switch b {
	case Dark, DarkContrast:
		return DarkContrast
	case Light, LightContrast:
		return LightContrast
	case Unknown, NoColour:
	}
	return NoColour
}

// Style is how a piece of text looks: what turns the look on and what turns it off again. It is made
// from lipgloss once, because a screen is drawn out of hundreds of pieces after every key.
type Style struct{ on, off string }

func styleOf(s lipgloss.Style) Style {
	const mark = "x"
	on, off, _ := strings.Cut(s.Render(mark), mark)
	return Style{on: on, off: off}
}

// Render gives a line of text the look.
func (s Style) Render(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + s.off
}

// Theme is every style of the console. State is always said in a word too; colour only helps.
type Theme struct {
	Plain    Style
	Bold     Style
	Accent   Style // where one is: section, current tab, focused frame
	Dim      Style // what matters less
	Rule     Style // thin separators
	Key      Style // a key one can press
	Selected Style // the row under the cursor: reverse video, which every terminal has
	Match    Style // the chosen tab
	Reporter Style // words of the reporter
	Staff    Style // public words of staff
	Note     Style // what the reporter never reads
	Good     Style
	Warn     Style
	Bad      Style

	open, active, closed      Style
	urgent, high, normal, low Style
}

type palette struct {
	blue, teal, green, amber, orange, red, grey string
}

// NewTheme returns the styles for a background. Every colour keeps a contrast of 4.5 to 1 or better
// on it, 7 to 1 in high contrast; those for an unknown background do so on black and on white alike. A terminal
// with 256 colours shows the nearest that it has, and most have no more over SSH: those keep it too.
func NewTheme(b Background) *Theme {
	base := lipgloss.NewStyle()
	plain, bold := styleOf(base), styleOf(base.Bold(true))
	t := &Theme{
		Plain: plain, Bold: bold, Accent: bold, Dim: plain, Rule: plain, Key: bold,
		Selected: styleOf(base.Reverse(true)), Match: styleOf(base.Bold(true).Underline(true)),
		Reporter: bold, Staff: bold, Note: bold, Good: bold, Warn: bold, Bad: bold,
		open: plain, active: plain, closed: plain, urgent: bold, high: plain, normal: plain, low: plain,
	}
	if b == NoColour {
		return t
	}
	p := paletteOf(b)
	ink := func(hex string) Style { return styleOf(base.Foreground(lipgloss.Color(hex))) }
	strong := func(hex string) Style { return styleOf(base.Foreground(lipgloss.Color(hex)).Bold(true)) }
	t.Accent, t.Key = strong(p.blue), ink(p.blue)
	t.Match = styleOf(base.Foreground(lipgloss.Color(p.blue)).Bold(true).Underline(true))
	t.Dim, t.Rule = ink(p.grey), ink(p.grey)
	t.Reporter, t.Staff, t.Note = strong(p.teal), strong(p.blue), strong(p.amber)
	t.Good, t.Warn, t.Bad = ink(p.green), strong(p.amber), strong(p.red)
	t.open, t.active, t.closed = ink(p.orange), ink(p.green), ink(p.grey)
	t.urgent, t.high, t.low = strong(p.red), ink(p.orange), ink(p.grey)
	return t
}

func paletteOf(b Background) palette {
	switch b {
	case Dark:
		return palette{blue: "#81B0F1", teal: "#1CC1BC", green: "#32C663", amber: "#EE9C0D", orange: "#F29763", red: "#F29296", grey: "#ABAEB2"}
	case Light:
		return palette{blue: "#1456B2", teal: "#0E6461", green: "#1A662F", amber: "#7B5006", orange: "#963F0C", red: "#AD1F28", grey: "#57595E"}
	case DarkContrast:
		return palette{blue: "#A8CBFF", teal: "#5CE6E1", green: "#6CF09A", amber: "#FFC44D", orange: "#FFB68A", red: "#FFB3B6", grey: "#FFFFFF"}
	case LightContrast:
		return palette{blue: "#0B2D82", teal: "#08482F", green: "#0C4A22", amber: "#5A2F04", orange: "#6B2C07", red: "#820F17", grey: "#000000"}
	case Unknown, NoColour:
	}
	return palette{blue: "#3C6BF0", teal: "#138570", green: "#228643", amber: "#A26830", orange: "#B45C34", red: "#BE5355", grey: "#767676"}
}

// Status is the style of a status's word.
func (t *Theme) Status(s core.Status) Style {
	switch s {
	case core.Open:
		return t.open
	case core.Active:
		return t.active
	case core.Closed:
		return t.closed
	}
	return t.Plain
}

// Priority is the style of a priority's word.
func (t *Theme) Priority(p core.Priority) Style {
	switch p {
	case core.Urgent:
		return t.urgent
	case core.High:
		return t.high
	case core.Normal:
		return t.normal
	case core.Low:
		return t.low
	}
	return t.Plain
}
