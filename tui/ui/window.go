package ui

import (
	"fmt"

	"helpdesk.campus/core/plain"
)

// Window is which rows of a list there is room for.
type Window struct {
	First, End int // End is not in sight any more
	Of         int // how many rows there are
}

// WindowAround is the window of so many rows in which the selected one is; -1 for none begins at the top.
func WindowAround(count, selected, room int) Window {
	room = max(0, room)
	first := max(0, min(selected-room+1, count-room))
	return Window{First: first, End: min(count, first+room), Of: count}
}

// Unseen says how many rows are out of sight and where, in words and in few; nothing if there are none.
func (w Window) Unseen() []string {
	above, below := w.First, w.Of-w.End
	switch {
	case above > 0 && below > 0:
		return []string{fmt.Sprintf("%d above ↑, %d below ↓", above, below), fmt.Sprintf("%d ↑, %d ↓", above, below)}
	case above > 0:
		return []string{fmt.Sprintf("%d more above ↑", above), fmt.Sprintf("%d more ↑", above)}
	case below > 0:
		return []string{fmt.Sprintf("%d more below ↓", below), fmt.Sprintf("%d more ↓", below)}
	}
	return nil
}

// Noted is a heading with the first of some notes behind it that has room, such as how much is out of sight. Where none has,
// the heading is cut for the last.
func Noted(heading string, notes []string, width int) plain.Text {
	text := plain.Line(heading)
	for i, note := range notes {
		behind := plain.Line(" · " + note)
		if i == len(notes)-1 || text.Width()+behind.Width() <= width {
			return plain.Concat(plain.Truncate(text, max(0, width-behind.Width())), behind)
		}
	}
	return text
}
