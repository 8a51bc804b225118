package ui

import (
	"strings"

	"helpdesk.campus/core/plain"
)

// Column is a column of a table. Columns are dropped by rank, highest first, when the width is short;
// the one with Flex takes what is left.
type Column struct {
	Title string
	Width int
	Least int  // of the flexible column: below this, others are dropped
	Most  int  // of the flexible column: what is left beyond it stays blank at the end, so that numbers stand beside their names; 0 for no bound
	Flex  bool // takes the rest
	Rank  int  // 0: never dropped
	Right bool // aligned to the right
}

// Cell is what stands in a row's column.
type Cell struct {
	Style Style
	Text  plain.Text
}

const gap = 2

// Columns are the columns of a table that fit a width, with their final widths; dropped ones have
// width 0.
type Columns []Column

// FitColumns decides which columns are shown at a width, and how wide they are.
func FitColumns(all []Column, width int) Columns {
	cols := append(Columns(nil), all...)
	for {
		rest, flex, worst := width, -1, -1
		for i, c := range cols {
			if c.Flex {
				flex = i
			}
			if c.Width == 0 && !c.Flex {
				continue
			}
			if !c.Flex {
				rest -= c.Width
			}
			rest -= gap
			if c.Rank > 0 && (worst < 0 || c.Rank > cols[worst].Rank) {
				worst = i
			}
		}
		rest += gap
		if flex < 0 || rest >= cols[flex].Least || worst < 0 {
			if flex >= 0 {
				cols[flex].Width = max(0, rest)
				if most := cols[flex].Most; most > 0 {
					cols[flex].Width = min(cols[flex].Width, most)
				}
			}
			return cols
		}
		cols[worst].Width, cols[worst].Rank = 0, 0
	}
}

// Head is the line of titles above the rows.
func (c Columns) Head(t *Theme, width int) string {
	cells := make([]Cell, len(c))
	for i, col := range c {
		cells[i] = Cell{Style: t.Dim, Text: plain.Line(col.Title)}
	}
	return c.Row(t, width, false, cells)
}

// Row is one line of the table. The row under the cursor is in reverse video from end to end.
func (c Columns) Row(t *Theme, width int, selected bool, cells []Cell) string {
	var out strings.Builder
	blank := func(n int) {
		text := strings.Repeat(" ", max(0, n))
		if selected {
			text = t.Selected.Render(text)
		}
		out.WriteString(text)
	}
	used := 0
	for i, col := range c {
		if col.Width <= 0 || i >= len(cells) {
			continue
		}
		between := gap
		if used == 0 {
			between = 0
		}
		w := min(col.Width, width-used-between)
		if w <= 0 {
			break
		}
		blank(between)
		style, text := cells[i].Style, cells[i].Text
		if selected {
			style = t.Selected
		}
		if short := w - text.Width(); col.Right && short > 0 {
			blank(short)
			used, w = used+short, w-short
		}
		out.WriteString(cell(style, text, w, selected))
		used += between + w
	}
	blank(width - used)
	return out.String()
}

// cell renders a cell; a selected one is filled in its style to the end.
func cell(style Style, text plain.Text, width int, selected bool) string {
	if !selected {
		return Line(width, Span{Style: style, Text: text})
	}
	filled := Line(width, Span{Style: Style{}, Text: text})
	return style.Render(filled)
}
