package web

import (
	"fmt"
	"net/http"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// correctPage is what the form for putting a report right shows.
type correctPage struct {
	reportPage
	Path    string
	Version int
}

// asReported gives a ticket as the form has it.
func (h *Handler) asReported(r *http.Request, o *opened) (reportFields, error) {
	t := &o.view.Ticket
	fields := reportFields{Title: t.Title, Category: t.Category.ID}
	if len(o.view.Messages) > 0 {
		fields.Description = o.view.Messages[0].Body
	}
	var err error
	fields.Building, fields.Room, err = h.placeFields(r.Context(), o.actor, t)
	return fields, err
}

// correctable opens a ticket that its reporter may put right.
func (h *Handler) correctable(w http.ResponseWriter, r *http.Request, c *caller) (*opened, error) {
	o, err := h.open(w, r, c)
	if err != nil {
		return nil, err
	}
	if refused := o.view.May[action.Correct]; refused != nil {
		return nil, refused
	}
	if !o.owned(c) {
		return nil, core.Missing("ticket")
	}
	return o, nil
}

// correctForm shows the form, filled with the report.
func (h *Handler) correctForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	o, err := h.correctable(w, r, c)
	if err != nil {
		return err
	}
	fields, err := h.asReported(r, o)
	if err != nil {
		return err
	}
	return h.showCorrect(w, r, c, o, fields, nil)
}

func (h *Handler) showCorrect(w http.ResponseWriter, r *http.Request, c *caller, o *opened, fields reportFields, cause error) error {
	data, err := h.fillReport(r.Context(), o.actor, fields)
	if err != nil {
		return err
	}
	key, err := h.desk.NewFormKey(o.actor)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	p := page{
		Title: c.words.T("correct.title"), Section: "tickets", Key: key, Form: "correct",
		Data: correctPage{reportPage: data, Path: o.path, Version: o.view.Ticket.Version},
	}
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
		p.Problems = reportProblems(c.problems(cause))
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	}
	h.show(w, r, c, status, "correct", p)
	return nil
}

// correct puts the report right. Only what was changed on the form is sent on, so that it is in the
// way of nothing that others changed meanwhile.
func (h *Handler) correct(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	o, err := h.correctable(w, r, c)
	if err != nil {
		return err
	}
	was, err := h.asReported(r, o)
	if err != nil {
		return err
	}
	is := readReport(f)
	if h.switched(w, r, c, f) {
		o.view.Ticket.Version = version(f) // what was typed is still about the report as it was then
		return h.showCorrect(w, r, c, o, is, nil)
	}
	if err = h.desk.CheckFormKey(o.actor, f.get("key")); err == nil {
		_, err = h.desk.Correct(r.Context(), o.actor, o.view.Ticket.ID, version(f), difference(was, is))
	}
	switch core.KindOf(err) {
	case "":
		goTo(w, r, o.path, "done", "correct")
		return nil
	case core.Invalid, core.Conflict:
		return h.showCorrect(w, r, c, o, is, err)
	default:
		return err
	}
}

func difference(was, is reportFields) core.Correction {
	var change core.Correction
	if is.Title != was.Title {
		change.Title = &is.Title
	}
	if sameText(is.Description) != sameText(was.Description) {
		change.Description = &is.Description
	}
	if is.Building != was.Building || is.Room != was.Room {
		change.Where = &core.Where{Building: is.Building, Room: is.Room}
	}
	if is.Category != was.Category {
		change.Category = &is.Category
	}
	return change
}
