package web

import (
	"fmt"
	"net/http"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// ticketsPage is the section View Tickets.
type ticketsPage struct {
	Working   core.Page // open and active
	Closed    core.Page
	News      map[core.TicketID]int
	Following []core.KnownIssue
	Reference string // what was looked for and not found
}

// tickets lists what the caller reported, and finds a ticket of theirs by its reference.
func (h *Handler) tickets(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	p := page{Title: c.words.T("tickets.title"), Section: "tickets"}
	var data ticketsPage
	status := http.StatusOK
	if asked := fromQuery(r, "reference", 40); asked != "" {
		ref, ok := core.ParseReference(asked)
		if ok {
			if _, err := h.desk.TicketByReference(r.Context(), c.actor, ref); err == nil {
				goTo(w, r, "/tickets/"+string(ref))
				return nil
			} else if core.KindOf(err) != core.NotFound {
				return fmt.Errorf("find ticket: %w", err)
			}
		}
		status, data.Reference = http.StatusNotFound, asked
		p.Problems = []problem{{Field: "reference", Words: c.words.T("tickets.find.nothing")}}
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	}
	if c.signedIn() {
		var err error
		if data.Working, err = h.mine(r, c, "status:open|active", "after"); err != nil {
			return err
		}
		if data.Closed, err = h.mine(r, c, "status:closed", "closed"); err != nil {
			return err
		}
		if data.Following, err = h.desk.Following(r.Context(), c.actor); err != nil {
			return fmt.Errorf("list what is followed: %w", err)
		}
	}
	if c.signedIn() {
		var err error
		if data.News, err = h.news(r, c, data.Working.Tickets, data.Closed.Tickets); err != nil {
			return err
		}
	}
	p.Data = data
	if status == http.StatusOK && c.signedIn() {
		return h.showOnce(w, r, c, c.actor, "tickets", p)
	}
	h.show(w, r, c, status, "tickets", p)
	return nil
}

// mine reads one page of the caller's own tickets.
func (h *Handler) mine(r *http.Request, c *caller, which, cursor string) (core.Page, error) {
	q, err := query.Parse(which + " sort:-updated")
	if err != nil {
		return core.Page{}, fmt.Errorf("read query: %w", err)
	}
	page, err := h.desk.Tickets(r.Context(), c.actor, core.ListRequest{
		Query: q, Mine: true, Limit: 25, After: fromQuery(r, cursor, 200),
	})
	if err != nil {
		return core.Page{}, fmt.Errorf("list tickets: %w", err)
	}
	return page, nil
}
