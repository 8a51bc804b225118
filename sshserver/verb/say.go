package verb

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

func reply(ctx context.Context, s *session) error { return s.say(ctx, s.Desk.Reply) }
func note(ctx context.Context, s *session) error  { return s.say(ctx, s.Desk.Note) }

// say writes a message and puts out its receipt.
func (s *session) say(ctx context.Context, do func(context.Context, core.Actor, core.TicketID, core.NewMessage) (core.Message, error)) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	body, err := s.text(ctx, true)
	if err != nil {
		return err
	}
	in := core.NewMessage{Key: s.flags["--key"], Body: body}
	if s.has("--hold") {
		in.Hold = core.HoldForAWhile
	}
	said, err := do(ctx, s.Who, id, in)
	if err != nil {
		return err
	}
	for _, p := range said.Unreached {
		_, _ = fmt.Fprintln(s.Err, s.words.T("verb.unreached", "Person", plain.Line(p.Username)))
	}
	return s.puts(saidShape(), record{int64(id), int64(said.ID), string(said.Visibility), said.CreatedAt, said.GoesAt})
}

// takeBack takes a reply back that has not gone yet, and puts out its words, which are a draft again.
func takeBack(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	draft, err := s.Desk.TakeBack(ctx, s.Who, id)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, plain.Block(draft.Body))
	return err
}

func report(ctx context.Context, s *session) error {
	in := core.NewTicket{
		Key: s.flags["--key"], Title: cmp.Or(s.flags["--title"], s.args["title"]), Language: s.Me.Language,
		Where: core.Where{Words: s.flags["--place"]}, Description: s.flags["--message"],
	}
	if s.has("-") || in.Title == "" {
		raw, err := s.readInput(ctx)
		if err != nil {
			return err
		}
		body := string(raw)
		if in.Title == "" {
			in.Title, body, _ = strings.Cut(strings.TrimLeft(body, blanks), "\n")
		}
		if in.Title == "" {
			return &refusal{words: s.words.T("verb.input_missing"), status: NoInput}
		}
		in.Description = cmp.Or(in.Description, body)
	}
	if code, given := s.flags["--category"]; given {
		id, err := s.category(ctx, code)
		if err != nil {
			return err
		}
		in.Category = id
	}
	if name, given := s.flags["--priority"]; given {
		priority, ok := core.ParsePriority(name)
		if !ok {
			return &core.Error{Kind: core.Invalid, Code: "priority_unknown"}
		}
		in.Priority = priority
	}
	receipt, err := s.file(ctx, in)
	if err != nil {
		return err
	}
	return s.putReceipt(receipt)
}

// file files a report for whoever calls, or for whom they name.
func (s *session) file(ctx context.Context, in core.NewTicket) (core.Receipt, error) {
	in.Contact = core.Contact{Name: s.flags["--contact-name"], Email: s.flags["--contact-email"], Phone: s.flags["--contact-phone"]}
	login, given := s.flags["--for"]
	switch {
	case given:
		reporter, err := s.Desk.FindUser(ctx, s.Who, login)
		if err != nil {
			return core.Receipt{}, err
		}
		in.Language = reporter.Language
		return s.Desk.ReportFor(ctx, s.Who, reporter.ID, in)
	case in.Contact != (core.Contact{}):
		return s.Desk.ReportFor(ctx, s.Who, 0, in)
	}
	return s.Desk.Report(ctx, s.Who, in)
}

// again reports anew what was closed.
func again(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	body, err := s.text(ctx, false)
	if err != nil {
		return err
	}
	receipt, err := s.Desk.ReportAgain(ctx, s.Who, id, core.NewAgain{
		Key: s.flags["--key"], Title: s.args["title"], Description: body, Language: s.Me.Language,
	})
	if err != nil {
		return err
	}
	return s.putReceipt(receipt)
}

func (s *session) putReceipt(receipt core.Receipt) error {
	shape := receiptShape()
	if !s.Me.IsStaff() {
		shape.Quiet = "reference"
	}
	return s.puts(shape, record{int64(receipt.Ticket), string(receipt.Reference), receipt.Repeated, receipt.Link})
}
