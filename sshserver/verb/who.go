package verb

import (
	"context"

	"helpdesk.campus/core"
)

// who puts out which colleagues are at tickets that the caller works on, and what they do there.
func who(ctx context.Context, s *session) error {
	there, err := s.Desk.Present(ctx, s.Who, nil)
	if err != nil {
		return err //nolint:wrapcheck // told in words as it is
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
	return Shape{Name: "present", Help: "Somebody who is at a ticket at this moment.", Quiet: "username", Fields: []Field{
		{Name: "username", Help: "the login name", title: "USERNAME", width: 16},
		{Name: "name", Help: "what to call them", title: "NAME", flex: true, width: 16},
		{Name: "ticket", Help: "number of the ticket", title: "TICKET", width: 7},
		{Name: "doing", Help: "looking, or writing a reply or a note", title: "DOING", width: 8},
	}}
}

func presentRecord(p core.Present) record {
	return record{p.Person.Username, p.Person.Name, int64(p.Ticket), string(p.Doing)}
}
