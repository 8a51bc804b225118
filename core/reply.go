package core

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"helpdesk.campus/core/action"
)

type messageStore interface {
	// RememberOnce notes that a command with this key is being done; false if it was done before.
	RememberOnce(ctx context.Context, key string, ticket TicketID, now time.Time) (bool, error)
	// OnceMessage returns the message that was written under a key.
	OnceMessage(ctx context.Context, key string, ticket TicketID) (Message, error)
	// InsertMessage writes a message, makes its words findable and ties it to its key, if any.
	InsertMessage(ctx context.Context, ticket TicketID, m Message, once string) (MessageID, error)
	// Messages reads the newest messages of a ticket, oldest first; internal ones only if asked.
	Messages(ctx context.Context, ticket TicketID, internal bool, limit int) ([]Message, error)
	// FirstMessage reads the description.
	FirstMessage(ctx context.Context, ticket TicketID) (Message, error)
	UpdateMessage(ctx context.Context, ticket TicketID, id MessageID, body string, now time.Time) error
}

// NewMessage is something to say on a ticket.
type NewMessage struct {
	Key  string // sending it twice says it once; "" where the caller never sends twice
	Body string
	Hold Hold // of a reply of staff
}

// Reply says something that the reporter and the staff read. A reporter's answer ends the waiting
// for them, and reopens nothing by itself: a closed ticket takes words, and needs staff's attention.
func (d *Desk) Reply(ctx context.Context, who Actor, id TicketID, in NewMessage) (Message, error) {
	return d.say(ctx, who, id, in, action.Reply, PublicMessage)
}

// Note says something among staff. Reporters never see it.
func (d *Desk) Note(ctx context.Context, who Actor, id TicketID, in NewMessage) (Message, error) {
	return d.say(ctx, who, id, in, action.Note, InternalNote)
}

func (d *Desk) say(ctx context.Context, who Actor, id TicketID, in NewMessage, name action.Name, visibility Visibility) (Message, error) {
	body := cleanBlock(in.Body)
	// Other words under the same key are not the same thing twice: somebody went back to a form that
	// they had sent, and wrote again.
	digest := sha256.Sum256([]byte(body))
	once, err := d.onceKey(who, fmt.Sprintf("%s %d %x", name, id, digest[:8]), in.Key)
	if err != nil {
		return Message{}, err
	}
	form, uploads, err := d.formOf(ctx, who, in.Key)
	if err != nil {
		return Message{}, err
	}
	var wrong problems
	checkBody(&wrong, "body", body, !uploads) // a photograph says enough
	if err := wrong.err(); err != nil {
		return Message{}, err
	}
	if err := d.limitSay(ctx, who, id, once); err != nil {
		return Message{}, err
	}
	var said Message
	_, err = d.change(ctx, who, id, 0, name, func(ctx context.Context, c *command) error {
		first, err := c.tx.RememberOnce(ctx, once, id, c.now)
		if err != nil {
			return fmt.Errorf("remember key: %w", err)
		}
		if !first {
			said, err = c.saidBefore(ctx, once)
			return err
		}
		if err := c.needWords(ctx, body, form); err != nil {
			return err
		}
		held := !uploads && c.holds(in.Hold, visibility) // files have no place to wait in
		if held {
			said, err = c.hold(ctx, body, once)
		} else {
			said, err = c.say(ctx, body, visibility, once)
		}
		if err != nil {
			return err
		}
		draft := DraftReply
		if visibility == InternalNote {
			draft = DraftNote
		}
		if err := c.dropDraft(ctx, draft, body); err != nil || !uploads {
			return err
		}
		if err := c.tx.AttachUploads(ctx, id, said.ID, form, c.ticket.Anonymous, c.now); err != nil {
			return fmt.Errorf("attach files: %w", err)
		}
		for _, r := range said.reached {
			if err := c.tx.CopyFiles(ctx, id, said.ID, r.ticket, r.message); err != nil {
				return fmt.Errorf("attach files on %s: %w", r.ticket, err)
			}
		}
		return nil
	})
	return said, err
}

// needWords refuses a message without words when no file waits to go with it: those of its form may have
// gone with what was said before, or have waited too long.
func (c *command) needWords(ctx context.Context, body, form string) error {
	if body != "" {
		return nil
	}
	waiting, err := c.tx.Uploads(ctx, form, c.now)
	if err != nil {
		return fmt.Errorf("read uploads: %w", err)
	}
	if len(waiting) == 0 {
		return refuse("body", "text_missing")
	}
	return nil
}

// say writes a message and what follows from it.
func (c *command) say(ctx context.Context, body string, visibility Visibility, once string) (Message, error) {
	return c.sayAs(ctx, c.side(), body, visibility, once)
}

// sayAs is say by somebody who stands on that side of the desk.
func (c *command) sayAs(ctx context.Context, side Side, body string, visibility Visibility, once string) (Message, error) {
	m := Message{
		Ticket: c.ticket.ID, Author: c.who.user.Person(), AuthorName: c.who.user.Name, Side: side,
		Visibility: visibility, Body: body, Door: c.who.Door, CreatedAt: c.now,
	}
	if c.ticket.Anonymous && m.Side == ReporterSide {
		m.Author, m.AuthorName = Person{}, ""
	}
	var err error
	if m.ID, err = c.tx.InsertMessage(ctx, c.ticket.ID, m, once); err != nil {
		return Message{}, fmt.Errorf("write message: %w", err)
	}
	if m.Side == StaffSide {
		if m.Unreached, err = c.mention(ctx, m); err != nil {
			return Message{}, err
		}
	}
	kind := EventReplied
	if visibility == InternalNote {
		kind = EventNoted
	}
	c.record(kind, "", "", string(m.Side))
	switch {
	case visibility == InternalNote:
	case m.Side == ReporterSide:
		c.stopResting()
		c.ticket.attend(NeedsStaff, c.now)
	default:
		if c.ticket.FirstResponseAt.IsZero() {
			c.ticket.FirstResponseAt = c.now
		}
		c.ticket.attend(InHand, c.now)
	}
	err = c.reach(ctx, &m)
	return m, err
}

// side is where the actor stands: staff of this ticket, unless it is their own report.
func (c *command) side() Side {
	if c.who.scope.Owns(&c.before) || !c.who.scope.Staffs(&c.before) {
		return ReporterSide
	}
	return StaffSide
}
