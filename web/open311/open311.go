package open311

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// Prefix is where the standard's methods are.
const Prefix = "/open311/v2"

const maxForm = 128 << 10 // bytes of a report

// Options are what the door needs to know of the installation.
type Options struct {
	Address func(*http.Request) string // where a request came from
	Logger  *slog.Logger
}

// Handler serves Open311. It is safe for concurrent use.
type Handler struct {
	desk  *core.Desk
	words text.Language
	opts  Options
}

// New makes the door.
func New(desk *core.Desk, words *text.Catalogue, opts Options) *Handler {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{desk: desk, words: words.For("en"), opts: opts}
}

// fault is an error that the standard gives a form.
type fault struct {
	status int
	words  string
}

// Error gives the words.
func (f *fault) Error() string { return f.words }

// request is one call, taken apart.
type request struct {
	*http.Request
	format string // json or xml
	what   string // services, requests or tokens
	which  string // what stands behind it, "" for the list
	who    core.Actor
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := h.take(r)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	body, status, err := h.answer(w, call)
	if err != nil {
		body, status = h.refuse(w, call, err)
	}
	call.write(w, status, body)
}

func (h *Handler) take(r *http.Request) request {
	rest := strings.Trim(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	call := request{Request: r, format: "xml", who: core.Anonymous(core.DoorAPI, h.opts.Address(r))}
	for _, format := range []string{"json", "xml"} {
		if name, ok := strings.CutSuffix(rest, "."+format); ok {
			rest, call.format = name, format
		}
	}
	call.what, call.which, _ = strings.Cut(rest, "/")
	return call
}

func (h *Handler) answer(w http.ResponseWriter, call request) (any, int, error) {
	if call.Method == http.MethodPost && call.what == "requests" && call.which == "" {
		call.Body = http.MaxBytesReader(w, call.Body, maxForm)
		body, err := h.report(call)
		return body, http.StatusCreated, err
	}
	if call.Method != http.MethodGet && call.Method != http.MethodHead {
		w.Header().Set("Allow", "GET")
		return nil, 0, &fault{http.StatusMethodNotAllowed, "this address is read with GET"}
	}
	if err := h.desk.CountCall(call.Context(), call.who); err != nil {
		return nil, 0, err
	}
	var body any
	var err error
	switch {
	case call.what == "services" && call.which == "":
		body, err = h.services(call)
	case call.what == "services":
		body, err = h.definition(call)
	case call.what == "requests":
		body, err = h.requests(call)
	case call.what == "tokens" && call.which != "":
		body, err = h.token(call)
	default:
		err = &fault{http.StatusNotFound, "there is nothing at this address: services, services/CODE, requests, requests/ID and tokens/TOKEN are, in .json or .xml"}
	}
	return body, http.StatusOK, err
}

// refuse is the one function that gives an error its form. The standard knows 400, 401, 403 and 404.
func (h *Handler) refuse(w http.ResponseWriter, call request, err error) (any, int) {
	if f, ok := errors.AsType[*fault](err); ok {
		return faults{{Code: f.status, Description: f.words}}, f.status
	}
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind == core.Internal {
		h.opts.Logger.ErrorContext(call.Context(), "open311 failed", "error", err)
		return faults{{Code: http.StatusInternalServerError, Description: h.words.T("error.internal")}}, http.StatusInternalServerError
	}
	status := statusOf(e.Kind)
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	var list faults
	for _, wrong := range e.Problems {
		list = append(list, faultRow{Code: status, Description: wrong.Field + ": " + h.words.T("error."+wrong.Code, wrong.Args)})
	}
	if len(list) == 0 {
		list = faults{{Code: status, Description: h.words.T("error."+e.Code, e.Args)}}
	}
	return list, status
}

func statusOf(kind core.Kind) int {
	switch kind {
	case core.NotFound:
		return http.StatusNotFound
	case core.Forbidden, core.Unauthenticated:
		return http.StatusForbidden
	case core.Limited:
		return http.StatusTooManyRequests
	case core.Unavailable:
		return http.StatusServiceUnavailable
	case core.Invalid, core.Conflict, core.Internal:
	}
	return http.StatusBadRequest
}
