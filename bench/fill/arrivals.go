package fill

import (
	"sort"
	"time"
)

// arrivals knows how busy each hour of the years is: opening hours, weekends, terms, and a helpdesk that grows.
type arrivals struct {
	from time.Time
	sums []float64 // how much came until the end of each hour
}

// busy is how likely a report is in each hour of the day.
func busy(hour int) float64 {
	return [24]float64{
		0.05, 0.03, 0.02, 0.02, 0.02, 0.04, 0.1, 0.3, 0.8, 1, 1, 1, 0.7, 0.9, 1, 0.95, 0.8, 0.55, 0.35, 0.3, 0.3, 0.25, 0.2, 0.1,
	}[hour]
}

// term is how full the campus is: the first weeks of a term are the worst, summer is quiet.
func term(t time.Time) float64 {
	switch day := t.YearDay(); {
	case day <= 6 || day >= 358:
		return 0.1
	case t.Month() == time.October && t.Day() <= 21, t.Month() == time.April && t.Day() <= 14:
		return 1.9
	case t.Month() == time.August, t.Month() == time.September && t.Day() <= 15, t.Month() == time.March:
		return 0.45
	}
	return 1
}

func newArrivals(from, until time.Time, zone *time.Location) *arrivals {
	a := &arrivals{from: from.Truncate(time.Hour)}
	sum, hours := 0.0, until.Sub(a.from).Hours()
	for at := a.from; at.Before(until); at = at.Add(time.Hour) {
		local := at.In(zone)
		weight := busy(local.Hour()) * term(local) * (0.8 + 0.4*at.Sub(a.from).Hours()/hours)
		if local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
			weight /= 4
		}
		sum += weight
		a.sums = append(a.sums, sum)
	}
	return a
}

// at is when so much of everything has come; share lies in [0, 1).
func (a *arrivals) at(share float64) time.Time {
	wanted := share * a.sums[len(a.sums)-1]
	i := min(sort.SearchFloat64s(a.sums, wanted), len(a.sums)-1)
	before := 0.0
	if i > 0 {
		before = a.sums[i-1]
	}
	part := (wanted - before) / (a.sums[i] - before)
	return a.from.Add(time.Duration(i) * time.Hour).Add(time.Duration(part * float64(time.Hour))).Truncate(time.Microsecond)
}
