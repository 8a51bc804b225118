package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

// reportFields are a report as it is typed; what is wrong with it changes nothing of it.
type reportFields struct {
	Title       string
	Building    string // code
	Room        string // or the place in the reporter's words
	Category    core.CategoryID
	Description string
	Name        string
	Contact     string // e-mail address or telephone number
	Anonymous   bool
}

// reportPage is what the form shows.
type reportPage struct {
	reportFields
	Place  string // the building in words, when the address of the page gave it
	Sites  []site
	Lines  []line
	Unsure core.CategoryID
	Max    int
}

// Picked reports whether a category is the one that was chosen.
func (p reportPage) Picked(id core.CategoryID) bool { return p.Category == id }

// fillReport makes the page of a form with these fields.
func (h *Handler) fillReport(ctx context.Context, who core.Actor, fields reportFields) (reportPage, error) {
	categories, buildings, err := h.lists(ctx, who)
	p := reportPage{reportFields: fields, Sites: sites(buildings), Max: core.MaxTitle}
	p.Lines, p.Unsure = lines(categories)
	if p.Category == 0 {
		p.Category = p.Unsure
	}
	return p, err
}

// reportForm shows the form, with the place filled in if the address names one, as the labels on
// doors do. A place that is not known is kept as words.
func (h *Handler) reportForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	fields := reportFields{Room: fromQuery(r, "room", core.MaxPlace)}
	code := fromQuery(r, "building", core.MaxPlace)
	p, err := h.fillReport(r.Context(), c.actor, fields)
	if err != nil {
		return err
	}
	if code != "" {
		_, buildings, err := h.lists(r.Context(), c.actor)
		if err != nil {
			return err
		}
		if known, ok := building(buildings, code); ok {
			p.Building, p.Place = known.Code, known.Name
		} else {
			p.Room = strings.TrimSpace(code + " " + p.Room)
		}
	}
	key, err := h.desk.NewFormKey(c.actor)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	h.show(w, r, c, http.StatusOK, "report", page{Title: c.words.T("report.title"), Section: "report", Key: key, Data: p})
	return nil
}

func readReport(f form) reportFields {
	category, _ := strconv.ParseInt(f.get("category"), 10, 64)
	return reportFields{
		Title: f.get("title"), Building: f.get("building"), Room: f.get("room"), Category: core.CategoryID(category),
		Description: f.get("description"), Name: f.get("name"), Contact: f.get("contact"), Anonymous: f.get("anonymous") != "",
	}
}

// contact tells an e-mail address from a telephone number.
func (f reportFields) contact() core.Contact {
	contact := core.Contact{Name: f.Name}
	if reach := strings.TrimSpace(f.Contact); strings.ContainsAny(reach, "@") || !strings.ContainsAny(reach, "0123456789") {
		contact.Email = reach
	} else {
		contact.Phone = reach
	}
	return contact
}

// report takes a report. Whatever goes wrong, the form comes back with everything that was typed,
// and with the same key, so that sending it again cannot make a second ticket.
func (h *Handler) report(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	fields, key := readReport(f), f.get("key")
	if c.trouble != nil {
		return h.reportAgain(w, r, c, fields, key, c.trouble)
	}
	if fields.Category == 0 {
		if categories, _, err := h.lists(r.Context(), c.actor); err == nil {
			_, fields.Category = lines(categories)
		}
	}
	receipt, err := h.desk.Report(r.Context(), c.actor, core.NewTicket{
		Key: key, Title: fields.Title, Description: fields.Description, Category: fields.Category,
		Where: core.Where{Building: fields.Building, Room: fields.Room}, Contact: fields.contact(),
		Anonymous: fields.Anonymous, Language: c.words.Tag(),
	})
	if err != nil {
		return h.reportAgain(w, r, c, fields, key, err)
	}
	path := "/tickets/" + string(receipt.Reference) + "/sent"
	if receipt.Link != "" {
		path = "/t/" + receipt.Link + "/sent"
	}
	if receipt.Repeated {
		goTo(w, r, path, "again", "1")
		return nil
	}
	goTo(w, r, path)
	return nil
}

// reportAgain shows the form as it was sent, and why it was not taken.
func (h *Handler) reportAgain(w http.ResponseWriter, r *http.Request, c *caller, fields reportFields, key string, cause error) error {
	status := statusOf(cause)
	h.complain(r.Context(), r, status, cause)
	data, err := h.fillReport(r.Context(), c.actor, fields)
	if err != nil && data.Lines == nil {
		return cause // there is nothing to make a form of
	}
	if hasProblem(cause, "form") { // signed in or out since the form was shown, or made elsewhere
		if key, err = h.desk.NewFormKey(c.actor); err != nil {
			return fmt.Errorf("make form key: %w", err)
		}
	}
	p := page{Title: c.words.T("report.title"), Section: "report", Key: key, Data: data}
	if status == http.StatusUnprocessableEntity {
		p.Problems = reportProblems(c.problems(cause))
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	} else {
		p.NotSent = c.say(cause)
		p.Title = c.words.T("report.not_sent.title")
	}
	sayWhen(w.Header(), cause)
	h.show(w, r, c, status, "report", p)
	return nil
}

// reportProblems gives problems the names of the inputs on the page, which has one for reaching
// somebody where the core has two.
func reportProblems(list []problem) []problem {
	for i := range list {
		switch list[i].Field {
		case "email", "phone":
			list[i].Field = "contact"
		case "form":
			list[i].Field = "title"
		}
	}
	return list
}

// sentPage confirms a report.
type sentPage struct {
	Reference core.Reference
	Ticket    core.Ticket
	Link      string // the whole private link, for guests
	Path      string
	Again     bool // the same form had been sent before
	Building  string
	Room      string
	Anonymous bool
}

// sent confirms a report. It can be reloaded, kept and opened again.
func (h *Handler) sent(w http.ResponseWriter, r *http.Request, c *caller) error {
	open, err := h.open(w, r, c)
	if err != nil {
		return err
	}
	if !open.owned(c) {
		return core.Missing("ticket")
	}
	t := open.view.Ticket
	data := sentPage{
		Reference: t.Reference, Ticket: t, Path: open.path, Again: r.URL.Query().Get("again") != "", Anonymous: t.Anonymous,
	}
	if open.guest {
		data.Link = h.opts.PublicURL.JoinPath(open.path).String()
	}
	if data.Building, data.Room, err = h.placeFields(r.Context(), open.actor, &t); err != nil {
		return err
	}
	return h.showOnce(w, r, c, open.actor, "sent", page{Title: c.words.T("sent.title"), Section: "report", Data: data})
}
