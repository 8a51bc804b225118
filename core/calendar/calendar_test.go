package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk.campus/core/calendar"
)

func load(t rapid.TB, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// week is open on working days from 8 to 12 and from 13 to 17, and on Sundays through the night of the clocks.
func week() []calendar.Range {
	ranges := []calendar.Range{{time.Sunday, 0, 6 * 60}}
	for d := time.Monday; d <= time.Friday; d++ {
		ranges = append(ranges, calendar.Range{Weekday: d, Opens: 8 * 60, Closes: 12 * 60}, calendar.Range{Weekday: d, Opens: 13 * 60, Closes: 17 * 60})
	}
	return ranges
}

func TestTimeIsCountedWhileTheOfficeIsOpen(t *testing.T) {
	t.Parallel()
	berlin := load(t, "Europe/Berlin")
	h, err := calendar.New(berlin, week(), []calendar.Holiday{{Day: calendar.Day{Year: 2026, Month: 12, Day: 25}, Name: "Christmas Day"}})
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, test := range map[string]struct {
		from, to string
		want     time.Duration
	}{
		"in one range":                     {"2026-03-03 09:00", "2026-03-03 10:30", 90 * time.Minute},
		"over noon":                        {"2026-03-03 11:00", "2026-03-03 14:00", 2 * time.Hour},
		"over night":                       {"2026-03-03 16:00", "2026-03-04 09:00", 2 * time.Hour},
		"over a weekend":                   {"2026-03-06 16:30", "2026-03-09 08:15", 6*time.Hour + 45*time.Minute},
		"over a holiday":                   {"2026-12-24 16:00", "2026-12-25 23:00", time.Hour},
		"closed all along":                 {"2026-03-07 10:00", "2026-03-07 20:00", 0},
		"the wrong way round":              {"2026-03-03 10:00", "2026-03-03 09:00", 0},
		"the night that lacks an hour":     {"2026-03-29 00:00", "2026-03-29 12:00", 5 * time.Hour},
		"the night that has one twice":     {"2026-10-25 00:00", "2026-10-25 12:00", 7 * time.Hour},
		"a whole week with the clocks on":  {"2026-03-23 00:00", "2026-03-30 00:00", 45 * time.Hour},
		"a whole week with the clocks off": {"2026-10-19 00:00", "2026-10-26 00:00", 47 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := at(test.from), at(test.to)
			if got := h.Between(from, to); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			clock := h.Clock(from, to)
			if got := time.Duration(clock.Between(from.UnixMicro(), to.UnixMicro())) * time.Microsecond; got != test.want {
				t.Errorf("the clock says %s, want %s", got, test.want)
			}
		})
	}
}

// zones change their clocks at midnight, by half an hour, to the other side of the date line, or never.
func zones() []string {
	return []string{"UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo"}
}

func drawHours(t *rapid.T) *calendar.Hours {
	zone := load(t, rapid.SampledFrom(zones()).Draw(t, "zone"))
	var ranges []calendar.Range
	for d := time.Sunday; d <= time.Saturday; d++ {
		end := 0
		for range rapid.IntRange(0, 3).Draw(t, "ranges") {
			if end >= 1440 {
				break
			}
			opens := rapid.IntRange(end, 1439).Draw(t, "opens")
			end = rapid.IntRange(opens+1, 1440).Draw(t, "closes")
			ranges = append(ranges, calendar.Range{Weekday: d, Opens: opens, Closes: end})
		}
	}
	var holidays []calendar.Holiday
	for range rapid.IntRange(0, 4).Draw(t, "holidays") {
		holidays = append(holidays, calendar.Holiday{Day: calendar.Day{Year: 2011, Month: 12, Day: 20}.After(rapid.IntRange(0, 400).Draw(t, "holiday"))})
	}
	h, err := calendar.New(zone, ranges, holidays)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func drawTime(t *rapid.T, name string) time.Time {
	start := time.Date(2011, 12, 20, 0, 0, 0, 0, time.UTC)
	return start.Add(time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, name))).Truncate(time.Microsecond)
}

