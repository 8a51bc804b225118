package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// rating is what the page asks about a closed ticket, and what its reporter answered.
type rating struct {
	Asked bool
	Stars int // as given, or as picked on a form that came back
	Given int
	Body  string
	Final bool
}

// Choices are the answers, the best first.
func (rating) Choices() []int { return []int{5, 4, 3, 2, 1} }

// ratingOf says what to ask about the ticket.
func ratingOf(v *core.TicketView) rating {
	r := v.Rating
	return rating{Asked: v.Allows(action.Rate), Stars: r.Stars, Given: r.Stars, Body: r.Body, Final: r.Stars != 0 && !v.Allows(action.Rate)}
}

// rate says whether it was fixed.
func (h *Handler) rate(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.act(w, r, c, "rate", func(o *opened, f form) error {
		stars, err := strconv.Atoi(f.get("stars"))
		if err != nil {
			stars = 0 // the desk says what is missing
		}
		_, err = h.desk.Rate(r.Context(), o.actor, o.view.Ticket.ID, stars, f.get("body"))
		return err
	})
}

// markNews notes that the reader has seen the conversation, and marks where what is new to them begins.
// A page is worth showing even where that cannot be noted.
func (h *Handler) markNews(r *http.Request, o *opened, data *ticketPage) {
	if !data.Owned {
		return
	}
	before, err := h.desk.Look(r.Context(), o.actor, &o.view)
	if err != nil {
		h.logger.WarnContext(r.Context(), "reading not marked", "error", err)
		return
	}
	for i := range data.Lines {
		if m := data.Lines[i].Message; m != nil && m.Side == core.StaffSide && m.ID > before {
			data.Lines[i].FirstNew = data.New == 0
			data.New++
		}
	}
}

// news counts for the tickets of a list what has been said since the reader last looked.
func (h *Handler) news(r *http.Request, c *caller, lists ...[]core.Ticket) (map[core.TicketID]int, error) {
	news, err := h.desk.News(r.Context(), c.actor, slices.Concat(lists...))
	if err != nil {
		return nil, fmt.Errorf("count what is new: %w", err)
	}
	return news, nil
}

// renew makes a new private link and leads to it. The one that the form was opened with ends, so that
// sending the form once more finds the new link by the form's key.
func (h *Handler) renew(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	o, err := h.open(w, r, c)
	if core.KindOf(err) == core.NotFound {
		if link, ok := h.desk.RenewedLink(r.Context(), f.get("key")); ok {
			goTo(w, r, "/t/"+link, "done", "renew")
			return nil
		}
	}
	if err != nil {
		return err
	}
	link, err := h.desk.RenewLink(r.Context(), o.actor, o.view.Ticket.ID, f.get("key"))
	if core.KindOf(err) == core.Invalid {
		return h.actAgain(w, r, c, o, f, "renew", err)
	}
	if err != nil {
		return err
	}
	goTo(w, r, "/t/"+link, "done", "renew")
	return nil
}

// revoke ends the private link.
func (h *Handler) revoke(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	o, err := h.open(w, r, c)
	if err != nil {
		return err
	}
	if err = h.desk.CheckFormKey(o.actor, f.get("key")); err == nil {
		err = h.desk.RevokeLink(r.Context(), o.actor, o.view.Ticket.ID)
	}
	if core.KindOf(err) == core.Invalid {
		return h.actAgain(w, r, c, o, f, "revoke", err)
	}
	if err != nil {
		return err
	}
	goTo(w, r, "/link-ended")
	return nil
}

// linkEnded says that a private link has ended.
func (h *Handler) linkEnded(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.show(w, r, c, http.StatusOK, "link-ended", page{Title: c.words.T("link.ended.title"), Section: "tickets"})
	return nil
}

// againPage is the form for what was closed long ago and has come back.
type againPage struct {
	Ticket      core.Ticket
	Path        string
	Title       string
	Description string
}

// mayReportAgain opens a ticket that its reporter may report again.
func (h *Handler) mayReportAgain(w http.ResponseWriter, r *http.Request, c *caller) (*opened, error) {
	o, err := h.open(w, r, c)
	if err != nil {
		return nil, err
	}
	if !o.owned(c) {
		return nil, core.Missing("ticket")
	}
	if refused := o.view.May[action.Again]; refused != nil {
		return nil, refused
	}
	return o, nil
}

// againForm shows the form, with what was reported then.
func (h *Handler) againForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	o, err := h.mayReportAgain(w, r, c)
	if err != nil {
		return err
	}
	return h.showAgain(w, r, c, o, againPage{Title: o.view.Ticket.Title}, "", nil)
}

func (h *Handler) showAgain(w http.ResponseWriter, r *http.Request, c *caller, o *opened, data againPage, key string, cause error) error {
	data.Ticket, data.Path = o.view.Ticket, o.path
	p := page{Title: c.words.T("again.title"), Section: "tickets", Key: key, Form: "again", Data: data}
	if key == "" || hasProblem(cause, "form") {
		var err error
		if p.Key, err = h.desk.NewFormKey(o.actor); err != nil {
			return fmt.Errorf("make form key: %w", err)
		}
	}
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
		h.complain(r.Context(), r, status, cause)
		sayWhen(w.Header(), cause)
		p.Problems = reportProblems(c.problems(cause))
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	}
	h.show(w, r, c, status, "again", p)
	return nil
}

// again files the new ticket. Whatever goes wrong, what was typed comes back.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	o, err := h.mayReportAgain(w, r, c)
	if err != nil {
		return err
	}
	data := againPage{Title: f.get("title"), Description: f.get("description")}
	if h.switched(w, r, c, f) {
		return h.showAgain(w, r, c, o, data, f.get("key"), nil)
	}
	receipt, err := h.desk.ReportAgain(r.Context(), o.actor, o.view.Ticket.ID, core.NewAgain{
		Key: f.get("key"), Title: data.Title, Description: data.Description, Language: c.words.Tag(),
	})
	if err != nil {
		return h.showAgain(w, r, c, o, data, f.get("key"), err)
	}
	path := "/tickets/" + string(receipt.Reference) + "/sent"
	if receipt.Link != "" {
		path = "/t/" + receipt.Link + "/sent"
	}
	goTo(w, r, path)
	return nil
}
