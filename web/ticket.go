package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// opened is a ticket that the caller may see, and as whom.
type opened struct {
	actor core.Actor
	view  core.TicketView
	path  string // of the ticket's page
	guest bool   // opened with the private link
}

// open finds the ticket of a page's address. Whatever the reason why it does not open, the answer is
// the same. On these pages staff see what they reported themselves: the console is where they work.
func (h *Handler) open(w http.ResponseWriter, r *http.Request, c *caller) (*opened, error) {
	ctx := r.Context()
	o := &opened{actor: c.actor}
	var id core.TicketID
	var err error
	if link := r.PathValue("link"); link != "" {
		keepSecret(w.Header())
		o.guest, o.path = true, "/t/"+link
		o.actor, id, err = h.desk.Guest(ctx, core.DoorWeb, link, c.actor.Address)
	} else {
		if c.trouble != nil {
			return nil, c.trouble
		}
		ref, ok := core.ParseReference(r.PathValue("reference"))
		if !ok {
			return nil, core.Missing("ticket")
		}
		o.path = "/tickets/" + string(ref)
		id, err = h.desk.TicketByReference(ctx, c.actor, ref)
	}
	if err != nil {
		return nil, err
	}
	if o.view, err = h.desk.Ticket(ctx, o.actor, id); err != nil {
		return nil, err
	}
	if t := &o.view.Ticket; o.view.AsStaff && t.Reporter.ID != c.user.ID && !t.Public {
		return nil, core.Missing("ticket")
	}
	return o, nil
}

// owned reports whether this is the reporter's own ticket.
func (o *opened) owned(c *caller) bool {
	return o.guest || c.signedIn() && o.view.Ticket.Reporter.ID == c.user.ID
}

// ticketPage is what the page of a ticket shows.
type ticketPage struct {
	Ticket  core.Ticket
	Path    string
	Guest   bool
	Owned   bool
	Status  []string // the status in plain words
	Lines   []entry
	Contact string
	Related []core.Ticket
	Body    string // what was typed and has not been sent
	Reason  string // the same, for reopening
	May     map[string]bool
	Keep    bool        // it could be added to an account
	TooLate string      // why it cannot be reopened
	Waiting []core.File // files that came with the reply before
	Again   bool        // it can be reported again instead
	New     int         // how many messages of staff the reader has not seen before
	Rating  rating
	Link    string // the whole private link, when it has just been made
}

// doneWords are what may stand in the address of a page to say what was done.
func doneWords() []string {
	return []string{"reply", "correct", "withdraw", "reopen", "rate", "renew", "keep"}
}

// ticket shows a ticket.
func (h *Handler) ticket(w http.ResponseWriter, r *http.Request, c *caller) error {
	o, err := h.open(w, r, c)
	if err != nil {
		return err
	}
	p := h.ticketPage(c, o)
	for _, done := range doneWords() {
		if r.URL.Query().Get("done") == done {
			p.Done = c.words.T("done." + done)
		}
	}
	data, _ := p.Data.(ticketPage)
	h.markNews(r, o, &data)
	if o.guest && r.URL.Query().Get("done") == "renew" {
		data.Link = h.opts.PublicURL.JoinPath(o.path).String()
	}
	p.Data = data
	return h.showOnce(w, r, c, o.actor, "ticket", p)
}

func (h *Handler) ticketPage(c *caller, o *opened) page {
	data := ticketPage{Path: o.path, Guest: o.guest, Owned: o.owned(c), Keep: keepable(o), Related: ownPages(o, c), May: make(map[string]bool)}
	if !data.Owned { // a public ticket says what and where, and not who
		o.view.Ticket.Assignee = core.Person{}
	}
	t := o.view.Ticket
	data.Ticket, data.Status = t, h.statusWords(c.words, &o.view)
	if data.Owned {
		data.Lines = h.timeline(c.words, &o.view)
		data.Rating = ratingOf(&o.view)
		data.Contact = contactWords(o.view.Contact)
		for _, name := range []action.Name{action.Reply, action.Correct, action.Withdraw, action.Reopen, action.RenewLink, action.RevokeLink} {
			data.May[string(name)] = o.view.Allows(name)
		}
		if why := o.view.May[action.Reopen]; why != nil && t.IsClosed() {
			data.TooLate = c.say(why)
			data.Again = o.view.Allows(action.Again)
		}
	}
	p := page{Title: t.Title + " · " + string(t.Reference), Section: "tickets", Data: data}
	if data.May[string(action.Reply)] {
		p.Form = "reply-form"
	}
	return p
}

// contactWords says how somebody without an account is reached.
func contactWords(contact core.Contact) string {
	known := slices.DeleteFunc([]string{contact.Name, contact.Email, contact.Phone}, func(s string) bool { return s == "" })
	return strings.Join(known, ", ")
}

// Replies is how many things were said after the report itself.
func (p ticketPage) Replies() int {
	said := 0
	for _, e := range p.Lines {
		if e.Message != nil {
			said++
		}
	}
	return max(0, said-1)
}

// ownPages leaves of the related tickets those that have a page for this reader.
func ownPages(o *opened, c *caller) []core.Ticket {
	var list []core.Ticket
	var near []core.Ticket
	for _, l := range o.view.Linked {
		near = append(near, l.Ticket)
	}
	for _, t := range append(near, o.view.Related...) {
		if slices.ContainsFunc(list, func(had core.Ticket) bool { return had.ID == t.ID }) {
			continue
		}
		if t.Public || c.signedIn() && t.Reporter.ID == c.user.ID {
			list = append(list, t)
		}
	}
	return list
}

// placeFields gives a ticket's place as the form has it: a building's code, and a room or words.
func (h *Handler) placeFields(ctx context.Context, who core.Actor, t *core.Ticket) (string, string, error) {
	_, buildings, err := h.lists(ctx, who)
	if err != nil {
		return "", "", err
	}
	if t.Location.ID == 0 {
		return "", t.Place, nil
	}
	for _, b := range buildings {
		if b.ID == t.Location.ID {
			return b.Code, t.Place, nil
		}
	}
	rooms, err := h.desk.Locations(ctx, who, t.Location.Code, 20)
	if err != nil {
		return "", "", err
	}
	room := t.Location.Code
	if t.Place != "" {
		room += ", " + t.Place
	}
	for _, l := range rooms {
		for _, b := range buildings {
			if l.ID == t.Location.ID && b.ID == l.Parent {
				return b.Code, room, nil
			}
		}
	}
	return "", room, nil
}
