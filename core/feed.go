package core

import (
	"context"
	"maps"
	"sync"
)

// Dirty is a set of what has changed since somebody last looked. It says where to look, not what is
// there: whoever shows something reads it again.
type Dirty struct {
	All     bool // anything may have changed: after a pause of the feed, and every few seconds
	Tickets map[TicketID]bool
	Users   map[UserID]bool // whose rights changed
	Place   bool            // queues, categories or locations changed
}

// DirtyTicket marks one ticket.
func DirtyTicket(id TicketID) Dirty { return Dirty{Tickets: map[TicketID]bool{id: true}} }

// DirtyUser marks one user's rights.
func DirtyUser(id UserID) Dirty { return Dirty{Users: map[UserID]bool{id: true}} }

// Empty reports whether nothing is marked.
func (d Dirty) Empty() bool {
	return !d.All && !d.Place && len(d.Tickets) == 0 && len(d.Users) == 0
}

// Merge adds what other marks.
func (d *Dirty) Merge(other Dirty) {
	d.All = d.All || other.All
	d.Place = d.Place || other.Place
	if len(other.Tickets) > 0 {
		if d.Tickets == nil {
			d.Tickets = make(map[TicketID]bool, len(other.Tickets))
		}
		maps.Copy(d.Tickets, other.Tickets)
	}
	if len(other.Users) > 0 {
		if d.Users == nil {
			d.Users = make(map[UserID]bool, len(other.Users))
		}
		maps.Copy(d.Users, other.Users)
	}
}

// Hub fans out what changed to the sessions of one process. Each session has one bell and one set
// of what is dirty, never a queue, so that a session that does not read holds up nobody.
type Hub struct {
	mu    sync.Mutex
	boxes map[*Box]bool
}

// NewHub makes a hub with no subscribers.
func NewHub() *Hub { return &Hub{boxes: make(map[*Box]bool)} }

// Publish marks every box. It never blocks.
func (h *Hub) Publish(d Dirty) {
	if d.Empty() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for box := range h.boxes {
		box.put(d)
	}
}

// Subscribe opens a box, which must be closed.
func (h *Hub) Subscribe() *Box {
	box := &Box{hub: h, bell: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.boxes[box] = true
	return box
}

// Box collects what changed for one session.
type Box struct {
	hub   *Hub
	bell  chan struct{}
	mu    sync.Mutex
	dirty Dirty
}

func (b *Box) put(d Dirty) {
	b.mu.Lock()
	b.dirty.Merge(d)
	b.mu.Unlock()
	select {
	case b.bell <- struct{}{}:
	default:
	}
}

// Wait blocks until something has changed since the last Wait, and returns all of it at once. It
// ends with the context's error.
func (b *Box) Wait(ctx context.Context) (Dirty, error) {
	for {
		select {
		case <-ctx.Done():
			return Dirty{}, ctx.Err()
		case <-b.bell:
		}
		b.mu.Lock()
		dirty := b.dirty
		b.dirty = Dirty{}
		b.mu.Unlock()
		if !dirty.Empty() {
			return dirty, nil
		}
	}
}

// Close takes the box off the hub.
func (b *Box) Close() {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	delete(b.hub.boxes, b)
}
