package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

const (
	// beside is the width from which the views have a column of their own, left of list and preview.
	beside = 160
	// viewsWidth is how wide that column is.
	viewsWidth = 26
)

// viewsChanged is the answer to a change of the saved views.
type viewsChanged struct {
	said  string
	view  string        // name of the view to be in; "" for the one that is shown
	typed screen.Dialog // in which its name was typed; nil if none was
	err   error
}

// withViews draws the views in a column of their own, and the rest beside it.
func (s *Screen) withViews(f screen.Frame) ([]string, *tea.Cursor) {
	rest := f
	rest.Width = f.Width - viewsWidth - 3
	lines, cursor := s.main(rest, nil)
	if cursor != nil {
		cursor.X += viewsWidth + 3
	}
	return ui.Beside(f.Theme, s.column(f.Theme, viewsWidth, f.Height), lines), cursor
}

// column draws the views under each other, those that are saved under the standard ones, with their counts.
func (s *Screen) column(theme *ui.Theme, width, height int) []string {
	lines := make([]string, 0, height)
	group := ""
	for i := range s.views {
		v := &s.views[i]
		if head := heading(v); head != group {
			group = head
			lines = append(lines, ui.Line(width), ui.Line(width, ui.Quote(theme.Dim, plain.Line(head))))
		}
		lines = append(lines, s.viewLine(theme, width, i))
	}
	first := max(0, min(s.view+3, len(lines))-height) // the one that is shown is in sight
	return ui.Fit(lines[first:], width, height)
}

// heading says whose a view is.
func heading(v *core.View) string {
	switch {
	case v.Shared():
		return v.Queue.Name
	case v.ID != 0:
		return "Your views"
	}
	return ""
}

func (s *Screen) viewLine(theme *ui.Theme, width, i int) string {
	key := "   "
	if i < jumps {
		key = fmt.Sprintf(" %d ", i+1)
	}
	style := theme.Plain
	if i == s.view {
		style = theme.Match
	}
	count := ""
	if i < len(s.counts) {
		count = ui.Count(s.counts[i])
	}
	title := plain.Truncate(plain.Line(s.views[i].Title), max(1, width-len(key)-len(count)-1))
	gap := max(1, width-len(key)-title.Width()-len(count))
	return ui.Line(width, ui.Say(theme.Dim, key), ui.Quote(style, title), ui.Say(theme.Dim, strings.Repeat(" ", gap)+count))
}

// tabs draws the views beside each other; where there are too many, the one that is shown with as many of its
// neighbours as have room, and how many more there are on either side.
func (s *Screen) tabs(f screen.Frame) string {
	if s.views == nil {
		return ui.Line(f.Width, ui.Say(f.Theme.Dim, " "))
	}
	tabs, widths, used := make([][]ui.Span, len(s.views)), make([]int, len(s.views)), 0
	for i := range s.views {
		tabs[i] = s.tab(f.Theme, i)
		for _, span := range tabs[i] {
			widths[i] += span.Text.Width()
		}
		used += widths[i]
	}
	from, to := 0, len(s.views)
	if used > f.Width {
		from, to = window(widths, s.view, f.Width)
	}
	var spans []ui.Span
	if from > 0 {
		spans = append(spans, ui.Say(f.Theme.Dim, fmt.Sprintf("‹ %d more  ", from)))
	}
	for _, tab := range tabs[from:to] {
		spans = append(spans, tab...)
	}
	if more := len(s.views) - to; more > 0 {
		spans = append(spans, ui.Say(f.Theme.Dim, fmt.Sprintf("%d more ›", more)))
	}
	return ui.Line(f.Width, spans...)
}

// window finds which neighbours of a view have room beside it: those that follow before those that it follows,
// in turn.
func window(widths []int, at, room int) (from, to int) {
	const marks = len("< 10 more  10 more >")
	from, to = at, at+1
	room -= marks + widths[at]
	for grown := true; grown; {
		grown = false
		if to < len(widths) && widths[to] <= room {
			room -= widths[to]
			to, grown = to+1, true
		}
		if from > 0 && widths[from-1] <= room {
			from--
			room -= widths[from]
			grown = true
		}
	}
	return from, to
}

func (s *Screen) tab(theme *ui.Theme, i int) []ui.Span {
	name, number := theme.Plain, theme.Dim
	if i == s.view {
		name, number = theme.Match, theme.Match
	}
	key := "   "
	if i < jumps {
		key = fmt.Sprintf(" %d ", i+1)
	}
	spans := []ui.Span{ui.Say(theme.Dim, key), ui.Quote(name, plain.Line(s.views[i].Title))}
	if i < len(s.counts) {
		spans = append(spans, ui.Say(number, " "+ui.Count(s.counts[i])))
	}
	return append(spans, ui.Say(theme.Plain, "  "))
}

