package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"helpdesk.campus/core"
)

// step is one page of the report in steps.
type step string

// The steps, in their order. Whether something has been reported already is asked only if something
// like it is known.
const (
	stepKind   step = "kind"
	stepPlace  step = "place"
	stepKnown  step = "known"
	stepWhat   step = "what"
	stepYou    step = "you"
	stepReview step = "review"

	onOnePage step = "page" // not a step: the form that has everything
)

func steps() []step { return []step{stepKind, stepPlace, stepKnown, stepWhat, stepYou, stepReview} }

// fields are the inputs that a step shows; what the others have taken goes along hidden.
func (s step) fields() []string {
	switch s {
	case stepKind:
		return []string{"category"}
	case stepPlace:
		return []string{"building", "room", "asked", "meant"}
	case stepWhat:
		return []string{"title", "description"}
	case stepYou:
		return []string{"contact", "name", "anonymous"}
	default:
		return nil
	}
}

// stepPage is what a step shows.
type stepPage struct {
	reportPage
	Step   step
	Number int // of those with a number
	Of     int
	Carry  []carried
	Review bool // it goes back to the review when this is done
	Issues []core.KnownIssue
	Where  string // the place in words
	Kind   string // the category in words
}

// carried is an input of another step.
type carried struct{ Name, Value string }

// carry lists what was typed on other steps.
func (f *reportFields) carry(s step, review bool) []carried {
	shown := s.fields()
	list := []carried{
		{"category", strconv.FormatInt(int64(f.Category), 10)},
		{"building", f.Building},
		{"room", f.Room},
		{"asked", f.Asked},
		{"title", f.Title},
		{"description", f.Description},
		{"contact", f.Contact},
		{"name", f.Name},
	}
	if f.Anonymous {
		list = append(list, carried{"anonymous", "1"})
	}
	if review {
		list = append(list, carried{"review", "1"})
	}
	return slices.DeleteFunc(list, func(c carried) bool { return c.Value == "" || slices.Contains(shown, c.Name) })
}

// stepsForm begins a report in steps.
func (h *Handler) stepsForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	key, err := h.desk.NewFormKey(c.actor)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	fields := reportFields{Building: fromQuery(r, "building", core.MaxPlace), Room: fromQuery(r, "room", core.MaxPlace)}
	return h.showStep(w, r, c, stepKind, stepState{reportFields: fields, key: key})
}

// stepState is a report in steps between two pages.
type stepState struct {
	reportFields

	key    string
	review bool
	cause  error
}

// takeStep reads one step and shows the one that was asked for: the next, if nothing is wrong with
// this one, or one before, whatever was typed here. Nothing is kept but in the pages themselves.
func (h *Handler) takeStep(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := h.readUpload(w, r, c.actor, c.trouble == nil)
	if err != nil && f.values == nil {
		return err
	}
	state := stepState{reportFields: readReport(f), key: f.nextKey(), review: f.get("review") != "", cause: err}
	at := step(f.get("step"))
	if !slices.Contains(steps(), at) {
		at = stepKind
	}
	if c.trouble != nil {
		state.cause = c.trouble
	}
	if state.cause != nil || h.switched(w, r, c, f) {
		return h.showStep(w, r, c, at, state)
	}
	switch goal := step(f.get("go")); {
	case goal == onOnePage:
		return h.reportAgain(w, r, c, state.reportFields, state.key, nil)
	case goal == "back":
		return h.stepBack(w, r, c, at, state)
	case slices.Contains(steps(), goal):
		state.review = state.review || at == stepReview
		return h.showStep(w, r, c, goal, state)
	}
	return h.stepOn(w, r, c, at, state)
}

func (h *Handler) stepBack(w http.ResponseWriter, r *http.Request, c *caller, at step, state stepState) error {
	before := slices.Index(steps(), at) - 1
	if before >= 0 && steps()[before] == stepKnown {
		before--
	}
	return h.showStep(w, r, c, steps()[max(0, before)], state)
}

