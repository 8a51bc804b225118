package queue

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// pauseInTyping is how long somebody stops typing before the list follows.
const pauseInTyping = 150 * time.Millisecond

// filter narrows the view by what somebody types in the query language.
type filter struct {
	input   screen.Input
	typing  bool
	applied string
	parsed  query.Query
	before  string       // what was applied when typing began, for leaving it as it was
	wrong   *query.Error // what is wrong with the text in the input; it stays until that changes
	typed   int          // number of the newest key; what older ones asked for is dropped
	offers  offers
}

// offers are what could stand at the cursor, and which of it stands there.
type offers struct {
	completion core.Completion
	text       string // what was typed when they were asked for
	at         int    // which of them has been put in; -1 for none
}

type typingDue struct{ typed int }

// offered is the answer to a request for completions.
type offered struct {
	typed      int
	text       string
	step       int
	completion core.Completion
	err        error
}

func (f *filter) clone() filter { return filter{applied: f.applied, parsed: f.parsed} }

// set applies a text that was applied before.
func (f *filter) set(text string) {
	f.input.Limit = query.MaxBytes / 4
	f.input.Set(text)
	if !f.apply() {
		f.input.Set("")
		f.apply()
	}
	f.typing = false
}

// apply reads what is typed; false if it cannot be read.
func (f *filter) apply() bool {
	text := strings.TrimSpace(f.input.Text())
	parsed, err := query.Parse(text)
	if wrong, ok := errors.AsType[*query.Error](err); ok {
		f.wrong = wrong
		return false
	}
	f.applied, f.parsed, f.wrong = text, parsed, nil
	return true
}

// narrow joins the filter to a view's query.
func (f *filter) narrow(v core.View) query.Query {
	if f.applied == "" {
		return v.Query
	}
	q := query.Query{Terms: slices.Concat(v.Query.Terms, f.parsed.Terms), Sort: v.Query.Sort}
	if len(f.parsed.Sort) > 0 {
		q.Sort = f.parsed.Sort
	}
	q.Source = q.String()
	return q
}

// typeFilter begins to type.
func (s *Screen) typeFilter() tea.Cmd {
	s.filter.typing, s.filter.before = true, s.filter.applied
	s.filter.offers = offers{at: -1}
	return s.offer(0)
}

// edit takes a key or a paste into the filter. The list follows when the person pauses.
func (s *Screen) edit(msg tea.Msg) tea.Cmd {
	f := &s.filter
	before := f.input.Text()
	f.input.Update(msg)
	if f.input.Text() == before {
		return nil
	}
	f.wrong, f.offers = nil, offers{at: -1}
	return s.edited()
}

func (s *Screen) edited() tea.Cmd {
	s.filter.typed++
	return s.env.After(pauseInTyping, typingDue{s.filter.typed})
}

// follow shows what matches what is typed so far. If it cannot be read, the rows stay.
func (s *Screen) follow(m typingDue) tea.Cmd {
	f := &s.filter
	if !f.typing || m.typed != f.typed {
		return nil
	}
	was := f.applied
	if !f.apply() || f.applied == was {
		return s.offer(0)
	}
	return tea.Batch(s.anew(), s.offer(0))
}

// keepFilter ends typing with what is typed.
func (s *Screen) keepFilter() tea.Cmd {
	f := &s.filter
	was := f.applied
	if !f.apply() {
		return nil
	}
	f.typing = false
	f.typed++
	if f.applied == was {
		return nil
	}
	return s.anew()
}

// leaveFilter ends typing with the filter as it was.
func (s *Screen) leaveFilter() tea.Cmd {
	f := &s.filter
	was := f.applied
	f.set(f.before)
	f.wrong = nil
	f.typed++
	if f.applied == was {
		return nil
	}
	return s.anew()
}

func (s *Screen) clearFilter() tea.Cmd {
	s.filter.set("")
	return s.anew()
}

