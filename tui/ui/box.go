package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core/plain"
)

// BoxSize is how large the inside of a dialog may be on a screen of that size.
func BoxSize(width, height int) (inner, rows int) {
	return max(1, min(width-4, 72)), max(1, height-2)
}

// Box frames lines (each inner wide) with a title in the upper edge.
func Box(t *Theme, title plain.Text, lines []string, inner int) []string {
	edge := t.Accent
	head := ""
	if room := inner - 2; room > 0 && title.Width() > 0 {
		head = ansi.Truncate(" "+title.String()+" ", room, "… ")
	}
	rest := max(0, inner+2-1-ansi.StringWidth(head))
	out := []string{edge.Render("╭─" + head + strings.Repeat("─", rest) + "╮")}
	for _, l := range lines {
		out = append(out, edge.Render("│")+" "+l+" "+edge.Render("│"))
	}
	return append(out, edge.Render("╰"+strings.Repeat("─", inner+2)+"╯"))
}

// Overlay lays a box over the middle of a screen and says where its upper left corner is. What would
// hang over the edge is cut off.
func Overlay(screen []string, box []string, width, height int) (lines []string, x, y int) {
	boxWidth := 0
	for _, l := range box {
		boxWidth = max(boxWidth, ansi.StringWidth(l))
	}
	tooWide := boxWidth > width
	boxWidth = min(boxWidth, width)
	x, y = max(0, (width-boxWidth)/2), max(0, (height-len(box))/2)
	for i, l := range box {
		if y+i >= len(screen) {
			break
		}
		if tooWide {
			l = ansi.Cut(l, 0, width)
		}
		under := screen[y+i]
		screen[y+i] = ansi.Cut(under, 0, x) + l + ansi.Cut(under, x+boxWidth, width)
	}
	return screen, x, y
}
