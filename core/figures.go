package core

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// FlowCounts is what a store counts of a flow. The slices have one place for each bucket and one more for
// all that came after the last.
type FlowCounts struct {
	Created, Closed, Reopened []int
	Backlog                   int // not closed now
}

// FlowBucket is what came and went in a day or week.
type FlowBucket struct {
	Bucket
	Created, Closed, Reopened int
	Backlog                   int // not closed at its end, or now if it is not over
}

// AgeBand is how many tickets that are not closed are of an age.
type AgeBand struct {
	From, To time.Duration // To is 0 where there is no end
	N        int
}

// FlowFigures is what came and went.
type FlowFigures struct {
	At             time.Time
	Range          Range
	Buckets        []FlowBucket
	Created        Compared
	Closed         Compared
	Reopened       Compared
	Ages           []AgeBand
	BacklogAtStart int
}

// Compared is a count and the one of the period before.
type Compared struct{ N, Before int }

// Percent is by how much it changed; false if there was nothing before.
func (c Compared) Percent() (int, bool) {
	if c.Before == 0 {
		return 0, false
	}
	return int(math.Round(100 * float64(c.N-c.Before) / float64(c.Before))), true
}

// AnalyseFlow shows what was created, closed and reopened, and the backlog over time.
func (d *Desk) AnalyseFlow(ctx context.Context, who Actor, q Question) (FlowFigures, error) {
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return FlowFigures{}, err
	}
	r, err := q.resolve(filter.Clock.Now, d.zone)
	if err != nil {
		return FlowFigures{}, err
	}
	// One bucket more at the front holds the whole period before.
	counts, err := d.store.Flow(ctx, scope, filter, append([]time.Time{r.Before}, r.edges()...))
	if err != nil {
		return FlowFigures{}, fmt.Errorf("count what came and went: %w", err)
	}
	flow := FlowFigures{At: filter.Clock.Now, Range: r, Buckets: make([]FlowBucket, len(r.Buckets))}
	flow.Created.Before, flow.Closed.Before, flow.Reopened.Before = counts.Created[0], counts.Closed[0], counts.Reopened[0]
	// The backlog of now is known; the one of any time before follows from what came and went since.
	after := len(r.Buckets) + 1
	backlog := counts.Backlog - counts.Created[after] + counts.Closed[after] - counts.Reopened[after]
	for i, b := range slices.Backward(r.Buckets) {
		created, closed, reopened := counts.Created[i+1], counts.Closed[i+1], counts.Reopened[i+1]
		flow.Buckets[i] = FlowBucket{Bucket: b, Created: created, Closed: closed, Reopened: reopened, Backlog: backlog}
		backlog -= created - closed + reopened
		flow.Created.N, flow.Closed.N, flow.Reopened.N = flow.Created.N+created, flow.Closed.N+closed, flow.Reopened.N+reopened
	}
	flow.BacklogAtStart = backlog
	limits := ageLimits()
	ages, err := d.store.OpenAges(ctx, scope, filter, filter.Clock.Now, limits)
	if err != nil {
		return FlowFigures{}, fmt.Errorf("count by age: %w", err)
	}
	flow.Ages = bands(limits, ages)
	return flow, nil
}

const dayLong = 24 * time.Hour

func ageLimits() []time.Duration {
	return []time.Duration{4 * time.Hour, dayLong, 3 * dayLong, 7 * dayLong, 14 * dayLong, 30 * dayLong, 90 * dayLong}
}

func bands(limits []time.Duration, counts []int) []AgeBand {
	list := make([]AgeBand, len(limits)+1)
	for i := range list {
		if i > 0 {
			list[i].From = limits[i-1]
		}
		if i < len(limits) {
			list[i].To = limits[i]
		}
		if i < len(counts) {
			list[i].N = counts[i]
		}
	}
	return list
}

// Stage is what a duration measures.
type Stage string

// The stages, both from when a ticket was reported.
const (
	StageAnswer  Stage = "answer"  // to the first public words of staff
	StageClosing Stage = "closing" // to when it was closed for the first time
)

// Pace is how long something took: percentiles over all, interpolated between neighbours.
type Pace struct {
	N                     int
	Median, P75, P90, P95 time.Duration
}

