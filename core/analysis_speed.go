package core

import (
	"context"
	"math"
	"slices"
	"sort"
	"time"

	"helpdesk.campus/core/calendar"
)

type speedStore interface {
	// Waits reads how long somebody waited for what happened from one time to before another, in any order.
	Waits(ctx context.Context, scope Scope, filter Filter, stage Stage, from, to time.Time) ([]Wait, error)
}

// Wait is how long somebody waited, in microseconds since the epoch.
type Wait struct{ Since, At int64 }

// Stage is a stretch of a ticket's life that is measured.
type Stage string

// The stages.
const (
	StageAnswer  Stage = "answer"  // from reporting to the first public words of staff
	StageReply   Stage = "reply"   // after that, from what the reporter said to the next public words of staff
	StageClosing Stage = "closing" // from reporting to when it was closed for the first time
)

// Stages lists them in the order of the screen.
func Stages() []Stage { return []Stage{StageAnswer, StageReply, StageClosing} }

// Pace is how long something took: percentiles over all, interpolated between neighbours as percentile_cont does.
type Pace struct {
	N                     int
	Median, P75, P90, P95 time.Duration
}

// paceOf computes the percentiles of sorted microseconds.
func paceOf(sorted []int64) Pace {
	if len(sorted) == 0 {
		return Pace{}
	}
	at := func(share float64) time.Duration {
		place := share * float64(len(sorted)-1)
		low := int(place)
		high := min(low+1, len(sorted)-1)
		value := float64(sorted[low]) + (place-float64(low))*float64(sorted[high]-sorted[low])
		return time.Duration(math.Round(value)) * time.Microsecond
	}
	return Pace{N: len(sorted), Median: at(0.5), P75: at(0.75), P90: at(0.9), P95: at(0.95)}
}

// SpreadLimits divide durations for their distribution.
func SpreadLimits() []time.Duration {
	return []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, dayLong, 3 * dayLong, 7 * dayLong, 30 * dayLong}
}

// StageFigures is the speed of one stage.
type StageFigures struct {
	Stage   Stage
	All     Pace
	Before  Pace   // the period to compare with
	Buckets []Pace // N is 0 where nothing ended
	Spread  []AgeBand
}

// SpeedFigures is how fast reporters are helped.
type SpeedFigures struct {
	At     time.Time
	Range  Range
	Office bool // in office hours
	Stages []StageFigures
}

// measure turns waits into how long they were, in calendar time or in office hours.
type measure struct{ clock *calendar.Clock }

func (m measure) took(w Wait) int64 {
	if m.clock != nil {
		return m.clock.Between(w.Since, w.At)
	}
	return max(0, w.At-w.Since)
}

// measure is how the question wants time measured; the clock goes back as far as the oldest of the waits.
func (d *Desk) measure(ctx context.Context, office bool, waits ...[]Wait) (measure, error) {
	if !office {
		return measure{}, nil
	}
	hours, err := d.officeHours(ctx)
	if err != nil {
		return measure{}, err
	}
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, list := range waits {
		for _, w := range list {
			first, last = min(first, w.Since), max(last, w.At)
		}
	}
	if first > last {
		return measure{clock: &calendar.Clock{}}, nil
	}
	return measure{clock: hours.Clock(time.UnixMicro(first), time.UnixMicro(last))}, nil
}

// AnalyseSpeed shows how long first answers, replies and closing took, by when they happened.
func (d *Desk) AnalyseSpeed(ctx context.Context, who Actor, q Question) (SpeedFigures, error) {
	_, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return SpeedFigures{}, err
	}
	r, err := q.resolve(filter.Clock.Now, d.zone)
	if err != nil {
		return SpeedFigures{}, err
	}
	speed := SpeedFigures{At: filter.Clock.Now, Range: r, Office: q.Office, Stages: make([]StageFigures, len(Stages()))}
	var tasks []func() error
	for i, stage := range Stages() {
		tasks = append(tasks, func() error {
			took, err := d.store.Waits(ctx, scope, filter, stage, r.From, r.To)
			if err != nil {
				return wrap("measure time to "+string(stage), err)
			}
			before, err := d.store.Waits(ctx, scope, filter, stage, r.Before, r.BeforeUntil)
			if err != nil {
				return wrap("measure time before to "+string(stage), err)
			}
			by, err := d.measure(ctx, q.Office, took, before)
			if err != nil {
				return err
			}
			speed.Stages[i] = by.stage(stage, &r, took, before)
			return nil
		})
	}
	if err := together(tasks...); err != nil {
		return SpeedFigures{}, err
	}
	d.figures.put(who, "speed", q, &speed)
	return speed, nil
}

// stage computes the figures of one stage. Each bucket is sorted for itself, and then all of them.
func (m measure) stage(stage Stage, r *Range, waits, before []Wait) StageFigures {
	edges := r.edges()
	micros := make([]int64, len(edges))
	for i, e := range edges {
		micros[i] = e.UnixMicro()
	}
	buckets := make([][]int64, len(r.Buckets))
	all := make([]int64, 0, len(waits))
	for _, w := range waits {
		took := m.took(w)
		at := sort.Search(len(micros), func(i int) bool { return micros[i] > w.At }) - 1
		buckets[at] = append(buckets[at], took)
		all = append(all, took)
	}
	figures := StageFigures{Stage: stage, Buckets: make([]Pace, len(r.Buckets))}
	for i, b := range buckets {
		slices.Sort(b)
		figures.Buckets[i] = paceOf(b)
	}
	slices.Sort(all)
	figures.All, figures.Before = paceOf(all), m.pace(before)
	limits := SpreadLimits()
	counts, below := make([]int, len(limits)+1), 0
	for i, l := range limits {
		n := sort.Search(len(all), func(i int) bool { return all[i] >= l.Microseconds() })
		counts[i], below = n-below, n
	}
	counts[len(limits)] = len(all) - below
	figures.Spread = bands(limits, counts)
	return figures
}

// pace computes the percentiles of some waits.
func (m measure) pace(waits []Wait) Pace {
	took := make([]int64, len(waits))
	for i, w := range waits {
		took[i] = m.took(w)
	}
	slices.Sort(took)
	return paceOf(took)
}
