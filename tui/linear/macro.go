package linear

import (
	"cmp"
	"context"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// macros lists the macros.
func listMacros(ctx context.Context, c *Console, _ string) error {
	all, err := asked(ctx, func(ctx context.Context) ([]core.Macro, error) { return c.env.Desk.Macros(ctx, c.env.Who) })
	if err != nil {
		return err
	}
	if len(all) == 0 {
		c.sayf("There is no macro yet. Type macro new to make one.")
	}
	for i := range all {
		m := &all[i]
		words := []string{"yours"}
		if m.Queue.ID != 0 {
			words[0] = "of " + m.Queue.Name
		}
		if m.Key != "" {
			words = append(words, "key "+m.Key)
		}
		if !m.Changes.Empty() {
			words = append(words, "with "+m.Changes.String())
		}
		c.sayf("%d. %s: %s.", i+1, m.Name, strings.Join(words, ", "))
	}
	return nil
}

// macro uses a macro on the open ticket, or makes, changes or removes one.
func macro(ctx context.Context, c *Console, rest string) error {
	switch what, _, _ := strings.Cut(rest, " "); what {
	case "new":
		return c.writeMacro(ctx, core.Macro{Name: after(rest, 1)})
	case "change", "delete":
		m, err := c.findMacro(ctx, after(rest, 1))
		if err != nil {
			return err
		}
		if what == "change" {
			return c.writeMacro(ctx, m)
		}
		return c.dropMacro(ctx, m)
	}
	if c.view == nil {
		c.sayf("A macro is used on a ticket, and none is open. Type macros to hear which there are.")
		return nil
	}
	m, err := c.findMacro(ctx, rest)
	if err != nil {
		return err
	}
	return c.useMacro(ctx, m)
}

func (c *Console) findMacro(ctx context.Context, typed string) (core.Macro, error) {
	if typed != "" {
		if m, err := asked(ctx, func(ctx context.Context) (core.Macro, error) { return c.env.Desk.FindMacro(ctx, c.env.Who, typed) }); err == nil {
			return m, nil
		}
	}
	all, err := asked(ctx, func(ctx context.Context) ([]core.Macro, error) { return c.env.Desk.Macros(ctx, c.env.Who) })
	if err != nil {
		return core.Macro{}, err
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	at, err := c.choose(ctx, "Macros", names, typed)
	if err != nil {
		return core.Macro{}, err
	}
	return all[at], nil
}

// useMacro says what a macro would say and change, lets its words be gone on with, and does it.
func (c *Console) useMacro(ctx context.Context, m core.Macro) error {
	plan, err := asked(ctx, func(ctx context.Context) (core.MacroPlan, error) {
		return c.env.Desk.PlanMacro(ctx, c.env.Who, c.view.Ticket.ID, m)
	})
	if err != nil {
		return err
	}
	effects := make([]string, len(plan.Effects))
	for i := range plan.Effects {
		effects[i] = ui.Effect(&plan.Effects[i])
	}
	if len(effects) > 0 {
		c.sayf("It changes: %s.", strings.Join(effects, ", "))
	}
	text := ""
	if plan.Text == "" {
		err = c.agreed(ctx, "Do it?")
	} else {
		kind, who := core.DraftReply, "It says to the reporter:"
		if m.Note {
			kind, who = core.DraftNote, "It notes among staff:"
		}
		c.sayf("%s", who)
		text, err = c.compose(ctx, kind, &plan.Text)
	}
	if err != nil {
		return err
	}
	key, err := c.env.Desk.NewFormKey(c.env.Who)
	if err != nil {
		return err
	}
	in := core.MacroRun{Text: text, Edited: true, Note: m.Note, Changes: m.Changes, Key: key, Hold: core.HoldAsChosen}
	return c.change(ctx, "Done with the macro "+m.Name+".", func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Perform(ctx, c.env.Who, c.view.Ticket.ID, version, core.Deed{Action: action.Macro, Macro: in})
		return err
	})
}

// chooseMacro is a macro for many tickets, with its words as they stand.
func chooseMacro(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	m, err := c.findMacro(ctx, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	if m.Body != "" {
		c.quote("It says", m.Body)
	}
	in := core.MacroRun{Text: m.Body, Note: m.Note, Changes: m.Changes, Hold: core.HoldAsChosen}
	return screen.Chosen{Deed: core.Deed{Action: action.Macro, Macro: in}, Doing: "use the macro " + m.Name + " on", Done: "done with"}, nil
}

func (c *Console) dropMacro(ctx context.Context, m core.Macro) error {
	if err := c.agreed(ctx, "Remove the macro "+m.Name+"? It cannot be brought back."); err != nil {
		return err
	}
	if err := c.env.Desk.DeleteMacro(ctx, c.env.Who, m.ID); err != nil {
		return err
	}
	c.sayf("The macro %s is gone.", m.Name)
	return nil
}

// writeMacro asks field by field for a macro. What it is already stays if nothing is entered.
func (c *Console) writeMacro(ctx context.Context, m core.Macro) error {
	title, again := "a macro", "macro new"
	if m.ID != 0 {
		title, again = "a change of the macro "+m.Name, "macro change "+m.Name
	}
	s, err := c.begin(ctx, title, again)
	if err != nil {
		return err
	}
	changes := m.Changes.String()
	for _, field := range []struct {
		of     *string
		name   string
		prompt string
		check  func(typed string) error // nil where only the whole can be wrong
	}{
		{&m.Name, "name", "Name", nil},
		{&m.Key, "key", "Key in the drawn console, a letter or digit, if it is to have one", nil},
		{&changes, "changes", "Changes, such as status:active priority:high tag:x close:fixed, if any", func(typed string) error {
			_, err := core.ParseMacroChanges(typed)
			return err
		}},
		{&m.Queue.Code, "queue", "Code of the queue whose team shares it, if any", func(typed string) error {
			_, err := c.env.Desk.FindQueue(ctx, c.env.Who, typed)
			return err
		}},
	} {
		*field.of, err = s.field(ctx, field.name, func() (string, error) {
			prompt := field.prompt
			if *field.of != "" {
				prompt += ", or nothing for " + shortly(*field.of)
			}
			for {
				typed, err := c.answer(ctx, prompt+": ", true)
				if err == nil && typed != "" && field.check != nil {
					if wrong := field.check(typed); wrong != nil {
						c.complain(wrong)
						continue
					}
				}
				return cmp.Or(typed, *field.of), err
			}
		})
		if err != nil {
			return err
		}
	}
	if m.Changes, err = core.ParseMacroChanges(changes); err != nil {
		return s.refused(ctx, err, "changes")
	}
	if m.Queue.Code != "" {
		if m.Queue, err = c.env.Desk.FindQueue(ctx, c.env.Who, m.Queue.Code); err != nil {
			return s.refused(ctx, err, "queue")
		}
	}
	note, err := s.field(ctx, "note among staff", func() (string, error) {
		yes, err := c.sure(ctx, "Is what it says a note among staff?")
		return map[bool]string{true: "yes", false: "no"}[yes], err
	})
	if err != nil {
		return err
	}
	m.Note = note == "yes"
	var names []string
	for _, p := range core.Placeholders() {
		names = append(names, "{"+p.Name+"} for "+p.Help)
	}
	c.sayf("What it says, if anything. In it can stand %s.", strings.Join(names, ", "))
	if m.Body, err = s.lines(ctx, "what it says", m.Body); err != nil {
		return err
	}
	saved, err := c.env.Desk.SaveMacro(ctx, c.env.Who, m)
	if err != nil {
		return s.refused(ctx, err)
	}
	s.done(ctx)
	c.sayf("The macro %s is kept.", saved.Name)
	return nil
}
