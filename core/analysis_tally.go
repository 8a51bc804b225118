package core

import (
	"cmp"
	"slices"
	"time"
)

// quarter is 15 minutes in microseconds: the hours of every zone begin at one.
const quarter = int64(15 * time.Minute / time.Microsecond)

// byID keeps a value for each number of a table. Numbers are given from 1 on, so that most stand in a row and are found
// without a map: counting a million reports by five properties is a third as long.
type byID[K ~int64, V any] struct {
	row  []V
	rest map[K]*V
}

func (b *byID[K, V]) at(key K) *V {
	const longest = 1 << 16
	switch {
	case key >= 0 && int(key) < len(b.row):
	case key >= 0 && key < longest:
		b.row = append(b.row, make([]V, int(key)+1-len(b.row))...)
	default:
		if b.rest == nil {
			b.rest = map[K]*V{}
		}
		if b.rest[key] == nil {
			b.rest[key] = new(V)
		}
		return b.rest[key]
	}
	return &b.row[key]
}

// each passes all that there are, those never asked for too.
func (b *byID[K, V]) each(pass func(K, *V)) {
	for key := range b.row {
		pass(K(key), &b.row[key])
	}
	for key, value := range b.rest {
		pass(key, value)
	}
}

// counted are the counts that are not zero.
func counted[K ~int64](b *byID[K, int]) map[K]int {
	counts := map[K]int{}
	b.each(func(key K, n *int) {
		if *n > 0 {
			counts[key] = *n
		}
	})
	return counts
}

// reportTally counts what was reported.
type reportTally struct {
	queues     byID[QueueID, int]
	categories byID[CategoryID, int]
	locations  byID[LocationID, int]
	priorities [Urgent + 1]int
	doors      []doorCount
	from       int64      // the quarter that the first of quarters is
	quarters   []int      // by 15 minutes
	stood      placeTimes // all that one sees, for what comes back after it
	returned   placeTimes // what may have come back
}

// placeTimes are the times of what was reported, by place and kind.
type placeTimes struct {
	byID[LocationID, byID[CategoryID, []int64]]
}

func (p *placeTimes) add(t Reported) {
	if t.Location != 0 {
		times := p.at(t.Location).at(t.Category)
		*times = append(*times, t.At)
	}
}

type doorCount struct {
	door Door
	n    int
}

// newTally counts what is reported from one time to another by quarters of an hour, too.
func newTally(from, to time.Time) *reportTally {
	first := from.UnixMicro() / quarter
	return &reportTally{from: first, quarters: make([]int, to.UnixMicro()/quarter-first+1)}
}

func (c *reportTally) count(t Reported) {
	*c.queues.at(t.Queue)++
	*c.categories.at(t.Category)++
	*c.locations.at(t.Location)++
	c.priorities[t.Priority]++
	c.quarters[t.At/quarter-c.from]++
	for i := range c.doors {
		if c.doors[i].door == t.Door {
			c.doors[i].n++
			return
		}
	}
	c.doors = append(c.doors, doorCount{t.Door, 1})
}

// cameBack counts, by place and kind, what was reported soon after another; the commonest first.
func (c *reportTally) cameBack(dir *directory) []Return {
	const within = int64(ReturnDays * dayLong / time.Microsecond)
	var list []Return
	c.returned.each(func(location LocationID, kinds *byID[CategoryID, []int64]) {
		kinds.each(func(category CategoryID, times *[]int64) {
			all := *c.stood.at(location).at(category)
			slices.Sort(all)
			slices.Sort(*times)
			n := 0
			for i, at := range *times {
				before, _ := slices.BinarySearch(all, at)
				if before > 0 && at-all[before-1] <= within || i > 0 && (*times)[i-1] == at {
					n++
				}
			}
			if n > 0 {
				place := dir.location(location)
				kind, _ := dir.category(category)
				list = append(list, Return{Location: place.Code, LocationName: place.Name, Category: kind.Code, CategoryName: kind.Name, N: n})
			}
		})
	})
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
			s.Shares = shares(counted(&now.locations), counted(&before.locations), func(id LocationID) Share {
				if l := dir.location(id); l.Kind == Room {
					return place(l.Parent)
				}
				return place(id)
			})
		case ByRoom:
			s.Shares = shares(counted(&now.locations), counted(&before.locations), place)
		case ByCategory:
			s.Shares = shares(counted(&now.categories), counted(&before.categories), func(id CategoryID) Share {
				c, _ := dir.category(id)
				return Share{Code: c.Code, Name: c.Name}
			})
		case ByQueue:
			s.Shares = shares(counted(&now.queues), counted(&before.queues), func(id QueueID) Share {
				q, _ := dir.queue(id)
				return Share{Code: q.Code, Name: q.Name}
			})
		case ByDoor:
			s.Shares = shares(byDoor(now), byDoor(before), func(d Door) Share { return Share{Code: string(d), Name: string(d)} })
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

func byDoor(c *reportTally) map[Door]int {
	counts := map[Door]int{}
	for _, d := range c.doors {
		counts[d.door] = d.n
	}
	return counts
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
