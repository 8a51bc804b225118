package screen

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Area is several lines of typed text, wrapped between words, with the terminal's own cursor in it.
// What is typed or pasted is made safe before it is kept, and nothing of it ever asks for the
// clipboard of the machine that the console runs on.
type Area struct {
	Limit int // in characters; 0 for none
	runes []rune
	at    int
	goal  int // column that going up and down aims at, -1 for the cursor's own
	text  string
	rows  []row
	width int // the rows are laid out for; 0 if they must be laid out
	top   int // first row on the screen
}

// row is a line on the screen: runes from start up to end.
type row struct{ start, end int }

// Text is what stands in it.
func (a *Area) Text() string { return a.text }

// Len is how many characters stand in it.
func (a *Area) Len() int { return len(a.runes) }

// Set replaces what stands in it; the cursor goes to the end.
func (a *Area) Set(s string) {
	a.runes = []rune(plain.Block(s).String())
	a.at = len(a.runes)
	a.changed()
}

// At is where the cursor stands, in characters from the beginning.
func (a *Area) At() int { return a.at }

// Go puts the cursor somewhere else.
func (a *Area) Go(at int) { a.at, a.goal = max(0, min(at, len(a.runes))), -1 }

func (a *Area) changed() {
	a.text, a.width, a.goal = string(a.runes), 0, -1
}

// Insert puts text at the cursor. It reports whether all of it had room.
func (a *Area) Insert(s string) bool {
	start := a.lineStart()
	head := []rune(plain.Block(string(a.runes[start:a.at]) + s).String())
	all := true
	if room := a.Limit - len(a.runes) + (a.at - start); a.Limit > 0 && len(head) > room {
		head, all = head[:boundaryWithin(head, max(a.at-start, room))], false
	}
	a.runes = slices.Concat(a.runes[:start], head, a.runes[a.at:])
	a.at = start + len(head)
	a.at = boundary(a.runes, a.lineStart(), a.at)
	a.changed()
	return all
}

// Word is what stands between the last blank and the cursor.
func (a *Area) Word() string {
	start := a.at
	for start > 0 && !unicode.IsSpace(a.runes[start-1]) {
		start--
	}
	return string(a.runes[start:a.at])
}

// Replace puts text in the place of so many characters before the cursor.
func (a *Area) Replace(before int, s string) {
	a.cut(max(0, a.at-before), a.at)
	a.Insert(s)
}

// Update takes a key or a paste. It reports whether all that was to be added had room.
func (a *Area) Update(msg tea.Msg) (room bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return a.Insert(msg.Content)
	case tea.KeyPressMsg:
		if msg.Text != "" && msg.Mod&^tea.ModShift&^tea.ModCapsLock == 0 {
			return a.Insert(msg.Text)
		}
		return a.edit(msg.String())
	}
	return true
}

func (a *Area) edit(key string) (room bool) {
	switch key {
	case "enter", "shift+enter", "ctrl+j", "ctrl+m":
		return a.Insert("\n")
	case "backspace", "ctrl+h", "shift+backspace":
		a.cut(a.left(), a.at)
	case "delete":
		a.cut(a.at, a.right())
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		a.cut(a.wordLeft(), a.at)
	case "ctrl+u":
		a.cut(a.lineStart(), a.at)
	case "ctrl+k":
		a.cut(a.at, a.lineEnd())
	case "up", "ctrl+p":
		a.climb(-1)
	case "down", "ctrl+n":
		a.climb(1)
	default:
		a.move(key)
	}
	return true
}

// move takes the cursor elsewhere.
func (a *Area) move(key string) {
	switch key {
	case "left", "ctrl+b":
		a.at = a.left()
	case "right", "ctrl+f":
		a.at = a.right()
	case "home", "ctrl+a":
		a.at = a.lineStart()
	case "end", "ctrl+e":
		a.at = a.lineEnd()
	case "alt+left", "ctrl+left", "alt+b":
		a.at = a.wordLeft()
	case "alt+right", "ctrl+right", "alt+f":
		a.at = a.wordRight()
	case "ctrl+home", "alt+<":
		a.at = 0
	case "ctrl+end", "alt+>":
		a.at = len(a.runes)
	default:
		return
	}
	a.goal = -1
}

