package verb

import (
	"context"

	"helpdesk.campus/core"
)

// withOther does something to a ticket and the one that an argument names.
func (s *session) withOther(ctx context.Context, argument string, do func(ctx context.Context, id core.TicketID, version int, other core.TicketID) (core.Ticket, error)) error {
	other, err := s.named(ctx, s.args[argument])
	if err != nil {
		return err
	}
	return s.staffDo(ctx, func(ctx context.Context, _ core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return do(ctx, id, version, other)
	})
}

func link(ctx context.Context, s *session) error {
	return s.withOther(ctx, "other", func(ctx context.Context, id core.TicketID, _ int, other core.TicketID) (core.Ticket, error) {
		return s.Desk.Link(ctx, s.Who, id, core.Relation(s.args["relation"]), other)
	})
}

func unlink(ctx context.Context, s *session) error {
	return s.withOther(ctx, "other", func(ctx context.Context, id core.TicketID, _ int, other core.TicketID) (core.Ticket, error) {
		return s.Desk.Unlink(ctx, s.Who, id, other)
	})
}

func merge(ctx context.Context, s *session) error {
	return s.withOther(ctx, "into", func(ctx context.Context, id core.TicketID, version int, into core.TicketID) (core.Ticket, error) {
		return s.Desk.Merge(ctx, s.Who, id, version, into)
	})
}

func unmerge(ctx context.Context, s *session) error { return s.staffDo(ctx, s.Desk.Unmerge) }
