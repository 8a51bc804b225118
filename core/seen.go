package core

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// seen is one session in the picture of who is there.
type seen struct {
	Present

	ticket *Ticket // as far as a scope asks; nil at none
	seat   *Seat   // nil on another process
}

// stays answers whether the session has not ended since the picture was drawn, as far as this process knows.
func (one *seen) stays() bool { return one.seat == nil || !one.seat.left.Load() }

// draw makes the picture of a moment, sorted by ticket and by what people do there.
func draw(seats map[*Seat]bool, others []Present, tickets map[TicketID]*Ticket, now time.Time) []seen {
	picture := make([]seen, 0, len(seats)+len(others))
	for s := range seats {
		if one, ok := s.seen(tickets, now); ok {
			picture = append(picture, one)
		}
	}
	for _, one := range others {
		picture = append(picture, seen{Present: one, ticket: tickets[one.Ticket]})
	}
	slices.SortFunc(picture, func(a, b seen) int {
		return cmp.Or(cmp.Compare(a.Ticket, b.Ticket), cmp.Compare(a.Doing.weight(), b.Doing.weight()), cmp.Compare(a.Person.ID, b.Person.ID))
	})
	return picture
}

// seen is what others may be told of the seat. Nobody is said to be at a ticket that they may not work on, or of which that is
// not known yet: they are here.
func (s *Seat) seen(tickets map[TicketID]*Ticket, now time.Time) (seen, bool) {
	if s.silent || s.sitter == nil || now.Sub(s.known) >= presenceLife {
		return seen{}, false
	}
	one := seen{Present: Present{Ticket: s.at, Person: s.sitter.user.Person(), Doing: s.doing}, ticket: tickets[s.at], seat: s}
	if !s.sitter.mayKnowOf(&one) {
		one.Present, one.ticket = Present{Person: one.Person, Doing: Here}, nil
	}
	return one, true
}

// weight orders what people do by how much others should know of it.
func (d Doing) weight() int {
	switch d {
	case WritingReply:
		return 0
	case WritingNote:
		return 1
	case Looking:
		return 2
	case Here:
	}
	return 3
}

// name adds somebody to a list in the order of the picture, in which each is named once a ticket, with what matters most.
func name(there []Present, one Present) []Present {
	for i := len(there) - 1; i >= 0 && there[i].Ticket == one.Ticket; i-- {
		if there[i].Person.ID == one.Person.ID {
			return there
		}
	}
	return append(there, one)
}

// ours is what the process says of its own.
func ours(picture []seen) []Present {
	var here []Present
	for i := range picture {
		if picture[i].seat != nil {
			here = name(here, picture[i].Present)
		}
	}
	return here
}

// ticketsOf are the tickets at which they are.
func ticketsOf(there []Present) map[TicketID]bool {
	ids := make(map[TicketID]bool, len(there))
	for _, one := range there {
		ids[one.Ticket] = true
	}
	return ids
}

// differ finds the tickets at which other people are, or do other things, than before, and those that others may now know of.
func differ(before, now []seen) map[TicketID]bool {
	type fact struct {
		Present

		queue        QueueID
		confidential bool
	}
	count := make(map[fact]int, len(before)+len(now))
	add := func(picture []seen, n int) {
		for i := range picture {
			f := fact{Present: picture[i].Present}
			if t := picture[i].ticket; t != nil {
				f.queue, f.confidential = t.Queue.ID, t.Confidential
			}
			count[f] += n
		}
	}
	add(before, 1)
	add(now, -1)
	moved := make(map[TicketID]bool)
	for f, n := range count {
		if n != 0 {
			moved[f.Ticket] = true
		}
	}
	delete(moved, 0)
	return moved
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
