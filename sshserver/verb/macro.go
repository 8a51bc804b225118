package verb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
)

func macroShape() Shape {
	return Shape{Name: "macro", Help: "A canned reply with changes.", Quiet: "name", Fields: []Field{
		{Name: "name", Help: "what it is called", title: "NAME", width: 20},
		{Name: "key", Help: "the key that uses it in the console", title: "KEY", width: 3},
		{Name: "queue", Help: "code of the queue whose team shares it, empty for your own", title: "QUEUE", width: 12},
		{Name: "note", Help: "true if it says a note among staff", title: "NOTE", width: 5, rank: 2},
		{Name: "changes", Help: "what it changes", title: "CHANGES", flex: true, width: 20, rank: 1},
		{Name: "body", Help: "what it says, with placeholders"},
	}}
}

func macroRecord(m *core.Macro) record {
	return record{m.Name, m.Key, m.Queue.Code, m.Note, m.Changes.String(), m.Body}
}

func macros(ctx context.Context, s *session) error {
	all, err := s.Desk.Macros(ctx, s.Who)
	if err != nil {
		return err
	}
	p := s.print(macroShape())
	for i := range all {
		if err := p.put(macroRecord(&all[i])); err != nil {
			return err
		}
	}
	return p.flush()
}

// useMacro does what the first word says: run, save or delete.
func useMacro(ctx context.Context, s *session) error {
	switch s.args["what"] {
	case "run":
		return s.runMacro(ctx)
	case "save":
		return s.saveMacro(ctx)
	case "delete":
		m, err := s.Desk.FindMacro(ctx, s.Who, s.args["macro"])
		if err != nil {
			return err
		}
		if err := s.Desk.DeleteMacro(ctx, s.Who, m.ID); err != nil {
			return err
		}
		return s.puts(macroShape(), macroRecord(&m))
	}
	return s.usage(s.words.T("verb.value", "Word", short(s.args["what"]), "Values", "run, save, delete"))
}

// runMacro uses a macro on a ticket: its number comes first, then the macro's name or key.
func (s *session) runMacro(ctx context.Context) error {
	number, name, _ := strings.Cut(s.args["macro"], " ")
	m, err := s.Desk.FindMacro(ctx, s.Who, name)
	if err != nil {
		return err
	}
	s.args["ticket"] = number
	in := core.MacroRun{Text: m.Body, Note: m.Note, Changes: m.Changes, Key: s.flags["--key"]}
	if s.has("--hold") {
		in.Hold = core.HoldForAWhile
	}
	return s.staffDo(ctx, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return s.Desk.Perform(ctx, who, id, version, core.Deed{Action: action.Macro, Macro: in})
	})
}

// saveMacro makes a macro, or changes the one of that name with the same owner.
func (s *session) saveMacro(ctx context.Context) error {
	m := core.Macro{Name: s.args["macro"], Key: s.flags["--letter"], Note: s.has("--note")}
	var err error
	if m.Changes, err = core.ParseMacroChanges(s.flags["--do"]); err != nil {
		return err
	}
	if m.Body, err = s.text(ctx, false); err != nil {
		return err
	}
	if code, given := s.flags["--queue"]; given {
		all, err := s.Desk.Queues(ctx, s.Who)
		if err != nil {
			return err
		}
		m.Queue.ID = -1 // refused by the desk, in its words
		if at := slices.IndexFunc(all, func(q core.Queue) bool { return strings.EqualFold(q.Code, code) }); at >= 0 {
			m.Queue = all[at]
		}
	}
	all, err := s.Desk.Macros(ctx, s.Who)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(all, func(old core.Macro) bool {
		return strings.EqualFold(old.Name, m.Name) && old.Queue.ID == m.Queue.ID
	}); at >= 0 {
		m.ID = all[at].ID
	}
	saved, err := s.Desk.SaveMacro(ctx, s.Who, m)
	if err != nil {
		return err
	}
	return s.puts(macroShape(), macroRecord(&saved))
}

// placeholders lists what can stand in the text of a macro, for help.
func placeholders() string {
	var lines []string
	for _, p := range core.Placeholders() {
		lines = append(lines, fmt.Sprintf("{%s} (%s)", p.Name, p.Help))
	}
	return plain.Line(strings.Join(lines, ", ")).String()
}
