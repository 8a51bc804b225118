package admin

import (
	"context"
	"strings"

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
		name, zone, err := s.faceRows(ctx)
		if err != nil {
			return page{}, err
		}
		p := page{rows: []row{
			{id: "face", head: true, cells: []cell{say("The campus")}},
			name, zone,
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
	s.keys = func(at *row) []screen.Binding { return []screen.Binding{s.undoSetting(at)} }
	return s
}

// faceRows are what the helpdesk is called, and by whose clock it lives.
func (s *Screen) faceRows(ctx context.Context) (name, zone row, err error) {
	desk := s.env.Desk
	name, err = s.faceRow(ctx, core.SettingName, "Name", desk.StartName(), "What is the helpdesk called?", "It stands on every page and in every console.",
		func() string { return "It is called " + desk.Name() + " now." })
	if err != nil {
		return row{}, row{}, err
	}
	zone, err = s.faceRow(ctx, core.SettingZone, "Time zone", desk.StartZone().String(), "By whose clock does the campus live?", "As Europe/Madrid. Days of figures, office hours and times go by it.",
		func() string {
			return "It is " + desk.Now().In(desk.Zone()).Format("15:04") + " on campus now, in " + desk.Zone().String() + "."
		})
	return name, zone, err
}

// faceRow is a setting in the place of which the one holds that the program was started with. Done says what was set.
func (s *Screen) faceRow(ctx context.Context, key, label, start, question, help string, done func() string) (row, error) {
	set, err := s.env.Desk.Setting(ctx, s.env.Who, key)
	words := say(set)
	if set == "" {
		words = dim(start + ", as the program was started")
	}
	of := undoing{key, "the " + strings.ToLower(label), "What the program was started with holds again: " + start}
	return row{id: key, thing: of, cells: []cell{say(label), words}, verb: "change…", help: help, press: func() tea.Cmd {
		return s.fill(question, "change the "+strings.ToLower(label), []screen.Field{
			{Name: "text", Label: label, Start: set, Limit: 60, Hint: help + " Empty: " + start + ", as the program was started."},
		}, func(ctx context.Context, typed screen.Typed) (string, error) {
			err := s.env.Desk.SetSetting(ctx, s.env.Who, key, typed["text"])
			return done(), err
		})
	}}, err
}

// termsRow is on which days terms begin.
func (s *Screen) termsRow(ctx context.Context) (row, error) {
	text, err := s.env.Desk.Setting(ctx, s.env.Who, core.SettingTerms)
	words := say(text)
	if text == "" {
		words = dim(core.DefaultTerms + ", as none are set")
	}
	of := undoing{core.SettingTerms, "the terms", "None will be set: " + core.DefaultTerms + " holds."}
	return row{id: core.SettingTerms, thing: of, cells: []cell{say("First days"), words}, verb: "change…", help: "Month and day. Reports take it too: helpdesk report flow --since term", press: func() tea.Cmd {
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
	of := undoing{key, "the note for " + name, "There will be no such note again."}
	return row{id: key, thing: of, cells: []cell{say(name), words}, verb: "change…", help: text, press: func() tea.Cmd {
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
