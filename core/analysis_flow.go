package core

import (
	"context"
	"math"
	"slices"
	"time"
)

type flowStore interface {
	// Flow counts what was created, closed and reopened between each two edges and after the last, and
	// what is not closed now.
	Flow(ctx context.Context, scope Scope, filter Filter, edges []time.Time) (FlowCounts, error)
	// OpenAges counts what is not closed by age: below each limit and not below the one before, and last
	// what is older than all.
	OpenAges(ctx context.Context, scope Scope, filter Filter, now time.Time, limits []time.Duration) ([]int, error)
}

// FlowCounts is what a store counts of a flow. The slices have one place for each bucket and one more for
// all that came after the last.
type FlowCounts struct {
	Created, Closed, Reopened []int
	Backlog                   int // not closed now
}

// FlowBucket is what came and went in an hour, day or week.
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

const dayLong = 24 * time.Hour

// ageLimits divide what is not closed by age.
func ageLimits() []time.Duration {
	return []time.Duration{dayLong, 3 * dayLong, 7 * dayLong, 14 * dayLong, 30 * dayLong, 90 * dayLong}
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

// AnalyseFlow shows what was created, closed and reopened, and the backlog over time.
func (d *Desk) AnalyseFlow(ctx context.Context, who Actor, q Question) (FlowFigures, error) {
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return FlowFigures{}, err
	}
	r, err := d.rangeOf(ctx, q, filter.Clock)
	if err != nil {
		return FlowFigures{}, err
	}
	var counts FlowCounts
	var ages []int
	limits := ageLimits()
	err = together(
		func() (err error) { // the first place holds the period to compare with, the second what lies between
			counts, err = d.store.Flow(ctx, scope, filter, append([]time.Time{r.Before, r.BeforeUntil}, r.edges()...))
			return wrap("count what came and went", err)
		},
		func() (err error) {
			ages, err = d.store.OpenAges(ctx, scope, filter, filter.Clock.Now, limits)
			return wrap("count ages", err)
		},
	)
	if err != nil {
		return FlowFigures{}, err
	}
	flow := FlowFigures{At: filter.Clock.Now, Range: r, Buckets: make([]FlowBucket, len(r.Buckets)), Ages: bands(limits, ages)}
	flow.Created.Before, flow.Closed.Before, flow.Reopened.Before = counts.Created[0], counts.Closed[0], counts.Reopened[0]
	const first = 2
	// The backlog of now is known; the one of any time before follows from what came and went since.
	after := len(r.Buckets) + first
	backlog := counts.Backlog - counts.Created[after] + counts.Closed[after] - counts.Reopened[after]
	for i, b := range slices.Backward(r.Buckets) {
		created, closed, reopened := counts.Created[i+first], counts.Closed[i+first], counts.Reopened[i+first]
		flow.Buckets[i] = FlowBucket{Bucket: b, Created: created, Closed: closed, Reopened: reopened, Backlog: backlog}
		backlog -= created - closed + reopened
		flow.Created.N, flow.Closed.N, flow.Reopened.N = flow.Created.N+created, flow.Closed.N+closed, flow.Reopened.N+reopened
	}
	flow.BacklogAtStart = backlog
	d.figures.put(who, "flow", q, filter.Clock.Zone, &flow)
	return flow, nil
}
