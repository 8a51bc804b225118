package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core/action"
)

// HoldFor is how long a held reply waits before it goes.
const HoldFor = 20 * time.Second

// Hold says whether a public reply of staff waits before it goes, so that it can be taken back.
type Hold int

// The ways to send.
const (
	HoldNever     Hold = iota // it goes at once: what scripts and pages do
	HoldAsChosen              // as whoever writes has chosen: what the console does
	HoldForAWhile             // it waits, whatever was chosen
)

// HeldReply is a reply that can still be taken back. Staff see it on the ticket; it is no message yet,
// and nobody else comes upon it.
type HeldReply struct {
	ID      int64
	Ticket  TicketID
	Author  Person
	Body    string
	Once    string // as the key of a message
	Command string // of what was done together with it
	Door    Door
	Key     string
	HeldAt  time.Time
	GoesAt  time.Time
}

// message is the reply as a conversation shows it. It has no number yet.
func (h HeldReply) message() Message {
	return Message{
		Author: h.Author, AuthorName: h.Author.Name, Side: StaffSide, Visibility: PublicMessage, Body: h.Body, Door: h.Door,
		CreatedAt: h.HeldAt, GoesAt: h.GoesAt,
	}
}

type holdStore interface {
	// InsertHeld keeps a reply back, and has a worker look when it is due, in the same transaction.
	InsertHeld(ctx context.Context, h HeldReply) error
	// Held reads what is held on a ticket, oldest first.
	Held(ctx context.Context, ticket TicketID) ([]HeldReply, error)
	// DueHeld finds the tickets with a held reply that is due at now.
	DueHeld(ctx context.Context, now time.Time, limit int) ([]TicketID, error)
	RemoveHeld(ctx context.Context, id int64) error
}

// SendHeldJob asks a worker to send held replies when they are due.
type SendHeldJob struct {
	At time.Time `json:"at"`
}

// Kind names the job in the database.
func (SendHeldJob) Kind() string { return "send_held" }

// holds reports whether words wait before they go: only staff's words to a reporter do.
func (c *command) holds(how Hold, visibility Visibility) bool {
	if visibility != PublicMessage || c.who.Kind != ActorUser || c.side() != StaffSide {
		return false
	}
	return how == HoldForAWhile || how == HoldAsChosen && c.who.user.Preferences.HoldReplies
}

// hold keeps a reply back. Nothing has happened yet: it is sent, answered and told when it goes.
func (c *command) hold(ctx context.Context, body, once string) (Message, error) {
	h := HeldReply{
		Ticket: c.ticket.ID, Author: c.who.user.Person(), Body: body, Once: once, Command: c.id, Door: c.who.Door, Key: c.who.Key,
		HeldAt: c.now, GoesAt: c.now.Add(HoldFor),
	}
	if err := c.tx.InsertHeld(ctx, h); err != nil {
		return Message{}, fmt.Errorf("hold reply: %w", err)
	}
	c.stirs = true
	m := h.message()
	var err error
	_, m.Unreached, err = c.named(ctx, body, PublicMessage)
	return m, err
}

// saidBefore is the message that was written under a key, or the reply that is held under it.
func (c *command) saidBefore(ctx context.Context, once string) (Message, error) {
	said, err := c.tx.OnceMessage(ctx, once, c.ticket.ID)
	if !errors.Is(err, ErrNoRow) {
		return said, err
	}
	held, err := c.tx.Held(ctx, c.ticket.ID)
	if err != nil {
		return Message{}, fmt.Errorf("read held replies: %w", err)
	}
	for _, h := range held {
		if h.Once == once {
			return h.message(), nil
		}
	}
	return Message{}, &Error{Kind: Conflict, Code: "reply_taken_back"}
}

// TakeBack takes the actor's newest held reply on a ticket back: it is not sent, and its words are a
// draft again, in front of what was typed since. A reply that has gone stays.
func (d *Desk) TakeBack(ctx context.Context, who Actor, id TicketID) (Draft, error) {
	var draft Draft
	_, err := d.change(ctx, who, id, 0, action.TakeBack, func(ctx context.Context, c *command) error {
		held, err := c.tx.Held(ctx, id)
		if err != nil {
			return fmt.Errorf("read held replies: %w", err)
		}
		var mine HeldReply
		for _, h := range held {
			if h.Author.ID == c.who.user.ID {
				mine = h
			}
		}
		if mine.ID == 0 {
			return forbidden("nothing_held")
		}
		draft, err = c.unsend(ctx, mine)
		c.stirs = true
		return err
	})
	return draft, err
}

