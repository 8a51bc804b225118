// Package demo fills an empty helpdesk with a believable campus: its buildings, teams and people, and
// ninety days of tickets with what was said on them. Everything is done through the desk's own
// use-cases, at the times at which it would have happened.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"helpdesk.campus/core"
)

// How much of a campus it is.
const (
	days        = 90
	openCount   = 45
	activeCount = 40
	closedCount = 215
)

// seed makes the same campus each time; only the moment it is seen from differs.
const seed = 20261123

// Clock is a clock that stands where it was set, so that the past can be written in its own time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that stands at a moment.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now is the moment at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}

// Fill makes the demo campus on an empty desk whose clock is the one given, seen from now, with days
// in the campus's zone. It tells progress what it is doing and returns the people one can be.
func Fill(ctx context.Context, desk *core.Desk, clock *Clock, now time.Time, zone *time.Location, progress func(doing string)) ([]Person, error) {
	scripts, err := readScripts()
	if err != nil {
		return nil, err
	}
	defer clock.Set(now)
	clock.Set(now.AddDate(0, 0, -days-5))
	progress("Building the demo campus …")
	c, err := build(ctx, desk)
	if err != nil {
		return nil, err
	}
	progress(fmt.Sprintf("Living through its last %d days …", days))
	p := planner{
		random: rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // a demo that is the same each time
		now:    now, zone: zone, campus: c,
	}
	stories, err := p.plan(scripts)
	if err != nil {
		return nil, err
	}
	if err := live(ctx, desk, clock, stories); err != nil {
		return nil, err
	}
	return People(), nil
}
