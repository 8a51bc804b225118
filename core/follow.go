package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core/action"
	"helpdesk.campus/core/query"
)

type followStore interface {
	// Rating reads what the reporter said of the work, if anything.
	Rating(ctx context.Context, id TicketID) (Rating, error)
	SaveRating(ctx context.Context, id TicketID, r Rating) error
	// Look marks how far a reader has read, and returns how far that was before. The mark may be lost
	// with the server: it stands alone, never within a transaction.
	Look(ctx context.Context, id TicketID, reader string, upTo MessageID, now time.Time) (MessageID, error)
	// News counts what staff said after a reader's marks, for tickets that have any.
	News(ctx context.Context, reader string, ids []TicketID) (map[TicketID]int, error)
	// ViewedSince reads of which of the tickets a viewing by somebody is in the history after a time.
	ViewedSince(ctx context.Context, ids []TicketID, user UserID, since time.Time) ([]TicketID, error)
	// SaveHistoryEnds keeps where locked tickets' histories end, and changes nothing else of them.
	SaveHistoryEnds(ctx context.Context, ends []HistoryEnd) error
	InsertLink(ctx context.Context, id TicketID, hash []byte, now time.Time) error
	// RevokeLinks ends all private links of a ticket but one.
	RevokeLinks(ctx context.Context, id TicketID, except []byte, now time.Time) error
}

// HistoryEnd is where a ticket's history ends.
type HistoryEnd struct {
	Ticket TicketID
	Seq    int
	Chain  []byte
}

// Rating is what the reporter says of the work on a closed ticket.
type Rating struct {
	Stars   int // 1 to 5
	Body    string
	Changed bool // once it was something else
	At      time.Time
}

const maxRating = 5

// Rate says whether the work on a closed ticket was good, and may be changed once while the ticket can be
// reopened. A ticket that was closed again is asked about anew.
func (d *Desk) Rate(ctx context.Context, who Actor, id TicketID, stars int, body string) (Ticket, error) {
	body = cleanBlock(body)
	var wrong problems
	if stars < 1 || stars > maxRating {
		wrong.add("stars", "rating_missing")
	}
	checkBody(&wrong, "body", body, false)
	if err := wrong.err(); err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, 0, action.Rate, func(ctx context.Context, c *command) error {
		before, err := c.tx.Rating(ctx, id)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return fmt.Errorf("read rating: %w", err)
		}
		rating := Rating{Stars: stars, Body: body, At: c.now}
		if current := before.ofThisTime(&c.ticket); current {
			if before.Stars == stars && before.Body == body {
				return nil // sent twice
			}
			if before.final(&c.ticket, c.now) {
				return forbidden("rating_final")
			}
			rating.Changed = true
		}
		if before.Body != "" && before.Body != body {
			if err := c.keep(ctx, "rating", 0, before.Body); err != nil {
				return err
			}
		}
		if err := c.tx.SaveRating(ctx, id, rating); err != nil {
			return fmt.Errorf("write rating: %w", err)
		}
		from := ""
		if before.Stars != 0 {
			from = strconv.Itoa(before.Stars)
		}
		c.record(EventRated, "", from, strconv.Itoa(stars))
		return nil
	})
}

// ofThisTime reports whether the rating is of the work that ended when the ticket was closed last.
func (r Rating) ofThisTime(t *Ticket) bool { return r.Stars != 0 && !r.At.Before(t.ClosedAt) }

// final reports whether the rating can no longer be changed.
func (r Rating) final(t *Ticket, now time.Time) bool {
	return r.Changed || now.Sub(t.ClosedAt) > t.reopenTime()
}

// reopenTime is for how long after closing reporters may reopen a ticket.
func (t *Ticket) reopenTime() time.Duration {
	return time.Duration(t.Queue.ReopenDays) * 24 * time.Hour
}

// rate adds to a view of the ticket how its reporter found the work, if it is closed.
func (v *TicketView) rate(t *Ticket, r Rating, now time.Time) {
	if !t.IsClosed() || !r.ofThisTime(t) {
		return
	}
	v.Rating = r
	if v.May[action.Rate] == nil && r.final(t, now) {
		v.May[action.Rate] = forbidden("rating_final")
	}
}