// Whatever the zone and the hours: time adds up, the clock says what counting says, and no minute counts that a walk
// through all minutes would not.
func TestOfficeTimeAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		a, b, c := drawTime(t, "a"), drawTime(t, "b"), drawTime(t, "c")
		if b.Before(a) {
			a, b = b, a
		}
		if c.Before(b) {
			b, c = c, b
		}
		if b.Before(a) {
			a, b = b, a
		}
		whole := h.Between(a, c)
		if sum := h.Between(a, b) + h.Between(b, c); sum != whole {
			t.Fatalf("%s + %s is %s, not %s", h.Between(a, b), h.Between(b, c), sum, whole)
		}
		if whole < 0 || whole > c.Sub(a) {
			t.Fatalf("%s of %s", whole, c.Sub(a))
		}
		clock := h.Clock(a, c)
		if got := time.Duration(clock.Between(a.UnixMicro(), c.UnixMicro())) * time.Microsecond; got != whole {
			t.Fatalf("the clock says %s, counting %s", got, whole)
		}
	})
}

func TestEveryOpenMinuteCountsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		from := drawTime(t, "from").Truncate(time.Minute)
		minutes := rapid.IntRange(0, 3*24*60).Draw(t, "minutes")
		var walked time.Duration
		for i := range minutes {
			if h.Open(from.Add(time.Duration(i) * time.Minute)) {
				walked += time.Minute
			}
		}
		if got := h.Between(from, from.Add(time.Duration(minutes)*time.Minute)); got != walked {
			t.Fatalf("counted %s, walked %s", got, walked)
		}
	})
}

func TestHoursThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ranges []calendar.Range
		want   error
	}{
		"backwards":    {[]calendar.Range{{time.Monday, 600, 540}}, calendar.ErrRange},
		"past the day": {[]calendar.Range{{time.Monday, 600, 1500}}, calendar.ErrRange},
		"overlapping":  {[]calendar.Range{{time.Monday, 600, 700}, {time.Monday, 660, 720}}, calendar.ErrOverlap},
	} {
		if _, err := calendar.New(time.UTC, test.ranges, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHolidaysAreReadFromACalendarFile(t *testing.T) {
	t.Parallel()
	const file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, and\r\n  the days after\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nSUMMARY:New Year\r\nDTSTART;VALUE=DATE:20270101\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nSUMMARY:A meeting\r\nDTSTART;TZID=Europe/Berlin:20270102T100000\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nSUMMARY:Not at all\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20270103\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	days, skipped, err := calendar.ReadHolidays(strings.NewReader(file))
	if err != nil || len(days) != 4 || skipped != 2 {
		t.Fatalf("read %v, skipped %d, %v", days, skipped, err)
	}
	if days[2].Day.String() != "2026-12-26" || days[2].Name != "Christmas, and the days after" || days[3].Name != "New Year" {
		t.Errorf("read %v", days)
	}
	for name, bad := range map[string]struct {
		file, says string
		want       error
	}{
		"no calendar":     {"name,day\n", "iCalendar", calendar.ErrNotICal},
		"nothing":         {"", "iCalendar", calendar.ErrNotICal},
		"no such day":     {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260231\nEND:VEVENT\n", "line 3", calendar.ErrDate},
		"backwards":       {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260210\nDTEND:20260201\nEND:VEVENT\n", "line 5", calendar.ErrDate},
		"for ever":        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260210\nDTEND:20990201\nEND:VEVENT\n", "line 5", calendar.ErrDate},
		"every year":      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260210\nRRULE:FREQ=YEARLY\nEND:VEVENT\n", "line 4", calendar.ErrRepeats},
		"an endless line": {"BEGIN:VCALENDAR\n" + strings.Repeat("x", 70_000), "line 2", calendar.ErrTooLarge},
	} {
		if days, _, err := calendar.ReadHolidays(strings.NewReader(bad.file)); !errors.Is(err, bad.want) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: read %v, %v", name, days, err)
		}
	}
}
