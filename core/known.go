package core

import (
	"context"
	"crypto/aes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/action"
)

// How much of what is known is shown at once.
const (
	maxKnown    = 500 // open tickets that are public
	maxReported = 6   // that somebody who reports is asked about
	maxFollowed = 50
)

type knownStore interface {
	// PublicTickets reads what staff made public and is not closed, newest first.
	PublicTickets(ctx context.Context, limit int) ([]Ticket, error)
	// OpenAt reads what is not closed and not confidential, of a category, at one of the places.
	OpenAt(ctx context.Context, category CategoryID, at []LocationID, limit int) ([]Ticket, error)
	// Followed reads what an account follows, newest first.
	Followed(ctx context.Context, user UserID, limit int) ([]Ticket, error)
	// AddFollower counts somebody who has the same trouble, once for each account and once for each
	// key; it reports whether they were counted now.
	AddFollower(ctx context.Context, f Follower) (bool, error)
}

// Follower is somebody who has the same trouble as a ticket's reporter.
type Follower struct {
	Ticket TicketID
	User   UserID // 0 for somebody without an account, who is counted by Once
	Once   string
	At     time.Time
}

// KnownIssue is what anybody may read of a ticket: nothing that its reporter wrote, and nobody's name.
type KnownIssue struct {
	Handle    string // names the issue to those who were shown it; opens nothing else
	Title     string // staff's public words; "" unless they made it public
	Category  Category
	Location  Location
	Building  Location // that the location is or lies in; zero if none
	Status    Status
	Since     time.Time
	ClosedAt  time.Time
	Followers int // besides its reporter; of a public one
}

