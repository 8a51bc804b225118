package calendar_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"helpdesk.campus/core/calendar"
)

// FuzzReadHolidays reads anything as a calendar file: what comes of it is days in their order, each once, with a name
// that can be kept.
func FuzzReadHolidays(f *testing.F) {
	for _, s := range []string{
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, at\r\n  home\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		"\ufeffBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224T100000Z\nSTATUS:CANCELLED\nRRULE:FREQ=YEARLY\nEND:VEVENT",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224\nDTEND:20251224\nEND:VEVENT", "BEGIN:VCALENDAR\n \n\t\n:", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		days, skipped, err := calendar.ReadHolidays(strings.NewReader(file))
		if err != nil {
			return
		}
		if skipped < 0 {
			t.Errorf("skipped %d", skipped)
		}
		for i, d := range days {
			if i > 0 && days[i-1].Day.Compare(d.Day) >= 0 {
				t.Errorf("%v stands behind %v", d, days[i-1])
			}
			if !utf8.ValidString(d.Name) || strings.ContainsAny(d.Name, "\n\r\x00") {
				t.Errorf("a name that cannot be kept: %q", d.Name)
			}
		}
	})
}

// FuzzParseHours reads anything as the hours of a day.
func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"08:00-12:30, 13:30 – 17:00", "8-24", "closed", "24:00-8", "-", "9-9", "٣-٤", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		ranges, err := calendar.ParseHours(time.Monday, typed)
		if err != nil {
			return
		}
		for _, r := range ranges {
			if r.Opens < 0 || r.Closes < 0 || r.Opens > 24*60 || r.Closes > 24*60 {
				t.Errorf("%q is %v", typed, r)
			}
		}
	})
}

// TestAttackACalendarOfOneEndlessLine: a megabyte of lines that go on and on is refused at once.
func TestAttackACalendarOfOneEndlessLine(t *testing.T) {
	t.Parallel()
	file := "BEGIN:VCALENDAR\nSUMMARY:x" + strings.Repeat("\n a", 1<<20)
	began := time.Now()
	_, _, err := calendar.ReadHolidays(strings.NewReader(file))
	if err == nil {
		t.Error("it is read")
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
