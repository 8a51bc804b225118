package linear

import (
	"context"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

// newTicket asks field by field for a report, of one's own or for somebody who phones.
func newTicket(ctx context.Context, c *Console, rest string) error {
	s, err := c.begin(ctx, "a new ticket", "new")
	if err != nil {
		return err
	}
	in := core.NewTicket{Language: c.env.Me.Language}
	reporter, err := c.askReporter(ctx, s, &in)
	if err != nil {
		return err
	}
	if in.Title, err = s.field(ctx, "title", func() (string, error) { return c.need(ctx, rest, "Title, in a few words: ") }); err != nil {
		return err
	}
	kind, err := s.field(ctx, "kind", func() (string, error) {
		typed, err := c.need(ctx, "", "Kind of issue, a part of its name will do, or ? for all: ")
		if err != nil {
			return "", err
		}
		chosen, err := c.category(ctx, strings.Trim(typed, "?"))
		return chosen.Code, err
	})
	if err != nil {
		return err
	}
	if in.Category, err = c.env.CategoryNamed(ctx, kind); err != nil {
		return err
	}
	in.Where.Words, err = s.field(ctx, "place", func() (string, error) { return c.answer(ctx, "Place, a code such as LIB-204, or words: ", true) })
	if err != nil {
		return err
	}
	urgencies := []string{"as usual", "low", "normal", "high", "urgent"}
	priority, err := s.field(ctx, "priority", func() (string, error) {
		at, err := c.choose(ctx, "Priority", urgencies, "")
		return urgencies[at], err
	})
	if err != nil {
		return err
	}
	in.Priority = core.Priority(max(0, slices.Index(urgencies, priority)))
	c.sayf("What happened?")
	if in.Description, err = s.lines(ctx, "what happened", ""); err != nil {
		return err
	}
	return c.report(ctx, s, reporter, in)
}

// askReporter asks for whom the report is, whom it returns if they have an account; 0 otherwise.
func (c *Console) askReporter(ctx context.Context, s *sheet, in *core.NewTicket) (core.UserID, error) {
	login, err := s.field(ctx, "for", func() (string, error) {
		return c.answer(ctx, "For whom? A username or e-mail, a name of somebody without an account, or nothing for yourself: ", true)
	})
	if err != nil || login == "" {
		return c.env.Me.ID, err
	}
	user, err := asked(ctx, func(ctx context.Context) (core.User, error) { return c.env.Desk.FindUser(ctx, c.env.Who, login) })
	switch core.KindOf(err) {
	case "":
		c.sayf("That is %s.", ui.Person(user.Person(), user.Username))
		in.Language = user.Language
		return user.ID, nil
	case core.NotFound:
	default:
		return 0, err
	}
	c.sayf("Nobody has that username or e-mail, so %s is taken for a name.", quoted(login))
	in.Contact.Name = login
	in.Contact.Phone, err = s.field(ctx, "phone", func() (string, error) { return c.answer(ctx, "Phone number, if there is one: ", true) })
	if err != nil {
		return 0, err
	}
	in.Contact.Email, err = s.field(ctx, "e-mail", func() (string, error) { return c.answer(ctx, "E-mail, if there is one: ", true) })
	return 0, err
}

// report sends the report. What is wrong with it is said and asked for anew, so that nothing is typed twice.
func (c *Console) report(ctx context.Context, s *sheet, reporter core.UserID, in core.NewTicket) error {
	var err error
	if in.Key, err = c.env.Desk.NewFormKey(c.env.Who); err != nil {
		return err
	}
	if err := c.agreed(ctx, "Report it?"); err != nil {
		return s.leave(err)
	}
	for {
		receipt, err := asked(ctx, func(ctx context.Context) (core.Receipt, error) {
			if reporter == c.env.Me.ID {
				return c.env.Desk.Report(ctx, c.env.Who, in)
			}
			return c.env.Desk.ReportFor(ctx, c.env.Who, reporter, in)
		})
		if core.KindOf(err) == core.Invalid {
			c.complain(err)
			if err := c.correctReport(ctx, s, &in); err != nil {
				return s.leave(err)
			}
			continue
		}
		if err != nil {
			return err
		}
		s.done(ctx)
		c.sayf("Ticket %d is made. Its reference is %s. Type open #%d to go there.", int64(receipt.Ticket), receipt.Reference, int64(receipt.Ticket))
		if receipt.Link != "" {
			c.sayf("The private link for the reporter, on a line of its own:")
			c.sayf("%s", strings.TrimRight(c.opts.Page, "/")+"/t/"+receipt.Link)
		}
		return nil
	}
}

// correctReport asks for one field anew.
func (c *Console) correctReport(ctx context.Context, s *sheet, in *core.NewTicket) error {
	at, err := c.choose(ctx, "What shall be corrected?", []string{"title", "kind of issue", "place", "description", "name", "phone", "e-mail"}, "")
	if err != nil {
		return err
	}
	switch at {
	case 1:
		kind, err := c.category(ctx, "")
		if err == nil {
			in.Category = kind.ID
			s.set(ctx, "kind", kind.Code)
		}
		return err
	case 3:
		in.Description, err = s.lines(ctx, "what happened", in.Description)
		return err
	}
	field := map[int]*string{0: &in.Title, 2: &in.Where.Words, 4: &in.Contact.Name, 5: &in.Contact.Phone, 6: &in.Contact.Email}[at]
	if *field, err = c.answer(ctx, "Now: ", true); err == nil {
		s.set(ctx, map[int]string{0: "title", 2: "place", 4: "for", 5: "phone", 6: "e-mail"}[at], *field)
	}
	return err
}
