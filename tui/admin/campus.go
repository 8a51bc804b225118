package admin

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// newCampus shows what holds for the whole campus.
func newCampus(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Campus", nested: true, columns: widths(columns("", ""), 26)}
	s.hint = "Pages show changes within seconds."
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		p := page{rows: []row{
			{id: "start", head: true, cells: []cell{say("Said when it starts")}},
			{id: "name", cells: []cell{say("Name"), say(env.Campus)}, help: "Set where the program starts, alike for all processes: HELPDESK_NAME"},
			{id: "zone", cells: []cell{say("Time zone"), say(env.Desk.Zone().String())}, help: "Set where the program starts, alike for all processes: HELPDESK_ZONE"},
			{id: "notes", head: true, cells: []cell{say("Emergency note, before the form")}},
		}}
		for _, tag := range append([]string{""}, env.Words.Others()...) {
			r, err := s.noteRow(ctx, tag)
			if err != nil {
				return page{}, err
			}
			p.rows = append(p.rows, r)
		}
		terms, err := s.termsRow(ctx)
		if err != nil {
			return page{}, err
		}
		p.rows = append(p.rows,
			row{id: "figures", head: true, cells: []cell{say("Terms, for figures of “this term”")}}, terms,
			row{id: "elsewhere", head: true, cells: []cell{say("Elsewhere")}},
			row{id: "reopen", cells: []cell{say("Reopen days"), dim("of each queue, under Queues")}, verb: "open", press: func() tea.Cmd { return env.Host.Go(newQueues(env)) }},
			row{id: "calendar", cells: []cell{say("Office hours, holidays"), dim("under Calendar")}, verb: "open", press: func() tea.Cmd { return env.Host.Go(newCalendar(env)) }},
		)
		return p, nil
	}
	s.keys = func(at *row) []screen.Binding {
		why := "Only the terms can be taken back."
		if at != nil && at.id == core.SettingTerms {
			why = ""
		}
		return []screen.Binding{s.takeBack(core.StreamSettings, 0, "the terms", why)}
	}
	return s
}

// termsRow is on which days terms begin.
func (s *Screen) termsRow(ctx context.Context) (row, error) {
	text, err := s.env.Desk.Setting(ctx, s.env.Who, core.SettingTerms)
	words := say(text)
	if text == "" {
		words = dim(core.DefaultTerms + ", as none are set")
	}
	return row{id: core.SettingTerms, cells: []cell{say("First days"), words}, verb: "change…", help: "Month and day. Reports take it too: helpdesk report flow --since term", press: func() tea.Cmd {
		return s.fill("First days of terms", "change the terms", []screen.Field{
			{Name: "text", Label: "First days", Start: text, Limit: 100, Hint: "Month and day of each, as in " + core.DefaultTerms + ". Empty takes them back."},
		}, func(ctx context.Context, typed screen.Typed) (string, error) {
			return "Figures of this term go by it now.", s.env.Desk.SetSetting(ctx, s.env.Who, core.SettingTerms, typed["text"])
		})
	}}, err
}

// noteRow is the emergency note in one language; "" is for all that have none of their own.
func (s *Screen) noteRow(ctx context.Context, tag string) (row, error) {
	key, name := core.SettingEmergencyNote, "all languages"
	if tag != "" {
		key, name = key+"."+tag, s.env.Words.In(tag).T("language.name")
	}
	text, err := s.env.Desk.Setting(ctx, s.env.Who, key)
	words := say(text)
	if text == "" {
		words = dim("none")
	}
	return row{id: key, cells: []cell{say(name), words}, verb: "change…", help: text, press: func() tea.Cmd {
		return s.fill("Emergency note, "+name, "change the note", []screen.Field{
			{Name: "text", Label: "Note", Start: text, Limit: 600, Lines: true, Hint: "What everybody should read before reporting. Empty takes it away."},
		}, func(ctx context.Context, typed screen.Typed) (string, error) {
			done := "Everybody reads it before the form now."
			if typed["text"] == "" {
				done = "The note is gone."
			}
			return done, s.env.Desk.SetSetting(ctx, s.env.Who, key, typed["text"])
		})
	}}, err
}