// offer asks what could stand at the cursor; step is how far to go on among it.
func (s *Screen) offer(step int) tea.Cmd {
	typed, text, cursor := s.filter.typed, s.filter.input.Text(), s.filter.input.Cursor()
	return s.env.Do(func(ctx context.Context) tea.Msg {
		c, err := s.env.Desk.Complete(ctx, s.env.Who, text, cursor)
		return offered{typed: typed, text: text, step: step, completion: c, err: err}
	})
}

// takeOffers shows what could stand at the cursor. What cannot be read now is not offered: typing goes on.
func (s *Screen) takeOffers(m offered) tea.Cmd {
	f := &s.filter
	if !f.typing || m.typed != f.typed || m.text != f.input.Text() || m.err != nil || f.offers.at >= 0 {
		return nil
	}
	f.offers = offers{completion: m.completion, text: m.text, at: -1}
	if m.step != 0 {
		return s.complete(m.step)()
	}
	return nil
}

// complete puts the next of the offers in, or the one before.
func (s *Screen) complete(step int) func() tea.Cmd {
	return func() tea.Cmd {
		o := &s.filter.offers
		n := len(o.completion.Choices)
		if n == 0 {
			if o.text == s.filter.input.Text() {
				return nil // it is known that there is nothing
			}
			return s.offer(step)
		}
		switch {
		case o.at < 0 && step < 0:
			o.at = n - 1
		case o.at < 0:
			o.at = 0
		default:
			o.at = (o.at + step + n) % n
		}
		text, cursor := o.completion.Apply(o.text, o.completion.Choices[o.at].Text)
		s.filter.input.SetAt(text, cursor)
		s.filter.wrong = nil
		if n == 1 { // it is decided: the next tab looks at what follows
			s.filter.offers = offers{at: -1}
		}
		return s.edited()
	}
}

// lines draws the filter. While it is typed two lines below belong to it: what is wrong and where, or
// what could stand at the cursor. They are there from the first key, so that nothing moves.
func (f *filter) lines(theme *ui.Theme, width int) (lines []string, cursor *tea.Cursor) {
	if !f.typing {
		if f.applied == "" {
			return nil, nil
		}
		return []string{ui.Line(width, ui.Say(theme.Key, "/ "), ui.Quote(theme.Plain, plain.Line(f.applied)), ui.Say(theme.Dim, "   esc clears"))}, nil
	}
	if width < 3 {
		return []string{ui.Line(width)}, nil
	}
	field, column := f.input.View(theme, width-2)
	lines = append(lines, theme.Key.Render("/ ")+field)
	if f.wrong == nil || f.unfinished() {
		lines = append(lines, f.offers.line(theme, width), ui.Line(width))
		return lines, tea.NewCursor(2+column, 0)
	}
	text := f.input.Text()
	at := plain.Line(text[:min(f.wrong.Offset, len(text))]).Width()
	caret := strings.Repeat(" ", max(0, min(at, width-3))) + "^"
	lines = append(lines, ui.Line(width, ui.Say(theme.Bad, "  "+caret)))
	lines = append(lines, ui.Wrapped(theme.Bad, plain.Line(f.wrong.Error()), width)...)
	return lines, tea.NewCursor(2+column, 0)
}

// unfinished reports whether what is wrong may only not be typed to its end: it ends at the cursor, where
// there is something to offer.
func (f *filter) unfinished() bool {
	return len(f.offers.completion.Choices) > 0 && f.wrong.Offset+f.wrong.Length == f.input.Cursor()
}

// line names what could stand at the cursor.
func (o *offers) line(theme *ui.Theme, width int) string {
	if len(o.completion.Choices) == 0 {
		return ui.Line(width)
	}
	spans := []ui.Span{ui.Say(theme.Dim, "  tab: ")}
	first := max(0, o.at-3)
	for i, c := range o.completion.Choices[first:] {
		style := theme.Plain
		if first+i == o.at {
			style = theme.Match
		}
		spans = append(spans, ui.Quote(style, plain.Line(c.Text)), ui.Say(theme.Plain, "  "))
		if c.Words != "" && len(o.completion.Choices) <= 4 {
			spans = append(spans, ui.Quote(theme.Dim, plain.Line(c.Words)), ui.Say(theme.Plain, "  "))
		}
	}
	return ui.Line(width, spans...)
}
