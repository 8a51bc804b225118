package linear

import (
	"context"
	"fmt"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

// handOver lets a colleague take over what somebody has begun to write about the open ticket.
func handOver(ctx context.Context, c *Console, rest string) error {
	drafts, err := asked(ctx, func(ctx context.Context) ([]core.Draft, error) {
		return c.env.Desk.Drafts(ctx, c.env.Who, c.view.Ticket.ID)
	})
	if err != nil {
		return err
	}
	if len(drafts) == 0 {
		c.sayf("You have begun nothing here that could be handed over.")
		return nil
	}
	d := drafts[0]
	if len(drafts) > 1 {
		names := make([]string, len(drafts))
		for i := range drafts {
			names[i] = drafts[i].Kind.Words()
		}
		at, err := c.choose(ctx, "Which of your drafts?", names, "")
		if err != nil {
			return err
		}
		d = drafts[at]
	}
	person, err := c.colleague(ctx, &c.view.Ticket, "Who may take it over?", rest, true)
	if err != nil {
		return err
	}
	if err := c.env.Desk.HandOver(ctx, c.env.Who, c.view.Ticket.ID, d.Kind, person.ID); err != nil {
		return err
	}
	c.sayf("%s may take your %s over now. It stays yours until then. Type keep back to keep it.", c.person(person, ""), d.Kind.Words())
	return nil
}

// keepBack takes the offer of a draft back.
func keepBack(ctx context.Context, c *Console, _ string) error {
	drafts, err := asked(ctx, func(ctx context.Context) ([]core.Draft, error) {
		return c.env.Desk.Drafts(ctx, c.env.Who, c.view.Ticket.ID)
	})
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.HandedTo.ID == 0 {
			continue
		}
		if err := c.env.Desk.WithdrawDraft(ctx, c.env.Who, c.view.Ticket.ID, d.Kind); err != nil {
			return err
		}
		c.sayf("Your %s is yours alone again.", d.Kind.Words())
		return nil
	}
	c.sayf("Nothing of yours is handed over here.")
	return nil
}

// takeOver takes what a colleague has written and handed over. A text of one's own stays, in front of it.
func takeOver(ctx context.Context, c *Console, _ string) error {
	handed, err := asked(ctx, func(ctx context.Context) ([]core.Handed, error) {
		return c.env.Desk.HandedOn(ctx, c.env.Who, c.view.Ticket.ID)
	})
	if err != nil {
		return err
	}
	names := make([]string, len(handed))
	for i, h := range handed {
		names[i] = fmt.Sprintf("a %s of %s", h.Kind.Words(), c.person(h.From, "a colleague"))
	}
	at := 0
	if len(handed) != 1 {
		if at, err = c.choose(ctx, "Handed to you here", names, ""); err != nil {
			return err
		}
	}
	h := handed[at]
	body, err := c.env.Desk.TakeOver(ctx, c.env.Who, c.view.Ticket.ID, h.From.ID, h.Kind, false)
	if err != nil {
		return err
	}
	c.quote(fmt.Sprintf("Yours now, %s", names[at]), body)
	c.sayf("Type %s to go on with it.", commandOf(h.Kind))
	c.refresh(ctx)
	return nil
}

