package core

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"helpdesk.campus/core/action"
)

type ticketStore interface {
	// CreateTicket makes a ticket with its first message, its first event and all that belongs to it
	// in one statement, unless its key was used before: then it changes nothing and returns the
	// ticket that was made with it.
	CreateTicket(ctx context.Context, in TicketRecord) (Receipt, error)
	// LockTicket reads a ticket and keeps others from changing it until the transaction ends, with all that
	// is merged with it or with the others named.
	LockTicket(ctx context.Context, id TicketID, with ...TicketID) (Ticket, error)
	// LockClosing is LockTicket with all that closing the ticket closes too.
	LockClosing(ctx context.Context, id TicketID) (Ticket, error)
	// ClosingTickets reads what closing a ticket closes too, and what that is merged into.
	ClosingTickets(ctx context.Context, id TicketID) ([]Ticket, error)
	Ticket(ctx context.Context, id TicketID) (Ticket, error)
	TicketByReference(ctx context.Context, ref Reference) (TicketID, error)
	// UpdateTicket writes the properties of a locked ticket.
	UpdateTicket(ctx context.Context, t Ticket) error
	// Reindex makes the words of a ticket findable as they are now.
	Reindex(ctx context.Context, id TicketID) error
	Contact(ctx context.Context, id TicketID) (Contact, error)
	LinkByHash(ctx context.Context, hash []byte) (LinkID, TicketID, error)
}

// NewTicket is a report as somebody sends it.
type NewTicket struct {
	Key         string // from NewFormKey, or the caller's own; sending it twice makes one ticket
	Title       string
	Description string
	Category    CategoryID
	Where       Where
	Contact     Contact // of a guest; an account has its own
	Anonymous   bool    // no account, no address: the private link is the only way back
	Language    string
	Priority    Priority // staff may choose one; 0 takes the category's
}

// Receipt is the answer to a report.
type Receipt struct {
	Ticket    TicketID
	Reference Reference
	Link      string // token of the private link; "" for somebody with an account
	Repeated  bool   // the same report had arrived before
}

// TicketRecord is everything that is written when a ticket is made.
type TicketRecord struct {
	Once     string // key in the dedupe table
	Form     string // whose uploads go with it, "" for none
	Ticket   Ticket
	Contact  Contact
	Body     string
	Author   Person // who wrote the description, and on which side: its reporter, unless a side is given
	Side     Side
	LinkHash []byte // nil: no private link
	Event    Event
}

// Report files an issue. A report sent twice with the same key is one ticket, with the same answer.
func (d *Desk) Report(ctx context.Context, who Actor, in NewTicket) (Receipt, error) {
	p, err := d.lookUp(ctx, d.store, who)
	if err != nil {
		return Receipt{}, err
	}
	if refused := p.tokenAllows(action.Report); refused != nil {
		return Receipt{}, refused
	}
	if p.Kind == ActorKiosk {
		return Receipt{}, forbidden("not_yours")
	}
	if p.Kind == ActorGuest { // somebody else's link is open in the same browser: it lends no identity
		p = &principal{Actor: Anonymous(who.Door, who.Address), scope: Scope{Public: true}}
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return Receipt{}, err
	}
	record, err := d.checkReport(p, dir, in)
	if err != nil {
		return Receipt{}, err
	}
	if record.Once, err = d.onceKey(p.Actor, "report", in.Key); err != nil {
		return Receipt{}, err
	}
	if in.Key != "" {
		if record.Form, err = d.onceKey(p.Actor, "files", in.Key); err != nil {
			return Receipt{}, err
		}
	}
	link, err := d.finishRecord(p, &record)
	if err != nil {
		return Receipt{}, err
	}
	receipt, err := d.createOnce(ctx, p, record)
	if err != nil {
		return Receipt{}, fmt.Errorf("file report: %w", err)
	}
	receipt.Link = link
	if !receipt.Repeated {
		d.store.Ring(DirtyTicket(receipt.Ticket))
	}
	return receipt, nil
}

