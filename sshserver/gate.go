package sshserver

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// settled is how long a connection that says nothing may stand at a full gate before a newcomer
// takes its place.
const settled = time.Second

// gate bounds the connections that have not signed in: in all, per source, and in time. When it is
// full, the one that has been silent longest makes room, so that somebody who holds connections open
// without speaking keeps out nobody who signs in.
type gate struct {
	most      int           // in all
	perSource int           // from one address
	patience  time.Duration // how long a connection may take until it asks to sign in

	mu       sync.Mutex
	closed   bool
	visitors []*visitor // not signed in, oldest first
}

// visitor is one connection as the gate sees it.
type visitor struct {
	net.Conn
	gate     *gate
	source   string
	since    time.Time
	timer    *time.Timer
	asked    bool // somebody was asked for a password: people are slower than programs; guarded by gate.mu
	channels atomic.Int32
}

// enter lets a connection in, or returns nil when there is no room for it.
func (g *gate) enter(conn net.Conn) *visitor {
	v := &visitor{Conn: conn, gate: g, source: source(conn.RemoteAddr()), since: time.Now()}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || !g.makeRoom(v) {
		return nil
	}
	v.timer = time.AfterFunc(g.patience, func() { _ = v.Close() })
	g.visitors = append(g.visitors, v)
	return v
}

// makeRoom reports whether one more fits, after sending away a silent visitor if need be.
func (g *gate) makeRoom(v *visitor) bool {
	sameSource := func(o *visitor) bool { return o.source == v.source }
	switch {
	case g.count(sameSource) >= g.perSource:
		return g.sendAway(v.since, sameSource)
	case len(g.visitors) >= g.most:
		return g.sendAway(v.since, func(*visitor) bool { return true })
	}
	return true
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

func (g *gate) sendAway(now time.Time, whom func(*visitor) bool) bool {
	i := slices.IndexFunc(g.visitors, func(v *visitor) bool {
		return whom(v) && !v.asked && now.Sub(v.since) >= settled
	})
	if i < 0 {
		return false
	}
	v := g.visitors[i]
	g.visitors = slices.Delete(g.visitors, i, i+1)
	v.timer.Stop()
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

// leave takes the visitor off the gate: signed in, or gone.
func (v *visitor) leave() {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.timer.Stop()
	if i := slices.Index(v.gate.visitors, v); i >= 0 {
		v.gate.visitors = slices.Delete(v.gate.visitors, i, i+1)
	}
}

// Close ends the connection.
func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close() //nolint:wrapcheck // the connection's own error, to the connection's owner
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
