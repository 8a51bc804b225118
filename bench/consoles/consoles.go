// Package consoles measures the console over real SSH: how fast it opens, how soon a key changes the screen while many
// consoles are open and things happen, and what each takes of memory and processor.
package consoles

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
)

// hall is a process that serves consoles, and those that are open on it.
type hall struct {
	rig     *rig.Rig
	desk    *rig.Desk
	process *rig.Process
	staff   *staff

	open []*terminal
}

// staff are the people who open consoles, each with a key of their own: most work one queue, every tenth all of them.
type staff struct {
	desk *rig.Desk
	mu   sync.Mutex
	keys []gossh.Signer
}

func (s *staff) key(ctx context.Context, n int) (gossh.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.keys) <= n {
		var queues []core.Queue
		if at := len(s.keys); at%10 != 0 {
			queues = append(queues, s.desk.Queues[at%len(s.desk.Queues)])
		}
		signer, err := admit(ctx, s.desk, queues...)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, signer)
	}
	return s.keys[n], nil
}

// admit hires somebody and gives them a key.
func admit(ctx context.Context, d *rig.Desk, queues ...core.Queue) (gossh.Signer, error) {
	u, err := d.Hire(ctx, "", queues...)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return signer, d.Admit(ctx, u, signer.PublicKey()) //nolint:wrapcheck // says what it did
}

func newHall(ctx context.Context, r *rig.Rig, people *staff) (*hall, error) {
	process, err := r.Serve(ctx, people.desk, "ssh")
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	return &hall{rig: r, desk: people.desk, process: process, staff: people}, nil
}

// close closes all consoles and stops the process.
func (h *hall) close() {
	for _, t := range h.open {
		t.close()
	}
	h.process.Stop()
}

// atOnce is how many clients open consoles at the same time.
const atOnce = 8

// grow opens consoles until there are so many, and returns from when to when each opened.
func (h *hall) grow(ctx context.Context, consoles int, size func(n int) (width, height int)) (took figure.Times, rate float64, err error) {
	begin, more := len(h.open), make(chan int)
	if _, err := h.staff.key(ctx, consoles); err != nil {
		return nil, 0, err
	}
	var mu sync.Mutex
	var failures []error
	var beside sync.WaitGroup
	began := time.Now()
	for range atOnce {
		beside.Go(func() {
			for n := range more {
				dialed := time.Now()
				t, err := h.enter(ctx, n, size)
				mu.Lock()
				if err == nil {
					h.open, took = append(h.open, t), append(took, t.opened.Sub(dialed))
				}
				failures = append(failures, err)
				mu.Unlock()
			}
		})
	}
	for n := begin; n < consoles; n++ {
		more <- n
	}
	close(more)
	beside.Wait()
	return took, float64(len(took)) / time.Since(began).Seconds(), errors.Join(failures...)
}