// reader names who reads, for the marks of how far they have read; "" for who has none.
func (a Actor) reader() string {
	switch {
	case a.Kind == ActorUser:
		return "user:" + strconv.FormatInt(int64(a.User), 10)
	case a.Kind == ActorGuest:
		return "link:" + strconv.FormatInt(int64(a.Link), 10)
	}
	return ""
}

// Look notes that the actor has read a ticket as far as the view goes, and returns the newest message
// that they had seen before. The view is the proof that they may.
func (d *Desk) Look(ctx context.Context, who Actor, view *TicketView) (MessageID, error) {
	reader := who.reader()
	if reader == "" || len(view.Messages) == 0 {
		return 0, nil
	}
	newest := view.Messages[len(view.Messages)-1].ID
	before, err := d.store.Look(ctx, view.Ticket.ID, reader, newest, d.Now())
	if err != nil {
		return 0, fmt.Errorf("mark %s as read: %w", view.Ticket.ID, err)
	}
	if !view.AsStaff || who.Kind != ActorUser {
		return before, nil
	}
	fresh, err := d.store.SeeMentions(ctx, view.Ticket.ID, who.User, newest, d.Now())
	if err != nil {
		return 0, fmt.Errorf("mark mentions on %s as seen: %w", view.Ticket.ID, err)
	}
	if fresh {
		d.store.Ring(DirtyTicket(view.Ticket.ID)) // it leaves their inbox
	}
	return before, nil
}

// News counts for each of the tickets what staff have said since the actor last looked. Tickets without
// news are left out.
func (d *Desk) News(ctx context.Context, who Actor, tickets []Ticket) (map[TicketID]int, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	var ids []TicketID
	for i := range tickets {
		if p.scope.Owns(&tickets[i]) {
			ids = append(ids, tickets[i].ID)
		}
	}
	reader := who.reader()
	if reader == "" || len(ids) == 0 {
		return nil, nil
	}
	news, err := d.store.News(ctx, reader, ids)
	if err != nil {
		return nil, fmt.Errorf("count what is new: %w", err)
	}
	return news, nil
}

// viewingLasts is how long one line of history stands for the looking of one person.
const viewingLasts = time.Hour

// recordViewing writes into the history of a confidential ticket that somebody of the staff looks at it, and into that of each that is
// merged into it of which they are shown something too. It moves the tickets in nobody's list, and their reporters do not see it.
func (d *Desk) recordViewing(ctx context.Context, p *principal, t *Ticket, with ...Ticket) error {
	if p.Kind != ActorUser {
		return nil
	}
	var ids []TicketID
	for _, shown := range append([]Ticket{*t}, with...) {
		if shown.Confidential && !p.scope.Owns(&shown) && p.scope.Staffs(&shown) {
			ids = append(ids, shown.ID)
		}
	}
	fresh, err := unrecorded(ctx, d.store, p, ids, d.Now())
	if err != nil || len(fresh) == 0 {
		return err
	}
	err = d.store.InTx(ctx, func(tx Tx) error {
		c, err := d.begin(ctx, tx, p.Actor, order{ticket: t.ID, name: action.View})
		if err != nil {
			return err
		}
		fresh, err := unrecorded(ctx, tx, p, ids, c.now)
		if err != nil || len(fresh) == 0 {
			return err
		}
		family := []Ticket{c.ticket}
		if len(with) > 0 { // locked with the one that they are merged into
			merged, err := tx.MergedTickets(ctx, t.ID)
			if err != nil {
				return fmt.Errorf("read what is merged: %w", err)
			}
			family = append(family, merged...)
		}
		var parts []*command
		for _, member := range family {
			if slices.Contains(fresh, member.ID) {
				parts = append(parts, &command{desk: d, tx: tx, who: c.who, id: c.id, now: c.now, before: member, ticket: member})
			}
		}
		return recordAside(ctx, tx, EventViewed, parts...)
	})
	if err != nil {
		return fmt.Errorf("record viewing of %s: %w", t.ID, err)
	}
	return nil
}

