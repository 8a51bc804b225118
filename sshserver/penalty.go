package sshserver

import (
	"net/netip"
	"time"
)

// What a connection that ends without a sign-in costs its source, after OpenSSH's PerSourcePenalties. How
// many keys it offered costs nothing: an agent offers all it has.
const (
	wrongPassword = 5 * time.Second
	neverSignedIn = time.Second
	tookTooLong   = 10 * time.Second

	penaltyFrom = 15 * time.Second // below it nobody is slowed: everybody mistypes
	penaltyMost = 10 * time.Minute

	// A source that is slowed gets one connection a second, and is not shut out: a campus may share one
	// address, and whoever has a key there should get in beside somebody who guesses.
	penaltyPace = time.Second

	mostSources = 1 << 16 // that are remembered; further ones go free
)

// penalties is what sources owe. Time pays it off.
type penalties struct {
	owed map[string]*debt
}

// debt is what one source owes.
type debt struct {
	until  time.Time
	slowed bool
	last   time.Time // when a connection was let in while it was slowed
}

// add makes a source owe more, and reports whether that is what slowed it.
func (p *penalties) add(source string, cost time.Duration, now time.Time) bool {
	d := p.owed[source]
	switch {
	case d == nil && len(p.owed) >= mostSources && !p.forget(now):
		return false
	case d == nil || !d.until.After(now):
		d = &debt{until: now}
		p.owed[source] = d
	}
	if d.until = d.until.Add(cost); d.until.Sub(now) > penaltyMost {
		d.until = now.Add(penaltyMost)
	}
	if d.slowed || d.until.Sub(now) < penaltyFrom {
		return false
	}
	d.slowed = true
	return true
}

// forget removes what is paid off, and reports whether there is room again.
func (p *penalties) forget(now time.Time) bool {
	for source, d := range p.owed {
		if !d.until.After(now) {
			delete(p.owed, source)
		}
	}
	return len(p.owed) < mostSources
}

// admits reports whether a source may open a connection now.
func (p *penalties) admits(source string, now time.Time) bool {
	d := p.owed[source]
	if d == nil || !d.slowed {
		return true
	}
	if !d.until.After(now) {
		delete(p.owed, source)
		return true
	}
	if now.Sub(d.last) < penaltyPace {
		return false
	}
	d.last = now
	return true
}

// within reports whether an address lies in one of the networks.
func within(networks []netip.Prefix, address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}
