package core

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"helpdesk.campus/core/action"
)

// MacroID numbers the macros.
type MacroID int64

// Macro is a canned reply with changes to properties: somebody's own, or a queue's.
type Macro struct {
	ID        MacroID
	Owner     UserID // of a personal one
	Queue     Queue  // of a shared one: with ID, Code and Name
	Key       string // a letter or digit that runs it, or ""
	Name      string
	Body      string // with placeholders; "" for changes alone
	Note      bool   // the text is a note among staff, not a reply
	Changes   MacroChanges
	UpdatedAt time.Time
}

// MacroRun is a macro as it is used on tickets. It stands by itself, so that what was shown before is
// what is done, whatever becomes of the macro meanwhile.
type MacroRun struct {
	Text    string // with placeholders, or as edited
	Edited  bool   // the text is what somebody read and edited: braces are text
	Note    bool
	Changes MacroChanges
	Key     string // as in NewMessage
	Hold    Hold
}

type macroStore interface {
	// Macros lists somebody's own macros and those of the queues; of every queue if all is asked for.
	Macros(ctx context.Context, owner UserID, queues []QueueID, all bool) ([]Macro, error)
	Macro(ctx context.Context, id MacroID) (Macro, error)
	// SaveMacro writes a macro, a new one if it has no number; a [TakenError] if its name or key is
	// another's.
	SaveMacro(ctx context.Context, m Macro, by UserID) (MacroID, error)
	DeleteMacro(ctx context.Context, id MacroID) error
}

const (
	maxMacroName = 60
	maxMacros    = 500 // that are listed
)

// Macros lists the macros that the actor can use: their own first, then those of their queues.
func (d *Desk) Macros(ctx context.Context, who Actor) ([]Macro, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	macros, err := d.store.Macros(ctx, p.user.ID, p.scope.Queues, p.scope.Everything || p.scope.AllQueues)
	if err != nil {
		return nil, fmt.Errorf("list macros: %w", err)
	}
	return macros, nil
}

// FindMacro finds a macro that the actor can use by its key or its name, or by the beginning of a name
// that only one has. Their own hide a queue's.
func (d *Desk) FindMacro(ctx context.Context, who Actor, name string) (Macro, error) {
	macros, err := d.Macros(ctx, who)
	if err != nil {
		return Macro{}, err
	}
	name = strings.ToLower(cleanLine(name))
	for _, same := range []func(Macro) bool{
		func(m Macro) bool { return strings.ToLower(m.Name) == name },
		func(m Macro) bool { return m.Key != "" && m.Key == name },
	} {
		if i := slices.IndexFunc(macros, same); i >= 0 {
			return macros[i], nil
		}
	}
	var begin []Macro
	for _, m := range macros {
		if name != "" && strings.HasPrefix(strings.ToLower(m.Name), name) {
			begin = append(begin, m)
		}
	}
	if len(begin) != 1 {
		return Macro{}, Missing("macro")
	}
	return begin[0], nil
}

// mayChange answers whether the principal may change a macro: everybody their own, leads and admins their
// queues'. One that they may not even use is not found.
func (p *principal) mayChange(m *Macro) *Error {
	switch {
	case p.scope.Everything, m.Owner != 0 && m.Owner == p.user.ID:
		return nil
	case m.Queue.ID == 0:
		return &Error{Kind: NotFound, Code: "macro_not_found"}
	case p.role == RoleAdmin:
		return nil
	case slices.ContainsFunc(p.queues, func(q Membership) bool { return q.Queue == m.Queue.ID && q.Lead }):
		return nil
	case slices.Contains(p.scope.Queues, m.Queue.ID):
		return forbidden("leads_only")
	}
	return &Error{Kind: NotFound, Code: "macro_not_found"}
}

// macroKey is what a macro's own key may be.
var macroKey = regexp.MustCompile(`^[a-z0-9]$`)

func (m *Macro) check() error {
	m.Name, m.Body, m.Key = cleanLine(m.Name), cleanBlock(m.Body), strings.ToLower(cleanLine(m.Key))
	var wrong problems
	switch {
	case m.Name == "":
		wrong.add("name", "macro_name_missing")
	case utf8.RuneCountInString(m.Name) > maxMacroName:
		wrong.add("name", "name_too_long", "Max", maxMacroName)
	}
	if m.Key != "" && !macroKey.MatchString(m.Key) {
		wrong.add("key", "macro_key_form")
	}
	checkBody(&wrong, "body", m.Body, false)
	checkPlaceholders(&wrong, m.Body)
	if m.Body == "" && m.Changes.Empty() {
		wrong.add("body", "macro_empty")
	}
	return wrong.err()
}

