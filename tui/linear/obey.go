package linear

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/ui"
)

// patience is how long a question to the database may take.
const patience = 15 * time.Second

// attempt does something and says what went wrong, if something does. It returns an error only when the console is
// over. A panic ends what was attempted and nothing else.
func (c *Console) attempt(ctx context.Context, do func(context.Context) error) error {
	err := c.contain(ctx, do)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errOver):
		return errOver
	case errors.Is(err, errGivenUp):
		c.sayf("Nothing was done.")
	case ctx.Err() != nil:
		return errOver
	default:
		c.complain(err)
	}
	return nil
}

func (c *Console) contain(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			c.broke(cause, debug.Stack())
			err = nil
		}
	}()
	return do(ctx)
}

// broke says that something is our fault.
func (c *Console) broke(cause any, stack []byte) {
	c.sayf("%s", c.env.Words.T("error.internal"))
	if c.opts.Broke != nil {
		c.sayf("If it happens again, tell whoever runs the helpdesk this number: %s", c.opts.Broke(cause, stack))
	}
}

// complain gives an error its words.
func (c *Console) complain(err error) {
	var asked *query.Error
	var refused *core.Error
	switch {
	case errors.As(err, &asked):
		c.sayf("That search is not right: %s.", strings.TrimSuffix(asked.Error(), "."))
	case !errors.As(err, &refused):
		c.broke(err, nil)
	default:
		c.sayf("%s", c.env.Explain(err))
		for i := range refused.Events {
			c.sayf("%s, %s.", ui.ConflictDeed(&refused.Events[i]), c.ago(refused.Events[i].At))
		}
		if refused.Kind == core.Unauthenticated {
			c.Goodbye(c.env.Explain(err))
		}
	}
}

// within bounds a question to the database.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

// obey does what a line says.
func (c *Console) obey(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return c.nothing()
	}
	cmd, rest, others := find(line)
	switch {
	case len(others) > 1:
		c.sayf("%s could be %s. Type more of it.", quoted(line), alternatives(others))
		return nil
	case cmd == nil:
		return c.unknown(line)
	}
	if cmd.Ticket && c.view == nil {
		c.sayf("%s is about a ticket, and none is open. Type open and its number.", upper(cmd.Name))
		return nil
	}
	if why := c.why(cmd); why != "" {
		c.sayf("%s", why)
		return nil
	}
	return cmd.run(ctx, c, rest)
}

// nothing answers an empty line: what is new has just been told.
func (c *Console) nothing() error { return nil }

// find finds the command that a line begins with, by its whole name or by as much of one as only one has; others are
// the names that it could be.
func find(line string) (cmd *Command, rest string, others []string) {
	table := Commands()
	words := strings.Fields(line)
	for i := range table { // "take back" is more than "take"
		if begins(words, table[i].Name) && (cmd == nil || len(table[i].Name) > len(cmd.Name)) {
			cmd = &table[i]
		}
	}
	if cmd != nil {
		return cmd, after(line, len(strings.Fields(cmd.Name))), nil
	}
	for i := range table {
		if strings.HasPrefix(table[i].Name, strings.ToLower(words[0])) {
			cmd, others = &table[i], append(others, table[i].Name)
		}
	}
	if len(others) != 1 {
		return nil, "", others
	}
	return cmd, after(line, 1), others
}

// begins reports whether the words begin with all those of a name.
func begins(words []string, name string) bool {
	wanted := strings.Fields(name)
	return len(words) >= len(wanted) && strings.EqualFold(strings.Join(words[:len(wanted)], " "), name)
}

// after is what stands behind the first n words of a line.
func after(line string, n int) string {
	for range n {
		line = strings.TrimSpace(line)
		at := strings.IndexAny(line, " \t")
		if at < 0 {
			return ""
		}
		line = line[at:]
	}
	return strings.TrimSpace(line)
}

// unknown answers what is no command.
func (c *Console) unknown(line string) error {
	if _, err := query.Parse(line); err == nil && strings.Contains(line, ":") {
		c.sayf("%s is no command. To look for tickets, type find and then what to look for.", quoted(line))
		return nil
	}
	word := strings.Fields(line)[0]
	if isNumber(word) {
		c.sayf("To open a ticket, type open %s.", word)
		return nil
	}
	if near := nearest(word); near != "" {
		c.sayf("%s is no command. Did you mean %s? Type help for all of them.", quoted(word), near)
		return nil
	}
	c.sayf("%s is no command. Type help for all of them.", quoted(word))
	return nil
}

// nearest is the command that is spelled most like a word, "" if none is close.
func nearest(word string) string {
	best, least := "", 3
	for _, cmd := range Commands() {
		if d := query.Distance(word, cmd.Name); d < least {
			best, least = cmd.Name, d
		}
	}
	return best
}

func isNumber(word string) bool {
	_, ok := core.ParseTicketID(word)
	return ok
}

// quoted repeats what somebody typed, no more of it than one listens to.
func quoted(line string) string {
	return "“" + plain.Truncate(plain.Line(line[:min(len(line), 400)]), 40).String() + "”"
}

func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// alternatives joins names the way people do.
func alternatives(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
