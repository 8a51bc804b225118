package core

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"helpdesk.campus/core/action"
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
	// WithinScope returns which of the tickets the scope holds.
	WithinScope(ctx context.Context, scope Scope, ids []TicketID) ([]TicketID, error)
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
	until   time.Time // of a page; zero for a seat that somebody leaves
	changed bool      // since it was last checked
	checked Present   // what others may be told; zero if nothing
}

// told is what others are told of the seat at this moment. Who moves on is here, until it is known that they may be there.
func (s *Seat) told() (Present, bool) {
	switch {
	case s.silent || s.checked.Person.ID == 0:
		return Present{}, false
	case s.checked.Ticket != s.at:
		return Present{Person: s.checked.Person, Doing: Here}, true
	}
	return s.checked, true
}

// Sit takes a seat for a session, which ends with the context.
func (d *Desk) Sit(ctx context.Context, who Actor) *Seat {
	s := &Seat{hall: d.hall, who: who, changed: true}
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
	s.at, s.doing, s.changed = id, doing, true
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
// A person is named once a ticket, with what matters most of what they do.
func (d *Desk) Present(ctx context.Context, who Actor, own *Seat) ([]Present, error) {
	there, err := d.hall.around(ctx, own)
	there = slices.DeleteFunc(there, func(one Present) bool { return one.Ticket == 0 })
	if err != nil || len(there) == 0 {
		return nil, err
	}
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	may, err := d.mayKnowOf(ctx, p, there)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(there, func(one Present) bool { return !may[one.Ticket] }), nil
}

// Online returns which colleagues are here, the actor too: at tickets that the actor works on, or else at none. Colleagues are
// those who work one of the actor's queues.
func (d *Desk) Online(ctx context.Context, who Actor) ([]Present, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	there, err := d.hall.around(ctx, nil)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	may, err := d.mayKnowOf(ctx, p, there)
	if err != nil {
		return nil, err
	}
	people := make(map[UserID]bool, len(there))
	for _, one := range there {
		people[one.Person.ID] = true
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

// mayKnowOf are the tickets, of those at which somebody is, that the actor works on.
func (d *Desk) mayKnowOf(ctx context.Context, p *principal, there []Present) (map[TicketID]bool, error) {
	ids := make(map[TicketID]bool, len(there))
	for _, one := range there {
		ids[one.Ticket] = true
	}
	delete(ids, 0)
	found, err := d.store.WithinScope(ctx, listScope(p, false), slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, fmt.Errorf("read who is there: %w", err)
	}
	may := make(map[TicketID]bool, len(found))
	for _, id := range found {
		may[id] = true
	}
	return may, nil
}

// checkSeat finds out what others may be told of a seat. Nobody is said to be at a ticket that they may
// not work on.
func (d *Desk) checkSeat(ctx context.Context, who Actor, id TicketID, doing Doing) (Present, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return Present{}, err
	}
	here := Present{Person: p.user.Person(), Doing: Here}
	if id == 0 {
		return here, nil
	}
	_, t, err := d.worked(ctx, who, id)
	if err != nil {
		return here, err
	}
	if refused := p.may(action.View, &t, d.Now()); refused != nil {
		return here, refused
	}
	return Present{Ticket: id, Person: p.user.Person(), Doing: doing}, nil
}

// weight orders what people do by how much others should know of it.
func (d Doing) weight() int {
	return slices.Index([]Doing{WritingReply, WritingNote, Looking, Here}, d)
}

// once sorts who is there, by ticket and by what they do, and keeps each person once a ticket.
func once(there []Present) []Present {
	slices.SortFunc(there, func(a, b Present) int {
		return cmp.Or(cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.Doing.weight(), b.Doing.weight()), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	named := make(map[Present]bool, len(there))
	return slices.DeleteFunc(there, func(one Present) bool {
		who := Present{Ticket: one.Ticket, Person: Person{ID: one.Person.ID}}
		if named[who] {
			return true
		}
		named[who] = true
		return false
	})
}

func encodePresence(there []Present) []byte {
	if len(there) == 0 {
		return nil
	}
	state, err := json.Marshal(there)
	if err != nil {
		return nil // it is made of numbers and names
	}
	return state
}

// decodePresence reads what other processes wrote; what another version wrote in another form is left out.
func decodePresence(states [][]byte) []Present {
	var all []Present
	for _, state := range states {
		var there []Present
		if json.Unmarshal(bytes.TrimSpace(state), &there) == nil {
			all = append(all, there...)
		}
	}
	return all
}
