package core

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// hall holds the seats of one process, and what other processes say of theirs. While anybody sits in it, one goroutine keeps
// it: it looks up who sits here, reads the rows of the others and where the tickets are, draws the picture of who is there, writes
// the process's row, and tells the sessions here at which tickets something is different. It does that with four statements
// however many sit here, and everybody is answered from the picture.
type hall struct {
	desk    *Desk
	process string
	wake    chan struct{}

	mu      sync.Mutex
	seats   map[*Seat]bool
	kept    bool // the keeper runs
	picture []seen

	// Of the keeper alone.
	others  []Present
	heard   time.Time // when the others were last read
	tickets map[TicketID]*Ticket
	located time.Time // when the tickets were last read
	written []byte
	beat    time.Time // when the row was last written
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
		go h.keep(ofAll(ctx))
	}
	h.stir()
}

func (h *hall) leave(s *Seat) {
	s.left.Store(true)
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

// around is the picture, which nobody changes any more. Other processes' part of it is read now while nobody sits here.
func (h *hall) around(ctx context.Context) ([]seen, error) {
	h.mu.Lock()
	kept, picture := h.kept, h.picture
	h.mu.Unlock()
	if kept {
		return picture, nil
	}
	states, err := h.desk.store.ReadPresence(ctx, h.process, presenceLife)
	if err != nil {
		return nil, fmt.Errorf("read who is there: %w", err)
	}
	others := decodePresence(states)
	tickets, err := h.whereAre(ctx, ticketsOf(others))
	if err != nil {
		return nil, err
	}
	return draw(nil, others, tickets, time.Time{}), nil
}

// sitter is staff for who sits on a seat, or on none.
func (d *Desk) sitter(ctx context.Context, who Actor, own *Seat) (*principal, error) {
	if own == nil {
		return d.staff(ctx, d.store, who)
	}
	if p := own.hall.sitter(own, who); p != nil {
		return p, nil
	}
	at := time.Now()
	p, err := d.staff(ctx, d.store, who)
	if err == nil && own.who == who {
		own.hall.found(own, p, at)
	}
	return p, err
}

// sitter is who sits on a seat, if that was looked up not long ago and there is no sign that it has changed since.
func (h *hall) sitter(s *Seat, who Actor) *principal {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.who != who || s.doubted || time.Since(s.known) >= presenceSure {
		return nil
	}
	return s.sitter
}

// found notes who sits on a seat, nil for nobody who works here, as it was at a time.
func (h *hall) found(s *Seat, p *principal, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at.After(s.known) {
		s.sitter, s.known = p, at
	}
}

// keep is the keeper. It ends when nobody sits here any more.
func (h *hall) keep(ctx context.Context) {
	box := h.desk.hub.subscribe(true)
	defer box.Close()
	for {
		h.turn(ctx)
		h.mu.Lock()
		if len(h.seats) == 0 {
			h.kept, h.picture = false, nil
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

// recheck has those looked up again whose account changed.
func (h *hall) recheck(dirty Dirty) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.seats {
		s.doubted = s.doubted || dirty.Users[s.who.User]
	}
}

// turn brings everything up to date once.
func (h *hall) turn(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, presenceTrial)
	defer cancel()
	err := errors.Join(h.admit(ctx), h.read(ctx), h.locate(ctx))
	before, now := h.redraw()
	h.complain(ctx, errors.Join(err, h.write(ctx, now)))
	if moved := differ(before, now); len(moved) > 0 {
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

// admit looks up who sits here, of whom that is not known for certain any more, and drops pages that were fetched long ago.
func (h *hall) admit(ctx context.Context) error {
	var due []*Seat
	now := time.Now()
	h.mu.Lock()
	for s := range h.seats {
		switch {
		case !s.until.IsZero() && now.After(s.until):
			delete(h.seats, s)
		case s.doubted, now.Sub(s.known) >= presenceDoubt:
			s.doubted = false
			due = append(due, s)
		}
	}
	h.mu.Unlock()
	actors := make([]Actor, len(due))
	for i, s := range due {
		actors[i] = s.who
	}
	people, err := h.desk.staffOf(ctx, actors)
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, s := range due {
			s.doubted = true
		}
		return fmt.Errorf("look up who is there: %w", err)
	}
	for _, s := range due {
		h.found(s, people[s.who], now)
	}
	return nil
}

// read learns what other processes say. What cannot be read for a while is no longer believed.
func (h *hall) read(ctx context.Context) error {
	states, err := h.desk.store.ReadPresence(ctx, h.process, presenceLife)
	switch {
	case err == nil:
		h.others, h.heard = decodePresence(states), time.Now()
	case time.Since(h.heard) >= presenceLife:
		h.others = nil
	}
	return err
}

// locate learns where the tickets are at which anybody is.
func (h *hall) locate(ctx context.Context) error {
	ids := ticketsOf(h.others)
	h.mu.Lock()
	for s := range h.seats {
		ids[s.at] = true
	}
	h.mu.Unlock()
	tickets, err := h.whereAre(ctx, ids)
	switch {
	case err == nil:
		h.tickets, h.located = tickets, time.Now()
	case time.Since(h.located) >= presenceLife:
		h.tickets = nil
	}
	return err
}

// whereAre reads of tickets what a scope asks for. It is given none: the picture holds what somebody or other may know, and
// each is shown of it what their own scope holds.
func (h *hall) whereAre(ctx context.Context, ids map[TicketID]bool) (map[TicketID]*Ticket, error) {
	delete(ids, 0)
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // nobody is at any ticket
	}
	found, err := h.desk.store.WhereAre(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, fmt.Errorf("read where the tickets are at which somebody is: %w", err)
	}
	tickets := make(map[TicketID]*Ticket, len(found))
	for i := range found {
		tickets[found[i].ID] = &found[i]
	}
	return tickets, nil
}

// redraw draws the picture anew.
func (h *hall) redraw() (before, now []seen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, h.picture = h.picture, draw(h.seats, h.others, h.tickets, time.Now())
	return before, h.picture
}

// write says who is here, if that has changed or is about to be forgotten.
func (h *hall) write(ctx context.Context, picture []seen) error {
	state := encodePresence(ours(picture))
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
