package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// newTrail shows who did what, the newest first.
func newTrail(env *screen.Env) *Screen {
	return trailOf(env, core.TrailFilter{}, "Audit trail")
}

// trailOf shows the part of the audit trail that a filter lets through.
func trailOf(env *screen.Env, only core.TrailFilter, title string) *Screen {
	s := &Screen{env: env, title: title, nested: true, filter: only, empty: "Nothing of that kind has happened."}
	s.columns = widths(columns("when", "what", "about", "who", "door", "key"), 16, 0, 12, 12, 7, 20)
	s.columns[1].Least = 32
	s.columns[2].Rank, s.columns[3].Rank, s.columns[4].Rank, s.columns[5].Rank = 2, 0, 3, 4
	s.touched = func(core.Dirty) bool { return s.at == 0 && len(s.rows) <= pageSize } // whoever reads further down is left in peace
	s.read = func(ctx context.Context, a ask) (page, error) {
		before, _ := a.after.(core.TrailCursor)
		filter, _ := a.filter.(core.TrailFilter)
		events, next, err := env.Desk.Trail(ctx, env.Who, filter, before, pageSize)
		p := page{hint: trailWords(&filter)}
		if next != (core.TrailCursor{}) {
			p.next = next
		}
		clock := ui.Clock{Now: env.Desk.Now(), Zone: env.Zone()}
		for i := range events {
			p.rows = append(p.rows, s.eventRow(&events[i], clock))
		}
		return p, err
	}
	s.keys = func(at *row) []screen.Binding { return s.trailKeys(only, at) }
	return s
}

func trailWords(f *core.TrailFilter) string {
	var words []string
	add := func(what, value string) {
		if value != "" {
			words = append(words, what+" "+value)
		}
	}
	add("about", string(f.Stream))
	if f.StreamID != 0 {
		words = append(words, fmt.Sprintf("number %d", f.StreamID))
	}
	if f.User != 0 {
		words = append(words, "by one person")
	}
	add("through", string(f.Door))
	add("with the key", f.Key)
	if !f.From.IsZero() {
		words = append(words, "of some days")
	}
	if len(words) == 0 {
		return "The newest first. As a file: helpdesk trail --csv --limit 0"
	}
	return "Only " + strings.Join(words, ", ") + ". c shows more."
}

func (s *Screen) eventRow(e *core.Event, clock ui.Clock) row {
	event := *e
	return row{
		id: fmt.Sprintf("%d %d", e.XID, e.ID), thing: event, verb: "all of it",
		cells: []cell{dim(e.At.In(clock.Zone).Format("2006-01-02 15:04")), say(ui.TrailDeed(e)), say(ui.TrailAbout(e)), say(ui.TrailWho(e)), dim(string(e.Door)), dim(e.Key)},
		press: func() tea.Cmd { return s.showEvent(&event, clock) },
	}
}

// showEvent says all there is to know of one event.
func (s *Screen) showEvent(e *core.Event, clock ui.Clock) tea.Cmd {
	line := func(name, text string) screen.Paragraph {
		return screen.Paragraph{Text: plain.Line(name + ": " + orNone(text))}
	}
	clock.Exact = true
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line(fmt.Sprintf("%s, change %d", ui.TrailThing(e), e.Seq)),
		Paragraphs: []screen.Paragraph{
			{Text: plain.Line(ui.TrailDeed(e)), Strong: true},
			line("Who", ui.TrailWho(e)+" ("+string(e.Actor)+")"), line("When", clock.Full(e.At)), line("Through", string(e.Door)),
			line("With the key", e.Key), line("Before", ui.TrailValue(e.From, e.FromName)), line("After", ui.TrailValue(e.To, e.ToName)), line("Command", e.Command), line("Takes back", e.Undoes),
		},
	}, false)
	return nil
}