// unsend makes a held reply its author's draft again.
func (c *command) unsend(ctx context.Context, h HeldReply) (Draft, error) {
	draft := Draft{Ticket: h.Ticket, Kind: DraftReply, Body: h.Body, UpdatedAt: c.now}
	drafts, err := c.tx.Drafts(ctx, h.Author.ID, h.Ticket)
	if err != nil {
		return Draft{}, fmt.Errorf("read drafts: %w", err)
	}
	base := ""
	for _, d := range drafts {
		if d.Kind != DraftReply {
			continue
		}
		if base = d.Body; strings.TrimSpace(base) != "" {
			draft.Body += "\n\n" + base
		}
	}
	if err := c.tx.RemoveHeld(ctx, h.ID); err != nil {
		return Draft{}, fmt.Errorf("remove held reply: %w", err)
	}
	switch stands, err := c.tx.KeepDraft(ctx, h.Author.ID, draft, base); {
	case err != nil:
		return Draft{}, fmt.Errorf("write draft: %w", err)
	case stands != draft.Body: // another window was faster: nothing is done, and once more does it
		return Draft{}, &Error{Kind: Conflict, Code: "conflict"}
	}
	return draft, nil
}

// sendMine sends what the actor holds on the ticket now, before words of theirs that go at once: nobody
// should read the last word first.
func (c *command) sendMine(ctx context.Context) error {
	held, err := c.tx.Held(ctx, c.ticket.ID)
	if err != nil {
		return fmt.Errorf("read held replies: %w", err)
	}
	for _, h := range held {
		if c.who.Kind != ActorUser || h.Author.ID != c.who.user.ID {
			continue
		}
		if err := c.tx.RemoveHeld(ctx, h.ID); err != nil {
			return fmt.Errorf("remove held reply: %w", err)
		}
		if _, err := c.sayAs(ctx, StaffSide, h.Body, PublicMessage, h.Once); err != nil {
			return err
		}
	}
	return nil
}

// SendHeld sends the held replies that are due, as those who wrote them, and returns how many went.
// Whatever happened to the ticket meanwhile, what was promised to its reporter goes; only the words of
// somebody who works here no more become their draft again.
func (d *Desk) SendHeld(ctx context.Context, who Actor) (int, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return 0, err
	}
	if !p.scope.Everything {
		return 0, forbidden("not_yours")
	}
	const many = 200
	due, err := d.store.DueHeld(ctx, d.Now(), many)
	if err != nil {
		return 0, fmt.Errorf("find held replies that are due: %w", err)
	}
	sent := 0
	for _, id := range due {
		n, err := d.sendHeldOn(ctx, id)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (d *Desk) sendHeldOn(ctx context.Context, id TicketID) (int, error) {
	sent := 0
	for {
		more := false
		err := d.store.InTx(ctx, func(tx Tx) error {
			more = false
			c, err := d.begin(ctx, tx, System(), order{ticket: id})
			if err != nil {
				return err
			}
			held, err := tx.Held(ctx, id)
			if err != nil || len(held) == 0 || held[0].GoesAt.After(c.now) {
				return err
			}
			more = true
			return c.sendHeld(ctx, held[0])
		})
		if err != nil {
			return sent, fmt.Errorf("send held reply on %s: %w", id, err)
		}
		if !more {
			return sent, nil
		}
		sent++
		d.store.Ring(DirtyTicket(id))
	}
}

// sendHeld sends one held reply in the name of its author.
func (c *command) sendHeld(ctx context.Context, h HeldReply) error {
	author := Actor{Kind: ActorUser, User: h.Author.ID, Door: h.Door, Key: h.Key}
	p, err := c.desk.principal(ctx, c.tx, author)
	if err != nil && KindOf(err) != Unauthenticated {
		return err
	}
	if err != nil || !p.isStaff() {
		_, err := c.unsend(ctx, h)
		return err
	}
	c.who, c.id = p, h.Command
	needed, since := c.ticket.Attention, c.ticket.AttentionAt
	if err := c.tx.RemoveHeld(ctx, h.ID); err != nil {
		return fmt.Errorf("remove held reply: %w", err)
	}
	if _, err := c.sayAs(ctx, StaffSide, h.Body, PublicMessage, h.Once); err != nil {
		return err
	}
	if needed == NeedsStaff && since.After(h.HeldAt) { // the reporter wrote after these words were written
		c.ticket.attend(needed, since)
	}
	return c.save(ctx)
}
