package battery

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/battery/report"
	"helpdesk.campus/core"
)

// regular is one of many who work in the console: always at the same place, at which they are found again.
type regular struct {
	number int
	key    gossh.Signer
	at     spot
	on     *onlooker // nil while they are away
}

// spot is where somebody is.
type spot struct {
	ticket string // under the cursor, or open
	draft  string // in the editor, before the cursor
}

// head is how a ticket is named in a list, and above everything else when it is open.
var head = regexp.MustCompile(`#\d+`)

// where reads off the screen where somebody is.
func (p *regular) where() spot {
	screen, x, y := p.on.screen()
	rows := strings.Split(screen, "\n")
	switch {
	case strings.Contains(screen, "Reply — the reporter reads this"):
		if y >= len(rows) {
			return spot{}
		}
		return spot{head.FindString(screen), strings.TrimPrefix(string([]rune(rows[y] + strings.Repeat(" ", columns))[:x]), "│ ")}
	case strings.Contains(screen, "What happened: "):
		return spot{head.FindString(screen), ""}
	}
	if y < len(rows) && head.MatchString(rows[y]) { // the cursor stands on the row
		return spot{"list " + head.FindString(rows[y]), ""}
	}
	return spot{}
}

// enter opens the console from an address and goes to the place of this one: to a ticket in the list, in it, or to a reply.
func (p *regular) enter(ctx context.Context, address string) error {
	if err := p.signIn(ctx, address, func(error) {}); err != nil {
		return err
	}
	if err := p.on.lists(); err != nil {
		return err
	}
	if err := p.on.press(strings.Repeat("j", 1+p.number%7)); err != nil {
		return err
	}
	if p.number%3 == 0 {
		return nil
	}
	if err := p.on.press("\r"); err != nil {
		return err
	}
	if err := p.on.shows("What happened"); err != nil || p.number%3 == 1 {
		return err
	}
	if err := p.on.press("r"); err != nil {
		return err
	}
	if err := p.on.shows("the reporter reads this"); err != nil {
		return err
	}
	if err := p.on.press(p.draft()); err != nil {
		return err
	}
	return p.on.shows("Draft kept.")
}

func (p *regular) draft() string { return fmt.Sprintf("draft-%d-of-mine", p.number) }

// signIn opens the console, as often as it takes, with a pause as people and programs make between two tries.
func (p *regular) signIn(ctx context.Context, address string, saw func(error)) (err error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Duration(300+rand.IntN(1000)) * time.Millisecond) {
		if p.on, err = look(ctx, "", address, p.key); err == nil {
			return nil
		}
		saw(err)
		if time.Now().After(deadline) {
			return err
		}
	}
}

// comeBack opens the console anew, and waits until it stands where it stood.
func (p *regular) comeBack(ctx context.Context, address string, saw func(error)) error {
	if err := p.signIn(ctx, address, saw); err != nil {
		return err
	}
	shown := func(raw []byte) bool {
		switch p.number % 3 {
		case 0:
			return listed.Match(raw)
		case 1:
			return bytes.Contains(raw, []byte("What happened"))
		}
		return bytes.Contains(raw, []byte(p.draft()))
	}
	if err := p.on.await("where it was", shown); err != nil {
		return err
	}
	now := spot{}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if now = p.where(); now == p.at {
			return nil
		}
	}
	screen, _, _ := p.on.screen()
	return fmt.Errorf("%w where it was: at %+v instead of %+v, on\n%s", errLate, now, p.at, screen)
}

// hire makes so many staff of the queue of computers, each with a key.
func (w *town) hire(t *testing.T, n int) []*regular {
	t.Helper()
	people := make([]*regular, n)
	each(people, 4, func(i int, _ *regular) {
		name := fmt.Sprint("regular", i)
		u, err := w.Desk.AddUser(t.Context(), core.Operator(), core.NewUser{Username: name, Name: fmt.Sprint("Regular ", i), Email: name + "@campus.example", Role: core.RoleStaff})
		if err == nil {
			err = w.Desk.Join(t.Context(), core.Operator(), u.ID, w.IT.ID, false)
		}
		if err != nil {
			t.Errorf("hire: %v", err)
			return
		}
		people[i] = &regular{number: i, key: w.key(t, u)}
	})
	if t.Failed() {
		t.FailNow()
	}
	return people
}

// each does something for everybody, so many at a time.
func each(people []*regular, atOnce int, do func(i int, p *regular)) {
	var beside sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i, p := range people {
		places <- struct{}{}
		beside.Go(func() {
			defer func() { <-places }()
			do(i, p)
		})
	}
	beside.Wait()
}

