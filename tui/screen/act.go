package screen

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Act is a change to a ticket that somebody asked for on the version they saw.
type Act struct {
	Ticket  core.TicketID
	Version int
	Doing   string // "take #1042", for what went wrong
	Done    string // "#1042 is yours now.", for what went well
	Run     func(ctx context.Context, version int) (core.Ticket, error)
	// Typed is the dialog in which something was typed for it, which comes again if that is not taken; nil where nothing was.
	Typed Dialog
	// Writes reports whether it takes along what is in the ticket's editor.
	Writes bool
}

// Acted is the answer to an [Act]. Every screen gets it.
type Acted struct {
	Act   Act
	After core.Ticket // if Err is nil
	Err   error
	Fresh int // after a conflict: the version as it is now, 0 if unknown
}

// Act carries a change out. After a conflict it looks up how the ticket stands now.
func (e *Env) Act(a Act) tea.Cmd {
	return e.Do(func(ctx context.Context) tea.Msg {
		acted := Acted{Act: a}
		acted.After, acted.Err = a.Run(ctx, a.Version)
		if core.KindOf(acted.Err) == core.Conflict {
			if view, err := e.Desk.Preview(ctx, e.Who, a.Ticket); err == nil {
				acted.Fresh = view.Ticket.Version
			}
		}
		return acted
	})
}

// Settle says how a change ended. After a conflict it shows what others did meanwhile, and offers to do
// the same on the ticket as it is now.
func (e *Env) Settle(m Acted) tea.Cmd {
	if m.Err == nil {
		e.Last = m.Act.Ticket
		return e.Host.Toast(Info, plain.Line(m.Act.Done))
	}
	conflict, ok := errors.AsType[*core.Error](m.Err)
	if !ok || conflict.Kind != core.Conflict {
		e.Again(m.Act.Typed)
		return e.Host.Fail(m.Act.Doing, m.Err)
	}
	e.Host.Show(e.conflict(m, conflict), true)
	return nil
}

// Again shows a dialog once more, with what was typed in it, because that was not taken; nothing if there is none.
func (e *Env) Again(d Dialog) {
	if d != nil {
		e.Host.Show(d, true)
	}
}

func (e *Env) conflict(m Acted, conflict *core.Error) *Message {
	said := []Paragraph{{Text: plain.Line("Somebody was faster. Since you last saw " + m.Act.Ticket.String() + ":")}}
	for i := range conflict.Events {
		event := &conflict.Events[i]
		words := ui.ConflictDeed(event).String() + ", " + ui.Ago(e.Desk.Now(), event.At) + "."
		said = append(said, Paragraph{Text: plain.Line(words), Strong: true})
	}
	said = append(said, Paragraph{Text: plain.Line("Nothing of yours is lost. Do it all the same?")})
	dialog := &Message{Host: e.Host, Title: plain.Line("Could not " + m.Act.Doing), Paragraphs: said, Cancel: "leave it"}
	if m.Act.Typed != nil {
		dialog.Cancel, dialog.Typed = "back to what you typed", m.Act.Typed
	}
	if m.Fresh > 0 {
		again := m.Act
		again.Version = m.Fresh
		dialog.Choices = []Binding{{Keys: []string{"a"}, Words: "do it again", Run: func() tea.Cmd { return e.Act(again) }}}
	}
	return dialog
}

// Take makes a ticket the person's own.
func (e *Env) Take(t *core.Ticket) tea.Cmd {
	id := t.ID
	return e.Act(Act{
		Ticket: id, Version: t.Version, Doing: "take " + id.String(), Done: id.String() + " is yours now.",
		Run: func(ctx context.Context, version int) (core.Ticket, error) {
			return e.Desk.Take(ctx, e.Who, id, version)
		},
	})
}

// Filled brings a picker its list.
type Filled struct {
	Picker *Picker
	Items  []Item
	Doing  string
	Err    error
}

// Fill reads a picker's list.
func (e *Env) Fill(p *Picker, doing string, read func(ctx context.Context) ([]Item, error)) tea.Cmd {
	return e.Do(func(ctx context.Context) tea.Msg {
		items, err := read(ctx)
		return Filled{Picker: p, Items: items, Doing: doing, Err: err}
	})
}

// Assign opens the picker of people who may be given the ticket.
func (e *Env) Assign(t *core.Ticket) tea.Cmd {
	id, version, assignee := t.ID, t.Version, t.Assignee.ID
	p := NewPicker(e.Host, plain.Line("Assign "+id.String()+" to"), nil).Wait()
	e.Host.Show(p, false)
	return e.Fill(p, "list colleagues", func(ctx context.Context) ([]Item, error) {
		people, err := e.Desk.Assignable(ctx, e.Who, id)
		var items []Item
		for _, person := range people {
			detail := "@" + person.Username
			switch person.ID {
			case assignee:
				detail = "has it now"
			case e.Me.ID:
				detail = "you"
			}
			items = append(items, Item{
				Text: ui.Person(person, ""), Detail: plain.Line(detail),
				Choose: func() tea.Cmd { return e.assignTo(id, version, person) },
			})
		}
		return items, err
	})
}

func (e *Env) assignTo(id core.TicketID, version int, person core.Person) tea.Cmd {
	name := ui.Person(person, "").String()
	return e.Act(Act{
		Ticket: id, Version: version, Doing: "assign " + id.String(), Done: fmt.Sprintf("%s is with %s now.", id, name),
		Run: func(ctx context.Context, version int) (core.Ticket, error) {
			return e.Desk.Assign(ctx, e.Who, id, version, person.ID)
		},
	})
}

// Code is the answer to a request for a one-time code.
type Code struct {
	For     core.Person
	Code    string
	Expires time.Time
	Typed   Dialog // in which it was said for whom, if it was
	Err     error
}

// FindAndIssue looks an account up by its username or e-mail address and makes a one-time code for it. If there is no such
// account, the dialog in which that was typed comes again.
func (e *Env) FindAndIssue(login string, typed Dialog) tea.Cmd {
	return e.Do(func(ctx context.Context) tea.Msg {
		user, err := e.Desk.FindUser(ctx, e.Who, login)
		if err != nil {
			return Code{Typed: typed, Err: err}
		}
		return e.issue(ctx, user.Person())
	})
}

// IssueCode makes a one-time code for somebody.
func (e *Env) IssueCode(person core.Person) tea.Cmd {
	return e.Do(func(ctx context.Context) tea.Msg { return e.issue(ctx, person) })
}

func (e *Env) issue(ctx context.Context, person core.Person) tea.Msg {
	code, expires, err := e.Desk.IssueCode(ctx, e.Who, person.ID)
	return Code{For: person, Code: code, Expires: expires, Err: err}
}

// ShowCode shows a one-time code until a key is pressed.
func (e *Env) ShowCode(m Code, now time.Time) tea.Cmd {
	if m.Err != nil {
		e.Again(m.Typed)
		return e.Host.Fail("make a one-time code", m.Err)
	}
	e.Host.Show(&Message{
		Host: e.Host, Title: plain.Line("One-time code for " + ui.Person(m.For, "").String()),
		Paragraphs: []Paragraph{
			{Text: plain.Line(m.Code), Strong: true},
			{Text: plain.Line("It signs in " + m.For.Username + " once, to set a new password, until " + ui.When(now, m.Expires, e.Zone()) +
				". Tell it only to somebody you are sure about. It is not shown again.")},
		},
	}, true)
	return nil
}

// Offered brings a picker what was found for what is typed.
type Offered struct {
	Picker *Picker
	Typed  string
	Items  []Item
	Err    error
}
