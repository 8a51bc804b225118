package web

import (
	"net/http"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// act is the frame of everything that is done to a ticket from its page: open it, read the form,
// check that it is a form of ours for this person, do it, and go back to the page.
func (h *Handler) act(w http.ResponseWriter, r *http.Request, c *caller, done string, do func(*opened, form) error) error {
	o, notOpen := h.open(w, r, c)
	if notOpen != nil {
		o = &opened{actor: c.actor}
	}
	f, err := h.readUpload(w, r, o.actor, done == "reply" && notOpen == nil)
	if notOpen != nil {
		return notOpen
	}
	if f.values == nil {
		return err
	}
	if err != nil {
		return h.actAgain(w, r, c, o, f, done, err)
	}
	if h.switched(w, r, c, f) {
		return h.actAgain(w, r, c, o, f, done, nil)
	}
	err = h.desk.CheckFormKey(o.actor, f.get("key"))
	if err == nil {
		err = do(o, f)
	}
	switch core.KindOf(err) {
	case "":
		goTo(w, r, o.path, "done", done)
		return nil
	case core.Invalid, core.Conflict, core.Forbidden:
		return h.actAgain(w, r, c, o, f, done, err)
	default:
		return err
	}
}

// actAgain shows the ticket as it is now, why nothing was done, and what was typed.
func (h *Handler) actAgain(w http.ResponseWriter, r *http.Request, c *caller, o *opened, f form, done string, cause error) error {
	view, err := h.desk.Ticket(r.Context(), o.actor, o.view.Ticket.ID)
	if err != nil {
		return err
	}
	o.view = view
	p := h.ticketPage(c, o)
	data, _ := p.Data.(ticketPage)
	switch {
	case done == "reopen" && data.May[string(action.Reopen)]:
		data.Reason = f.get("body")
	case done == "rate" && data.Rating.Asked:
		data.Rating.Body = f.get("body")
		data.Rating.Stars, _ = strconv.Atoi(f.get("stars"))
	default: // the words of a form that is no longer there are kept in the one for a reply
		data.Body = f.get("body")
	}
	if p.Key, err = h.keepKey(r.Context(), o.actor, f.nextKey()); err != nil {
		return err
	}
	data.Waiting = h.waiting(r.Context(), o.actor, p.Key)
	p.Data = data
	if cause == nil { // only its language was changed
		h.show(w, r, c, http.StatusOK, "ticket", p)
		return nil
	}
	p.Problems = c.problems(cause)
	for i, wrong := range p.Problems {
		switch wrong.Field {
		case "body":
			p.Problems[i].Field = done
		case "files", "stars":
		default:
			p.Problems[i].Field = ""
		}
	}
	p.Title = c.words.T("form.error_title", "Title", p.Title)
	h.show(w, r, c, statusOf(cause), "ticket", p)
	return nil
}

func version(f form) int {
	n, err := strconv.Atoi(f.get("version"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// reply says something on the ticket.
func (h *Handler) reply(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.act(w, r, c, "reply", func(o *opened, f form) error {
		_, err := h.desk.Reply(r.Context(), o.actor, o.view.Ticket.ID, core.NewMessage{Key: f.get("key"), Body: f.get("body")})
		return err
	})
}

// withdraw closes the reporter's own ticket. Pressing the button twice withdraws it once.
func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.act(w, r, c, "withdraw", func(o *opened, f form) error {
		if o.view.Ticket.Resolution == core.Withdrawn {
			return nil
		}
		_, err := h.desk.Withdraw(r.Context(), o.actor, o.view.Ticket.ID, version(f))
		return err
	})
}

// reopen takes a closed ticket up again. It is enough that somebody else just did, unless there are
// words to go with it.
func (h *Handler) reopen(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.act(w, r, c, "reopen", func(o *opened, f form) error {
		if !o.view.Ticket.IsClosed() && strings.TrimSpace(f.get("body")) == "" {
			return nil
		}
		_, err := h.desk.Reopen(r.Context(), o.actor, o.view.Ticket.ID, version(f), f.get("body"))
		return err
	})
}
