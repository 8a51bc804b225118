package verb

import (
	"context"

	"helpdesk.campus/core"
)

// who puts out which colleagues are here, at which of the tickets that the caller works on, and what they do there.
func who(ctx context.Context, s *session) error {
	there, err := s.Desk.Online(ctx, s.Who)
	if err != nil {
		return err
	}
	p := s.print(presentShape())
	for _, one := range there {
		if err := p.put(presentRecord(one)); err != nil {
			return err
		}
	}
	return p.flush()
}

func presentShape() Shape {
	return Shape{Name: "present", Help: "Somebody who is here at this moment.", Quiet: "username", Fields: []Field{
		{Name: "username", Help: "the login name", title: "USERNAME", width: 16},
		{Name: "name", Help: "what to call them", title: "NAME", flex: true, width: 16},
		{Name: "ticket", Help: "number of the ticket that they are at, if it is one that you work on", title: "TICKET", width: 7},
		{Name: "doing", Help: "here, or at a ticket looking, or writing a reply or a note", title: "DOING", width: 8},
	}}
}

func presentRecord(p core.Present) record {
	var ticket any
	if p.Ticket != 0 {
		ticket = int64(p.Ticket)
	}
	return record{p.Person.Username, p.Person.Name, ticket, string(p.Doing)}
}
