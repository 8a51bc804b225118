package ui

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Thread is a conversation laid out for a width: what was wrapped once is kept, and only the lines
// on the screen are rendered.
type Thread struct {
	width   int
	history bool
	items   []item
	lines   int
	bodies  map[core.MessageID][]plain.Text
}

// item is one thing in a thread: a message or, in the history, an event.
type item struct {
	message *core.Message
	event   *core.Event
	body    []plain.Text
	first   int           // number of its first line
	joined  bool          // no blank line after it: the next is an event too
	of      core.TicketID // whose conversation it is shown in
}

// maxMeasure is the widest line that people read with ease.
const maxMeasure = 100

// Lay lays out the messages of a ticket and of what is merged into it, and between them the events if the history is wanted.
func (t *Thread) Lay(of core.TicketID, messages []core.Message, events []core.Event, history bool, width int) {
	width = max(1, min(width, maxMeasure))
	if width != t.width || t.bodies == nil {
		t.bodies = map[core.MessageID][]plain.Text{}
	}
	t.width, t.history = width, history
	t.items, t.lines = t.items[:0], 0
	for i := range messages {
		t.items = append(t.items, item{message: &messages[i], of: of})
	}
	if history {
		for i := range events {
			if Event(&events[i]).String() != "" {
				t.items = append(t.items, item{event: &events[i]})
			}
		}
		sort.SliceStable(t.items, func(a, b int) bool { return t.items[a].at().Before(t.items[b].at()) })
	}
	for i := range t.items {
		it := &t.items[i]
		it.first = t.lines
		it.body = t.wrapped(it)
		it.joined = it.event != nil && i+1 < len(t.items) && t.items[i+1].event != nil
		t.lines += it.height()
	}
}

func (it *item) at() time.Time {
	if it.message != nil {
		return it.message.CreatedAt
	}
	return it.event.At
}

// height counts an item's lines: heading, body and the blank line after it.
func (it *item) height() int {
	switch {
	case it.joined:
		return len(it.body)
	case it.event != nil:
		return len(it.body) + 1
	}
	return 1 + len(it.body) + 1
}

func (t *Thread) wrapped(it *item) []plain.Text {
	inner := max(1, t.width-2)
	if it.event != nil {
		return plain.Wrap(Event(it.event), inner)
	}
	m := it.message
	if m.EditedAt.IsZero() && m.GoesAt.IsZero() {
		if body, ok := t.bodies[m.ID]; ok {
			return body
		}
	}
	var body []plain.Text
	if m.Body != "" || len(m.Files) == 0 {
		body = plain.Wrap(plain.Block(m.Body), inner)
	}
	if len(m.Files) > 0 {
		body = append(body, plain.Wrap(Files(m.Files), inner)...)
	}
	t.bodies[m.ID] = body
	return body
}

// Files names what was sent with a message: "2 files: photo.jpg 212 kB, log.txt 3 kB".
func Files(files []core.File) plain.Text {
	var words strings.Builder
	words.WriteString("1 file: ")
	if len(files) > 1 {
		words.Reset()
		fmt.Fprintf(&words, "%d files: ", len(files))
	}
	for i, f := range files {
		if i > 0 {
			words.WriteString(", ")
		}
		words.WriteString(f.Name + " " + f.SizeWords())
	}
	return plain.Line(words.String())
}

// Height is the number of lines of the whole thread.
func (t *Thread) Height() int { return max(0, t.lines-1) }

// FirstLine is the number of the first line of the message, and whether it is in the thread.
func (t *Thread) FirstLine(id core.MessageID) (int, bool) {
	for i := range t.items {
		if m := t.items[i].message; m != nil && m.ID == id {
			return t.items[i].first, true
		}
	}
	return 0, false
}

// At returns the message that line n belongs to and how far into it the line is, so that a place in
// the conversation can be found again after it was laid out anew.
func (t *Thread) At(n int) (core.MessageID, int) {
	var id core.MessageID
	into := n
	for i := range t.items {
		if t.items[i].first > n {
			break
		}
		if m := t.items[i].message; m != nil {
			id, into = m.ID, n-t.items[i].first
		}
	}
	return id, into
}

