package admin

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// undoing is what a row says of the setting that u undoes there.
type undoing struct {
	key  string // of the setting
	name string // as a sentence has it: "the terms"
	none string // what comes back where nothing was set
}

// undoSetting is the key that undoes the newest change of the setting under the cursor, once it was said what comes back.
func (s *Screen) undoSetting(at *row) screen.Binding {
	key := screen.Binding{Keys: []string{"u"}, Words: "take back", Help: "Take the newest change of the setting under the cursor back, whoever made it. What comes back is said before.", Foot: true}
	var of undoing
	if at != nil {
		of, _ = at.thing.(undoing)
	}
	if of.key == "" {
		key.Disabled = "There is nothing to take back in this line."
		return key
	}
	key.Run = func() tea.Cmd {
		return s.env.Do(func(ctx context.Context) tea.Msg {
			before, err := s.env.Desk.SettingBefore(ctx, s.env.Who, of.key)
			return opened{of: s, err: err, open: func() tea.Cmd { return s.showUndo(of, &before) }}
		})
	}
	return key
}

// showUndo says what comes back, and asks.
func (s *Screen) showUndo(of undoing, before *core.SettingBefore) tea.Cmd {
	who := ui.TrailWho(&before.Change)
	if before.Change.User.ID == s.env.Me.ID {
		who = "You"
	}
	clock := ui.Clock{Now: s.env.Desk.Now(), Zone: s.env.Zone()}
	m := &screen.Message{Host: s.env.Host, Title: plain.Line("Take back the newest change of " + of.name + "?")}
	m.Paragraphs = append(m.Paragraphs, screen.Paragraph{Text: plain.Line(who + " made it " + clock.Ago(before.Change.At) + ".")})
	for _, line := range comesBack(of, before) {
		m.Paragraphs = append(m.Paragraphs, screen.Paragraph{Strong: true, Text: plain.Block(line)})
	}
	m.Paragraphs = append(m.Paragraphs, screen.Paragraph{Text: plain.Line("It is undone by a change of its own, which u takes back too; the audit trail shows both.")})
	m.Choices = []screen.Binding{{Keys: []string{"y"}, Words: "take it back", Run: func() tea.Cmd {
		return s.change("take that back", "Taken back.", func(ctx context.Context) error {
			_, err := s.env.Desk.RevertSetting(ctx, s.env.Who, of.key, before.Change.Command)
			return err
		})
	}}}
	s.env.Host.Show(m, false)
	return nil
}

// comesBack says what is there again after the undo.
func comesBack(of undoing, before *core.SettingBefore) []string {
	switch {
	case of.key == core.SettingHolidays:
		var lines []string
		if len(before.Back) > 0 {
			lines = append(lines, "Holidays again: "+someDays(before.Back))
		}
		if len(before.Gone) > 0 {
			lines = append(lines, "No holidays any more: "+someDays(before.Gone))
		}
		if len(before.Renamed) > 0 {
			lines = append(lines, "Named as before: "+someDays(before.Renamed))
		}
		return lines
	case before.Text == "":
		return []string{of.none}
	case of.key == core.SettingOfficeHours:
		return []string{"Open again: " + weekWords(before.Text) + "."}
	default:
		return []string{"What comes back: " + before.Text}
	}
}

// weekWords says office hours with days that are alike in one: "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-12:00".
func weekWords(code string) string {
	type days struct{ first, last, hours string }
	var week []days
	for part := range strings.SplitSeq(code, ", ") {
		day, hours, _ := strings.Cut(part, " ")
		if n := len(week) - 1; n >= 0 && week[n].last == day {
			week[n].hours += ", " + hours
		} else {
			week = append(week, days{day, day, hours})
		}
	}
	var words []string
	for i := 0; i < len(week); {
		first, last := week[i], week[i]
		for i++; i < len(week) && week[i].hours == first.hours && follows(last.last, week[i].last); i++ {
			last = week[i]
		}
		if first.last != last.last {
			first.first += "-" + last.last
		}
		words = append(words, first.first+" "+first.hours)
	}
	return strings.Join(words, "; ")
}

// follows reports whether one day of the week comes right after another.
func follows(day, next string) bool {
	const week = "Mon Tue Wed Thu Fri Sat Sun"
	return strings.Contains(week, day+" "+next)
}
