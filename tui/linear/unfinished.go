package linear

import (
	"context"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/ui"
)

// tellUnfinished says how far something came that was done to many tickets and was cut off.
func (c *Console) tellUnfinished(ctx context.Context) (*core.Unfinished, error) {
	u, err := asked(ctx, func(ctx context.Context) (*core.Unfinished, error) { return c.env.Desk.Unfinished(ctx, c.env.Who) })
	if err != nil || u == nil {
		return nil, err
	}
	does := string(u.Deed.Action)
	if a, ok := action.Find(u.Deed.Action); ok {
		does = a.Title
	}
	c.sayf("%s, not finished: %d of %s changed before the connection was lost, %s.", does, len(u.Done), ui.Plural(u.Of, "ticket was", "tickets were"), c.ago(u.At))
	return u, nil
}

// unfinished goes on with what was cut off, takes it back, or leaves it as it stands.
func unfinished(ctx context.Context, c *Console, _ string) error {
	u, err := c.tellUnfinished(ctx)
	if err != nil {
		return err
	}
	if u == nil {
		c.sayf("Nothing of yours was cut off.")
		return nil
	}
	c.sayf("What somebody has changed since stays as it is.")
	ways := []string{"go on", "leave it so"}
	if len(u.Done) > 0 {
		ways = append(ways, "undo it")
	}
	at, err := c.choose(ctx, "What shall become of it?", ways, "")
	if err != nil {
		return err
	}
	if at == 0 {
		result, err := c.env.Desk.GoOn(ctx, c.env.Who, u, nil)
		if err != nil {
			return err
		}
		c.sayf("%s changed.", ui.Plural(len(result.Done), "more ticket is", "more tickets are"))
		for _, words := range c.env.Refusals(result.Refused) {
			c.sayf("%s", words)
		}
		return nil
	}
	done, err := c.env.Desk.LeaveOff(ctx, c.env.Who, u, at == 2)
	if err != nil {
		return err
	}
	if at == 1 {
		c.sayf("It stays as it is.")
		return nil
	}
	c.tellUndone(&done)
	return nil
}
