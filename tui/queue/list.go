package queue

import (
	"time"

	"helpdesk.campus/core"
)

// list is the rows read so far and where the cursor stands on them. The cursor belongs to a ticket, not
// to a place: whatever arrives or leaves, the row under it stays where it is on the screen.
type list struct {
	rows   []core.Ticket
	next   string // cursor of the next page, "" at the end
	at     int    // row of the cursor
	top    int    // first row on the screen
	height int    // rows on the screen
	moved  core.TicketID
	fresh  map[core.TicketID]bool // arrived since they were last looked at
	read   time.Time              // how fresh the rows are; zero before the first answer
}

// current returns the ticket under the cursor.
func (l *list) current() (*core.Ticket, bool) {
	if l.at < 0 || l.at >= len(l.rows) {
		return nil, false
	}
	return &l.rows[l.at], true
}

// begin shows the first rows of another view, with the cursor on the ticket wanted if it is there.
func (l *list) begin(rows []core.Ticket, next string, wanted Place, read time.Time) {
	*l = list{rows: rows, next: next, height: l.height, read: read}
	if i := find(rows, wanted.Selected); i >= 0 {
		l.at, l.top = i, max(0, i-wanted.Above)
	}
	l.settle()
}

// refresh replaces the rows by how they are now and keeps the row under the cursor in its place. If its
// ticket has left the view, the row stays, marked, until the cursor leaves it.
func (l *list) refresh(rows []core.Ticket, next string, read time.Time) {
	known := make(map[core.TicketID]bool, len(l.rows))
	for i := range l.rows {
		known[l.rows[i].ID] = true
	}
	for i := range rows {
		if !known[rows[i].ID] && rows[i].UpdatedAt.After(l.read) {
			l.mark(rows[i].ID)
		}
	}
	offset := l.at - l.top
	here, ok := l.current()
	switch {
	case !ok:
		l.at = 0
	default:
		i := find(rows, here.ID)
		if i < 0 {
			i = l.heir(rows)
			rows = insert(rows, i, *here)
			l.moved = here.ID
		} else if l.moved == here.ID {
			l.moved = 0
		}
		l.at = i
	}
	l.rows, l.next, l.read = rows, next, read
	l.top = l.at - offset
	l.settle()
}

// heir finds where a row that left the view stays: before the first of the rows below it that are still
// there.
func (l *list) heir(rows []core.Ticket) int {
	for _, below := range l.rows[min(len(l.rows), l.at+1):] {
		if i := find(rows, below.ID); i >= 0 {
			return i
		}
	}
	return min(l.at, len(rows))
}

func (l *list) mark(id core.TicketID) {
	if l.fresh == nil {
		l.fresh = map[core.TicketID]bool{}
	}
	l.fresh[id] = true
}

// extend adds the next page, without the tickets that moved down into it meanwhile.
func (l *list) extend(rows []core.Ticket, next string) {
	known := make(map[core.TicketID]bool, len(l.rows))
	for i := range l.rows {
		known[l.rows[i].ID] = true
	}
	for i := range rows {
		if !known[rows[i].ID] {
			l.rows = append(l.rows, rows[i])
		}
	}
	l.next = next
}

// update puts a changed ticket in its row.
func (l *list) update(t core.Ticket) {
	if i := find(l.rows, t.ID); i >= 0 {
		l.rows[i] = t
	}
}

// move takes the cursor down by so many rows (up if negative). A row that had left the view goes as
// soon as the cursor has left it.
func (l *list) move(by int) {
	l.jump(l.at + by)
}

func (l *list) jump(to int) {
	to = max(0, min(to, len(l.rows)-1))
	if l.moved != 0 && to != l.at {
		if i := find(l.rows, l.moved); i >= 0 {
			l.rows = append(l.rows[:i:i], l.rows[i+1:]...)
			if to > i {
				to--
			}
		}
		l.moved = 0
	}
	l.at = to
	if t, ok := l.current(); ok {
		delete(l.fresh, t.ID)
	}
	l.settle()
}

// top row follows the cursor, and no blank is left above the list.
func (l *list) settle() {
	l.at = max(0, min(l.at, len(l.rows)-1))
	l.top = max(0, min(l.top, l.at))
	if l.height > 0 { // it has been on the screen
		l.top = max(l.top, l.at-l.height+1)
	}
}

// fill takes rows from above where the screen would end in a blank. It moves the row under the cursor, and so it is only
// for when the whole screen is drawn anew: another screen was on top, or the window has another size.
func (l *list) fill() {
	if l.height > 0 {
		l.top = max(0, min(l.top, len(l.rows)-l.height))
	}
}

// unseen counts what has arrived above the first row on the screen, and returns the newest of it.
func (l *list) unseen() (n int, newest *core.Ticket) {
	for i := range l.rows[:min(l.top, len(l.rows))] {
		t := &l.rows[i]
		if !l.fresh[t.ID] {
			continue
		}
		n++
		if newest == nil || t.UpdatedAt.After(newest.UpdatedAt) {
			newest = t
		}
	}
	return n, newest
}

// wanting reports whether the cursor is so near the end of what was read that more should be.
func (l *list) wanting() bool {
	return l.next != "" && l.at+max(1, l.height)*2 >= len(l.rows)
}

func find(rows []core.Ticket, id core.TicketID) int {
	for i := range rows {
		if rows[i].ID == id {
			return i
		}
	}
	return -1
}

func insert(rows []core.Ticket, at int, t core.Ticket) []core.Ticket {
	out := make([]core.Ticket, 0, len(rows)+1)
	out = append(out, rows[:at]...)
	out = append(out, t)
	return append(out, rows[at:]...)
}
