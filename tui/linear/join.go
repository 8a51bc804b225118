package linear

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// other asks for another ticket; errGivenUp if there is none.
func (c *Console) other(ctx context.Context, typed, prompt string) (core.TicketID, error) {
	typed, err := c.need(ctx, typed, prompt)
	if err != nil {
		return 0, err
	}
	id, err := c.named(ctx, typed)
	if err == nil && id == 0 {
		return 0, errGivenUp
	}
	return id, err
}

func chooseInto(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	into, err := c.other(ctx, rest, "Number of the ticket that goes on: ")
	return screen.Chosen{Deed: core.Deed{Action: action.Merge, Into: into}, Doing: "merge", Done: "merged: it goes on in " + into.String()}, err
}

// merge lets the open ticket go on in another one, after it has said what that changes.
func merge(ctx context.Context, c *Console, rest string) error {
	chosen, err := chooseInto(ctx, c, &c.view.Ticket, rest)
	if err != nil {
		return err
	}
	into, err := c.title(ctx, chosen.Deed.Into)
	if err != nil {
		return err
	}
	c.sayf("It would go on in %s, %s", chosen.Deed.Into, end(into))
	if err := c.agreeToAll(ctx, chosen); err != nil {
		return err
	}
	return c.change(ctx, fmt.Sprintf("Ticket %d is %s. Type undo to take it back.", int64(c.view.Ticket.ID), chosen.Done), func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Merge(ctx, c.env.Who, c.view.Ticket.ID, version, chosen.Deed.Into)
		return err
	})
}

func (c *Console) title(ctx context.Context, id core.TicketID) (string, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	view, err := c.env.Desk.Preview(ctx, c.env.Who, id)
	return view.Ticket.Title, err
}

// link says how the open ticket stands to another.
func link(ctx context.Context, c *Console, rest string) error {
	word, number := "", ""
	if fields := strings.Fields(rest); len(fields) > 0 {
		last := len(fields) - 1
		word = rest
		if isNumber(fields[last]) {
			word, number = strings.Join(fields[:last], " "), fields[last]
		}
	}
	var names []string
	for _, r := range core.Relations() {
		names = append(names, r.Words())
	}
	at, err := c.choose(ctx, "How does it stand to the other one?", names, word)
	if err != nil {
		return err
	}
	r := core.Relations()[at]
	other, err := c.other(ctx, number, "Number of the other ticket: ")
	if err != nil {
		return err
	}
	return c.change(ctx, fmt.Sprintf("Ticket %d is linked: %s %s.", int64(c.view.Ticket.ID), r.Words(), other), func(ctx context.Context, _ int) error {
		_, err := c.env.Desk.Link(ctx, c.env.Who, c.view.Ticket.ID, r, other)
		return err
	})
}

func unlink(ctx context.Context, c *Console, rest string) error {
	other, err := c.other(ctx, rest, "Number of the other ticket: ")
	if err != nil {
		return err
	}
	return c.change(ctx, fmt.Sprintf("Ticket %d is no longer linked to %s.", int64(c.view.Ticket.ID), other), func(ctx context.Context, _ int) error {
		_, err := c.env.Desk.Unlink(ctx, c.env.Who, c.view.Ticket.ID, other)
		return err
	})
}

// split makes a ticket of its own out of a message.
func split(ctx context.Context, c *Console, rest string) error {
	rest, err := c.need(ctx, rest, "Number of the message, as show reads it out: ")
	if err != nil {
		return err
	}
	i, _ := strconv.Atoi(rest) // 0 is none
	if i < 1 || i > len(c.view.Messages) {
		c.sayf("%s is no message of this ticket. It has %s.", quoted(rest), ui.Plural(len(c.view.Messages), "message", "messages"))
		return nil
	}
	m := &c.view.Messages[i-1]
	c.tell(i - 1)
	in := core.NewSplit{Message: m.ID}
	if in.Title, err = c.answer(ctx, "Title of the new ticket; its reporter reads it: ", false); err != nil {
		return err
	}
	kind, err := c.ask(ctx, fmt.Sprintf("Kind of issue, or nothing for %s: ", c.view.Ticket.Category.Name))
	if err != nil {
		return err
	}
	in.Category = c.view.Ticket.Category.ID
	if strings.TrimSpace(kind) != "" {
		chosen, err := c.category(ctx, kind)
		if err != nil {
			return err
		}
		in.Category = chosen.ID
	}
	if m.Side == core.StaffSide && m.Visibility == core.PublicMessage {
		if in.ForReporter, err = c.sure(ctx, "Is it to be a report of the reporter's? Otherwise it is yours."); err != nil {
			return err
		}
	}
	if err := c.agreed(ctx, "Split it off?"); err != nil {
		return err
	}
	return c.splitOff(ctx, in)
}

func (c *Console) splitOff(ctx context.Context, in core.NewSplit) error {
	var err error
	if in.Key, err = c.env.Desk.NewFormKey(c.env.Who); err != nil {
		return err
	}
	bounded, cancel := within(ctx)
	defer cancel()
	receipt, err := c.env.Desk.Split(bounded, c.env.Who, c.view.Ticket.ID, in)
	if err != nil {
		return err
	}
	c.env.Last = c.view.Ticket.ID
	c.sayf("Ticket %d is made of it, and linked to this one. Type open #%d to go there.", int64(receipt.Ticket), int64(receipt.Ticket))
	c.refresh(ctx)
	return nil
}

// undo takes back what somebody did last to the open ticket, or in this session.
func undo(ctx context.Context, c *Console, _ string) error {
	id := c.env.Last
	if c.view != nil {
		id = c.view.Ticket.ID
	}
	if id == 0 {
		c.sayf("Nothing was changed in this session. Open a ticket to undo what you changed there last.")
		return nil
	}
	if c.view != nil {
		if over, err := c.undoWords(ctx); over || err != nil {
			return err
		}
	}
	done, err := c.env.Desk.Undo(ctx, c.env.Who, id)
	if conflict, ok := errors.AsType[*core.Error](err); ok && conflict.Code == "undo_built_on" {
		c.sayf("Not undone: since then others have built on it.")
		for i := range conflict.Events {
			c.sayf("%s, %s.", ui.ConflictDeed(&conflict.Events[i]), c.ago(conflict.Events[i].At))
		}
		return nil
	}
	if err != nil {
		return err
	}
	c.tellUndone(&done)
	c.refresh(ctx)
	return nil
}

// undoWords takes back a reply that has not gone yet. One that has stays, which whoever wants it back hears before what
// they changed earlier is undone in its place.
func (c *Console) undoWords(ctx context.Context) (over bool, err error) {
	if err := c.load(ctx, c.view.Ticket.ID); err != nil {
		return false, err
	}
	for i := range c.view.Held {
		if c.view.Held[i].Author.ID == c.env.Me.ID {
			return true, takeBack(ctx, c, "")
		}
	}
	said, ok := c.env.LastSaid(c.view)
	if !ok {
		return false, nil
	}
	c.sayf("Your reply was sent %s and cannot be taken back.", c.ago(said.At))
	return false, c.agreed(ctx, "Undo what you changed before it?")
}

// tellUndone says what was taken back, and where it stays.
func (c *Console) tellUndone(done *core.Undone) {
	deeds := make([]string, len(done.Taken))
	for i := range done.Taken {
		deeds[i] = ui.Taken(&done.Taken[i])
	}
	c.sayf("Undone on %s: %s.", ui.Plural(len(done.Tickets), "ticket", "tickets"), strings.Join(deeds, ", "))
	for _, words := range c.env.Refusals(done.Refused) {
		c.sayf("%s", words)
	}
}
