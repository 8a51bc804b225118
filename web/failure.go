package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"path"
	"strconv"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/web/api"
)

// refusal is an answer that the protocol asks for, and that the core knows nothing of.
type refusal struct {
	status int
	code   string // its words are "failed.<code>"
}

func refused(status int, code string) error { return &refusal{status, code} }

// Error gives the code, for logs.
func (e *refusal) Error() string { return fmt.Sprintf("%d %s", e.status, e.code) }

// statusOf gives an error its status, as the API does.
func statusOf(err error) int {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e.status
	}
	return api.StatusOf(err)
}

// say gives an error its words: what is wrong and how to go on.
func (c *caller) say(err error) string {
	if e, ok := errors.AsType[*refusal](err); ok {
		return c.words.T("failed." + e.code)
	}
	e, ok := errors.AsType[*core.Error](err)
	switch {
	case !ok, e.Kind == core.Internal:
		return c.words.T("failed.internal")
	case e.Kind == core.NotFound && e.Code != "file_link_not_found": // which was proof enough of having been here
		return c.words.T("failed.not_found")
	}
	return c.words.T("error."+e.Code, e.Args)
}

// problem is what is wrong with one field, in words.
type problem struct {
	Field string // id of the input on the page
	Words string
}

// problems gives what is wrong with an input its words, or, when the error is about no field,
// words of its own.
func (c *caller) problems(err error) []problem {
	e, ok := errors.AsType[*core.Error](err)
	if !ok || len(e.Problems) == 0 {
		return []problem{{Field: "", Words: c.say(err)}}
	}
	list := make([]problem, len(e.Problems))
	for i, p := range e.Problems {
		list[i] = problem{Field: p.Field, Words: c.words.T("error."+p.Code, p.Args)}
	}
	return list
}

// hasProblem reports whether an error is about that field.
func hasProblem(err error, field string) bool {
	e, ok := errors.AsType[*core.Error](err)
	if !ok {
		return false
	}
	for _, p := range e.Problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

// failed is what the page of an error shows.
type failed struct {
	Status int
	Title  string
	Words  string
	Saved  string // whether what was sent has been kept, for requests that send something
	Typed  string // the text that was sent, so that it is not lost
	Action string // where to send it again; "" when that would not help
	Key    string
	SignIn bool
	Ticket string // address of the ticket that it was about, for those who may see it
}

// fail is the one place where an error becomes a page.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, c *caller, err error) {
	status := statusOf(err)
	h.complain(r.Context(), r, status, err)
	sayWhen(w.Header(), err)
	c.back = "" // where nothing is, the address must not make a difference
	f := failed{
		Status: status, Title: c.words.T("failed.title." + strconv.Itoa(status)), Words: c.say(err),
		SignIn: !c.signedIn() && (status == http.StatusNotFound || status == http.StatusUnauthorized),
	}
	if core.KindOf(err) == core.Forbidden { // whoever may not see a ticket hears that there is none
		f.Ticket = safeNext(path.Dir(r.URL.Path))
	}
	switch {
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		if status >= http.StatusInternalServerError {
			f.Saved = c.words.T("failed.saved.before")
		}
	default:
		f.Saved = c.words.T("failed.saved.no")
		if r.PostForm != nil {
			f.Typed = form{values: r.PostForm}.get("body")
		}
		if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
			if status != http.StatusTooManyRequests {
				f.Saved = c.words.T("failed.saved.again")
			}
			if f.Typed != "" {
				f.Action, f.Key = r.URL.Path, form{values: r.PostForm}.get("key")
			}
		}
	}
	h.show(w, r, c, status, "failed", page{Title: f.Title, Data: f})
}

// complain logs what is the helpdesk's own fault.
func (h *Handler) complain(ctx context.Context, r *http.Request, status int, err error) {
	if status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		h.logger.ErrorContext(ctx, "page failed", "method", r.Method, "route", r.Pattern, "status", status, "error", err)
	}
}

// sayWhen tells clients when trying again makes sense.
func sayWhen(header http.Header, err error) {
	if e, ok := errors.AsType[*core.Error](err); ok && e.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(max(e.RetryAfter, time.Second).Seconds()))))
	}
}
