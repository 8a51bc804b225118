package verb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// subject is the ticket of a command and the version it was decided on, 0 for any.
func (s *session) subject(ctx context.Context) (core.TicketID, int, error) {
	version := 0
	if text, given := s.flags["--if-version"]; given {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return 0, 0, s.usage(s.words.T("verb.value", "Word", short(text), "Values", "1, 2, 3 …"))
		}
		version = n
	}
	id, err := s.ticket(ctx)
	return id, version, err
}

// command is a use-case of the desk on one ticket.
type command func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error)

// staffDo does something that only staff of the ticket may, and puts the ticket out as it is afterwards.
func (s *session) staffDo(ctx context.Context, do command) error {
	id, version, err := s.subject(ctx)
	if err != nil {
		return err
	}
	after, err := do(ctx, s.Who, id, version)
	if err != nil {
		return err
	}
	return s.puts(ticketShape(), ticketRecord(&after))
}

// anyDo does something that its reporter may too, and puts the ticket out as whoever did it sees it.
func (s *session) anyDo(ctx context.Context, do command) error {
	id, version, err := s.subject(ctx)
	if err != nil {
		return err
	}
	after, err := do(ctx, s.Who, id, version)
	if err != nil {
		return err
	}
	if view, err := s.Desk.Preview(ctx, s.Who, id); err == nil && view.AsStaff {
		return s.puts(ticketShape(), ticketRecord(&after))
	}
	return s.puts(reportShape(), reportRecord(&after))
}

func take(ctx context.Context, s *session) error    { return s.staffDo(ctx, s.Desk.Take) }
func release(ctx context.Context, s *session) error { return s.staffDo(ctx, s.Desk.Release) }

func assign(ctx context.Context, s *session) error {
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		person, err := s.person(ctx)
		if err != nil {
			return core.Ticket{}, err
		}
		return s.Desk.Assign(ctx, who, id, version, person.ID)
	})
}

// person is who the command names; me is whoever calls.
func (s *session) person(ctx context.Context) (core.User, error) {
	if s.args["person"] == "me" {
		return s.Me, nil
	}
	return s.Desk.FindUser(ctx, s.Who, s.args["person"])
}

func setStatus(ctx context.Context, s *session) error {
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.SetStatus(ctx, who, id, version, core.Status(s.args["status"]))
	})
}

func closeTicket(ctx context.Context, s *session) error {
	if !s.has("--resolution") {
		return s.usage(s.words.T("verb.argument_missing", "Name", "--resolution"))
	}
	body, err := s.text(ctx, false)
	if err != nil {
		return err
	}
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Close(ctx, who, id, version, core.Closing{Resolution: core.Resolution(s.flags["--resolution"]), Body: body})
	})
}

func reopen(ctx context.Context, s *session) error {
	body, err := s.text(ctx, false)
	if err != nil {
		return err
	}
	return s.anyDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Reopen(ctx, who, id, version, body)
	})
}

func follow(ctx context.Context, s *session) error   { return s.watch(ctx, s.Desk.Follow) }
func unfollow(ctx context.Context, s *session) error { return s.watch(ctx, s.Desk.Unfollow) }

// watch follows a ticket or ends it, which changes nothing of the ticket itself.
func (s *session) watch(ctx context.Context, do func(context.Context, core.Actor, core.TicketID) error) error {
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
		if err := do(ctx, who, id); err != nil {
			return core.Ticket{}, err
		}
		view, err := s.Desk.Preview(ctx, who, id)
		return view.Ticket, err
	})
}

func withdraw(ctx context.Context, s *session) error { return s.anyDo(ctx, s.Desk.Withdraw) }

func correct(ctx context.Context, s *session) error {
	var in core.Correction
	if title, given := s.flags["--title"]; given {
		in.Title = &title
	}
	if place, given := s.flags["--place"]; given {
		in.Where = &core.Where{Words: place}
	}
	if s.has("--category") {
		id, err := s.category(ctx, s.flags["--category"])
		if err != nil {
			return err
		}
		in.Category = &id
	}
	body, err := s.text(ctx, false)
	if err != nil {
		return err
	}
	if body != "" {
		in.Description = &body
	}
	if in == (core.Correction{}) {
		return s.usage(s.words.T("verb.argument_missing", "Name", "--title, --category, --place, --message"))
	}
	return s.anyDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Correct(ctx, who, id, version, in)
	})
}

