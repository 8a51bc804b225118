package core

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Doing is what somebody does at a ticket.
type Doing string

// What people do. Who writes is told from who only looks, so that two do not answer at once.
const (
	Looking      Doing = "looking"
	WritingReply Doing = "reply"
	WritingNote  Doing = "note"
	Here         Doing = "here" // signed in, and at no ticket that others are told of
)

// Present is somebody who is here at this moment, at a ticket or at none.
type Present struct {
	Ticket TicketID `json:"t"` // zero with Here
	Person Person   `json:"p"`
	Doing  Doing    `json:"d"`
}

type presenceStore interface {
	// WritePresence replaces what a process says of who is there; empty removes it.
	WritePresence(ctx context.Context, process string, state []byte) error
	// ReadPresence reads what other processes wrote within a while.
	ReadPresence(ctx context.Context, process string, within time.Duration) ([][]byte, error)
	// WhereAre reads of tickets what a scope asks for: the queue, and whether they are confidential.
	WhereAre(ctx context.Context, ids []TicketID) ([]Ticket, error)
	// StaffAmong returns which of the people work a queue of the scope.
	StaffAmong(ctx context.Context, scope Scope, ids []UserID) ([]UserID, error)
}

// Presence is soft state: nobody relies on it, and it is gone seconds after the process that wrote it.
const (
	presenceRest  = 500 * time.Millisecond // between two writings
	presenceBeat  = 2 * time.Second        // how often a process says that it lives
	presenceLife  = 6 * time.Second        // how long what it said is believed
	presencePage  = 75 * time.Second       // how long a page that was fetched counts as looked at
	presenceTrial = 3 * time.Second        // that the database has for one turn
	presenceDoubt = 3 * time.Second        // after how long the keeper looks up anew who sits on a seat
	presenceSure  = 5 * time.Second        // for how long at most anybody is answered by what was looked up
)

// Seat is where one session of somebody is. Its methods take no time; what they say is checked and told
// to everybody soon after.
type Seat struct {
	hall *hall
	who  Actor

	// Guarded by the hall.
	at      TicketID
	doing   Doing
	silent  bool
	until   time.Time  // of a page; zero for a seat that somebody leaves
	sitter  *principal // as last looked up; nil for nobody who works here
	known   time.Time  // when that was
	doubted bool       // their account has changed since

	left atomic.Bool // the picture of who is there may be older
}

// Sit takes a seat for a session, which ends with the context.
func (d *Desk) Sit(ctx context.Context, who Actor) *Seat {
	s := &Seat{hall: d.hall, who: who}
	d.hall.enter(ctx, s)
	context.AfterFunc(ctx, func() { d.hall.leave(s) })
	return s
}

// At says at which ticket the person is, and what they do there; the zero ticket is none.
func (s *Seat) At(id TicketID, doing Doing) {
	s.hall.mu.Lock()
	defer s.hall.mu.Unlock()
	if s.at == id && s.doing == doing {
		return
	}
	s.at, s.doing = id, doing
	s.hall.stir()
}

// Silent says whether the person's terminal gives no sign of life. Who is silent is not shown.
func (s *Seat) Silent(silent bool) {
	s.hall.mu.Lock()
	defer s.hall.mu.Unlock()
	if s.silent != silent {
		s.silent = silent
		s.hall.stir()
	}
}

// Glance says that somebody has a page about a ticket before them, which nobody tells when they put it
// away: it counts for about a minute.
func (d *Desk) Glance(ctx context.Context, who Actor, id TicketID) {
	d.hall.glance(ctx, who, id)
}

// Present returns who else is at tickets that the actor works on: everybody but the seat's own session.
// A person is named once a ticket, with what matters most of what they do. With a seat it asks the database for nothing, but for who
// the actor is when the hall has not looked that up yet.
func (d *Desk) Present(ctx context.Context, who Actor, own *Seat) ([]Present, error) {
	picture, err := d.hall.around(ctx)
	if err != nil || len(picture) == 0 {
		return nil, err
	}
	p, err := d.sitter(ctx, who, own)
	if err != nil {
		return nil, err
	}
	var there []Present
	for i := range picture {
		if one := &picture[i]; one.stays() && p.mayKnowOf(one) && (own == nil || one.seat != own) {
			there = name(there, one.Present)
		}
	}
	return there, nil
}

// mayKnowOf answers whether somebody may know that somebody is at the ticket where they are.
func (p *principal) mayKnowOf(one *seen) bool { return one.ticket != nil && p.scope.Staffs(one.ticket) }

// Online returns which colleagues are here, the actor too: at tickets that the actor works on, or else at none. Colleagues are
// those who work one of the actor's queues.
func (d *Desk) Online(ctx context.Context, who Actor) ([]Present, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	picture, err := d.hall.around(ctx)
	if err != nil || len(picture) == 0 {
		return nil, err
	}
	var there []Present
	may, people := make(map[TicketID]bool), make(map[UserID]bool, len(picture))
	for i := range picture {
		one := &picture[i]
		if !one.stays() {
			continue
		}
		there = name(there, one.Present)
		people[one.Person.ID] = true
		may[one.Ticket] = p.mayKnowOf(one)
	}
	near, err := d.store.StaffAmong(ctx, listScope(p, false), slices.Sorted(maps.Keys(people)))
	if err != nil {
		return nil, fmt.Errorf("read who is a colleague: %w", err)
	}
	return online(there, may, near), nil
}

// online names people where they may be known to be, and whoever is nowhere else once, as here.
func online(there []Present, may map[TicketID]bool, near []UserID) []Present {
	placed := make(map[UserID]bool, len(there))
	for _, one := range there {
		placed[one.Person.ID] = placed[one.Person.ID] || may[one.Ticket]
	}
	var list []Present
	for _, one := range there {
		switch {
		case may[one.Ticket]:
			list = append(list, one)
		case !placed[one.Person.ID] && slices.Contains(near, one.Person.ID):
			placed[one.Person.ID] = true
			list = append(list, Present{Person: one.Person, Doing: Here})
		}
	}
	slices.SortFunc(list, func(a, b Present) int {
		return cmp.Or(cmp.Compare(a.Person.Username, b.Person.Username), cmp.Compare(a.Ticket, b.Ticket))
	})
	return list
}
