package admin

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// importKey takes the holidays of a calendar file, as text that is pasted.
func (s *Screen) importKey() screen.Binding {
	return screen.Binding{Keys: []string{"i"}, Words: "paste .ics…", Help: "Add the holidays of an iCalendar file (.ics) whose text is pasted.", Foot: true, Run: func() tea.Cmd {
		const room = 300_000          // holds the most holidays that a file may have
		var report core.HolidayReport // written before the answer is sent, read after it came
		var pasted string
		f := screen.NewForm(s.env, "Holidays of a calendar file", "read the calendar", []screen.Field{
			{Name: "ical", Label: "Text", Lines: true, Limit: room, Hint: "Paste what stands in an .ics file. What it would change is shown before anything is."},
		}, func(ctx context.Context, typed screen.Typed) (string, error) {
			var err error
			pasted = typed["ical"]
			report, err = s.env.Desk.ImportHolidays(ctx, s.env.Who, strings.NewReader(pasted), true)
			return "", err
		})
		f.Survive("admin calendar file")
		f.Then = func(string) tea.Cmd { return s.showImport(f, pasted, &report) }
		s.env.Host.Show(f, false)
		return nil
	}}
}

// showImport says what a calendar file would change. The form stays under it until that is done.
func (s *Screen) showImport(f *screen.Form, pasted string, report *core.HolidayReport) tea.Cmd {
	m := &screen.Message{Host: s.env.Host, Title: plain.Line("What the file would change"), Cancel: "back to the text"}
	m.Paragraphs = append(m.Paragraphs, screen.Paragraph{Strong: true, Text: plain.Line(fmt.Sprintf(
		"New: %d. Renamed: %d. Holidays of that name already: %d. Left out, as they have an hour or are cancelled: %d.",
		len(report.Added), len(report.Renamed), report.Same, report.Skipped))})
	for _, part := range []struct {
		name string
		days []calendar.Holiday
	}{{"New", report.Added}, {"Renamed", report.Renamed}} {
		if len(part.days) > 0 {
			m.Paragraphs = append(m.Paragraphs, screen.Paragraph{Text: plain.Line(part.name + ": " + someDays(part.days))})
		}
	}
	if len(report.Added)+len(report.Renamed) > 0 {
		m.Choices = []screen.Binding{{Keys: []string{"y"}, Words: "change it so", Run: func() tea.Cmd {
			return s.env.Do(func(ctx context.Context) tea.Msg {
				did, err := s.env.Desk.ImportHolidays(ctx, s.env.Who, strings.NewReader(pasted), false)
				words := fmt.Sprintf("%s added, %d renamed.", ui.Plural(len(did.Added), "holiday", "holidays"), len(did.Renamed))
				return done{of: s, doing: "add the holidays", words: words, err: err, form: f}
			})
		}}}
	}
	s.env.Host.Show(m, false)
	return nil
}

// someDays names the first of some holidays, and says how many there are besides.
func someDays(days []calendar.Holiday) string {
	const most = 8
	var named []string
	for _, h := range days[:min(most, len(days))] {
		named = append(named, strings.TrimSpace(h.Day.String()+" "+h.Name))
	}
	if more := len(days) - most; more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(named, ", ") + "."
}