func (a *Area) cut(from, to int) {
	if from >= to {
		return
	}
	a.runes = slices.Concat(a.runes[:from], a.runes[to:])
	a.at = from
	a.at = boundary(a.runes, a.lineStart(), from)
	a.changed()
}

// left and right step over a character as people see it, with all its marks; a line break is one too.
func (a *Area) left() int {
	if start := a.lineStart(); start < a.at {
		return clusterBefore(a.runes, start, a.at)
	}
	return max(0, a.at-1)
}

func (a *Area) right() int {
	if a.at < len(a.runes) && a.runes[a.at] == '\n' {
		return a.at + 1
	}
	return clusterAfter(a.runes, a.at)
}

func (a *Area) lineStart() int {
	at := a.at
	for at > 0 && a.runes[at-1] != '\n' {
		at--
	}
	return at
}

func (a *Area) lineEnd() int {
	at := a.at
	for at < len(a.runes) && a.runes[at] != '\n' {
		at++
	}
	return at
}

func (a *Area) wordLeft() int  { return a.snapped(wordLeft(a.runes, a.at)) }
func (a *Area) wordRight() int { return a.snapped(wordRight(a.runes, a.at)) }

// snapped is the end of the character that a place is in.
func (a *Area) snapped(at int) int {
	start := at
	for start > 0 && a.runes[start-1] != '\n' {
		start--
	}
	return boundary(a.runes, start, at)
}

// climb goes up or down by rows of the screen and keeps to its column.
func (a *Area) climb(by int) {
	if len(a.rows) == 0 || a.width == 0 {
		a.lay(max(1, a.width))
	}
	at, column := a.where()
	if a.goal < 0 {
		a.goal = column
	}
	to := at + by
	if to < 0 || to >= len(a.rows) {
		return
	}
	start, end := a.rows[to].start, a.rows[to].end
	a.at = start
	for used := 0; a.at < end; {
		n, cells := cluster(a.runes[a.at:end])
		if used += cells; used > a.goal {
			break
		}
		a.at += n
	}
	// The end of a row that goes on in the next one is the beginning of that one.
	if a.at > start && to+1 < len(a.rows) && a.rows[to+1].start == a.at {
		a.at = clusterBefore(a.runes, start, a.at)
	}
}

// where says in which row and column the cursor is.
func (a *Area) where() (at, column int) {
	at, found := slices.BinarySearchFunc(a.rows, a.at, func(r row, at int) int { return r.start - at })
	if !found {
		at--
	}
	at = max(0, at)
	return at, cellsOf(a.runes[a.rows[at].start:a.at])
}

// lay breaks the text into rows.
func (a *Area) lay(width int) {
	if a.width == width && len(a.rows) > 0 {
		return
	}
	a.width, a.rows = width, a.rows[:0]
	start := 0
	for {
		end := start
		for end < len(a.runes) && a.runes[end] != '\n' {
			end++
		}
		a.layLine(start, end, width)
		if end == len(a.runes) {
			return
		}
		start = end + 1
	}
}

// layLine breaks one line into rows: between words where it can, else between characters.
func (a *Area) layLine(start, end, width int) {
	used, gap := 0, -1
	for i := start; i < end; {
		n, cells := cluster(a.runes[i:end])
		blank := a.runes[i] == ' '
		if used+cells > width && !blank && i > start { // a blank at the end of a row hangs over
			to := i
			if gap > start {
				to = gap
			}
			a.rows = append(a.rows, row{start, to})
			start, gap = to, -1
			used = cellsOf(a.runes[start:i])
		}
		used += cells
		i += n
		if blank {
			gap = i
		}
	}
	a.rows = append(a.rows, row{start, end})
}

// View draws height rows of width columns around the cursor, and says where it is.
func (a *Area) View(theme *ui.Theme, width, height int) (lines []string, cursor *tea.Cursor) {
	if width <= 0 || height <= 0 {
		return nil, nil
	}
	a.lay(width)
	at, column := a.where()
	a.top = max(0, min(a.top, at), at-height+1)
	for i := a.top; i < min(len(a.rows), a.top+height); i++ {
		text := ansi.Truncate(string(a.runes[a.rows[i].start:a.rows[i].end]), width, "")
		lines = append(lines, theme.Plain.Render(text)+strings.Repeat(" ", max(0, width-ansi.StringWidth(text))))
	}
	return ui.Fit(lines, width, height), tea.NewCursor(min(column, width-1), at-a.top)
}
