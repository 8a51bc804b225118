package screen

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Chosen is a deed with the words for it.
type Chosen struct {
	Deed  core.Deed
	Doing string // "assign", before "#1042" or "12 tickets"
	Done  string // "with Ivan Iota now", after it
	Typed Dialog // in which it was typed, if it was
}

// Perform does what was chosen to one ticket.
func (e *Env) Perform(t *core.Ticket, c Chosen) tea.Cmd {
	id := t.ID
	return e.Act(Act{
		Ticket: id, Version: t.Version, Doing: c.Doing + " " + id.String(), Done: id.String() + " is " + c.Done + ".", Typed: c.Typed,
		Run: func(ctx context.Context, version int) (core.Ticket, error) {
			return e.Desk.Perform(ctx, e.Who, id, version, c.Deed)
		},
	})
}

// Choose asks for what an action needs to be told, about the ticket or several ("12 tickets") like it.
func (e *Env) Choose(name action.Name, t *core.Ticket, over string, then func(Chosen) tea.Cmd) tea.Cmd {
	switch name {
	case action.Take:
		return then(Chosen{Deed: core.Deed{Action: name}, Doing: "take", Done: "yours now"})
	case action.Assign:
		return e.choosePerson(t, over, then)
	case action.Activate, action.Deactivate:
		return e.pick("Status of "+over, []Chosen{
			{Deed: core.Deed{Action: action.Activate}, Doing: "set active", Done: "active now"},
			{Deed: core.Deed{Action: action.Deactivate}, Doing: "set open", Done: "open now"},
		}, []string{"active", "open"}, then)
	case action.Close:
		var all []Chosen
		var words []string
		for _, r := range core.StaffResolutions() {
			all = append(all, Chosen{Deed: core.Deed{Action: name, Resolution: r}, Doing: "close", Done: "closed, " + r.Words()})
			words = append(words, r.Words())
		}
		return e.pick("How did it end? Close "+over, all, words, then)
	case action.Prioritise:
		var all []Chosen
		var words []string
		for _, p := range core.Priorities() {
			all = append(all, Chosen{Deed: core.Deed{Action: name, Change: core.Change{Priority: &p}}, Doing: "set the priority of", Done: "of priority " + p.String() + " now"})
			words = append(words, p.String())
		}
		return e.pick("Priority of "+over, all, words, then)
	case action.Move:
		return e.chooseQueue(over, then)
	case action.Tag:
		return e.chooseTags(t, over, then)
	case action.Snooze:
		return e.chooseRest(t, over, then)
	}
	return nil
}

func (e *Env) pick(title string, all []Chosen, words []string, then func(Chosen) tea.Cmd) tea.Cmd {
	items := make([]Item, len(all))
	for i, c := range all {
		items[i] = Item{Text: plain.Line(words[i]), Choose: func() tea.Cmd { return then(c) }}
	}
	e.Host.Show(NewPicker(e.Host, plain.Line(title), items), false)
	return nil
}

func (e *Env) choosePerson(t *core.Ticket, over string, then func(Chosen) tea.Cmd) tea.Cmd {
	id := t.ID
	p := NewPicker(e.Host, plain.Line("Assign "+over+" to"), nil).Wait()
	e.Host.Show(p, false)
	return e.Fill(p, "list colleagues", func(ctx context.Context) ([]Item, error) {
		people, err := e.Desk.Assignable(ctx, e.Who, id)
		items := make([]Item, 0, len(people))
		for _, person := range people {
			name := ui.Person(person, "")
			c := Chosen{Deed: core.Deed{Action: action.Assign, Person: person.ID}, Doing: "assign", Done: "with " + name.String() + " now"}
			items = append(items, Item{Text: name, Detail: plain.Line("@" + person.Username), Choose: func() tea.Cmd { return then(c) }})
		}
		return items, err
	})
}

func (e *Env) chooseQueue(over string, then func(Chosen) tea.Cmd) tea.Cmd {
	p := NewPicker(e.Host, plain.Line("Move "+over+" to queue"), nil).Wait()
	e.Host.Show(p, false)
	return e.Fill(p, "list queues", func(ctx context.Context) ([]Item, error) {
		all, err := e.Desk.Queues(ctx, e.Who)
		items := make([]Item, 0, len(all))
		for _, q := range all {
			c := Chosen{Deed: core.Deed{Action: action.Move, Change: core.Change{Queue: &q.ID}}, Doing: "move", Done: "in " + q.Name + " now"}
			items = append(items, Item{Text: plain.Line(q.Name), Detail: plain.Line(q.Code), Choose: func() tea.Cmd { return then(c) }})
		}
		return items, err
	})
}

// chooseTags offers the tags in use as one types; those the ticket has are offered to be taken off.
func (e *Env) chooseTags(t *core.Ticket, over string, then func(Chosen) tea.Cmd) tea.Cmd {
	has := make(map[string]bool, len(t.Tags))
	for _, tag := range t.Tags {
		has[tag] = true
	}
	p := NewPicker(e.Host, plain.Line("Tags of "+over), nil).Wait()
	item := func(change core.TagChange, detail string) Item {
		words := tagWords(change)
		c := Chosen{Deed: core.Deed{Action: action.Tag, Tags: change}, Doing: "tag", Done: "tagged: " + words, Typed: p}
		return Item{Text: plain.Line(words), Detail: plain.Line(detail), Choose: func() tea.Cmd { return then(c) }}
	}
	p.Hint = plain.Line("Words put tags on, -word takes one off. Only staff see them.")
	p.Free = func(typed string) (Item, bool) {
		change := core.ParseTags(typed)
		return item(change, "as typed"), len(change.Add)+len(change.Remove) > 0
	}
	p.Seek = func(typed string) tea.Cmd {
		return e.Do(func(ctx context.Context) tea.Msg {
			const few = 20
			found, err := e.Desk.Tags(ctx, e.Who, typed, few)
			var items []Item
			for _, tag := range t.Tags {
				if strings.HasPrefix(tag, core.CleanTag(typed)) {
					items = append(items, item(core.TagChange{Remove: []string{tag}}, "is on it · take it off"))
				}
			}
			for _, tag := range found {
				if !has[tag] {
					items = append(items, item(core.TagChange{Add: []string{tag}}, "put it on"))
				}
			}
			return Offered{Picker: p, Typed: typed, Items: items, Err: err}
		})
	}
	e.Host.Show(p, false)
	return p.Begin()
}

