package admin

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// pageSize is how many rows are read at once, far how many are read anew because of others' changes.
const (
	pageSize = 100
	far      = 5 * pageSize
)

// settle is how long news are collected before a list is read anew.
const settle = 500 * time.Millisecond

// row is one line of a list. Its id stays its own when others come and go.
type row struct {
	id    string
	head  bool // a heading, which the cursor steps over
	cells []cell
	verb  string // what enter does: "open", "change…"
	help  string
	press func() tea.Cmd // nil: there is nothing to do
	thing any            // what the row is about, for the keys of its list
}

// ask is what a list wants to read: what is found by some words, behind a place in it.
type ask struct {
	find   string
	filter any // as the screen had it when it asked
	after  any // nil at the top
}

// page is a piece of a list.
type page struct {
	title string // what the screen is called now; "" as before
	hint  string
	thing any // what the whole screen is about, for its keys
	rows  []row
	next  any // where the next piece begins; nil at the end
}

// Screen is one list of the administration.
type Screen struct {
	env     *screen.Env
	title   string
	nested  bool
	hint    string
	empty   string // what to say where there is nothing
	columns []ui.Column
	finding string // what can be found by typing after a slash; "" if nothing
	minute  time.Duration
	read    func(ctx context.Context, a ask) (page, error)
	touched func(d core.Dirty) bool // whether news concern the list
	keys    func(at *row) []screen.Binding

	filter  any // what narrows it, if anything does
	thing   any // what it is about, as it was read last
	rows    []row
	next    any
	known   bool
	trouble error
	asked   int
	asking  bool
	due     bool
	on      bool
	beat    int // counts the times it came into sight, so that old beats end

	find   screen.Input
	typing bool
	place  Place  // which screen it is
	wanted string // the row to go to once there are rows

	at, top, height int
}

type answer struct {
	of    *Screen
	asked int
	more  bool
	page  page
	rows  []row
	err   error
}

type due struct {
	of   *Screen
	beat int // 0 for news
}

// Title is the screen's name.
func (s *Screen) Title() plain.Text { return plain.Line(s.title) }

// Nested says that the way to it is shown.
func (s *Screen) Nested() bool { return s.nested }

// Enter reads the list.
func (s *Screen) Enter() tea.Cmd {
	s.on = true
	s.beat++
	return tea.Batch(s.reload(), s.beatAgain())
}

func (s *Screen) beatAgain() tea.Cmd {
	if s.minute == 0 {
		return nil
	}
	return s.env.After(s.minute, due{s, s.beat})
}

// Leave stops reading it.
func (s *Screen) Leave() tea.Cmd {
	s.on = false
	return nil
}

// Typing reports whether letters narrow the list.
func (s *Screen) Typing() bool { return s.typing }

// Unsaved is never true: what is changed is changed in dialogs.
func (s *Screen) Unsaved() bool { return false }

// Update takes keys, answers and news.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if s.typing {
			return s.narrow(msg)
		}
		return s.pressed(msg)
	case tea.PasteMsg:
		if s.typing {
			return s.narrow(msg)
		}
	case screen.Stroke:
		return s.pressed(msg)
	case screen.Changed:
		// Whoever has gone far down a long list reads it anew with ctrl+r: others' changes would read it all again.
		if len(s.rows) <= far && (msg.Dirty.All || s.touched != nil && s.touched(msg.Dirty)) {
			return s.reloadSoon()
		}
	case due:
		return s.beaten(msg)
	case answer:
		return s.take(msg)
	case done:
		return s.settled(msg)
	case opened:
		if msg.of == s && msg.err != nil {
			return s.env.Host.Fail("look that up", msg.err)
		}
		if msg.of == s {
			return msg.open()
		}
	}
	return nil
}

func (s *Screen) pressed(key interface{ String() string }) tea.Cmd {
	cmd, _ := screen.Press(s.env.Host, s.Bindings(), key)
	return cmd
}

// beaten reads the list anew because it is time.
func (s *Screen) beaten(m due) tea.Cmd {
	switch {
	case m.of != s || !s.on:
		return nil
	case m.beat == 0:
		s.due = false
		return s.reload()
	case m.beat != s.beat:
		return nil
	}
	return tea.Batch(s.reload(), s.beatAgain())
}

func (s *Screen) reloadSoon() tea.Cmd {
	if !s.on || s.due {
		return nil
	}
	s.due = true
	return s.env.After(settle, due{of: s})
}