// PlaceWords says where it is, in one line.
func (k KnownIssue) PlaceWords() string {
	parts := make([]string, 0, 3)
	for _, part := range []string{k.Building.Name, k.Location.Code, k.Location.Name} {
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// IsClosed reports whether the work on it has ended.
func (k KnownIssue) IsClosed() bool { return k.Status == Closed }

// mayBeKnown says which tickets others may learn of: those that staff made public, and of those that
// are not public the ones about things. Complaints are about people, and stay between the reporter
// and the team; so does everything confidential.
func mayBeKnown(t *Ticket) bool {
	if t.Confidential || t.Category.Confidential || t.MergedInto != 0 {
		return false
	}
	return t.Public || t.Category.Line != Services && t.Location.ID != 0
}

// known is the one place where a ticket becomes what anybody may read of it.
func (d *Desk) known(dir *directory, t *Ticket) (KnownIssue, error) {
	handle, err := d.sealTicket(t.ID)
	if err != nil {
		return KnownIssue{}, err
	}
	k := KnownIssue{
		Handle: handle, Category: t.Category, Location: dir.location(t.Location.ID), Building: dir.buildingOf(t.Location.ID),
		Status: t.Status, Since: t.CreatedAt, ClosedAt: t.ClosedAt,
	}
	if t.Public {
		k.Title, k.Followers = t.PublicTitle, t.Followers
	}
	return k, nil
}

func (d *Desk) allKnown(dir *directory, tickets []Ticket) ([]KnownIssue, error) {
	list := make([]KnownIssue, 0, len(tickets))
	for i := range tickets {
		if !mayBeKnown(&tickets[i]) {
			continue
		}
		k, err := d.known(dir, &tickets[i])
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, nil
}

// KnownIssues lists what staff made public and is not closed: of a building, or of the whole campus
// when building is 0.
func (d *Desk) KnownIssues(ctx context.Context, _ Actor, building LocationID) ([]KnownIssue, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	tickets, err := d.store.PublicTickets(ctx, maxKnown)
	if err != nil {
		return nil, fmt.Errorf("read known issues: %w", err)
	}
	if building != 0 {
		in := dir.location(building)
		tickets = slices.DeleteFunc(tickets, func(t Ticket) bool {
			return t.Location.ID == 0 || !dir.within(dir.location(t.Location.ID), in)
		})
	}
	return d.allKnown(dir, tickets)
}

// Reported asks whether something has been reported already: what is not closed, of the same place
// and kind, and public issues that sound like the words. Words are compared with public words alone,
// so that nobody can find out by guessing what others wrote. About confidential kinds it says nothing.
func (d *Desk) Reported(ctx context.Context, _ Actor, category CategoryID, where Where, words string) ([]KnownIssue, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.reported(ctx, dir, category, where, words)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(t Ticket) bool { return !mayBeKnown(&t) })
	return d.allKnown(dir, found[:min(len(found), maxReported)])
}

// ReportedAlready is Reported for staff who are about to file a report for somebody: the tickets themselves,
// as far as the actor may read them.
func (d *Desk) ReportedAlready(ctx context.Context, who Actor, category CategoryID, where Where, words string) ([]Ticket, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.reported(ctx, dir, category, where, words)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(t Ticket) bool { return t.MergedInto != 0 || !p.scope.Sees(&t) })
	found = found[:min(len(found), maxReported)]
	for i := range found {
		found[i] = p.reads(found[i])
	}
	return found, nil
}

// reported finds what is not closed, of the same place and kind, and public issues that sound like the words.
func (d *Desk) reported(ctx context.Context, dir *directory, category CategoryID, where Where, words string) ([]Ticket, error) {
	kind, ok := dir.category(category)
	if ok && kind.Confidential {
		return nil, nil
	}
	place, _ := dir.resolve(Where{Building: cleanLine(where.Building), Room: cleanLine(where.Room), Words: cleanLine(where.Words)})
	public, err := d.store.PublicTickets(ctx, maxKnown)
	if err != nil {
		return nil, fmt.Errorf("read known issues: %w", err)
	}
	var found []Ticket
	if ok && place.ID != 0 {
		if found, err = d.store.OpenAt(ctx, category, dir.around(place), maxReported); err != nil {
			return nil, fmt.Errorf("read what is open there: %w", err)
		}
	}
	list := append(alike(dir, public, place, category, cleanBlock(words)), found...)
	seen := make(map[TicketID]bool, len(list))
	return slices.DeleteFunc(list, func(t Ticket) bool {
		again := seen[t.ID]
		seen[t.ID] = true
		return again
	}), nil
}

// MeToo counts the actor among those who have the same trouble, once: an account follows the issue
// from then on, others are counted by the key of the form. Who reported it is not counted.
func (d *Desk) MeToo(ctx context.Context, who Actor, handle, key string) (KnownIssue, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return KnownIssue{}, err
	}
	if p.Kind == ActorKiosk {
		return KnownIssue{}, forbidden("not_yours")
	}
	if !p.token.Covers(TokenWrite) {
		return KnownIssue{}, errTokenScope(TokenWrite)
	}
	once, err := d.onceKey(p.Actor, "me-too", key)
	if err != nil {
		return KnownIssue{}, err
	}
	t, err := d.openKnown(ctx, handle)
	if err != nil {
		return KnownIssue{}, err
	}
	if !t.IsClosed() && !p.scope.Owns(&t) {
		if err := d.limitReply(ctx, p.Actor); err != nil {
			return KnownIssue{}, err
		}
		counted, err := d.store.AddFollower(ctx, Follower{Ticket: t.ID, User: p.user.ID, Once: once + ":" + t.ID.String(), At: d.Now()})
		if err != nil {
			return KnownIssue{}, fmt.Errorf("follow %s: %w", t.ID, err)
		}
		if counted {
			d.store.Ring(DirtyTicket(t.ID))
		}
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return KnownIssue{}, err
	}
	return d.known(dir, &t)
}