// SaveMacro makes a macro or changes one: the actor's own, or with a queue one that its team shares.
func (d *Desk) SaveMacro(ctx context.Context, who Actor, m Macro) (Macro, error) {
	if err := m.check(); err != nil {
		return Macro{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return Macro{}, err
	}
	if err := m.Changes.exist(dir); err != nil {
		return Macro{}, err
	}
	if m.Queue.ID != 0 {
		queue, ok := dir.queue(m.Queue.ID)
		if !ok {
			return Macro{}, refuse("queue", "queue_unknown")
		}
		m.Queue = queue
	}
	err = d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.staff(ctx, tx, who)
		if err != nil {
			return err
		}
		if m.Owner = p.user.ID; m.Queue.ID != 0 {
			m.Owner = 0
		}
		kind := EventMacroMade
		if m.ID != 0 {
			kind = EventMacroChanged
			if _, err := p.ownMacro(ctx, tx, m.ID); err != nil {
				return err
			}
		}
		if m.Owner == 0 && m.Queue.ID == 0 {
			return forbidden("account_needed")
		}
		if refused := p.mayChange(&m); refused != nil {
			return refused
		}
		m.UpdatedAt = d.Now()
		if m.ID, err = tx.SaveMacro(ctx, m, p.user.ID); err != nil {
			return macroTaken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamMacro, int64(m.ID), kind, FieldQueue, "", m.Queue.Code)
	})
	if err != nil {
		return Macro{}, fmt.Errorf("save macro: %w", err)
	}
	return m, nil
}

func macroTaken(err error) error {
	if t, ok := errors.AsType[*TakenError](err); ok {
		return refuse(t.Field, "macro_"+t.Field+"_taken")
	}
	return err
}

// ownMacro reads a macro that the principal may change.
func (p *principal) ownMacro(ctx context.Context, tx Tx, id MacroID) (Macro, error) {
	m, err := tx.Macro(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return Macro{}, Missing("macro")
	}
	if err != nil {
		return Macro{}, fmt.Errorf("read macro: %w", err)
	}
	if refused := p.mayChange(&m); refused != nil {
		return Macro{}, refused
	}
	return m, nil
}

// DeleteMacro removes a macro.
func (d *Desk) DeleteMacro(ctx context.Context, who Actor, id MacroID) error {
	err := d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.staff(ctx, tx, who)
		if err != nil {
			return err
		}
		m, err := p.ownMacro(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteMacro(ctx, id); err != nil {
			return fmt.Errorf("remove macro: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamMacro, int64(id), EventMacroDeleted, FieldQueue, m.Queue.Code, "")
	})
	if err != nil {
		return fmt.Errorf("delete macro %d: %w", id, err)
	}
	return nil
}

// MacroPlan is what a macro would do to a ticket.
type MacroPlan struct {
	Text    string  // filled in
	Effects []Event // changes, with their words
}

// PlanMacro works out what a macro would do to a ticket as it is now, and does nothing.
func (d *Desk) PlanMacro(ctx context.Context, who Actor, id TicketID, m Macro) (MacroPlan, error) {
	var plan MacroPlan
	c, err := d.carryOut(ctx, who, order{ticket: id, name: action.Macro, rehearsal: true}, func(ctx context.Context, c *command) error {
		plan.Text = fillIn(m.Body, &c.before, c.who.user.Person())
		return c.perform(ctx, &m.Changes)
	})
	if err != nil {
		return MacroPlan{}, err
	}
	for _, e := range c.events {
		e.ToName = c.nameOf(e)
		plan.Effects = append(plan.Effects, e)
	}
	return plan, nil
}

// macroWork is what using a macro does within a command: its words, and then its changes. Words that go
// with a closing go at once, since the closing is seen at once; others may wait as any reply.
func (d *Desk) macroWork(in MacroRun) (func(context.Context, *command) error, error) {
	in.Text = cleanBlock(in.Text)
	var wrong problems
	checkBody(&wrong, "body", in.Text, false)
	if !in.Edited {
		checkPlaceholders(&wrong, in.Text)
	}
	if in.Text == "" && in.Changes.Empty() {
		wrong.add("body", "macro_empty")
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return func(ctx context.Context, c *command) error {
		once, err := d.onceKey(c.who.Actor, "macro "+strconv.FormatInt(int64(c.ticket.ID), 10), in.Key)
		if err != nil {
			return err
		}
		first, err := c.tx.RememberOnce(ctx, once, c.ticket.ID, c.now)
		if err != nil || !first {
			return err
		}
		if err := c.sayMacro(ctx, in, once); err != nil {
			return err
		}
		return c.perform(ctx, &in.Changes)
	}, nil
}

func (c *command) sayMacro(ctx context.Context, in MacroRun, once string) error {
	if in.Changes.Resolution != "" {
		if err := c.sendMine(ctx); err != nil {
			return err
		}
	}
	if in.Text == "" {
		return nil
	}
	name, visibility, draft := action.Reply, PublicMessage, DraftReply
	if in.Note {
		name, visibility, draft = action.Note, InternalNote, DraftNote
	}
	if refused := c.who.may(name, &c.before, c.now); refused != nil {
		return refused
	}
	text := in.Text
	if !in.Edited {
		text = fillIn(text, &c.before, c.who.user.Person())
	}
	var err error
	if c.holds(in.Hold, visibility) && in.Changes.Resolution == "" {
		_, err = c.hold(ctx, text, once)
	} else {
		_, err = c.say(ctx, text, visibility, once)
	}
	if err != nil || !in.Edited {
		return err
	}
	return c.dropDraft(ctx, draft, in.Text)
}
