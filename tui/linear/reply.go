package linear

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

func reply(ctx context.Context, c *Console, rest string) error {
	intro := "Your reply. The reporter reads it."
	if n := 1 + len(c.view.Merged); n > 1 {
		intro = fmt.Sprintf("Your reply. %d reporters read it, each on their own ticket.", n)
	}
	return c.speak(ctx, core.DraftReply, intro, rest, c.env.Desk.Reply)
}

func note(ctx context.Context, c *Console, rest string) error {
	return c.speak(ctx, core.DraftNote, "Your note. Only staff read it.", rest, c.env.Desk.Note)
}

// speak has somebody write a message, tells what happened on the ticket meanwhile, and sends it.
func (c *Console) speak(ctx context.Context, kind core.DraftKind, intro, rest string, send func(context.Context, core.Actor, core.TicketID, core.NewMessage) (core.Message, error)) error {
	if rest != "" {
		c.sayf("The words come on the next lines.")
	}
	c.sayf("%s", intro)
	c.warn(ctx)
	before := c.view
	body, err := c.compose(ctx, kind, nil)
	if err != nil {
		return err
	}
	if strings.TrimSpace(body) == "" {
		c.sayf("There is nothing to send.")
		return nil
	}
	if ok, err := c.stillSend(ctx, before); err != nil || !ok {
		return err
	}
	return c.send(ctx, kind, body, send)
}

// warn tells who else is writing about the ticket at this moment.
func (c *Console) warn(ctx context.Context) bool {
	c.around = c.company(ctx)
	warned := false
	for _, one := range c.around {
		if one.Doing != core.Looking {
			c.sayf("%s at this moment.", c.presence(one))
			warned = true
		}
	}
	return warned
}

// stillSend asks whether what was written is still meant, if others wrote in the meantime or are about to.
func (c *Console) stillSend(ctx context.Context, before *core.TicketView) (bool, error) {
	if err := c.load(ctx, before.Ticket.ID); err != nil {
		return false, err
	}
	others := c.since(before)
	for _, line := range others {
		c.sayf("%s", line)
	}
	if !c.warn(ctx) && len(others) == 0 {
		return true, nil
	}
	yes, err := c.sure(ctx, "Send it all the same?")
	if err == nil && !yes {
		c.sayf("It is not sent. What you have written is kept.")
	}
	return yes, err
}

func (c *Console) send(ctx context.Context, kind core.DraftKind, body string, send func(context.Context, core.Actor, core.TicketID, core.NewMessage) (core.Message, error)) error {
	key, err := c.env.Desk.NewFormKey(c.env.Who)
	if err != nil {
		return err
	}
	bounded, cancel := within(ctx)
	defer cancel()
	said, err := send(bounded, c.env.Who, c.view.Ticket.ID, core.NewMessage{Key: key, Body: body, Hold: core.HoldAsChosen})
	if err != nil {
		c.sayf("It is not sent. What you have written is kept.")
		return err
	}
	c.sayf("%s", sentWords(kind, &said))
	c.refresh(ctx)
	return nil
}

// sentWords says what became of words that were sent, and whom they do not reach.
func sentWords(kind core.DraftKind, said *core.Message) string {
	words := "Reply sent. The reporter can read it."
	switch {
	case kind == core.DraftNote:
		words = "Note added. Only staff can read it."
	case !said.GoesAt.IsZero():
		words = "Your reply goes in " + ui.Plural(int(core.HoldFor/time.Second), "second", "seconds") + ". Until then, take back keeps it from going."
	}
	for _, p := range said.Unreached {
		words += fmt.Sprintf(" %s may not read it, and hears nothing.", ui.Person(p, p.Username))
	}
	return words
}

// takeBack takes a reply back that has not gone yet.
func takeBack(ctx context.Context, c *Console, _ string) error {
	bounded, cancel := within(ctx)
	defer cancel()
	draft, err := c.env.Desk.TakeBack(bounded, c.env.Who, c.view.Ticket.ID)
	if err != nil {
		return err
	}
	c.quote("Taken back. It is a draft again", draft.Body)
	c.sayf("Type reply to go on with it.")
	c.refresh(ctx)
	return nil
}
