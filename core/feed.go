package core

import (
	"context"
	"maps"
	"runtime"
	"sync"
	"time"
)

// Dirty is a set of what has changed since somebody last looked. It says where to look, not what is
// there: whoever shows something reads it again.
type Dirty struct {
	All     bool // anything may have changed: after a pause of the feed, and every few seconds
	Tickets map[TicketID]bool
	Users   map[UserID]bool // whose rights changed
	Place   bool            // queues, categories or locations changed

	Present    map[TicketID]bool // at which other people are now, or do other things; told within a process
	Attendance bool              // another process says something new of who is there; for the hall's keeper alone
}

// DirtyTicket marks one ticket.
func DirtyTicket(id TicketID) Dirty { return Dirty{Tickets: map[TicketID]bool{id: true}} }

// DirtyUser marks one user's rights.
func DirtyUser(id UserID) Dirty { return Dirty{Users: map[UserID]bool{id: true}} }

// Empty reports whether nothing is marked.
func (d Dirty) Empty() bool {
	return !d.All && !d.Place && !d.Attendance && len(d.Tickets) == 0 && len(d.Users) == 0 && len(d.Present) == 0
}

// Merge adds what other marks.
func (d *Dirty) Merge(other Dirty) {
	d.All = d.All || other.All
	d.Place = d.Place || other.Place
	d.Attendance = d.Attendance || other.Attendance
	d.Tickets = union(d.Tickets, other.Tickets)
	d.Users = union(d.Users, other.Users)
	d.Present = union(d.Present, other.Present)
}

// union adds to a set, which may be nil.
func union[K comparable](set, more map[K]bool) map[K]bool {
	if len(more) == 0 {
		return set
	}
	if set == nil {
		set = make(map[K]bool, len(more))
	}
	maps.Copy(set, more)
	return set
}

// Hub fans out what changed to the sessions of one process. Each session has one bell and one set
// of what is dirty, never a queue, so that a session that does not read holds up nobody.
type Hub struct {
	mu    sync.Mutex
	boxes map[*Box]bool
	turns chan struct{} // holds one for each session whose turn it is

	asked int           // how many wait at a screen for what they asked for
	calm  chan struct{} // closed while nobody does
}

// NewHub makes a hub with no subscribers.
func NewHub() *Hub {
	atOnce := max(1, runtime.GOMAXPROCS(0)/2) // the other half is for what people ask for
	h := &Hub{boxes: make(map[*Box]bool), turns: make(chan struct{}, atOnce), calm: make(chan struct{})}
	close(h.calm)
	return h
}

const (
	// longestTurn is when the next session's turn comes although the one before has not said that its is over.
	longestTurn = time.Second
	// courtesy is how long at most a turn is put off because somebody waits for what they asked for: however many those
	// are, what has changed is read.
	courtesy = 50 * time.Millisecond
	// longestRest is how long at most it is quiet after a turn: as long as the turn took, so that hundreds of sessions that read
	// one after the other without end leave the database half of the time for what people ask for.
	longestRest = 25 * time.Millisecond
)

// Ask says that somebody waits at a screen from now on, until over is called. Nobody's turn begins meanwhile.
func (h *Hub) Ask() (over func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asked == 0 {
		h.calm = make(chan struct{})
	}
	h.asked++
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.asked--; h.asked == 0 {
			close(h.calm)
		}
	})
}

// giveWay waits until nobody waits at a screen, but not for long.
func (h *Hub) giveWay(ctx context.Context) {
	h.mu.Lock()
	calm := h.calm
	h.mu.Unlock()
	timer := time.NewTimer(courtesy)
	defer timer.Stop()
	select {
	case <-calm:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Publish marks every box. It never blocks.
func (h *Hub) Publish(d Dirty) {
	if d.Empty() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	forSessions, forKeeper := d, d
	forSessions.Attendance, forKeeper.Present = false, nil
	for box := range h.boxes {
		if box.keeper {
			box.put(forKeeper)
		} else {
			box.put(forSessions)
		}
	}
}

// Subscribe opens a box, which must be closed.
func (h *Hub) Subscribe() *Box { return h.subscribe(false) }

func (h *Hub) subscribe(keeper bool) *Box {
	box := &Box{hub: h, bell: make(chan struct{}, 1), keeper: keeper}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.boxes[box] = true
	return box
}

// Box collects what changed for one session.
type Box struct {
	hub    *Hub
	keeper bool // it is of the keeper of who is there
	bell   chan struct{}
	mu     sync.Mutex
	dirty  Dirty
}

func (b *Box) put(d Dirty) {
	if d.Empty() {
		return
	}
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
		if dirty := b.open(); !dirty.Empty() {
			return dirty, nil
		}
	}
}

// WaitTurn is Wait for sessions that read all they show anew: they take turns, and let those go first who wait for what they
// asked for with a key. What changes while a session waits for its turn is in the answer.
func (b *Box) WaitTurn(ctx context.Context) (dirty Dirty, over func(), err error) {
	if dirty, err = b.Wait(ctx); err != nil {
		return Dirty{}, nil, err
	}
	select {
	case <-ctx.Done():
		return Dirty{}, nil, ctx.Err()
	case b.hub.turns <- struct{}{}:
	}
	b.hub.giveWay(ctx)
	dirty.Merge(b.open())
	turn, over := context.WithTimeout(ctx, longestTurn)
	began := time.Now() //nolint:forbidigo // how long the turn took, whatever the desk's clock says
	context.AfterFunc(turn, func() {
		time.Sleep(min(time.Since(began), longestRest)) //nolint:forbidigo // as began
		<-b.hub.turns
	})
	return dirty, over, nil
}

// open empties the box.
func (b *Box) open() Dirty {
	b.mu.Lock()
	defer b.mu.Unlock()
	dirty := b.dirty
	b.dirty = Dirty{}
	return dirty
}

// Close takes the box off the hub.
func (b *Box) Close() {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	delete(b.hub.boxes, b)
}
