package core

import (
	"cmp"
	"slices"
	"time"
)

// quarter is 15 minutes in microseconds: the hours of every zone begin at one.
const quarter = int64(15 * time.Minute / time.Microsecond)

// kindOfPlace is what comes back: a kind of issue at a place.
type kindOfPlace struct {
	location LocationID
	category CategoryID
}

// reportTally counts what was reported.
type reportTally struct {
	queues     map[QueueID]int
	categories map[CategoryID]int
	locations  map[LocationID]int
	doors      map[Door]int
	priorities [Urgent + 1]int
	quarters   map[int64]int // by 15 minutes since the epoch
	times      map[kindOfPlace][]int64
}

func newTally() *reportTally {
	return &reportTally{
		queues: map[QueueID]int{}, categories: map[CategoryID]int{}, locations: map[LocationID]int{}, doors: map[Door]int{},
		quarters: map[int64]int{}, times: map[kindOfPlace][]int64{},
	}
}

func (c *reportTally) count(t Reported) {
	c.queues[t.Queue]++
	c.categories[t.Category]++
	c.locations[t.Location]++
	c.doors[t.Door]++
	c.priorities[t.Priority]++
}

// returns keeps when there was something at a place, to see what comes back.
func (c *reportTally) returns(t Reported) {
	if t.Location != 0 {
		key := kindOfPlace{t.Location, t.Category}
		c.times[key] = append(c.times[key], t.At)
	}
}

// cameBack counts, by place and kind, what was reported from a time on soon after another; the commonest first.
func (c *reportTally) cameBack(dir *directory, from time.Time) []Return {
	const within = int64(ReturnDays * dayLong / time.Microsecond)
	var list []Return
	for key, times := range c.times {
		slices.Sort(times)
		n := 0
		for i := 1; i < len(times); i++ {
			if times[i] >= from.UnixMicro() && times[i]-times[i-1] <= within {
				n++
			}
		}
		if n > 0 {
			place := dir.location(key.location)
			kind, _ := dir.category(key.category)
			list = append(list, Return{Location: place.Code, LocationName: place.Name, Category: kind.Code, CategoryName: kind.Name, N: n})
		}
	}
	slices.SortFunc(list, func(a, b Return) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Category, b.Category))
	})
	return list
}

// spreads divides what was reported by each property.
func spreads(dir *directory, now, before *reportTally) []Spread {
	place := func(id LocationID) Share {
		l := dir.location(id)
		return Share{Code: l.Code, Name: l.Name}
	}
	list := make([]Spread, 0, len(Dimensions()))
	for _, by := range Dimensions() {
		s := Spread{By: by}
		switch by {
		case ByBuilding: // a room counts for its building; a site stands for itself
			s.Shares = shares(now.locations, before.locations, func(id LocationID) Share {
				if l := dir.location(id); l.Kind == Room {
					return place(l.Parent)
				}
				return place(id)
			})
		case ByRoom:
			s.Shares = shares(now.locations, before.locations, place)
		case ByCategory:
			s.Shares = shares(now.categories, before.categories, func(id CategoryID) Share {
				c, _ := dir.category(id)
				return Share{Code: c.Code, Name: c.Name}
			})
		case ByQueue:
			s.Shares = shares(now.queues, before.queues, func(id QueueID) Share {
				q, _ := dir.queue(id)
				return Share{Code: q.Code, Name: q.Name}
			})
		case ByDoor:
			s.Shares = shares(now.doors, before.doors, func(d Door) Share { return Share{Code: string(d), Name: string(d)} })
		case ByPriority:
			s.Shares = shares(byPriority(now), byPriority(before), func(p Priority) Share { return Share{Code: p.String(), Name: p.String()} })
		}
		for _, share := range s.Shares {
			s.Total.N, s.Total.Before = s.Total.N+share.N, s.Total.Before+share.Before
		}
		list = append(list, s)
	}
	return list
}

func byPriority(c *reportTally) map[Priority]int {
	counts := map[Priority]int{}
	for p, n := range c.priorities {
		if n > 0 {
			counts[Priority(p)] = n
		}
	}
	return counts
}

// shares sums counts up by what their keys are called; the commonest first.
func shares[K comparable](now, before map[K]int, named func(K) Share) []Share {
	var list []Share
	at := map[string]int{}
	of := func(key K) *Share {
		share := named(key)
		i, there := at[share.Code]
		if !there {
			i = len(list)
			at[share.Code], list = i, append(list, share)
		}
		return &list[i]
	}
	for key, n := range now {
		of(key).N += n
	}
	for key, n := range before {
		of(key).Before += n
	}
	slices.SortFunc(list, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Code, b.Code))
	})
	return list
}
