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

// paceOf computes the percentiles of microseconds, which it puts in another order.
func paceOf(took []int64) Pace {
	if len(took) == 0 {
		return Pace{}
	}
	shares := []float64{0.5, 0.75, 0.9, 0.95}
	last := len(took) - 1
	places := make([]int, 0, 2*len(shares))
	for _, share := range shares {
		low := int(share * float64(last))
		places = append(places, low, min(low+1, last))
	}
	settle(took, places)
	at := func(share float64) time.Duration {
		place := share * float64(last)
		low := int(place)
		below, above := took[low], took[min(low+1, last)]
		return time.Duration(math.Round(float64(below)+(place-float64(low))*float64(above-below))) * time.Microsecond
	}
	return Pace{N: len(took), Median: at(shares[0]), P75: at(shares[1]), P90: at(shares[2]), P95: at(shares[3])}
}

// settle puts at each of some places, in rising order, the value that would stand there if all were sorted. Sorting
// a million takes ten times as long.
func settle(values []int64, places []int) {
	const few, most = 32, 64 // rounds, for values that stand so that no division gets far
	for round := 0; len(places) > 0; round++ {
		if len(values) <= few || round == most {
			slices.Sort(values)
			return
		}
		below, above := divide(values) // equal to the pivot between them: these are where they belong
		left := sort.SearchInts(places, below)
		right := sort.SearchInts(places, above)
		settle(values[:below], places[:left])
		values = values[above:]
		places = slices.Clone(places[right:])
		for i := range places {
			places[i] -= above
		}
	}
}

// divide puts what is less than a value of theirs first and what is greater last, and says where those begin and end
// that are equal to it.
func divide(values []int64) (below, above int) {
	a, b, c := values[len(values)/4], values[len(values)/2], values[len(values)*3/4]
	pivot := max(min(a, b), min(max(a, b), c))
	above = len(values)
	for i := 0; i < above; {
		switch v := values[i]; {
		case v < pivot:
			values[i], values[below] = values[below], v
			below++
			i++
		case v > pivot:
			above--
			values[i], values[above] = values[above], v
		default:
			i++
		}
	}
	return below, above
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
	r, err := d.rangeOf(ctx, q, filter.Clock)
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
	d.figures.put(who, "speed", q, filter.Clock.Zone, &speed)
	return speed, nil
}

// stage computes the figures of one stage: of each bucket for itself, and of all.
func (m measure) stage(stage Stage, r *Range, waits, before []Wait) StageFigures {
	edges := r.edges()
	micros := make([]int64, len(edges))
	for i, e := range edges {
		micros[i] = e.UnixMicro()
	}
	limits := SpreadLimits()
	below := make([]int64, len(limits))
	for i, l := range limits {
		below[i] = l.Microseconds()
	}
	// Waits come nearly in the order of time: the bucket of one is mostly that of the one before.
	bucket, places, sizes := 0, make([]int32, len(waits)), make([]int, len(r.Buckets))
	all, counts := make([]int64, len(waits)), make([]int, len(limits)+1)
	for i, w := range waits {
		if w.At < micros[bucket] || w.At >= micros[bucket+1] {
			bucket = sort.Search(len(micros), func(i int) bool { return micros[i] > w.At }) - 1
		}
		took := m.took(w)
		all[i], places[i] = took, int32(bucket)
		sizes[bucket]++
		band := 0
		for band < len(below) && took >= below[band] {
			band++
		}
		counts[band]++
	}
	buckets := make([][]int64, len(r.Buckets))
	room := make([]int64, len(waits))
	for i, n := range sizes {
		buckets[i], room = room[:0:n], room[n:]
	}
	for i, b := range places {
		buckets[b] = append(buckets[b], all[i])
	}
	figures := StageFigures{Stage: stage, Buckets: make([]Pace, len(r.Buckets)), Spread: bands(limits, counts)}
	for i, b := range buckets {
		figures.Buckets[i] = paceOf(b)
	}
	figures.All, figures.Before = paceOf(all), m.pace(before)
	return figures
}

// pace computes the percentiles of some waits.
func (m measure) pace(waits []Wait) Pace {
	took := make([]int64, len(waits))
	for i, w := range waits {
		took[i] = m.took(w)
	}
	return paceOf(took)
}