// set changes properties of a ticket.
func (s *session) set(ctx context.Context, in core.Change) error {
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Change(ctx, who, id, version, in)
	})
}

func setPriority(ctx context.Context, s *session) error {
	p, _ := core.ParsePriority(s.args["priority"]) // 0 is refused by the desk, in its words
	return s.set(ctx, core.Change{Priority: &p})
}

func setCategory(ctx context.Context, s *session) error {
	id, err := s.category(ctx, s.args["category"])
	if err != nil {
		return err
	}
	return s.set(ctx, core.Change{Category: &id})
}

// category finds a category by its code. The desk refuses one that does not exist.
func (s *session) category(ctx context.Context, code string) (core.CategoryID, error) {
	all, err := s.Desk.Categories(ctx, s.Who)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(all, func(c core.Category) bool { return strings.EqualFold(c.Code, code) })
	if at < 0 {
		return -1, nil
	}
	return all[at].ID, nil
}

func move(ctx context.Context, s *session) error {
	all, err := s.Desk.Queues(ctx, s.Who)
	if err != nil {
		return err
	}
	id := core.QueueID(-1) // refused by the desk, in its words
	if at := slices.IndexFunc(all, func(q core.Queue) bool { return strings.EqualFold(q.Code, s.args["queue"]) }); at >= 0 {
		id = all[at].ID
	}
	return s.set(ctx, core.Change{Queue: &id})
}

func setPlace(ctx context.Context, s *session) error {
	return s.set(ctx, core.Change{Where: &core.Where{Words: s.args["place"]}})
}

func setWaiting(ctx context.Context, s *session) error {
	whom := core.Waiting(s.args["whom"])
	if whom == "nobody" {
		whom = core.WaitingNobody
	}
	return s.set(ctx, core.Change{Waiting: &whom})
}

func tag(ctx context.Context, s *session) error {
	in := core.ParseTags(s.args["tags"])
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
		return s.Desk.Tag(ctx, who, id, in)
	})
}

func snooze(ctx context.Context, s *session) error {
	var until time.Time
	if s.args["until"] != "now" {
		var err error
		if until, err = s.Desk.ParseSnooze(s.Me, s.args["until"]); err != nil {
			return err
		}
	}
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Snooze(ctx, who, id, version, until)
	})
}

func publish(ctx context.Context, s *session) error {
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Publish(ctx, who, id, version, s.args["title"])
	})
}

func unpublish(ctx context.Context, s *session) error { return s.staffDo(ctx, s.Desk.Unpublish) }

// undo puts out every ticket on which something was taken back. Where it stays, the reason is a complaint.
func undo(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	done, err := s.Desk.Undo(ctx, s.Who, id)
	if err != nil {
		return err
	}
	p := s.print(ticketShape())
	for _, undone := range done.Tickets {
		view, err := s.Desk.Preview(ctx, s.Who, undone)
		if err != nil {
			continue // it has moved out of sight
		}
		if err := p.put(ticketRecord(&view.Ticket)); err != nil {
			return err
		}
	}
	for _, r := range done.Refused {
		_, _ = fmt.Fprintf(s.Err, "%s: %s\n", r.Ticket, plain.Line(s.sentence(r.Err)))
	}
	return p.flush()
}

func rate(ctx context.Context, s *session) error {
	stars, err := strconv.Atoi(s.args["stars"])
	if err != nil {
		return s.usage(s.words.T("verb.value", "Word", short(s.args["stars"]), "Values", "1, 2, 3, 4, 5"))
	}
	body, err := s.text(ctx, false)
	if err != nil {
		return err
	}
	return s.anyDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
		return s.Desk.Rate(ctx, who, id, stars, body)
	})
}

func issueCode(ctx context.Context, s *session) error {
	person, err := s.person(ctx)
	if err != nil {
		return err
	}
	code, expires, err := s.Desk.IssueCode(ctx, s.Who, person.ID)
	if err != nil {
		return err
	}
	return s.puts(codeShape(), record{person.Username, code, expires})
}