// Durations is what a store computes of a stage.
type Durations struct {
	All     Pace
	Buckets map[int]Pace // by bucket, from 0; one without any is not there
	Spread  []int        // how many took below each of [SpreadLimits] and not below the one before, and longer
}

// SpreadLimits divide durations for their distribution.
func SpreadLimits() []time.Duration {
	return []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, dayLong, 3 * dayLong, 7 * dayLong, 30 * dayLong}
}

// StageFigures is the speed of one stage.
type StageFigures struct {
	Stage   Stage
	All     Pace
	Before  Pace   // the period before
	Buckets []Pace // N is 0 where nothing ended
	Spread  []AgeBand
}

// SpeedFigures is how fast reporters are helped.
type SpeedFigures struct {
	At     time.Time
	Range  Range
	Stages []StageFigures
}

// AnalyseSpeed shows how long first answers and closing took, by when they happened.
func (d *Desk) AnalyseSpeed(ctx context.Context, who Actor, q Question) (SpeedFigures, error) {
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return SpeedFigures{}, err
	}
	r, err := q.resolve(filter.Clock.Now, d.zone)
	if err != nil {
		return SpeedFigures{}, err
	}
	speed := SpeedFigures{At: filter.Clock.Now, Range: r}
	for _, stage := range []Stage{StageAnswer, StageClosing} {
		took, err := d.store.Durations(ctx, scope, filter, stage, r.edges())
		if err != nil {
			return SpeedFigures{}, fmt.Errorf("measure time to %s: %w", stage, err)
		}
		before, err := d.store.Durations(ctx, scope, filter, stage, []time.Time{r.Before, r.From})
		if err != nil {
			return SpeedFigures{}, fmt.Errorf("measure time to %s before: %w", stage, err)
		}
		figures := StageFigures{Stage: stage, All: took.All, Before: before.All, Buckets: make([]Pace, len(r.Buckets)), Spread: bands(SpreadLimits(), took.Spread)}
		for i := range figures.Buckets {
			figures.Buckets[i] = took.Buckets[i]
		}
		speed.Stages = append(speed.Stages, figures)
	}
	return speed, nil
}

// Dimension is a property that tickets are counted by.
type Dimension string

// The dimensions.
const (
	ByBuilding Dimension = "building"
	ByCategory Dimension = "category"
	ByQueue    Dimension = "queue"
	ByPriority Dimension = "priority"
)

// Dimensions lists them in the order of the screen.
func Dimensions() []Dimension { return []Dimension{ByBuilding, ByCategory, ByQueue, ByPriority} }

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

// WhereFigures is where tickets come from, what they are about and when they are reported.
type WhereFigures struct {
	At      time.Time
	Range   Range
	Spreads []Spread
	Heat    [7][24]int // weekdays from Monday on, by hour of the campus
}

// AnalyseWhere shows what was reported by building, category, queue, priority, and by hour and weekday.
func (d *Desk) AnalyseWhere(ctx context.Context, who Actor, q Question) (WhereFigures, error) {
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return WhereFigures{}, err
	}
	r, err := q.resolve(filter.Clock.Now, d.zone)
	if err != nil {
		return WhereFigures{}, err
	}
	where := WhereFigures{At: filter.Clock.Now, Range: r}
	for _, by := range Dimensions() {
		spread := Spread{By: by}
		if spread.Shares, err = d.store.Shares(ctx, scope, filter, by, r.Before, r.From, r.To); err != nil {
			return WhereFigures{}, fmt.Errorf("count by %s: %w", by, err)
		}
		for _, s := range spread.Shares {
			spread.Total.N, spread.Total.Before = spread.Total.N+s.N, spread.Total.Before+s.Before
		}
		where.Spreads = append(where.Spreads, spread)
	}
	arrivals, err := d.store.Arrivals(ctx, scope, filter, r.From, r.To)
	if err != nil {
		return WhereFigures{}, fmt.Errorf("count by hour: %w", err)
	}
	for _, a := range arrivals {
		at := a.At.In(d.zone)
		where.Heat[(int(at.Weekday())+6)%7][at.Hour()] += a.N
	}
	return where, nil
}
