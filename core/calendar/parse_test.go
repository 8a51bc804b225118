package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"helpdesk.campus/core/calendar"
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	const hour = 60
	open := func(opens, closes int) calendar.Range {
		return calendar.Range{Weekday: time.Friday, Opens: opens, Closes: closes}
	}
	for typed, want := range map[string][]calendar.Range{
		"":                          nil,
		"closed":                    nil,
		"8-17":                      {open(8*hour, 17*hour)},
		"08:00-12:30, 13:30-17:00":  {open(8*hour, 12*hour+30), open(13*hour+30, 17*hour)},
		"08:00 – 12:30 14:00-24:00": {open(8*hour, 12*hour+30), open(14*hour, 24*hour)},
	} {
		got, err := calendar.ParseHours(time.Friday, typed)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q is %v, %v, want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"nine to five", "8", "8-", "-8", "25:00-26:00", "8:00-12:61"} {
		if got, err := calendar.ParseHours(time.Friday, typed); !errors.Is(err, calendar.ErrForm) {
			t.Errorf("%q is %v, %v", typed, got, err)
		}
	}
	if day, err := calendar.ParseDay(" 2026-12-24 "); err != nil || day.String() != "2026-12-24" {
		t.Errorf("%v, %v", day, err)
	}
	if day, err := calendar.ParseDay("2026-02-30"); !errors.Is(err, calendar.ErrForm) {
		t.Errorf("%v, %v", day, err)
	}
}