// KnownIssue shows where an issue stands, to those who were shown it before.
func (d *Desk) KnownIssue(ctx context.Context, _ Actor, handle string) (KnownIssue, error) {
	t, err := d.openKnown(ctx, handle)
	if err != nil {
		return KnownIssue{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return KnownIssue{}, err
	}
	return d.known(dir, &t)
}

// Following lists the issues that an account follows, as anybody may read them.
func (d *Desk) Following(ctx context.Context, who Actor) ([]KnownIssue, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil || p.Kind != ActorUser {
		return nil, err
	}
	tickets, err := d.store.Followed(ctx, p.user.ID, maxFollowed)
	if err != nil {
		return nil, fmt.Errorf("read what is followed: %w", err)
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return d.allKnown(dir, tickets)
}

// openKnown reads the ticket behind a handle, if others may still learn of it.
func (d *Desk) openKnown(ctx context.Context, handle string) (Ticket, error) {
	id, err := d.unsealTicket(handle)
	if err != nil {
		return Ticket{}, err
	}
	t, err := d.store.Ticket(ctx, id)
	for err == nil && t.MergedInto != 0 { // whoever was shown it goes on with it
		t, err = d.store.Ticket(ctx, t.MergedInto)
	}
	if errors.Is(err, ErrNoRow) || err == nil && !mayBeKnown(&t) {
		return Ticket{}, Missing("issue")
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("read %s: %w", id, err)
	}
	return t, nil
}

// A handle is a ticket's number under the desk's own key: it says nothing, and nobody else can make one.
func (d *Desk) sealTicket(id TicketID) (string, error) {
	block, err := aes.NewCipher(d.seal("handle", "")[:aes.BlockSize])
	if err != nil {
		return "", fmt.Errorf("make the key of handles: %w", err)
	}
	var raw [aes.BlockSize]byte
	binary.BigEndian.PutUint64(raw[8:], uint64(id))
	block.Encrypt(raw[:], raw[:])
	return tokenEncoding.EncodeToString(raw[:]), nil
}

func (d *Desk) unsealTicket(handle string) (TicketID, error) {
	raw, err := tokenEncoding.Strict().DecodeString(handle)
	if err != nil || len(raw) != aes.BlockSize {
		return 0, Missing("issue")
	}
	block, err := aes.NewCipher(d.seal("handle", "")[:aes.BlockSize])
	if err != nil {
		return 0, fmt.Errorf("make the key of handles: %w", err)
	}
	block.Decrypt(raw, raw)
	id := binary.BigEndian.Uint64(raw[8:])
	if binary.BigEndian.Uint64(raw[:8]) != 0 || id == 0 || id > 1<<62 {
		return 0, Missing("issue")
	}
	return TicketID(id), nil
}

// Publish makes a ticket a known issue, in words that anybody may read. Its reporter's own words
// stay private.
func (d *Desk) Publish(ctx context.Context, who Actor, id TicketID, version int, title string) (Ticket, error) {
	title = cleanLine(title)
	var wrong problems
	checkTitle(&wrong, title)
	if err := wrong.err(); err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, version, action.Publish, func(ctx context.Context, c *command) error {
		return c.setPublic(ctx, title)
	})
}

// Unpublish takes a ticket off the known issues.
func (d *Desk) Unpublish(ctx context.Context, who Actor, id TicketID, version int) (Ticket, error) {
	return d.change(ctx, who, id, version, action.Unpublish, func(ctx context.Context, c *command) error {
		return c.setPublic(ctx, "")
	})
}

// setPublic records that a ticket is public, in these words, or with none that it is not. The words
// that they replace are kept as a revision.
func (c *command) setPublic(ctx context.Context, title string) error {
	if title == c.ticket.PublicTitle && c.ticket.Public == (title != "") {
		return nil
	}
	said := map[bool]string{true: "yes", false: "no"}
	event := c.record(EventChanged, FieldPublic, said[c.ticket.Public], said[title != ""])
	if old := c.ticket.PublicTitle; old != "" {
		event.Digest = c.desk.seal(FieldPublic, old)
		if err := c.keep(ctx, FieldPublic, 0, old); err != nil {
			return err
		}
	}
	c.ticket.Public, c.ticket.PublicTitle = title != "", title
	return nil
}
