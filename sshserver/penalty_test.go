package sshserver

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestTheFullerTheGateTheFewerFindRoom(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ there, drawn, want int }{ // want 1: no room of its own
		{0, 0, 0}, {9, 0, 0}, {10, 29, 1}, {10, 30, 0}, {55, 64, 1}, {55, 65, 0}, {99, 98, 1}, {99, 99, 0}, {100, 99, 1}, {500, 99, 1},
	} {
		g := &gate{
			startups: Startups{Start: 10, Rate: 30, Full: 100}, visitors: make([]*visitor, test.there), dice: func(int) int { return test.drawn },
		}
		if got := g.crowded(); got != (test.want == 1) {
			t.Errorf("with %d there and %d drawn, no room of its own: %v", test.there, test.drawn, got)
		}
	}
}

func TestASlowedSourceComesInOnceASecondUntilTimeHasPaid(t *testing.T) {
	t.Parallel()
	p := &penalties{owed: make(map[string]*debt)}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for n := range 2 {
		if p.add("a", wrongPassword, now) || !p.admits("a", now) {
			t.Errorf("slowed after %d connections with wrong passwords", n+1)
		}
	}
	if !p.add("a", wrongPassword, now) || p.add("a", wrongPassword, now) {
		t.Error("the third does not slow it, or twice")
	}
	admitted := 0
	for range 100 { // in five seconds
		if p.admits("a", now) {
			admitted++
		}
		now = now.Add(50 * time.Millisecond)
	}
	if admitted != 5 {
		t.Errorf("came in %d times in five seconds", admitted)
	}
	if !p.admits("b", now) {
		t.Error("another source is slowed too")
	}
	now = now.Add(20 * time.Second)
	for range 2 {
		if !p.admits("a", now) {
			t.Error("still slowed when time has paid")
		}
	}
	for range 1000 {
		p.add("a", tookTooLong, now)
	}
	if owes := p.owed["a"].until.Sub(now); owes != penaltyMost {
		t.Errorf("owes %s", owes)
	}
}

func TestSourcesThatAreRememberedAreBounded(t *testing.T) {
	t.Parallel()
	p := &penalties{owed: make(map[string]*debt)}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for i := range mostSources + 100 {
		p.add(fmt.Sprint(i), neverSignedIn, now)
	}
	if len(p.owed) != mostSources {
		t.Errorf("remembers %d", len(p.owed))
	}
	p.add("new", neverSignedIn, now.Add(time.Minute))
	if len(p.owed) != 1 {
		t.Errorf("remembers %d when all but one have paid", len(p.owed))
	}
}

// addressed is a connection from somewhere.
type addressed struct {
	net.Conn
	from string
}

func (a addressed) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(a.from), 40000))
}
func (a addressed) Close() error { return nil }

func TestWhatAConnectionCostsItsSource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, from string
		do         func(*visitor)
		want       time.Duration
	}{
		{"signed in", "192.0.2.1", func(v *visitor) { v.leave() }, 0},
		{"went away", "192.0.2.1", func(*visitor) {}, neverSignedIn},
		{"gave a wrong password", "192.0.2.1", func(v *visitor) { v.ask(); v.wrongPassword() }, wrongPassword},
		{"said nothing for too long", "192.0.2.1", func(v *visitor) { v.since = v.since.Add(-time.Minute) }, tookTooLong},
		{"thought about a password", "192.0.2.1", func(v *visitor) { v.ask(); v.since = v.since.Add(-time.Minute) }, neverSignedIn},
		{"never answered", "192.0.2.1", func(v *visitor) { v.ask(); v.since = v.since.Add(-time.Hour) }, tookTooLong},
		{"a neighbour's network", "2001:db8::1", func(*visitor) {}, neverSignedIn},
		{"a load balancer", "10.0.0.7", func(v *visitor) { v.wrongPassword() }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := &gate{
				startups: Startups{Start: 10, Full: 10}, perSource: 10, patience: 20 * time.Second, grace: 2 * time.Minute,
				exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, heard: func(_, _ string) {}, penalties: penalties{owed: make(map[string]*debt)},
			}
			v := g.enter(addressed{from: test.from})
			test.do(v)
			closed := time.Now()
			_ = v.Close()
			_ = v.Close()
			var owes time.Duration
			for _, d := range g.penalties.owed {
				owes += d.until.Sub(closed)
			}
			if owes < test.want || owes > test.want+500*time.Millisecond {
				t.Errorf("its source owes %s, want %s", owes, test.want)
			}
		})
	}
}

// Who is sent away from a full gate: whoever keeps the server waiting, not whom the server lets wait.
func TestAFullGateSendsAwayWhoKeepsItWaiting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		do   func(d *delay, longAgo time.Time)
		room bool
		owes time.Duration
	}{
		{"it never spoke", func(d *delay, longAgo time.Time) { d.turn(longAgo, func() { d.reading = true }) }, true, neverSignedIn},
		{"it is slow", func(d *delay, longAgo time.Time) { d.turn(longAgo, func() { d.reading, d.spoke = true, true }) }, true, 0},
		{"it dribbles", func(d *delay, longAgo time.Time) {
			for n := range 20 {
				at := longAgo.Add(time.Duration(n) * 80 * time.Millisecond)
				d.turn(at, func() { d.reading = true })
				d.turn(at.Add(70*time.Millisecond), func() { d.reading, d.spoke = false, true })
			}
		}, true, 0},
		{"the server has not come to it yet", func(*delay, time.Time) {}, false, 0},
		{"the server works at its sign-in", func(d *delay, longAgo time.Time) {
			d.turn(longAgo, func() { d.reading, d.spoke, d.working = true, true, 1 })
		}, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := &gate{
				startups: Startups{Start: 1, Full: 1}, perSource: 10, patience: time.Minute, grace: time.Minute, heard: func(_, _ string) {},
				penalties: penalties{owed: make(map[string]*debt)},
			}
			longAgo := time.Now().Add(-10 * time.Second)
			v := g.enter(addressed{from: "192.0.2.1"})
			v.since = longAgo
			test.do(&v.delay, longAgo)
			if room := g.enter(addressed{from: "192.0.2.2"}) != nil; room != test.room {
				t.Errorf("a newcomer finds room: %v", room)
			}
			var owes time.Duration
			for _, d := range g.penalties.owed {
				owes += time.Until(d.until).Round(time.Second)
			}
			if owes != test.owes {
				t.Errorf("it owes %s, want %s", owes, test.owes)
			}
		})
	}
}