// Hundreds of consoles are open on one process, all of them from one address, while people report on its page. Then all are
// cut off at once, and later the process is killed: everybody signs in again within seconds, through the usual limits, and is
// where they were. When all have gone, nothing is left of them.
func TestACrowdComesBack(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	crowd := scale(16, 500)
	r := begin(t, fmt.Sprintf("%d consoles are cut off at once, then their process is killed; all sign in again at once", crowd),
		"one process of everything, all consoles from one address that is not exempt; 3 people at the form")
	w := newTown(t)
	w.tickets(t, 12)
	people := w.hire(t, crowd)
	// The short trial has limits as many times smaller as its crowd is.
	limits := scale([]string{"HELPDESK_SSH_MAX_STARTUPS=8:30:16", "HELPDESK_SSH_PER_SOURCE=4"}, nil)
	h := launchWhole(t, w.url, append(limits, "HELPDESK_SSH_EXEMPT=192.0.2.1/32")...)
	c := &crowded{t: t, row: r, house: h, people: people}
	l := newLoad(t)
	l.pause = 100 * time.Millisecond
	l.pages(3, w.Heating.ID, func() string { return h.web })
	l.until(20)
	c.open(4) // what a first console leaves behind is no growth
	c.leave()
	before := h.settle(make(vitals, len(organs)).most(), time.Second)
	l.ledger.lap()

	c.open(crowd)
	full := h.examine()
	r.Notef("%d consoles take %.2f MiB of heap each, %.1f goroutines", crowd, (full[0]-before[0])/float64(crowd), (full[1]-before[1])/float64(crowd))
	c.reports(l)
	c.storm("cut off", func() {
		each(people, crowd, func(_ int, p *regular) { p.on.vanish() })
	})
	c.reports(l)
	c.leave()
	roomy := slices.Clone(before)
	roomy[0] += (full[0] - before[0]) / 10 // what was made once for all, and pools
	after := h.settle(roomy, 30*time.Second)
	r.Notef("after all have gone %.1f MiB of heap, %.0f goroutines, %.0f file descriptors, before %.1f, %.0f, %.0f", after[0], after[1], after[2], before[0], before[1], before[2])

	c.open(crowd)
	l.ledger.lap()
	c.storm("killed", h.restart)
	c.reports(l)
	c.leave()
	l.finish()
	l.ledger.check(t, r, connect(t, w.url), reportsKept)
	hold(t, w.url)
}

// most are vitals that nothing exceeds.
func (v vitals) most() vitals {
	for i := range v {
		v[i] = 1e12
	}
	return v
}

// crowded is a trial of many.
type crowded struct {
	t      *testing.T
	row    *report.Row
	house  *whole
	people []*regular
}

// open has the first n go to their places.
func (c *crowded) open(n int) {
	c.t.Helper()
	began := time.Now()
	var failed atomic.Bool // of this opening: a storm that was slow before it hides nothing that comes after
	each(c.people[:n], 16, func(_ int, p *regular) {
		enter := p.enter
		if p.at != (spot{}) {
			enter = func(ctx context.Context, address string) error { return p.comeBack(ctx, address, func(error) {}) }
		}
		if err := enter(c.t.Context(), c.house.ssh); err != nil {
			failed.Store(true)
			c.t.Errorf("regular %d: %v", p.number, err)
		}
	})
	if failed.Load() {
		c.t.FailNow()
	}
	time.Sleep(2 * time.Second) // until the places are kept
	each(c.people[:n], 2, func(_ int, p *regular) {
		if p.at = p.where(); p.at.ticket == "" || p.number%3 == 2 && p.at.draft != p.draft() {
			screen, _, _ := p.on.screen()
			failed.Store(true)
			c.t.Errorf("regular %d is at %+v, on\n%s", p.number, p.at, screen)
		}
	})
	c.row.Notef("%d opened, 16 at a time, in %s", n, time.Since(began).Round(100*time.Millisecond))
	if failed.Load() {
		c.t.FailNow()
	}
}

// leave has everybody go who is there: half of them hang up, half go without a word.
func (c *crowded) leave() {
	each(c.people, len(c.people), func(i int, p *regular) {
		switch {
		case p.on == nil:
		case i%2 == 0:
			p.on.leave()
		default:
			p.on.vanish()
		}
		p.on = nil
	})
}

// reports says how long those waited who reported meanwhile: they must not starve. With a process that is killed that is as long as
// it takes to be there again.
func (c *crowded) reports(l *load) {
	c.t.Helper()
	waited := percentile(l.ledger.lap(), 0.99)
	c.row.Notef("reports meanwhile: p99 %s", waited.Round(time.Millisecond))
	if waited > 10*time.Second {
		c.t.Errorf("who reports meanwhile waits for %s", waited)
	}
}

// storm cuts everybody off and waits until all are back.
func (c *crowded) storm(how string, cut func()) {
	c.t.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var turnedAway atomic.Int64
	began := time.Now()
	cut()
	down := time.Since(began)
	each(c.people, len(c.people), func(_ int, p *regular) {
		err := p.comeBack(c.t.Context(), c.house.ssh, func(error) { turnedAway.Add(1) })
		mu.Lock()
		defer mu.Unlock()
		if took = append(took, time.Since(began)-down); err != nil {
			c.t.Errorf("%s: regular %d: %v", how, p.number, err)
		}
	})
	slowed := strings.Count(c.house.process.Output.String(), "source slowed down")
	c.row.Notef("%s: half are back where they were after %s, 95 %% after %s, all after %s; %d connections found no room",
		how, percentile(took, 0.5).Round(100*time.Millisecond), percentile(took, 0.95).Round(100*time.Millisecond), percentile(took, 1).Round(100*time.Millisecond), turnedAway.Load())
	if most := percentile(took, 0.95); most > 30*time.Second {
		c.t.Errorf("%s: it takes %s until 95 %% are back", how, most)
	}
	if slowed > 0 {
		c.t.Errorf("%s: honest people are slowed down %d times", how, slowed)
	}
}
