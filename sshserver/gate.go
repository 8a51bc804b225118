package sshserver

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How long a connection that has not signed in may keep a full gate waiting before a newcomer takes its place:
// one that says nothing, and one whose person is being asked for a password. Time in which the server itself
// works at signing it in does not count: when hundreds come back at once, that is most of it.
const (
	settled  = time.Second
	thinking = 30 * time.Second
)

// Startups is how many connections that have not signed in a process holds, after OpenSSH's MaxStartups:
// up to Start all come in; from there on, of a hundred newcomers Rate and more find no room of their own, and
// from Full on none.
type Startups struct{ Start, Rate, Full int }

// gate bounds the connections that have not signed in: in all, per source, and in time. A newcomer who
// finds no room takes the place of the one that has kept it waiting longest, so that somebody who holds
// connections open without speaking keeps out nobody who signs in; without such a one it is turned away,
// which costs it nothing.
type gate struct {
	startups  Startups
	perSource int             // from one address
	patience  time.Duration   // how long a connection may take until it asks to sign in
	grace     time.Duration   // how long it may take to sign in
	exempt    []netip.Prefix  // sources that stand for many, or for the machine itself
	dice      func(n int) int // a random number below n
	heard     func(turnedAway, source string)

	mu        sync.Mutex
	closed    bool
	visitors  []*visitor // not signed in, oldest first
	penalties penalties
}

// Why a connection was turned away, or what came of it.
const (
	turnedFull    = "full"
	turnedSource  = "source"
	turnedPenalty = "penalty"
	slowedDown    = "slowed" // no connection: the source itself, from now on
)

// visitor is one connection as the gate sees it.
type visitor struct {
	net.Conn
	gate     *gate
	source   string
	exempt   bool
	since    time.Time
	timer    *time.Timer
	asked    bool // somebody was asked for a password: people are slower than programs; guarded by gate.mu
	wrong    bool // and gave a wrong one; likewise
	excused  bool // it is our fault that they did not sign in; likewise
	delay    delay
	channels atomic.Int32
}

// enter lets a connection in, or returns nil when there is no room for it.
func (g *gate) enter(conn net.Conn) *visitor {
	v := &visitor{
		Conn: conn, gate: g, source: source(conn.RemoteAddr()), exempt: within(g.exempt, address(conn.RemoteAddr())), since: time.Now(),
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil
	}
	if why := g.refuses(v); why != "" {
		g.heard(why, v.source)
		return nil
	}
	v.timer = time.AfterFunc(g.patience, func() { _ = v.Close() })
	g.visitors = append(g.visitors, v)
	return v
}

// refuses says why there is no room for one more, after sending away a silent one if need be.
func (g *gate) refuses(v *visitor) string {
	sameSource := func(o *visitor) bool { return o.source == v.source }
	switch {
	case !v.exempt && !g.penalties.admits(v.source, v.since):
		return turnedPenalty
	case !v.exempt && g.count(sameSource) >= g.perSource:
		if !g.sendAway(v.since, sameSource) {
			return turnedSource
		}
	case g.crowded():
		if !g.sendAway(v.since, func(*visitor) bool { return true }) {
			return turnedFull
		}
	}
	return ""
}

// crowded reports whether a newcomer finds no room of its own: the more certainly, the fuller it is.
func (g *gate) crowded() bool {
	s, n := g.startups, len(g.visitors)
	switch {
	case n < s.Start:
		return false
	case n >= s.Full:
		return true
	}
	return g.dice(100) < s.Rate+(100-s.Rate)*(n-s.Start)/(s.Full-s.Start)
}

func (g *gate) count(of func(*visitor) bool) int {
	n := 0
	for _, v := range g.visitors {
		if of(v) {
			n++
		}
	}
	return n
}

// sendAway makes room by closing the connection that has kept the gate waiting longest, and too long. That costs its
// source something if it never said a word: others may be on a slow line, or on a machine as busy as this one.
func (g *gate) sendAway(now time.Time, whom func(*visitor) bool) bool {
	longest := -1
	var most time.Duration
	for i, v := range g.visitors {
		patience, kept := settled, v.delay.lasted(now)
		if v.asked {
			patience = thinking
		}
		if whom(v) && kept >= patience && kept > most {
			longest, most = i, kept
		}
	}
	if longest < 0 {
		return false
	}
	v := g.visitors[longest]
	g.visitors = slices.Delete(g.visitors, longest, longest+1)
	v.timer.Stop()
	if !v.delay.broken() {
		v.penalise(now)
	}
	_ = v.Conn.Close()
	return true
}

// close sends everybody away who has not signed in, and lets nobody in any more.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for _, v := range g.visitors {
		v.timer.Stop()
		_ = v.Conn.Close()
	}
	g.visitors = nil
}

// ask marks that a person is being asked, who needs longer than a program.
func (v *visitor) ask() {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.asked = true
	v.timer.Stop()
}

// wrongPassword marks that a wrong password was given.
func (v *visitor) wrongPassword() {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.wrong = true
}

// excuse marks that nobody could have signed in: whoever tries again and again while the database is away is not slowed for it.
func (v *visitor) excuse() {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.excused = true
}

// leave takes the visitor off the gate, signed in.
func (v *visitor) leave() {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.remove()
}

// remove takes the visitor off the gate, and reports whether it stood there still.
func (v *visitor) remove() bool {
	v.timer.Stop()
	i := slices.Index(v.gate.visitors, v)
	if i >= 0 {
		v.gate.visitors = slices.Delete(v.gate.visitors, i, i+1)
	}
	return i >= 0
}

// Close ends the connection. Unless it signed in, its source pays for it.
func (v *visitor) Close() error {
	v.gate.mu.Lock()
	if v.remove() {
		v.penalise(time.Now())
	}
	v.gate.mu.Unlock()
	return v.Conn.Close()
}

// penalise makes the source pay for a connection that ends without a sign-in.
func (v *visitor) penalise(now time.Time) {
	if v.exempt || v.excused && !v.wrong {
		return
	}
	cost, lasted := neverSignedIn, now.Sub(v.since)
	switch {
	case v.wrong:
		cost = wrongPassword
	case lasted >= v.gate.grace, !v.asked && lasted >= v.gate.patience:
		cost = tookTooLong
	}
	if v.gate.penalties.add(v.source, cost, now) {
		v.gate.heard(slowedDown, v.source)
	}
}

// source is whom the limit per source counts together: an IPv4 address, or an IPv6 network of /64,
// which is what one household has.
func source(addr net.Addr) string {
	ip, err := netip.ParseAddr(address(addr))
	if err != nil {
		return address(addr)
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

// address is where somebody calls from, without the port.
func address(addr net.Addr) string {
	if addr == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	return host
}