// files lists what was sent along with the open ticket.
func files(ctx context.Context, c *Console, _ string) error {
	all, err := asked(ctx, func(ctx context.Context) ([]core.TicketFile, error) {
		return c.env.Desk.TicketFiles(ctx, c.env.Who, c.view.Ticket.ID)
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		c.sayf("Nothing was sent along with this ticket.")
		return nil
	}
	for i := range all {
		c.sayf("%d. %s", i+1, fileWords(&all[i]))
	}
	c.sayf("Type file and a number for a link that opens it once, in a browser.")
	return nil
}

func fileWords(f *core.TicketFile) string {
	words := []string{f.Name, f.SizeWords(), f.MediaType}
	if f.By != "" {
		words = append(words, "from "+f.By)
	}
	if f.Visibility == core.InternalNote {
		words = append(words, "in a note")
	}
	return strings.Join(words, ", ") + "."
}

// linkFile makes a link that opens a file once.
func linkFile(ctx context.Context, c *Console, rest string) error {
	all, err := asked(ctx, func(ctx context.Context) ([]core.TicketFile, error) {
		return c.env.Desk.TicketFiles(ctx, c.env.Who, c.view.Ticket.ID)
	})
	if err != nil {
		return err
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	at, err := c.choose(ctx, "Files", names, rest)
	if err != nil {
		return err
	}
	token, _, err := c.env.Desk.LinkFile(ctx, c.env.Who, c.view.Ticket.ID, all[at].ID)
	if err != nil {
		return err
	}
	c.sayf("A link to %s, on a line of its own. It opens the file once, for you, in the next five minutes. Do not pass it on.", all[at].Name)
	c.sayf("%s", strings.TrimRight(c.opts.Page, "/")+"/files/once/"+token)
	return nil
}

// company lists who is at which ticket.
func who(ctx context.Context, c *Console, _ string) error {
	there, err := asked(ctx, func(ctx context.Context) ([]core.Present, error) { return c.env.Desk.Present(ctx, c.env.Who, c.seat) })
	if err != nil {
		return err
	}
	if len(there) == 0 {
		c.sayf("Nobody else is at a ticket of yours at this moment.")
	}
	for _, one := range there {
		c.sayf("%s: %s.", one.Ticket, c.presence(one))
	}
	return nil
}

func follow(ctx context.Context, c *Console, _ string) error {
	if err := c.env.Desk.Follow(ctx, c.env.Who, c.view.Ticket.ID); err != nil {
		return err
	}
	c.sayf("You follow it now. View following lists what you follow.")
	c.refresh(ctx)
	return nil
}

func unfollow(ctx context.Context, c *Console, _ string) error {
	if err := c.env.Desk.Unfollow(ctx, c.env.Who, c.view.Ticket.ID); err != nil {
		return err
	}
	c.sayf("You follow it no more.")
	c.refresh(ctx)
	return nil
}

// mentions lists where somebody was named.
func mentions(ctx context.Context, c *Console, _ string) error {
	return c.showList(ctx, "Tickets that mention you", "mentions:me")
}

// correct gives the open ticket another title.
func correct(ctx context.Context, c *Console, rest string) error {
	title, err := c.need(ctx, rest, "The new title, which the reporter sees: ")
	if err != nil {
		return err
	}
	return c.change(ctx, "It has its new title.", func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Correct(ctx, c.env.Who, c.view.Ticket.ID, version, core.Correction{Title: &title})
		return err
	})
}

// publish shows the open ticket among the known issues, in words for everybody.
func publish(ctx context.Context, c *Console, rest string) error {
	title, err := c.need(ctx, rest, "Words that everybody may read, without names: ")
	if err != nil {
		return err
	}
	return c.change(ctx, "It is on the page of known issues.", func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Publish(ctx, c.env.Who, c.view.Ticket.ID, version, title)
		return err
	})
}

func unpublish(ctx context.Context, c *Console, _ string) error {
	return c.change(ctx, "It is off the page of known issues.", func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Unpublish(ctx, c.env.Who, c.view.Ticket.ID, version)
		return err
	})
}

// code makes a code with which somebody sets a new password.
func code(ctx context.Context, c *Console, rest string) error {
	login, err := c.need(ctx, rest, "Username or e-mail of whom it is for: ")
	if err != nil {
		return err
	}
	user, err := asked(ctx, func(ctx context.Context) (core.User, error) { return c.env.Desk.FindUser(ctx, c.env.Who, login) })
	if err != nil {
		return err
	}
	name := ui.Person(user.Person(), user.Username).String()
	c.sayf("With a one-time code %s sets a new password, and whoever is signed in as them is signed out. Make one only if you are sure who is asking.", name)
	if err := c.agreed(ctx, "Make a code for "+name+"?"); err != nil {
		return err
	}
	secret, expires, err := c.env.Desk.IssueCode(ctx, c.env.Who, user.ID)
	if err != nil {
		return err
	}
	c.sayf("The code is %s. It holds until %s. Spelt: %s.", secret, c.clock().When(expires), strings.Join(strings.Split(secret, ""), " "))
	return nil
}