// respellings says which words were looked for in place of those that nothing has.
func (s *Screen) respellings(theme *ui.Theme) []ui.Span {
	var spans []ui.Span
	for _, r := range s.respelled {
		words := s.env.Words.T("search.corrected", "Typed", plain.Line(r.Typed).String(), "Word", plain.Line(r.Word).String())
		spans = append(spans, ui.Say(theme.Warn, " "+words+" "))
	}
	return spans
}

// saveView offers what can be done with the views: to save what the list shows as a new one, or into the
// one that is shown, and to change that.
func (s *Screen) saveView() tea.Cmd {
	if len(s.views) == 0 {
		return nil
	}
	v := s.views[s.view]
	item := func(words string, choose func() tea.Cmd) screen.Item {
		return screen.Item{Text: plain.Line(words), Choose: choose}
	}
	items := []screen.Item{item("Save as a view of your own…", s.nameView("Name of the new view", "", core.ViewChange{Query: s.query().String()}))}
	for _, m := range s.env.Me.Memberships {
		if m.Lead || s.env.Me.Role == core.RoleAdmin {
			change := core.ViewChange{Query: s.query().String(), Queue: m.Code}
			items = append(items, item("Save for all of "+m.Name+"…", s.nameView("Name of the new view of "+m.Name, "", change)))
		}
	}
	if v.May {
		change := core.ViewChange{ID: v.ID, Title: v.Title, Query: v.Query.String()}
		if s.filter.applied != "" {
			into := change
			into.Query = s.query().String()
			items = append(items, item("Save into "+v.Title, func() tea.Cmd { return s.write(into, nil) }))
		}
		items = append(
			items,
			item("Rename "+v.Title+"…", s.nameView("New name of "+v.Title, v.Title, change)),
			item("Move "+v.Title+" up", s.moveView(v, -1)),
			item("Move "+v.Title+" down", s.moveView(v, 1)),
			item("Delete "+v.Title, s.deleteView(v)),
		)
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Views"), items), false)
	return nil
}

// nameView asks for a name, and saves the view under it.
func (s *Screen) nameView(title, name string, in core.ViewChange) func() tea.Cmd {
	return func() tea.Cmd {
		hint := plain.Line("It shows: " + in.Query)
		var p *screen.Prompt
		p = screen.NewPrompt(s.env.Host, plain.Line(title), hint, name, func(typed string) (tea.Cmd, string) {
			in.Title = strings.TrimSpace(typed)
			if in.Title == "" {
				return nil, s.env.Words.T("error.view_title_missing")
			}
			return s.write(in, p), ""
		}).Survive(s.env, "view "+title)
		s.env.Host.Show(p, false)
		return nil
	}
}

// write saves a view. If it is not taken, the dialog in which its name was typed comes again.
func (s *Screen) write(in core.ViewChange, typed screen.Dialog) tea.Cmd {
	return s.env.Do(func(ctx context.Context) tea.Msg {
		v, err := s.env.Desk.SaveView(ctx, s.env.Who, in)
		return viewsChanged{said: v.Title + " is saved.", view: v.Name, typed: typed, err: err}
	})
}

func (s *Screen) moveView(v core.View, by int) func() tea.Cmd {
	return func() tea.Cmd {
		return s.env.Do(func(ctx context.Context) tea.Msg {
			err := s.env.Desk.MoveView(ctx, s.env.Who, v.ID, by)
			return viewsChanged{said: v.Title + " is moved.", view: v.Name, err: err}
		})
	}
}

// deleteView deletes at once: the query stays in the toast, from where it can be typed again.
func (s *Screen) deleteView(v core.View) func() tea.Cmd {
	return func() tea.Cmd {
		return s.env.Do(func(ctx context.Context) tea.Msg {
			err := s.env.Desk.DeleteView(ctx, s.env.Who, v.ID)
			return viewsChanged{said: v.Title + " is deleted. It showed: " + v.Query.String(), err: err}
		})
	}
}

// settleViews shows the views as they are now, and goes to the one that was saved.
func (s *Screen) settleViews(m viewsChanged) tea.Cmd {
	if m.err != nil {
		s.env.Again(m.typed)
	}
	if wrong, ok := errors.AsType[*query.Error](m.err); ok {
		return s.env.Host.Toast(screen.Failure, plain.Line(wrong.Error()))
	}
	if m.err != nil {
		return s.env.Host.Fail("change the views", m.err)
	}
	s.stale = true
	if m.view != "" {
		s.filter.set("")
		s.went = m.view
	}
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(m.said)), s.anew())
}
