package verb

import (
	"context"
	"strconv"

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

// splitOff makes a ticket out of a message.
func splitOff(ctx context.Context, s *session) error {
	message, err := strconv.ParseInt(s.args["message"], 10, 64)
	if err != nil {
		return s.usage(s.words.T("verb.value", "Word", short(s.args["message"]), "Values", "1, 2, 3 …"))
	}
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	in := core.NewSplit{Message: core.MessageID(message), Key: s.flags["--key"], Title: s.args["title"], ForReporter: s.has("--for-reporter")}
	if code, given := s.flags["--category"]; given {
		in.Category, err = s.category(ctx, code)
	} else {
		var view core.TicketView
		view, err = s.Desk.Preview(ctx, s.Who, id)
		in.Category = view.Ticket.Category.ID
	}
	if err != nil {
		return err
	}
	receipt, err := s.Desk.Split(ctx, s.Who, id, in)
	if err != nil {
		return err
	}
	return s.putReceipt(receipt)
}
