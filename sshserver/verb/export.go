package verb

import (
	"context"

	"helpdesk.campus/core"
)

// export puts out all tickets of a query with what was said and what happened, some at a time.
func export(ctx context.Context, s *session) error {
	q, err := s.query(ctx, "")
	if err != nil {
		return err
	}
	only := s.flags["--only"]
	req := core.ExportRequest{Query: q, Messages: only != "tickets" && only != "events", Events: only != "tickets" && only != "messages"}
	shape := ticketShape()
	switch only {
	case "", "tickets":
		if s.has("--csv") || s.has("-q") { // which hold tickets alone
			req.Messages, req.Events = false, false
		}
	case "messages":
		shape = messageShape()
	case "events":
		shape = eventShape()
	default:
		return s.usage(s.words.T("verb.value", "Word", short(only), "Values", "tickets, messages, events"))
	}
	if !s.has("--csv") && !s.has("-q") {
		s.flags["--json"] = ""
	}
	p := s.print(shape)
	for {
		tickets, next, err := s.Desk.Export(ctx, s.Who, req)
		if err != nil {
			return err
		}
		for i := range tickets {
			if err := putExported(p, only, &tickets[i]); err != nil {
				return err
			}
		}
		if err := p.flush(); err != nil {
			return err
		}
		if req.After = next; next == "" {
			return nil
		}
	}
}

func putExported(p *printer, only string, e *core.Exported) error {
	view := core.TicketView{Ticket: e.Ticket, AsStaff: true, Messages: e.Messages, Events: e.Events}
	switch only {
	case "messages":
		for i := range e.Messages {
			if err := p.put(messageRecord(e.Ticket.ID, &e.Messages[i])); err != nil {
				return err
			}
		}
		return nil
	case "events":
		for i := range e.Events {
			if err := p.put(eventRecord(&e.Events[i], "")); err != nil {
				return err
			}
		}
		return nil
	case "tickets":
		return p.put(ticketRecord(&e.Ticket))
	}
	_, r := viewRecord(&view)
	return p.put(r)
}