// createOnce files a checked report, unless its sender has sent too many. What was sent before is no
// further report, however often it is sent.
func (d *Desk) createOnce(ctx context.Context, p *principal, record TicketRecord) (Receipt, error) {
	if err := d.limitReport(ctx, p); err != nil {
		if receipt, before, lookErr := d.sentBefore(ctx, record.Once); before || lookErr != nil {
			return receipt, lookErr
		}
		return Receipt{}, err
	}
	return d.store.CreateTicket(ctx, record)
}

// checkReport turns the input into what is written, or says all that is wrong with it at once.
func (d *Desk) checkReport(p *principal, dir *directory, in NewTicket) (TicketRecord, error) {
	var wrong problems
	now := d.Now()
	t := Ticket{
		Version: 1, LastSeq: 1, Status: Open, Attention: NeedsStaff, AttentionAt: now,
		Title: cleanLine(in.Title), Door: p.Door, Language: cleanLine(in.Language),
		CreatedAt: now, UpdatedAt: now,
	}
	checkTitle(&wrong, t.Title)
	d.checkWhere(&wrong, dir, in.Where, &t)
	category, ok := dir.category(in.Category)
	switch {
	case in.Category == 0:
		wrong.add("category", "category_missing")
	case !ok || category.Archived || !dir.leaf(category.ID):
		wrong.add("category", "category_unknown")
	}
	t.Category, t.Confidential, t.Priority = category, category.Confidential, category.Priority
	t.Queue, _ = dir.queue(category.Queue)
	if in.Priority != 0 && p.isStaff() {
		t.Priority = in.Priority
	}
	body := cleanBlock(in.Description)
	checkBody(&wrong, "description", body, false)
	if body == "" {
		body = t.Title
	}
	contact := Contact{
		Name: cleanLine(in.Contact.Name), Email: cleanLine(in.Contact.Email), Phone: cleanLine(in.Contact.Phone),
	}
	switch {
	case in.Anonymous:
		t.Anonymous, contact = true, Contact{}
	case p.Kind == ActorUser:
		t.Reporter, t.CreatedBy, contact = p.user.Person(), p.user.Person(), Contact{}
	default:
		checkContact(&wrong, contact)
	}
	return TicketRecord{Ticket: t, Contact: contact, Body: body}, wrong.err()
}

// CheckReport says all that would be wrong with a report, and files nothing.
func (d *Desk) CheckReport(ctx context.Context, who Actor, in NewTicket) error {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return err
	}
	_, err = d.checkReport(p, dir, in)
	return err
}

// checkWhere needs a place it knows, or words.
func (d *Desk) checkWhere(wrong *problems, dir *directory, where Where, t *Ticket) {
	location, words := dir.resolve(Where{
		Building: cleanLine(where.Building), Room: cleanLine(where.Room), Words: cleanLine(where.Words),
	})
	t.Location, t.Place = location, words
	switch {
	case location.ID == 0 && words == "":
		wrong.add("building", "place_missing")
	case utf8.RuneCountInString(words) > MaxPlace:
		wrong.add("room", "place_too_long", "Max", MaxPlace)
	}
}

// firstEvent begins the ticket's history. The history of an anonymous report names nobody.
func (d *Desk) firstEvent(p *principal, t Ticket) (Event, error) {
	command, err := d.newCommand()
	if err != nil {
		return Event{}, err
	}
	event := Event{
		Stream: StreamTicket, Seq: 1, Version: 1, Command: command, Kind: EventCreated, To: t.Queue.Code,
		Actor: p.Kind, User: p.user.Person(), Key: p.Key, Door: p.Door, At: t.CreatedAt,
	}
	if t.Anonymous {
		event.Actor, event.User, event.Key = ActorAnonymous, Person{}, ""
	}
	return event, nil
}

// PlaceWords says where a ticket is, in one line.
func (t *Ticket) PlaceWords() string {
	parts := make([]string, 0, 3)
	for _, part := range []string{t.Location.Code, t.Location.Name, t.Place} {
		if part != "" && (len(parts) == 0 || parts[len(parts)-1] != part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}
