package storage

import (
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// age compares how long ago something was: older than two days is before the day before yesterday.
func (f *filterSQL) age(column string, clock core.Clock, t query.Term) string {
	moment := f.arg(clock.Now.Add(-t.Values[0].Duration))
	switch t.Op {
	case query.OpAbove:
		return column + ` < ` + moment
	case query.OpAtLeast:
		return column + ` <= ` + moment
	case query.OpBelow:
		return column + ` > ` + moment
	case query.OpAtMost:
		return column + ` >= ` + moment
	case query.OpIs, query.OpPhrase:
	}
	return column + ` = ` + moment
}

// days compares with whole days of the campus, whatever their length.
func (f *filterSQL) days(column string, clock core.Clock, t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		var bounds []string
		from, to := lasting(v, clock)
		if !from.IsZero() {
			bounds = append(bounds, column+` >= `+f.arg(from))
		}
		if !to.IsZero() {
			bounds = append(bounds, column+` < `+f.arg(to))
		}
		parts[i] = `(` + strings.Join(bounds, ` and `) + `)`
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

// lasting is from when until when days last; zero where they have no end.
func lasting(days query.Value, clock core.Clock) (from, to time.Time) {
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	if !days.From.IsZero() {
		from = dayStart(days.From.First(), zone)
	}
	if !days.To.IsZero() {
		to = dayStart(days.To.Last(), zone).AddDate(0, 0, 1)
	}
	return from, to
}

// took compares how long after the report something happened. What has not happened took no time.
func (f *filterSQL) took(column string, t query.Term) string {
	return negatable(column+` - t.created_at `+compare(t.Op)+` `+f.arg(t.Values[0].Duration)+`::interval`, t)
}

func dayStart(d query.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, zone)
}
