package core

import (
	"context"
	"time"

	"helpdesk.campus/core/query"
)

type whereStore interface {
	// EachReport passes what was reported from one time to before another, in any order.
	EachReport(ctx context.Context, scope Scope, filter Filter, from, to time.Time, pass func(Reported)) error
}

// Reported is a ticket as it is counted.
type Reported struct {
	At       int64 // microseconds since the epoch
	Queue    QueueID
	Category CategoryID
	Location LocationID // 0 if it is only words
	Priority Priority
	Door     Door
}

// Dimension is a property that tickets are counted by.
type Dimension string

// The dimensions.
const (
	ByBuilding Dimension = "building"
	ByRoom     Dimension = "room"
	ByCategory Dimension = "category"
	ByQueue    Dimension = "queue"
	ByDoor     Dimension = "door"
	ByPriority Dimension = "priority"
)

// Dimensions lists them in the order of the screen.
func Dimensions() []Dimension {
	return []Dimension{ByBuilding, ByRoom, ByCategory, ByQueue, ByDoor, ByPriority}
}

// Share is how many tickets have one value of a property.
type Share struct {
	Code string // "" for those that have none
	Name string
	Compared
}

// Spread is how tickets are divided by one property, the commonest value first.
type Spread struct {
	By     Dimension
	Shares []Share
	Total  Compared
}

// Return is how often a kind of issue came back to a place within [ReturnDays].
type Return struct {
	Location, LocationName string
	Category, CategoryName string
	N                      int // tickets that came back; the first of a row is none of them
}

// ReturnDays is within how many days an issue of the same kind at the same place has come back.
const ReturnDays = 30

// WhereFigures is where tickets come from, what they are about and when they are reported.
type WhereFigures struct {
	At      time.Time
	Range   Range
	Spreads []Spread
	Heat    [7][24]int // weekdays from Monday on, by hour of the campus
	Returns []Return
}

// AnalyseWhere shows what was reported by building, room, category, queue, door and priority, by hour and weekday, and
// what came back.
func (d *Desk) AnalyseWhere(ctx context.Context, who Actor, q Question) (WhereFigures, error) {
	p, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return WhereFigures{}, err
	}
	r, err := d.rangeOf(ctx, q, filter.Clock)
	if err != nil {
		return WhereFigures{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return WhereFigures{}, err
	}
	now, before := newTally(r.From, r.To), newTally(r.Before, r.BeforeUntil)
	first := r.From.Add(-ReturnDays * dayLong)
	count := func(t Reported) {
		now.count(t)
		now.returned.add(t)
	}
	err = together(
		func() error {
			if len(filter.Query.Terms) == 0 { // what comes back and what was there before are read as one
				return wrap("read what was reported", d.store.EachReport(ctx, scope, filter, first, r.To, func(t Reported) {
					now.stood.add(t)
					if t.At >= r.From.UnixMicro() {
						count(t)
					}
				}))
			}
			return wrap("read what was reported", d.store.EachReport(ctx, scope, filter, r.From, r.To, count))
		},
		func() error {
			if len(filter.Query.Terms) == 0 {
				return nil
			}
			all := filter // what one sees, whether the filter lets it through or not
			all.Query = query.Query{}
			return wrap("read what was there before", d.store.EachReport(ctx, listScope(p, false), all, first, r.To, now.stood.add))
		},
		func() error {
			return wrap("read what was reported before", d.store.EachReport(ctx, scope, filter, r.Before, r.BeforeUntil, before.count))
		},
	)
	if err != nil {
		return WhereFigures{}, err
	}
	where := WhereFigures{At: filter.Clock.Now, Range: r, Spreads: spreads(dir, now, before), Returns: now.cameBack(dir)}
	for i, n := range now.quarters {
		if n == 0 {
			continue
		}
		start := time.UnixMicro((now.from + int64(i)) * quarter).In(filter.Clock.Zone)
		where.Heat[(int(start.Weekday())+6)%7][start.Hour()] += n
	}
	d.figures.put(who, "where", q, filter.Clock.Zone, &where)
	return where, nil
}
