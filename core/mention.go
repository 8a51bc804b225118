package core

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

type mentionStore interface {
	// Named reads the accounts with these usernames, as they are now.
	Named(ctx context.Context, usernames []string) ([]User, error)
	// InsertMentions notes who was named in a message.
	InsertMentions(ctx context.Context, ticket TicketID, message MessageID, who []UserID, now time.Time) error
	// SeeMentions marks what a ticket's messages up to one say to somebody as seen; false if all was.
	SeeMentions(ctx context.Context, ticket TicketID, user UserID, upTo MessageID, now time.Time) (bool, error)
	// Colleagues lists the accounts that work: members of the queue first, then the others.
	Colleagues(ctx context.Context, queue QueueID) ([]User, error)
	// Unseen counts, for tickets that somebody follows or is named on, what others said there since they
	// last looked, and how often they were named.
	Unseen(ctx context.Context, user UserID, reader string, ids []TicketID) (map[TicketID]Unseen, error)
}

// maxMentions is how many people one message can name; the others are just words.
const maxMentions = 20

// mentionPattern finds @username where it begins a word, so that an e-mail address is none. A full stop
// or a hyphen at its end belongs to the sentence.
var mentionPattern = regexp.MustCompile(`(?:^|[^\pL\pN_.@/-])@([A-Za-z][A-Za-z0-9._-]{1,31})`)

// mentionsIn lists the usernames that a text names, in small letters, each once.
func mentionsIn(text string) []string {
	var names []string
	for _, found := range mentionPattern.FindAllStringSubmatch(text, -1) {
		name := strings.TrimRight(strings.ToLower(found[1]), "._-")
		if name != "" && !slices.Contains(names, name) && len(names) < maxMentions {
			names = append(names, name)
		}
	}
	return names
}

// named is who is named in words of staff on a ticket: those whom it reaches, and those whom it does not,
// because they may not read it. A name that nobody has is just text.
func (c *command) named(ctx context.Context, body string, visibility Visibility) (reached []UserID, unreached []Person, err error) {
	names := mentionsIn(body)
	if len(names) == 0 {
		return nil, nil, nil
	}
	users, err := c.tx.Named(ctx, names)
	if err != nil {
		return nil, nil, fmt.Errorf("look up who is named: %w", err)
	}
	for _, u := range users {
		switch {
		case u.ID == c.who.user.ID:
		case worksOn(&u, &c.ticket):
			reached = append(reached, u.ID)
		case visibility == PublicMessage && u.ID == c.ticket.Reporter.ID: // reads it without being told
		default:
			unreached = append(unreached, u.Person())
		}
	}
	return reached, unreached, nil
}

// mention notes who is named in a message, and returns whom that does not reach.
func (c *command) mention(ctx context.Context, m Message) ([]Person, error) {
	reached, unreached, err := c.named(ctx, m.Body, m.Visibility)
	if err != nil || len(reached) == 0 {
		return unreached, err
	}
	if err := c.tx.InsertMentions(ctx, c.ticket.ID, m.ID, reached, c.now); err != nil {
		return nil, fmt.Errorf("write mentions: %w", err)
	}
	return unreached, nil
}

// worksOn reports whether an account sees a ticket from the staff's side.
func worksOn(u *User, t *Ticket) bool {
	if u.Disabled {
		return false
	}
	scope := scopeOf(&principal{Actor: Actor{Kind: ActorUser, User: u.ID}, user: *u, role: u.Role, queues: u.Memberships})
	return scope.Staffs(t)
}

// Colleagues lists who can be named with an @ on a ticket: those who work its queue first.
func (d *Desk) Colleagues(ctx context.Context, who Actor, id TicketID) ([]Person, error) {
	p, t, err := d.worked(ctx, who, id)
	if err != nil {
		return nil, err
	}
	users, err := d.store.Colleagues(ctx, t.Queue.ID)
	if err != nil {
		return nil, fmt.Errorf("list colleagues: %w", err)
	}
	var people []Person
	for i := range users {
		if worksOn(&users[i], &t) && users[i].ID != p.user.ID {
			people = append(people, users[i].Person())
		}
	}
	return people, nil
}

// Unseen is what is new to somebody on a ticket that they follow or are named on.
type Unseen struct {
	Messages int // said by others since the last look
	Mentions int // of them by name, not opened yet
}

// Unseen tells for each of the tickets what is new to the actor since they last looked: on those they
// follow, and on those where somebody named them. Tickets without news are left out.
func (d *Desk) Unseen(ctx context.Context, who Actor, tickets []Ticket) (map[TicketID]Unseen, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	var ids []TicketID
	for i := range tickets {
		if p.scope.Staffs(&tickets[i]) {
			ids = append(ids, tickets[i].ID)
		}
	}
	if len(ids) == 0 || p.Kind != ActorUser {
		return nil, nil
	}
	unseen, err := d.store.Unseen(ctx, p.user.ID, who.reader(), ids)
	if err != nil {
		return nil, fmt.Errorf("count what is new: %w", err)
	}
	return unseen, nil
}