func (h *hall) enter(ctx context.Context, n int, size func(n int) (width, height int)) (*terminal, error) {
	key, err := h.staff.key(ctx, n)
	if err != nil {
		return nil, err
	}
	width, height := size(n)
	t, err := open(h.process.Address, key, width, height, false)
	if err != nil {
		return nil, err
	}
	if err := t.await(); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func mixed(n int) (width, height int) {
	if n%2 == 0 {
		return 80, 24
	}
	return 200, 60
}

// Measure measures with growing numbers of consoles. With as many as there are goals for, each key is pressed so many times;
// with others a third of that, which tells how it grows.
func Measure(ctx context.Context, r *rig.Rig, d *rig.Desk, consoles []int, times int) ([]*figure.Table, error) {
	people := &staff{desk: d}
	opening := &figure.Table{
		Name: "opening", Question: "How fast do consoles open, and what do they take while things happen?", Subject: "consoles",
		How:     fmt.Sprintf("A desk of %d tickets, one process, half of the consoles 80×24 and half 200×60, each of somebody else; %d clients open at once, and program, database and clients share the machine. The first frame is the list, from dialling on. Processor time is that of the program alone, in percent of one processor, with %d events a second.", d.Tickets, atOnce, perSecond),
		Columns: []figure.Column{{Title: "opened/s", Digits: 1}, {Title: "first frame median, ms"}, {Title: "p95, ms"}, {Title: "events/s", Digits: 1}, {Title: "program, %CPU"}, {Title: "program, MiB"}},
	}
	keys := &figure.Table{
		Name: "keys", Question: "How soon does a key change the screen?", Subject: "open consoles, key",
		How:     fmt.Sprintf("A desk of %d tickets, %d events a second. From sending the key over SSH to the arrival of the frame that answers it, on a console of 120×40 in all queues; the other consoles draw every change too. Their clients read and draw nothing, but share the machine.", d.Tickets, perSecond),
		Columns: []figure.Column{{Title: "median, ms", Digits: 1}, {Title: "p95, ms", Digits: 1}, {Title: "p99, ms", Digits: 1}},
	}
	h, err := newHall(ctx, r, people)
	if err != nil {
		return nil, err
	}
	defer h.close()
	events, err := newFeed(ctx, d)
	if err != nil {
		return nil, err
	}
	tables := []*figure.Table{opening, keys}
	for _, n := range consoles {
		r.Log(fmt.Sprintf("%d consoles", n))
		took, rate, err := h.grow(ctx, n, mixed)
		if err != nil {
			return tables, fmt.Errorf("open %d consoles: %w", n, err)
		}
		var used float64
		happened, err := events.run(ctx, func() (err error) {
			used, err = h.busy(func() error { return h.time(ctx, keys, n, times) })
			return err
		})
		if err != nil {
			return tables, fmt.Errorf("%d consoles: %w", n, err)
		}
		usage, err := h.process.Usage()
		if err != nil {
			return tables, err //nolint:wrapcheck // says what it did
		}
		opening.Add(fmt.Sprint(n), rate, took.At(0.5), took.At(0.95), happened, used, float64(usage.Resident)/(1<<20))
	}
	return tables, nil
}

// busy is how much of one processor the process takes while something is done, in percent.
func (h *hall) busy(do func() error) (float64, error) {
	before, err := h.process.Usage()
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it did
	}
	began := time.Now()
	if err := do(); err != nil {
		return 0, err
	}
	took := time.Since(began)
	after, err := h.process.Usage()
	return 100 * float64(after.CPU-before.CPU) / float64(took), err //nolint:wrapcheck // says what it did
}

// Idle measures what consoles take that nobody uses, by size of the window.
func Idle(ctx context.Context, r *rig.Rig, d *rig.Desk, consoles int, lasting time.Duration) (*figure.Table, error) {
	t := &figure.Table{
		Name: "idle", Question: "What does a console take that nobody touches?", Subject: "window",
		How:     fmt.Sprintf("A desk of %d tickets, %d consoles on one process for %s, nothing happens. Memory is what the process has more of than with one console open, shared out; processor time is that of all together, in percent of one processor.", d.Tickets, consoles, lasting),
		Columns: []figure.Column{{Title: "MiB each", Digits: 2}, {Title: "all together, %CPU", Digits: 1}},
	}
	people := &staff{desk: d}
	for _, window := range []struct{ width, height int }{{80, 24}, {200, 60}} {
		r.Log(fmt.Sprintf("%d idle consoles of %d×%d", consoles, window.width, window.height))
		each, used, err := idle(ctx, r, people, consoles, lasting, window.width, window.height)
		if err != nil {
			return t, fmt.Errorf("idle consoles: %w", err)
		}
		t.Add(fmt.Sprintf("%d×%d", window.width, window.height), each, used)
	}
	return t, nil
}

func idle(ctx context.Context, r *rig.Rig, people *staff, consoles int, lasting time.Duration, width, height int) (each, used float64, err error) {
	h, err := newHall(ctx, r, people)
	if err != nil {
		return 0, 0, err
	}
	defer h.close()
	size := func(int) (int, int) { return width, height }
	if _, _, err := h.grow(ctx, 1, size); err != nil {
		return 0, 0, err
	}
	before, err := h.process.Usage()
	if err != nil {
		return 0, 0, err //nolint:wrapcheck // says what it did
	}
	if _, _, err := h.grow(ctx, 1+consoles, size); err != nil {
		return 0, 0, err
	}
	time.Sleep(3 * lasting) // until what opening took is cleared away
	used, err = h.busy(func() error { time.Sleep(lasting); return nil })
	if err != nil {
		return 0, 0, err
	}
	after, err := h.process.Usage()
	return float64(after.Resident-before.Resident) / float64(consoles) / (1 << 20), used, err //nolint:wrapcheck // says what it did
}