// Render draws height lines from line first on, each exactly width wide.
func (t *Thread) Render(theme *Theme, first, height, width int, clock Clock) []string {
	lines := make([]string, 0, max(0, height))
	at := sort.Search(len(t.items), func(i int) bool { return t.items[i].first+t.items[i].height() > first })
	for ; at < len(t.items) && len(lines) < height; at++ {
		it := &t.items[at]
		for n := max(0, first-it.first); n < it.height() && len(lines) < height; n++ {
			lines = append(lines, it.line(theme, n, width, clock))
		}
	}
	return Fit(lines, width, height)
}

func (it *item) line(theme *Theme, n, width int, clock Clock) string {
	if n == it.height()-1 && !it.joined {
		return strings.Repeat(" ", max(0, width))
	}
	if it.event != nil {
		spans := []Span{Say(theme.Rule, "· "), Quote(theme.Dim, it.body[n])}
		if n == 0 {
			spans = append(spans, Say(theme.Dim, ", "+clock.Ago(it.event.At)))
		}
		return Line(width, spans...)
	}
	style, bar := it.voice(theme)
	edge := Say(style, bar+" ")
	if n == 0 {
		return Line(width, append([]Span{edge}, it.fitted(theme, style, width-2, clock)...)...)
	}
	return Line(width, edge, Quote(theme.Plain, it.body[n-1]))
}

// voice is how a message is told apart at its left edge; its heading says the same in words.
func (it *item) voice(theme *Theme) (style Style, bar string) {
	m := it.message
	switch {
	case m.Visibility == core.InternalNote:
		return theme.Note, "┃"
	case m.Side == core.StaffSide:
		return theme.Staff, "│"
	}
	return theme.Reporter, "│"
}

// brief is how much is left out of a heading that has little room.
type brief int

const (
	whole       brief = iota
	withoutDate       // how long ago it was says enough
	bare              // that it is a note says that the reporter does not see it
)

// fitted is the heading with as much in it as has room: who said it comes before when exactly.
func (it *item) fitted(theme *Theme, style Style, width int, clock Clock) []Span {
	for short := range bare {
		spans, taken := it.heading(theme, style, clock, short), 0
		for _, s := range spans {
			taken += s.Text.Width()
		}
		if taken <= width {
			return spans
		}
	}
	return it.heading(theme, style, clock, bare)
}

func (it *item) heading(theme *Theme, style Style, clock Clock, short brief) []Span {
	m := it.message
	author := m.AuthorName
	if author == "" {
		author = Person(m.Author, "").String()
	}
	if author == "" {
		author = "The reporter"
		if m.Side == core.StaffSide {
			author = "Staff"
		}
	}
	var spans []Span
	who := plain.Line(author)
	if m.Visibility == core.InternalNote {
		note := "NOTE — not shown to the reporter"
		if short == bare {
			note = "NOTE"
		}
		spans = append(spans, Say(style, note), Say(theme.Dim, " · "), Quote(theme.Bold, who))
	} else {
		side := "reporter"
		if m.Side == core.StaffSide {
			side = "staff"
		}
		spans = append(spans, Quote(style, who), Say(theme.Dim, " · "+side))
	}
	if m.Ticket != 0 && m.Ticket != it.of {
		spans = append(spans, Say(theme.Dim, " · on "+m.Ticket.String()))
	}
	if m.SaidOn != 0 {
		spans = append(spans, Say(theme.Dim, " · to all of "+m.SaidOn.String()))
	}
	if !m.GoesAt.IsZero() {
		words := "going now"
		if left := m.GoesAt.Sub(clock.Now); left > 0 {
			words = "sending in " + strconv.Itoa(int((left+time.Second-1)/time.Second)) + " s"
		}
		return append(spans, Say(theme.Warn, " · "+words+" · the reporter does not see it yet"))
	}
	when := " · " + clock.Full(m.CreatedAt)
	if short > whole {
		when = " · " + clock.Ago(m.CreatedAt)
	}
	if !m.EditedAt.IsZero() {
		when += " · edited"
	}
	return append(spans, Say(theme.Dim, when))
}
