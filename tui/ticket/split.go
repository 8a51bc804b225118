package ticket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// splitOff is the answer to making a ticket out of a message.
type splitOff struct {
	id      core.TicketID
	form    *screen.Form // stays if it fails
	receipt core.Receipt
	err     error
}

// splittable are the messages that can become tickets: all but the descriptions, which are tickets already.
func (s *Screen) splittable() []core.Message {
	described := map[core.TicketID]bool{}
	return slices.DeleteFunc(slices.Clone(s.view.Messages), func(m core.Message) bool {
		first := !described[m.Ticket]
		described[m.Ticket] = true
		return first
	})
}

func (s *Screen) whyNoSplit() string {
	if why := s.why(action.Split); why != "" {
		return why
	}
	if len(s.splittable()) == 0 {
		return "Nothing has been said on it but the description."
	}
	return ""
}

// pickMessage asks which message is about something else, the newest first.
func (s *Screen) pickMessage() tea.Cmd {
	now := s.env.Desk.Now()
	var items []screen.Item
	for _, m := range slices.Backward(s.splittable()) {
		said := strings.Join(strings.Fields(m.Body), " ")
		if said == "" {
			said = ui.Plural(len(m.Files), "file", "files")
		}
		items = append(items, screen.Item{
			Text: plain.Line(said), Detail: plain.Line(author(&m) + ", " + ui.Ago(now, m.CreatedAt)), Choose: func() tea.Cmd { return s.writeSplit(m) },
		})
	}
	return s.pick("What becomes a ticket of its own? From", items, 0)
}

func author(m *core.Message) string {
	switch {
	case m.AuthorName == "":
		return "the reporter"
	case m.Visibility == core.InternalNote:
		return m.AuthorName + "'s note"
	}
	return m.AuthorName
}

// writeSplit asks what the new ticket is called, what kind it is and, where that can be chosen, whose.
func (s *Screen) writeSplit(m core.Message) tea.Cmd {
	key, err := s.env.Desk.NewFormKey(s.env.Who)
	if err != nil {
		return s.env.Host.Fail("split it off", err)
	}
	fields := []screen.Field{
		{Name: "title", Label: "Title", Limit: core.MaxTitle, Hint: "What the new ticket is called. Its reporter reads it."},
		{Name: "category", Label: "Kind", Start: s.view.Ticket.Category.Code, Called: s.view.Ticket.Category.Name, Seek: s.env.SeekCategory, Hint: "It goes to the queue of its kind; what is confidential stays with its team."},
	}
	if m.Side == core.StaffSide && m.Visibility == core.PublicMessage {
		fields = append(fields, screen.Field{Name: "whose", Label: "Whose", Choices: []screen.Choice{
			{Value: "mine", Words: "yours: the reporter does not see it"}, {Value: "reporter", Words: "the reporter's: they see it as theirs"},
		}, Hint: "← and → choose. What the reporter said stays theirs in any case."})
	}
	var in core.NewSplit
	var planned core.Ticket // both written before the answer is sent, read after it came
	f := screen.NewForm(s.env, "Split a message of "+s.id.String()+" off", "split it off", fields, func(ctx context.Context, typed screen.Typed) (words string, err error) {
		in = core.NewSplit{Message: m.ID, Key: key, Title: typed["title"], ForReporter: typed["whose"] == "reporter"}
		if in.Category, err = s.env.CategoryNamed(ctx, typed["category"]); err != nil {
			return "", err
		}
		planned, err = s.env.Desk.PlanSplit(ctx, s.env.Who, s.id, in)
		return "", err
	})
	f.Survive(fmt.Sprintf("split %s %d", s.id, m.ID))
	f.Then = func(string) tea.Cmd { return s.previewSplit(f, &m, &planned, in) }
	s.env.Host.Show(f, false)
	return nil
}

// previewSplit says what the new ticket will be and who will be told. Esc goes back to the form.
func (s *Screen) previewSplit(f *screen.Form, m *core.Message, t *core.Ticket, in core.NewSplit) tea.Cmd {
	told := "Told: nobody. Only staff see it."
	if t.Reporter.ID != s.env.Me.ID || t.Anonymous {
		told = "Told: " + ui.Reporter(t).String() + ", who finds it among their tickets."
		if t.Reporter.ID == 0 {
			told = "Told: nobody yet. Its private link is shown once, for you to pass on."
		}
	}
	said := []screen.Paragraph{
		{Text: plain.Line("“" + t.Title + "”"), Strong: true},
		{Text: plain.Line(fmt.Sprintf("A new ticket of %s, kind %s, priority %s, in %s%s.", ui.Reporter(t), t.Category.Name, t.Priority, t.Queue.Name, confidential(t)))},
		{Text: plain.Line("It begins with what " + author(m) + " said" + withFiles(m) + "; the message also stays here.")},
		{Text: plain.Line(told)},
	}
	id := s.id
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line("Split it off " + id.String() + "?"), Paragraphs: said, Cancel: "back to the form",
		Choices: []screen.Binding{{Keys: []string{"y"}, Words: "do it", Run: func() tea.Cmd {
			return s.env.Do(func(ctx context.Context) tea.Msg {
				receipt, err := s.env.Desk.Split(ctx, s.env.Who, id, in)
				return splitOff{id: id, form: f, receipt: receipt, err: err}
			})
		}}},
	}, false)
	return nil
}

func withFiles(m *core.Message) string {
	if len(m.Files) == 0 {
		return ""
	}
	return ", with " + ui.Plural(len(m.Files), "file", "files")
}

// tookOff says where the message went. The ticket is read anew, with the link to it.
func (s *Screen) tookOff(m splitOff) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if m.err != nil {
		return s.env.Host.Fail("split it off "+m.id.String(), m.err)
	}
	s.env.Host.Hide(m.form)
	s.env.Last = m.id
	cmds := []tea.Cmd{s.refresh(), s.env.Host.Toast(screen.Info, plain.Line("It is "+m.receipt.Ticket.String()+" now: v opens it, u undoes it."))}
	if m.receipt.Link != "" {
		cmds = append(cmds, s.env.ShowPrivateLink(m.receipt))
	}
	return tea.Batch(cmds...)
}
