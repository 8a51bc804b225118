package core

import (
	"context"
	"time"
)

type whereStore interface {
	// Shares counts by a property what was reported from one time to before another, and what was in the
	// period to compare with.
	Shares(ctx context.Context, scope Scope, filter Filter, by Dimension, r Range) ([]Share, error)
	// Returns counts, by place and category, what was reported from one time to before another within so long after
	// another of the same place and category; the commonest first.
	Returns(ctx context.Context, scope Scope, filter Filter, from, to time.Time, within time.Duration) ([]Return, error)
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
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return WhereFigures{}, err
	}
	r, err := q.resolve(filter.Clock.Now, d.zone)
	if err != nil {
		return WhereFigures{}, err
	}
	where := WhereFigures{At: filter.Clock.Now, Range: r, Spreads: make([]Spread, len(Dimensions()))}
	var arrivals []Arrival
	tasks := []func() error{
		func() (err error) {
			where.Returns, err = d.store.Returns(ctx, scope, filter, r.From, r.To, ReturnDays*dayLong)
			return wrap("count what came back", err)
		},
		func() (err error) {
			arrivals, err = d.store.Arrivals(ctx, scope, filter, r.From, r.To, d.step(r.From, r.To))
			return wrap("count by hour", err)
		},
	}
	for i, by := range Dimensions() {
		tasks = append(tasks, func() error {
			shares, err := d.store.Shares(ctx, scope, filter, by, r)
			where.Spreads[i] = Spread{By: by, Shares: shares}
			return wrap("count by "+string(by), err)
		})
	}
	if err := together(tasks...); err != nil {
		return WhereFigures{}, err
	}
	for i := range where.Spreads {
		s := &where.Spreads[i]
		for _, share := range s.Shares {
			s.Total.N, s.Total.Before = s.Total.N+share.N, s.Total.Before+share.Before
		}
	}
	for _, a := range arrivals {
		at := a.At.In(d.zone)
		where.Heat[(int(at.Weekday())+6)%7][at.Hour()] += a.N
	}
	d.figures.put(who, "where", q, &where)
	return where, nil
}
