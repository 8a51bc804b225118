package core

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"
)

// hall holds the seats of one process, and what other processes say of theirs. While anybody sits in
// it, one goroutine keeps it: it checks who moved, writes the process's row, reads the others', and tells
// the sessions here at which tickets something is different.
type hall struct {
	desk    *Desk
	process string
	wake    chan struct{}

	mu     sync.Mutex
	seats  map[*Seat]bool
	kept   bool // the keeper runs
	mine   []Present
	others []Present

	// Of the keeper alone.
	written []byte
	beat    time.Time // when the row was last written
	heard   time.Time // when the others were last read
	failing bool
}

func newHall(d *Desk) *hall {
	return &hall{desk: d, process: rand.Text(), wake: make(chan struct{}, 1), seats: make(map[*Seat]bool)}
}

// stir has the keeper look.
func (h *hall) stir() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *hall) enter(ctx context.Context, s *Seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seats[s] = true
	if !h.kept {
		h.kept = true
		go h.keep(context.WithoutCancel(ctx))
	}
	h.stir()
}

func (h *hall) leave(s *Seat) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.seats, s)
	h.stir()
}

// glance finds the seat of somebody's pages, or gives them one.
func (h *hall) glance(ctx context.Context, who Actor, id TicketID) {
	var seat *Seat
	h.mu.Lock()
	for s := range h.seats {
		if !s.until.IsZero() && s.who.User == who.User && s.who.Session == who.Session {
			seat = s
		}
	}
	if seat == nil {
		seat = &Seat{hall: h, who: who}
	}
	seat.until = time.Now().Add(presencePage)
	h.mu.Unlock()
	seat.At(id, Looking)
	h.enter(ctx, seat)
}

// around lists who is there, without one session. What other processes say is kept while anybody sits here, and read now
// while nobody does.
func (h *hall) around(ctx context.Context, but *Seat) ([]Present, error) {
	h.mu.Lock()
	kept, there := h.kept, slices.Clone(h.others)
	h.mu.Unlock()
	if !kept {
		states, err := h.desk.store.ReadPresence(ctx, h.process, presenceLife)
		if err != nil {
			return nil, fmt.Errorf("read who is there: %w", err)
		}
		there = decodePresence(states)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.seats {
		if one, ok := s.told(); ok && s != but {
			there = append(there, one)
		}
	}
	return once(there), nil
}

// keep is the keeper. It ends when nobody sits here any more.
func (h *hall) keep(ctx context.Context) {
	box := h.desk.hub.subscribe(true)
	defer box.Close()
	for {
		h.turn(ctx)
		h.mu.Lock()
		if len(h.seats) == 0 {
			h.kept = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		h.wait(ctx, box)
	}
}

// wait rests, and then waits until somebody moved, another process says something or it is time to give
// a sign of life.
func (h *hall) wait(ctx context.Context, box *Box) {
	time.Sleep(presenceRest)
	due, cancel := context.WithTimeout(ctx, presenceBeat-presenceRest)
	defer cancel()
	select {
	case <-h.wake:
	case <-due.Done():
	case <-box.bell:
		h.recheck(box.open())
	}
}

// recheck has the seats looked at again whose ticket or person changed.
func (h *hall) recheck(dirty Dirty) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.seats {
		if dirty.Tickets[s.at] || dirty.Users[s.who.User] {
			s.changed = true
		}
	}
}

// turn brings everything up to date once.
func (h *hall) turn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, presenceTrial)
	defer cancel()
	before := h.snapshot()
	err := h.check(ctx)
	if wrote := h.write(ctx); wrote != nil {
		err = wrote
	}
	if read := h.read(ctx); read != nil {
		err = read
	}
	h.complain(ctx, err)
	if moved := differ(before, h.snapshot()); len(moved) > 0 {
		h.desk.hub.Publish(Dirty{Present: moved})
	}
}

// complain logs the first of several failures: presence is nothing to wake anybody for.
func (h *hall) complain(ctx context.Context, err error) {
	if err != nil && !h.failing {
		h.desk.logger.WarnContext(ctx, "who is at which ticket cannot be told at the moment", "error", err)
	}
	h.failing = err != nil
}

// check asks the desk about the seats that changed, and drops pages that were fetched long ago.
func (h *hall) check(ctx context.Context) error {
	type question struct {
		seat  *Seat
		at    TicketID
		doing Doing
	}
	var asked []question
	h.mu.Lock()
	for s := range h.seats {
		if !s.until.IsZero() && time.Now().After(s.until) {
			delete(h.seats, s)
			continue
		}
		if s.changed {
			s.changed = false
			asked = append(asked, question{s, s.at, s.doing})
		}
	}
	h.mu.Unlock()
	var failed error
	for _, q := range asked {
		found, err := h.desk.checkSeat(ctx, q.seat.who, q.at, q.doing)
		h.mu.Lock()
		q.seat.checked = found
		if kind := KindOf(err); kind == Unavailable || kind == Internal {
			q.seat.changed, failed = true, err
		}
		h.mu.Unlock()
	}
	return failed
}

// write says who is here, if that has changed or is about to be forgotten.
func (h *hall) write(ctx context.Context) error {
	h.mu.Lock()
	var here []Present
	for s := range h.seats {
		if one, ok := s.told(); ok {
			here = append(here, one)
		}
	}
	h.mine = once(here)
	state := encodePresence(h.mine)
	h.mu.Unlock()
	same := bytes.Equal(state, h.written)
	if same && (state == nil || time.Since(h.beat) < presenceBeat-presenceRest) {
		return nil
	}
	if err := h.desk.store.WritePresence(ctx, h.process, state); err != nil {
		return err
	}
	h.written, h.beat = state, time.Now()
	if !same {
		h.desk.store.Ring(Dirty{Attendance: true})
	}
	return nil
}

// read learns what other processes say. What cannot be read for a while is no longer believed.
func (h *hall) read(ctx context.Context) error {
	states, err := h.desk.store.ReadPresence(ctx, h.process, presenceLife)
	if err != nil && time.Since(h.heard) < presenceLife {
		return err
	}
	h.mu.Lock()
	h.others = decodePresence(states)
	h.mu.Unlock()
	if err == nil {
		h.heard = time.Now()
	}
	return err
}

func (h *hall) snapshot() []Present {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Concat(h.mine, h.others)
}

// differ finds the tickets at which other people are, or do other things, than before.
func differ(before, after []Present) map[TicketID]bool {
	count := make(map[Present]int, len(before)+len(after))
	for _, p := range before {
		count[p]++
	}
	for _, p := range after {
		count[p]--
	}
	moved := make(map[TicketID]bool)
	for p, n := range count {
		if n != 0 {
			moved[p.Ticket] = true
		}
	}
	delete(moved, 0)
	return moved
}