// reload reads the list anew, as far as it has been read.
func (s *Screen) reload() tea.Cmd {
	want := max(1, len(s.rows))
	return s.load(false, func(ctx context.Context, a ask) (page, []row, error) {
		var rows []row
		for {
			p, err := s.read(ctx, a)
			rows = append(rows, p.rows...)
			if err != nil || p.next == nil || len(rows) >= want {
				return p, rows, err
			}
			a.after = p.next
		}
	})
}

// readOn reads what comes behind the rows there are.
func (s *Screen) readOn() tea.Cmd {
	if s.next == nil || s.asking {
		return nil
	}
	after := s.next
	return s.load(true, func(ctx context.Context, a ask) (page, []row, error) {
		a.after = after
		p, err := s.read(ctx, a)
		return p, p.rows, err
	})
}

func (s *Screen) load(more bool, read func(ctx context.Context, a ask) (page, []row, error)) tea.Cmd {
	s.asked++
	s.asking = true
	asked, a := s.asked, ask{find: s.find.Text(), filter: s.filter}
	return s.env.Do(func(ctx context.Context) tea.Msg {
		p, rows, err := read(ctx, a)
		return answer{of: s, asked: asked, more: more, page: p, rows: rows, err: err}
	})
}

// take shows what was read. The cursor stays on its row wherever that stands now.
func (s *Screen) take(m answer) tea.Cmd {
	if m.of != s || m.asked != s.asked {
		return nil
	}
	s.asking = false
	if s.trouble = m.err; m.err != nil {
		switch core.KindOf(m.err) {
		case core.Unauthenticated, core.Forbidden:
			return s.env.Host.Fail("read this", m.err)
		case core.NotFound:
			return tea.Batch(s.env.Host.Fail("read this", m.err), s.env.Host.Back())
		default:
			return s.reloadSoon()
		}
	}
	was := s.wanted
	s.wanted = ""
	if r := s.current(); r != nil {
		was = r.id
	}
	if m.page.title != "" {
		s.title = m.page.title
	}
	if m.page.hint != "" {
		s.hint = m.page.hint
	}
	if m.page.thing != nil {
		s.thing = m.page.thing
	}
	s.known, s.next = true, m.page.next
	if m.more {
		s.rows = append(s.rows, m.rows...)
		return nil
	}
	s.rows = m.rows
	if at := slices.IndexFunc(s.rows, func(r row) bool { return r.id == was && !r.head }); at >= 0 {
		s.top += at - s.at // nothing jumps under the cursor
		s.at = at
	}
	s.settleCursor(1)
	return nil
}

// current is the row under the cursor, nil if there is none.
func (s *Screen) current() *row {
	if s.at < 0 || s.at >= len(s.rows) || s.rows[s.at].head {
		return nil
	}
	return &s.rows[s.at]
}

// move takes the cursor some rows down, or up.
func (s *Screen) move(by int) tea.Cmd {
	s.at += by
	s.settleCursor(by)
	if s.at+s.height >= len(s.rows) {
		return s.readOn()
	}
	return nil
}

// settleCursor puts the cursor on a row: headings are stepped over, on in the same direction first.
func (s *Screen) settleCursor(by int) {
	s.at = max(0, min(s.at, len(s.rows)-1))
	step := 1
	if by < 0 {
		step = -1
	}
	for _, step := range []int{step, -step} {
		for at := s.at; at >= 0 && at < len(s.rows); at += step {
			if !s.rows[at].head {
				s.at = at
				return
			}
		}
	}
}

// narrow takes what is typed to find something.
func (s *Screen) narrow(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter", "down":
			s.typing = false
			return nil
		case "esc":
			return s.findNothing()
		}
	}
	before := s.find.Text()
	if s.find.Update(msg) && s.find.Text() != before {
		return s.begin()
	}
	return nil
}

func (s *Screen) findNothing() tea.Cmd {
	s.typing = false
	s.find.Set("")
	return s.begin()
}

// begin reads the list from its top, because it is another one now.
func (s *Screen) begin() tea.Cmd {
	s.at, s.top, s.rows, s.known = 0, 0, nil, false
	return s.reload()
}

// narrowTo reads what another filter lets through.
func (s *Screen) narrowTo(filter any) tea.Cmd {
	s.filter = filter
	return s.begin()
}