func tagWords(change core.TagChange) string {
	words := make([]string, 0, len(change.Add)+len(change.Remove))
	words = append(words, change.Add...)
	for _, tag := range change.Remove {
		words = append(words, "-"+tag)
	}
	return strings.Join(words, " ")
}

// chooseRest offers the usual times to rest, and reads any other that is typed.
func (e *Env) chooseRest(t *core.Ticket, over string, then func(Chosen) tea.Cmd) tea.Cmd {
	now := e.Desk.Now()
	rest := func(words string, until time.Time, typed Dialog) Item {
		exact := ui.When(now, until, e.Zone())
		c := Chosen{Deed: core.Deed{Action: action.Snooze, Until: until}, Doing: "snooze", Done: "at rest until " + exact, Typed: typed}
		return Item{Text: plain.Line(words), Detail: plain.Line("until " + exact), Choose: func() tea.Cmd { return then(c) }}
	}
	var items []Item
	for _, usual := range []string{"2h", "tomorrow 9:00", "monday 9:00", "7d"} {
		if until, err := e.Desk.ParseSnooze(e.Me, usual); err == nil {
			items = append(items, rest(usual, until, nil))
		}
	}
	answer := core.WaitingReporter
	waits := Chosen{Deed: core.Deed{Action: action.Wait, Change: core.Change{Waiting: &answer}}, Doing: "snooze", Done: "at rest until the reporter answers"}
	items = append(items, Item{Text: plain.Line("until the reporter answers"), Choose: func() tea.Cmd { return then(waits) }})
	if !t.SnoozedUntil.IsZero() {
		wake := Chosen{Deed: core.Deed{Action: action.Snooze}, Doing: "wake", Done: "awake again"}
		items = append(items, Item{Text: plain.Line("wake it now"), Detail: plain.Line("rests until " + ui.When(now, t.SnoozedUntil, e.Zone())), Choose: func() tea.Cmd { return then(wake) }})
	}
	p := NewPicker(e.Host, plain.Line("Let "+over+" rest"), items)
	p.Hint = plain.Line("2h, tomorrow 9:00, mon, 17:00 or 2027-01-31. An answer wakes it sooner.")
	p.Free = func(typed string) (Item, bool) {
		until, err := e.Desk.ParseSnooze(e.Me, typed)
		if err != nil {
			return Item{Text: plain.Line("“" + typed + "” is no time"), Choose: func() tea.Cmd {
				e.Host.Show(p, false)
				return e.Host.Toast(Warning, plain.Line(e.Explain(err)))
			}}, true
		}
		return rest(typed, until, p), true
	}
	e.Host.Show(p, false)
	return nil
}

// Undone is the answer to a request to undo. Every screen gets it.
type Undone struct {
	Ticket core.TicketID
	Undone core.Undone
	Err    error
}

// Undo takes back the person's last change to a ticket.
func (e *Env) Undo(id core.TicketID) tea.Cmd {
	return e.Long(func(ctx context.Context) tea.Msg {
		undone, err := e.Desk.Undo(ctx, e.Who, id)
		return Undone{Ticket: id, Undone: undone, Err: err}
	})
}

// SettleUndo says what was undone, or what others have built on it.
func (e *Env) SettleUndo(m Undone) tea.Cmd {
	if m.Err != nil {
		return e.builtOn(m)
	}
	var deeds []string
	for i := range m.Undone.Taken {
		deeds = append(deeds, ui.Taken(&m.Undone.Taken[i]))
	}
	words := fmt.Sprintf("Undone on %s: %s.", m.Ticket, strings.Join(deeds, ", "))
	if n := len(m.Undone.Tickets); n > 1 {
		words = fmt.Sprintf("Undone on %d tickets: %s.", n, strings.Join(deeds, ", "))
	}
	level := Info
	if n := len(m.Undone.Refused); n > 0 {
		level = Warning
		words += fmt.Sprintf(" On %d it stays: %s", n, e.Explain(m.Undone.Refused[0].Err))
	}
	return e.Host.Toast(level, plain.Line(words))
}

func (e *Env) builtOn(m Undone) tea.Cmd {
	conflict, ok := errors.AsType[*core.Error](m.Err)
	if !ok || conflict.Code != "undo_built_on" {
		return e.Host.Fail("undo on "+m.Ticket.String(), m.Err)
	}
	var said []string
	for i := range conflict.Events {
		said = append(said, ui.ConflictDeed(&conflict.Events[i]).String()+", "+ui.Ago(e.Desk.Now(), conflict.Events[i].At))
	}
	return e.Host.Toast(Failure, plain.Line("Not undone on "+m.Ticket.String()+": "+strings.Join(said, "; ")+" — on top of your change."))
}
