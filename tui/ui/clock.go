package ui

import "time"

// Clock says times to one person: in words or exactly, as of now, in their zone.
type Clock struct {
	Now   time.Time
	Zone  *time.Location
	Exact bool // dates and hours in place of words
}

const exactly = "2006-01-02 15:04"

// Age says how old something is, short enough for a column; see [Clock.AgeWidth].
func (c Clock) Age(then time.Time) string {
	if !c.Exact || then.IsZero() {
		return Age(c.Now, then)
	}
	return then.In(c.Zone).Format(exactly)
}

// AgeWidth is how wide a column of ages must be.
func (c Clock) AgeWidth() int {
	if c.Exact {
		return len(exactly)
	}
	return len("20 min")
}

// Ago says when something was, for a sentence: "20 min ago".
func (c Clock) Ago(then time.Time) string {
	if !c.Exact || then.IsZero() {
		return Ago(c.Now, then)
	}
	return then.In(c.Zone).Format(exactly)
}

// When is the time on the clock: the hour today, the date otherwise.
func (c Clock) When(then time.Time) string {
	if !c.Exact || then.IsZero() {
		return When(c.Now, then, c.Zone)
	}
	return then.In(c.Zone).Format(exactly)
}

// Full says when something was in words and by the clock: "20 min ago, 09:12". Exactly, it is to the
// second and names the zone.
func (c Clock) Full(then time.Time) string {
	if !c.Exact || then.IsZero() {
		return c.Ago(then) + ", " + c.When(then)
	}
	return then.In(c.Zone).Format("2006-01-02 15:04:05 MST")
}
