package calendar

import "time"

// Clock is a clock that runs only while the office is open. Reading it takes some nanoseconds, for figures that need
// millions of readings; the time between two readings is what [Hours.Between] computes.
type Clock struct {
	first int64 // microseconds, when the first day begins
	days  []clockDay
	parts []clockPart
}

// clockDay is a day of 24 hours from the clock's first one on, whatever the zone's days are, and where in the parts
// it begins.
type clockDay int32

// clockPart is a stretch in which the office is open, or the end of all.
type clockPart struct {
	opens, closes int64 // microseconds
	before        int64 // how long the office was open before
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// Clock makes a clock that goes right from one time to another, and stands still before and after.
func (h *Hours) Clock(from, to time.Time) *Clock {
	c := &Clock{}
	sum := int64(0)
	last := DayOf(to.In(h.zone)).After(1)
	for d := DayOf(from.In(h.zone)).After(-1); d.Compare(last) <= 0; d = d.After(1) {
		for _, r := range h.ranges(d) {
			opens, closes := h.at(d, r.Opens).UnixMicro(), h.at(d, r.Closes).UnixMicro()
			if opens >= closes {
				continue
			}
			c.parts = append(c.parts, clockPart{opens: opens, closes: closes, before: sum})
			sum += closes - opens
		}
	}
	if len(c.parts) == 0 {
		return c
	}
	c.first = c.parts[0].opens
	end := c.parts[len(c.parts)-1].closes
	part := 0
	for at := c.first; at <= end; at += dayMicros {
		for part+1 < len(c.parts) && c.parts[part+1].opens <= at {
			part++
		}
		c.days = append(c.days, clockDay(part))
	}
	return c
}

// Micros reads the clock at a time, in microseconds since the epoch: how long the office had been open.
func (c *Clock) Micros(at int64) int64 {
	if len(c.parts) == 0 || at < c.first {
		return 0
	}
	day := min(int((at-c.first)/dayMicros), len(c.days)-1)
	part := int(c.days[day])
	for part+1 < len(c.parts) && c.parts[part+1].opens <= at {
		part++
	}
	p := &c.parts[part]
	return p.before + min(at, p.closes) - p.opens
}

// Parts passes every stretch in which the office is open, and how long it was open before, for whoever computes elsewhere what
// [Clock.Between] does.
func (c *Clock) Parts(pass func(opens, closes time.Time, before time.Duration)) {
	for _, p := range c.parts {
		pass(time.UnixMicro(p.opens), time.UnixMicro(p.closes), time.Duration(p.before)*time.Microsecond)
	}
}

// Between is how long the office was open between two times, in microseconds since the epoch.
func (c *Clock) Between(from, to int64) int64 { return max(0, c.Micros(to)-c.Micros(from)) }
