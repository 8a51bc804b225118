package linear

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"helpdesk.campus/core/action"
)

// why says why a command cannot be used now, "" if it can.
func (c *Console) why(cmd *Command) string {
	if !cmd.Ticket || c.view == nil {
		return ""
	}
	for _, name := range cmd.Actions {
		refused, known := c.view.May[name]
		if !known || refused == nil {
			return ""
		}
	}
	if len(cmd.Actions) == 0 {
		return ""
	}
	return c.env.Explain(c.view.May[cmd.Actions[0]])
}

// help reads out all commands, or explains one.
func help(_ context.Context, c *Console, rest string) error {
	if rest == "" || strings.EqualFold(rest, "all") {
		c.overview(rest != "")
		return nil
	}
	cmd, _, others := find(rest)
	switch {
	case len(others) > 1:
		c.sayf("%s could be %s.", quoted(rest), alternatives(others))
	case cmd == nil:
		return c.unknown(rest)
	default:
		c.explain(cmd)
	}
	return nil
}

// overview reads out the names of all commands, or everything about all of them.
func (c *Console) overview(all bool) {
	c.sayf("Commands are words. The beginning of a word will do where no other begins alike.")
	for part, commands := range parts() {
		if !all {
			c.sayf("%s: %s.", part, strings.Join(names(commands), ", "))
			continue
		}
		c.sayf("%s:", part)
		for _, cmd := range commands {
			c.sayf("%s: %s", strings.TrimSpace(cmd.Name+" "+cmd.Arguments), cmd.Help)
		}
	}
	c.sayf("Where you are asked for something, cancel leaves it.")
	c.sayf("Type help and a command to hear what it does, help all to hear that of all.")
}

// parts are the commands by the part of the list in which they stand.
func parts() iter.Seq2[string, []Command] {
	return func(yield func(string, []Command) bool) {
		table := Commands()
		for from := 0; from < len(table); {
			to := from
			for to < len(table) && table[to].Part == table[from].Part {
				to++
			}
			if !yield(table[from].Part, table[from:to]) {
				return
			}
			from = to
		}
	}
}

func names(commands []Command) []string {
	all := make([]string, len(commands))
	for i := range commands {
		all[i] = commands[i].Name
	}
	return all
}

func (c *Console) explain(cmd *Command) {
	c.sayf("%s: %s", strings.TrimSpace(cmd.Name+" "+cmd.Arguments), cmd.Help)
	for line := range strings.SplitSeq(cmd.More, "\n") {
		if line != "" {
			c.sayf("%s", line)
		}
	}
	switch why := c.why(cmd); {
	case cmd.Ticket && c.view == nil:
		c.sayf("Not now: no ticket is open.")
	case why != "":
		c.sayf("Not now: %s", why)
	}
	for _, name := range cmd.Actions {
		if a, ok := action.Find(name); ok && a.Reversible {
			c.sayf("Undo takes it back.")
			return
		}
	}
}

// Document writes the page about the plain console for docs.
func Document() string {
	var out strings.Builder
	out.WriteString(`# The plain console

The console without a screen to look at: commands in words, answers in lines from top to bottom. Nothing is drawn, no cursor moves, and
there is no colour, so that a screen reader reads it and any terminal will do. Whatever the drawn console does with tickets can be done here.

It opens

- without a terminal: ` + "`ssh -T helpdesk.example.edu`" + `, or at the end of a pipe,
- on a terminal that says it can do nothing else (` + "`TERM=dumb`" + `),
- for whoever chose it: *Plain console* in the settings, or ` + "`settings plain yes`" + ` here.

Each answer ends with a prompt that names the open ticket. News of it, who comes to it, and where you are mentioned are told in a line
between two commands. On a terminal they come at once, and what you are typing is shown again below them; without one (` + "`ssh -T`" + `) they
come when you press enter, because what you type is not seen here before.

On a terminal backspace takes a character back, ctrl-w a word and ctrl-u the line; ctrl-c gives up what was asked, and ctrl-d on an empty
line leaves. Without a terminal too, cancel in answer to a question gives up what was asked. Words of several lines (a reply, a note, a last word) end with a full stop on a line of its own. They are kept on
the server from the first line on, and whoever is cut off finds them when they sign in again, here or in the drawn console.
What you have entered of a new ticket or a macro is kept too: new and macro new go on with it.

This page is made from the table in ` + "`tui/linear`" + ` (` + "`go test ./tui/linear -update`" + `).
`)
	for part, commands := range parts() {
		fmt.Fprintf(&out, "\n## %s\n", part)
		for _, cmd := range commands {
			fmt.Fprintf(&out, "\n### %s\n\n```\n%s\n```\n\n%s\n", cmd.Name, strings.TrimSpace(cmd.Name+" "+cmd.Arguments), cmd.Help)
			for line := range strings.SplitSeq(cmd.More, "\n") {
				if line != "" {
					fmt.Fprintf(&out, "\n%s\n", line)
				}
			}
		}
	}
	return out.String()
}
