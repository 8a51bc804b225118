package linear

import (
	"context"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
)

// viewChanges are what can be done about the views that are saved.
func viewChanges() []string { return []string{"save", "rename", "delete", "up", "down"} }

// changeView saves what was listed last as a view, or changes one.
func (c *Console) changeView(ctx context.Context, what, rest string) error {
	if what == "save" {
		return c.saveView(ctx, rest)
	}
	v, err := c.findView(ctx, rest)
	if err != nil {
		return err
	}
	done := v.Title + " has moved."
	switch what {
	case "rename":
		var title string
		if title, err = c.answer(ctx, "New name of "+v.Title+": ", false); err != nil {
			return err
		}
		_, err = c.env.Desk.SaveView(ctx, c.env.Who, core.ViewChange{ID: v.ID, Title: title, Query: v.Query.String()})
		done = v.Title + " is called " + title + " now."
	case "delete":
		if err := c.agreed(ctx, "Delete the view "+v.Title+"? Its tickets stay."); err != nil {
			return err
		}
		err = c.env.Desk.DeleteView(ctx, c.env.Who, v.ID)
		done = v.Title + " is gone."
	case "up":
		err = c.env.Desk.MoveView(ctx, c.env.Who, v.ID, -1)
	case "down":
		err = c.env.Desk.MoveView(ctx, c.env.Who, v.ID, 1)
	}
	if err != nil {
		return err
	}
	c.sayf("%s", done)
	return nil
}

func (c *Console) saveView(ctx context.Context, rest string) error {
	if c.list.query.String() == "" {
		c.sayf("There is no list to save. Type find and what to look for first.")
		return nil
	}
	title, err := c.need(ctx, rest, "Name of the view: ")
	if err != nil {
		return err
	}
	if before, ok := c.ownView(ctx, title); ok {
		if err := c.agreed(ctx, before.Title+" is there already, and looks for "+before.Query.String()+". Shall it look for "+c.list.query.String()+" from now on?"); err != nil {
			return err
		}
		return c.keepView(ctx, core.ViewChange{ID: before.ID, Title: before.Title, Query: c.list.query.String()})
	}
	change := core.ViewChange{Title: title, Query: c.list.query.String()}
	if change.Queue, err = c.askTeam(ctx); err != nil {
		return err
	}
	return c.keepView(ctx, change)
}

func (c *Console) keepView(ctx context.Context, change core.ViewChange) error {
	saved, err := c.env.Desk.SaveView(ctx, c.env.Who, change)
	if err != nil {
		return err
	}
	c.sayf("Saved. View %s reads it out.", saved.Name)
	return nil
}

// ownView is the view of a name, if there is one that may be changed.
func (c *Console) ownView(ctx context.Context, title string) (core.View, bool) {
	all, err := asked(ctx, func(ctx context.Context) ([]core.View, error) { return c.env.Desk.Views(ctx, c.env.Who) })
	if err != nil {
		return core.View{}, false
	}
	at := slices.IndexFunc(all, func(v core.View) bool {
		return v.May && (strings.EqualFold(v.Title, title) || strings.EqualFold(v.Name, title))
	})
	if at < 0 {
		return core.View{}, false
	}
	return all[at], true
}

// askTeam asks whose team shares something, and returns its code; "" keeps it to oneself. Whoever leads none is not asked.
func (c *Console) askTeam(ctx context.Context) (string, error) {
	names, codes := []string{"you alone"}, []string{""}
	for _, m := range c.env.Me.Memberships {
		if m.Lead || c.env.Me.Role == core.RoleAdmin {
			names, codes = append(names, "all of "+m.Name+", "+m.Code), append(codes, m.Code)
		}
	}
	if len(names) == 1 {
		return "", nil
	}
	at, err := c.choose(ctx, "Who has it?", names, "")
	if err != nil {
		return "", err
	}
	return codes[at], nil
}

// reportFigures reads one of the reports out.
func reportFigures(ctx context.Context, c *Console, rest string) error {
	words := strings.Fields(rest)
	name, since := "", ""
	if len(words) > 0 {
		name = words[0]
	}
	if len(words) > 1 {
		since = words[1]
	}
	at, err := c.choose(ctx, "Reports", reporting.Names(), name)
	if err != nil {
		return err
	}
	question, err := reporting.Request{Since: since, Where: after(rest, 2)}.Question()
	if err != nil {
		return err
	}
	made, err := asked(ctx, func(ctx context.Context) (*reporting.Report, error) {
		return reporting.Make(ctx, c.env.Desk, c.env.Who, reporting.Names()[at], question)
	})
	if err != nil {
		return err
	}
	return made.Speak(c.out)
}