func (s *Screen) trailKeys(only core.TrailFilter, at *row) []screen.Binding {
	none := "Nothing is under the cursor."
	var e core.Event
	if at != nil {
		e, _ = at.thing.(core.Event)
		none = ""
	}
	filter, _ := s.filter.(core.TrailFilter)
	with := func(change func(f *core.TrailFilter)) func() tea.Cmd {
		return func() tea.Cmd {
			f := filter
			change(&f)
			return s.narrowTo(f)
		}
	}
	thing, key := none, none
	if none == "" && e.Key == "" {
		key = "No key had to do with this one."
	}
	return []screen.Binding{
		{Keys: []string{"w"}, Words: "by whom…", Help: "Only what one person did, by username or address.", Foot: true, Run: func() tea.Cmd { return s.trailOfPerson(filter) }},
		{Keys: []string{"f"}, Words: "about what…", Help: "Only what happened to one kind of thing.", Foot: true, Run: func() tea.Cmd {
			items := []screen.Item{{Text: plain.Line("anything"), Choose: with(func(f *core.TrailFilter) { f.Stream, f.StreamID, f.Desk = "", 0, false })}}
			items = append(items, screen.Item{Text: plain.Line("everything but tickets"), Choose: with(func(f *core.TrailFilter) { f.Stream, f.StreamID, f.Desk = "", 0, true })})
			for _, stream := range []core.Stream{core.StreamTicket, core.StreamUser, core.StreamQueue, core.StreamCategory, core.StreamLocation, core.StreamSettings, core.StreamView, core.StreamMacro} {
				items = append(items, screen.Item{Text: plain.Line(string(stream)), Choose: with(func(f *core.TrailFilter) { f.Stream, f.StreamID, f.Desk = stream, 0, false })})
			}
			return s.pick("About what?", items, 0)
		}},
		{Keys: []string{"D"}, Words: "through…", Help: "Only what came through one door.", Run: func() tea.Cmd {
			items := []screen.Item{{Text: plain.Line("any door"), Choose: with(func(f *core.TrailFilter) { f.Door = "" })}}
			for _, door := range []core.Door{core.DoorWeb, core.DoorAPI, core.DoorSSH, core.DoorCLI} {
				items = append(items, screen.Item{Text: plain.Line(string(door)), Choose: with(func(f *core.TrailFilter) { f.Door = door })})
			}
			return s.pick("Through which door?", items, 0)
		}},
		{Keys: []string{"d"}, Words: "days…", Help: "Only what happened within some days.", Foot: true, Run: func() tea.Cmd { return s.trailOfDays(filter) }},
		{Keys: []string{"s"}, Words: "same thing", Help: "Only what happened to the thing under the cursor.", Disabled: thing, Run: with(func(f *core.TrailFilter) { f.Stream, f.StreamID = e.Stream, e.StreamID })},
		{Keys: []string{"y"}, Words: "same key", Help: "Only what was done by who signed in with the key under the cursor.", Disabled: key, Run: with(func(f *core.TrailFilter) { f.Key = e.Key })},
		{Keys: []string{"c"}, Words: "clear", Help: "Show as much as at first.", Foot: filter != only, Run: func() tea.Cmd { return s.narrowTo(only) }},
	}
}

func (s *Screen) trailOfPerson(filter core.TrailFilter) tea.Cmd {
	return s.ask("What did whom do?", "Username or e-mail address; empty for everybody.", func(ctx context.Context, typed string) (core.TrailFilter, error) {
		filter.User = 0
		if typed == "" {
			return filter, nil
		}
		user, err := s.env.Desk.FindUser(ctx, s.env.Who, typed)
		filter.User = user.ID
		return filter, err
	})
}

func (s *Screen) trailOfDays(filter core.TrailFilter) tea.Cmd {
	return s.ask("Of which days?", "14d, 2026-09-01..2026-12-20, 2026-09 for a month, or term; empty for all.", func(ctx context.Context, typed string) (core.TrailFilter, error) {
		filter.From, filter.To = time.Time{}, time.Time{}
		if typed == "" {
			return filter, nil
		}
		q, err := core.ParseDays(typed)
		if err == nil && q.Term {
			q.From, err = s.env.Desk.Term(ctx)
		}
		if err != nil {
			return filter, err
		}
		start := func(d query.Date) time.Time {
			return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, s.env.Zone())
		}
		filter.From = s.env.Desk.Now().AddDate(0, 0, -q.Days)
		if !q.From.IsZero() {
			filter.From = start(q.From.First())
		}
		if !q.To.IsZero() {
			filter.To = start(q.To.Last()).AddDate(0, 0, 1)
		}
		return filter, nil
	})
}

// ask asks for what the trail is narrowed to.
func (s *Screen) ask(title, hint string, read func(ctx context.Context, typed string) (core.TrailFilter, error)) tea.Cmd {
	var found core.TrailFilter // written before the answer is sent, read after it came
	f := screen.NewForm(s.env, title, "look for that", []screen.Field{{Name: "text", Label: "Only", Hint: hint}}, func(ctx context.Context, typed screen.Typed) (string, error) {
		var err error
		found, err = read(ctx, strings.TrimSpace(typed["text"]))
		return "", err
	})
	f.Survive("admin trail " + title)
	f.Then = func(string) tea.Cmd {
		s.env.Host.Hide(f)
		return s.narrowTo(found)
	}
	s.env.Host.Show(f, false)
	return nil
}
