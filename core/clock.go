package core

import "time"

// Clock is what a query needs to know of time: the moment, and the zone in which days begin.
type Clock struct {
	Now  time.Time
	Zone *time.Location
}