// unrecorded are those of the tickets whose histories do not yet say of this hour that the principal looks at them.
func unrecorded(ctx context.Context, store followStore, p *principal, ids []TicketID, now time.Time) ([]TicketID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	seen, err := store.ViewedSince(ctx, ids, p.user.ID, now.Add(-viewingLasts))
	if err != nil {
		return nil, fmt.Errorf("read viewings: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id TicketID) bool { return slices.Contains(seen, id) }), nil
}

// recordAside writes into the histories of locked tickets what changes nothing of them, and moves them in nobody's list.
func recordAside(ctx context.Context, tx Tx, kind EventKind, parts ...*command) error {
	var events []Event
	var ends []HistoryEnd
	for _, c := range parts {
		e := c.record(kind, "", "", "")
		e.Version, e.Seq = c.ticket.Version, c.ticket.LastSeq+1
		ends = append(ends, HistoryEnd{Ticket: c.ticket.ID, Seq: e.Seq, Chain: chain(c.ticket.Chain, c.events)})
		events = append(events, c.events...)
	}
	if err := tx.SaveHistoryEnds(ctx, ends); err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	return tx.AppendEvents(ctx, events)
}

// recordCode writes into the history of each confidential ticket of somebody that a code was made with which their account can be
// opened. Whoever has it reads what was said there, as its reporter; only the ticket's team may know that there is such a ticket,
// and so it is they who are told.
func (d *Desk) recordCode(ctx context.Context, tx Tx, issuer *principal, user UserID) (Dirty, error) {
	confidential := query.Term{Field: query.Is, Values: []query.Value{{Text: "confidential"}}}
	filter := Filter{Query: query.Query{Terms: []query.Term{confidential}}, Me: user, Clock: Clock{Now: d.Now(), Zone: d.Zone()}}
	var ids []TicketID
	for after, more := "", true; more; more = after != "" {
		found, err := tx.Tickets(ctx, Scope{Own: user}, filter, after, maxPage)
		if err != nil {
			return Dirty{}, fmt.Errorf("list what is confidential: %w", err)
		}
		for i := range found.Tickets {
			ids = append(ids, found.Tickets[i].ID)
		}
		after = found.Next
	}
	slices.Sort(ids) // so that two who make codes lock them in one order
	var told Dirty
	for _, id := range ids {
		c, err := d.beginAs(ctx, tx, issuer, order{ticket: id, name: action.View})
		if err != nil {
			return Dirty{}, err
		}
		if err := recordAside(ctx, tx, EventCode, c); err != nil {
			return Dirty{}, err
		}
		told.Merge(DirtyTicket(id))
	}
	return told, nil
}

// RenewLink makes a new private link for a ticket and ends those before it. Sent twice with the same key
// it answers with the same link.
func (d *Desk) RenewLink(ctx context.Context, who Actor, id TicketID, key string) (string, error) {
	once, err := d.onceKey(who, "renew", key)
	if err != nil {
		return "", err
	}
	token := d.linkToken(once)
	_, err = d.change(ctx, who, id, 0, action.RenewLink, func(ctx context.Context, c *command) error {
		if _, of, err := c.tx.LinkByHash(ctx, hashToken(token)); err == nil {
			if of != id { // another ticket's link was made with the same key
				return refuse("form", "form_key")
			}
			return nil // sent twice
		} else if !errors.Is(err, ErrNoRow) {
			return fmt.Errorf("look up link: %w", err)
		}
		if err := c.tx.InsertLink(ctx, id, hashToken(token), c.now); err != nil {
			return fmt.Errorf("write link: %w", err)
		}
		if err := c.tx.RevokeLinks(ctx, id, hashToken(token), c.now); err != nil {
			return fmt.Errorf("end links: %w", err)
		}
		c.record(EventLinkRenewed, "", "", "")
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// RenewedLink finds the link that was made with a form, for whoever sends that form once more after it
// has ended the link that they came by. The form's key is what proves that it is theirs.
func (d *Desk) RenewedLink(ctx context.Context, key string) (string, bool) {
	random, _, ok := strings.Cut(key, ".")
	if !ok || random == "" {
		return "", false
	}
	token := d.linkToken("renew:" + random)
	_, _, err := d.store.LinkByHash(ctx, hashToken(token))
	return token, err == nil
}

// RevokeLink ends all private links of a ticket. Whoever has no account opens it no more.
func (d *Desk) RevokeLink(ctx context.Context, who Actor, id TicketID) error {
	_, err := d.change(ctx, who, id, 0, action.RevokeLink, func(ctx context.Context, c *command) error {
		if err := c.tx.RevokeLinks(ctx, id, nil, c.now); err != nil {
			return fmt.Errorf("end links: %w", err)
		}
		c.record(EventLinkRevoked, "", "", "")
		return nil
	})
	return err
}