// stepOn goes to the next step, or stays where something is missing.
func (h *Handler) stepOn(w http.ResponseWriter, r *http.Request, c *caller, at step, state stepState) error {
	if at == stepKind && state.Category == 0 {
		if categories, _, err := h.lists(r.Context(), c.actor); err == nil {
			_, state.Category = lines(categories)
		}
	}
	if at == stepPlace {
		if state.cause = h.settle(r.Context(), c.actor, &state.reportFields); state.cause != nil {
			return h.showStep(w, r, c, at, state)
		}
	}
	if state.cause = h.checkSteps(r, c, state, at); state.cause != nil {
		return h.showStep(w, r, c, at, state)
	}
	next := steps()[min(slices.Index(steps(), at)+1, len(steps())-1)]
	if state.review && at != stepPlace {
		next = stepReview
	}
	if next == stepKnown {
		issues, err := h.desk.Reported(r.Context(), c.actor, state.Category, state.where(), state.Title)
		if err == nil && len(issues) > 0 {
			return h.showStep(w, r, c, stepKnown, state)
		}
		if next = stepWhat; state.review {
			next = stepReview
		}
	}
	if next == stepReview { // a step before may have been left out, or its page been kept for long
		for _, s := range []step{stepKind, stepPlace, stepWhat, stepYou} {
			if state.cause = h.checkSteps(r, c, state, s); state.cause != nil {
				return h.showStep(w, r, c, s, state)
			}
		}
	}
	return h.showStep(w, r, c, next, state)
}

// checkSteps says what the desk would find wrong with what one step shows.
func (h *Handler) checkSteps(r *http.Request, c *caller, state stepState, at step) error {
	err := h.desk.CheckReport(r.Context(), c.actor, state.newTicket("", c.words.Tag()))
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind != core.Invalid {
		return err
	}
	shown := at.fields()
	var here []core.Problem
	for _, p := range e.Problems {
		field := p.Field
		if field == "email" || field == "phone" {
			field = "contact"
		}
		if slices.Contains(shown, field) {
			here = append(here, p)
		}
	}
	if len(here) == 0 {
		return nil
	}
	return &core.Error{Kind: core.Invalid, Code: "invalid", Problems: here}
}

// showStep shows one page of the report.
func (h *Handler) showStep(w http.ResponseWriter, r *http.Request, c *caller, at step, state stepState) error {
	status := http.StatusOK
	if state.cause != nil {
		status = statusOf(state.cause)
		h.complain(r.Context(), r, status, state.cause)
	}
	form, err := h.fillReport(r.Context(), c.actor, state.reportFields)
	if err != nil && form.Lines == nil {
		return err
	}
	if hasProblem(state.cause, "form") {
		if state.key, err = h.keepKey(r.Context(), c.actor, state.key); err != nil {
			return err
		}
	}
	if at == stepWhat || at == stepReview {
		form.Waiting = h.waiting(r.Context(), c.actor, state.key)
	}
	data := stepPage{reportPage: form, Step: at, Review: state.review, Carry: state.carry(at, state.review), Of: len(steps()) - 1}
	if data.Number = slices.Index(steps(), at) + 1; data.Number > 2 {
		data.Number--
	}
	data.describe(form, c.words.Tag())
	if at == stepKnown {
		if data.Issues, err = h.desk.Reported(r.Context(), c.actor, state.Category, state.where(), state.Title); err != nil {
			return err
		}
	}
	if at == stepReview {
		if data.Issues, err = h.desk.Reported(r.Context(), c.actor, state.Category, state.where(), state.Title+" "+state.Description); err != nil {
			return err
		}
	}
	p := page{Title: c.words.T("steps." + string(at)), Section: "report", Key: state.key, Form: "steps", Data: data}
	switch {
	case status == http.StatusUnprocessableEntity, status == http.StatusRequestEntityTooLarge:
		p.Problems = reportProblems(c.problems(state.cause))
	case status != http.StatusOK:
		p.NotSent = c.say(state.cause)
	}
	if p.Problems != nil {
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	}
	sayWhen(w.Header(), state.cause)
	h.show(w, r, c, status, "steps-"+string(at), p)
	return nil
}

// describe says in words what was chosen.
func (p *stepPage) describe(form reportPage, language string) {
	for _, l := range form.Lines {
		for _, category := range l.Categories {
			if category.ID == form.Category {
				p.Kind = category.In(language).Name
			}
		}
	}
	p.Where = form.Room
	for _, s := range form.Sites {
		for _, b := range s.Buildings {
			if b.Code == form.Building {
				p.Where = b.Name
				if form.Room != "" {
					p.Where += ", " + form.Room
				}
			}
		}
	}
}
