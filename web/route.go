package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/web/open311"
)

// How much a request may carry, by what is sent on it.
const (
	noBody    = 1 << 10   // nothing is expected
	fewFields = 16 << 10  // names and passwords
	longText  = 512 << 10 // a message of the greatest length, percent-encoded
)

// endpoint answers a request, or returns the error that becomes a page.
type endpoint func(w http.ResponseWriter, r *http.Request, c *caller) error

// route is one thing that can be asked of the page.
type route struct {
	pattern string // method and path, as the mux reads them
	limit   int64  // bytes of body
	do      endpoint
	same    bool // the same for everybody: who calls is not asked
}

// route fills the mux. Every path that people can reach stands here.
func (h *Handler) route() {
	h.routes = []route{
		{pattern: "GET /{$}", limit: noBody, do: h.reportForm},
		{pattern: "GET /report", limit: noBody, do: h.reportForm},
		{pattern: "POST /report", limit: withFiles, do: h.report},
		{pattern: "GET /report/steps", limit: noBody, do: h.stepsForm},
		{pattern: "POST /report/steps", limit: withFiles, do: h.takeStep},
		{pattern: "GET /r/{code}", limit: noBody, do: h.label},
		{pattern: "GET /known", limit: noBody, do: h.knownIssues},
		{pattern: "GET /known/{building}", limit: noBody, do: h.knownIssues},
		{pattern: "POST /me-too", limit: fewFields, do: h.meToo},
		{pattern: "GET /me-too/{issue}", limit: noBody, do: h.issue},
		{pattern: "GET /tickets", limit: noBody, do: h.tickets},

		{pattern: "GET /sign-in", limit: noBody, do: h.signInForm},
		{pattern: "POST /sign-in", limit: keptReport, do: h.signIn},
		{pattern: "GET /sign-up", limit: noBody, do: h.signUpForm},
		{pattern: "POST /sign-up", limit: keptReport, do: h.signUp},
		{pattern: "GET /new-password", limit: noBody, do: h.newPasswordForm},
		{pattern: "POST /new-password", limit: keptReport, do: h.newPassword},
		{pattern: "GET /account", limit: noBody, do: h.account},
		{pattern: "POST /account/notices", limit: fewFields, do: h.setNotices},
		{pattern: "POST /account/password", limit: fewFields, do: h.changePassword},
		{pattern: "POST /account/keys", limit: fewFields, do: h.addKey},
		{pattern: "POST /account/keys/revoke", limit: fewFields, do: h.revokeKey},
		{pattern: "POST /account/tokens", limit: fewFields, do: h.makeToken},
		{pattern: "POST /account/tokens/revoke", limit: fewFields, do: h.revokeToken},
		{pattern: "POST /account/sessions/end", limit: fewFields, do: h.endSession},
		{pattern: "POST /account/sessions/end-all", limit: fewFields, do: h.endSessions},
		{pattern: "POST /t/{link}/keep", limit: fewFields, do: h.keep},
		{pattern: "POST /sign-out", limit: fewFields, do: h.signOut},
		{pattern: "POST /language", limit: fewFields, do: h.language},

		{pattern: "GET /files/once/{token}", limit: noBody, do: h.onceFile, same: true},

		{pattern: "GET /help", limit: noBody, do: h.help},
		{pattern: "GET /style.css", limit: noBody, do: h.styleSheet, same: true},
		{pattern: "GET /favicon.svg", limit: noBody, do: h.favicon, same: true},
		{pattern: "GET /favicon.ico", limit: noBody, do: h.favicon, same: true},
		{pattern: "GET /robots.txt", limit: noBody, do: h.robots, same: true},
	}
	h.routes = append(h.routes,
		route{pattern: "POST /t/{link}/renew", limit: fewFields, do: h.renew},
		route{pattern: "POST /t/{link}/revoke", limit: fewFields, do: h.revoke},
		route{pattern: "GET /link-ended", limit: noBody, do: h.linkEnded},
	)
	// A ticket opens in two ways, with an account or with its private link; the pages are the same.
	for _, door := range []string{"/tickets/{reference}", "/t/{link}"} {
		h.routes = append(h.routes,
			route{pattern: "GET " + door, limit: noBody, do: h.ticket},
			route{pattern: "GET " + door + "/sent", limit: noBody, do: h.sent},
			route{pattern: "GET " + door + "/files/{id}/{name}", limit: noBody, do: h.file},
			route{pattern: "GET " + door + "/correct", limit: noBody, do: h.correctForm},
			route{pattern: "POST " + door + "/correct", limit: longText, do: h.correct},
			route{pattern: "POST " + door + "/reply", limit: withFiles, do: h.reply},
			route{pattern: "POST " + door + "/withdraw", limit: fewFields, do: h.withdraw},
			route{pattern: "POST " + door + "/reopen", limit: longText, do: h.reopen},
			route{pattern: "POST " + door + "/rate", limit: longText, do: h.rate},
			route{pattern: "GET " + door + "/again", limit: noBody, do: h.againForm},
			route{pattern: "POST " + door + "/again", limit: longText, do: h.again},
		)
	}
	h.routes = append(h.routes, h.staffRoutes()...)
	h.mux = http.NewServeMux()
	for _, rt := range h.routes {
		h.mux.Handle(rt.pattern, h.endpoint(rt))
	}
}

// Routes lists the patterns of everything that can be asked of the page.
func (h *Handler) Routes() []string {
	patterns := make([]string, len(h.routes))
	for i, rt := range h.routes {
		patterns[i] = rt.pattern
	}
	return patterns
}

// endpoint finds out who calls, and turns an error into a page.
func (h *Handler) endpoint(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, rt.limit)
		if !slow(rt, r) {
			ctx, cancel := context.WithTimeout(r.Context(), answerPatience)
			defer cancel()
			r = r.WithContext(ctx)
		}
		c := h.nobody(r)
		if !rt.same {
			c = h.caller(w, r)
		}
		if err := rt.do(w, r, c); err != nil {
			if errors.Is(err, context.DeadlineExceeded) && core.KindOf(err) == core.Internal {
				err = core.Unreachable(err)
			}
			h.fail(w, r, c, err)
		}
	})
}

// answerPatience is how long people wait for a page before they are told to come back.
const answerPatience = 10 * time.Second

// slow requests send or fetch files, which takes as long as the line needs.
func slow(rt route, r *http.Request) bool {
	return strings.Contains(rt.pattern, "/files/") || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.logged(w, r, func(w http.ResponseWriter) {
		h.protect(w.Header())
		if r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") {
			h.api.ServeHTTP(w, r) // no cookie counts there, and so no other site can misuse one
			return
		}
		if strings.HasPrefix(r.URL.Path, open311.Prefix+"/") {
			h.city.ServeHTTP(w, r)
			return
		}
		if err := h.origins.Check(r); err != nil {
			h.fail(w, r, h.caller(w, r), refused(http.StatusForbidden, "cross_site"))
			return
		}
		handler, pattern := h.mux.Handler(r)
		if pattern == "" {
			h.unrouted(w, r, handler)
			return
		}
		h.mux.ServeHTTP(w, r)
	})
}

// unrouted answers what no route does. The mux knows whether the path exists for another method;
// its own answer is asked for, and given the form of a page.
func (h *Handler) unrouted(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	answer := &headersOnly{header: make(http.Header)}
	handler.ServeHTTP(answer, r)
	c := h.caller(w, r)
	if allow := answer.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		h.fail(w, r, c, refused(http.StatusMethodNotAllowed, "method"))
		return
	}
	h.fail(w, r, c, refused(http.StatusNotFound, "page_not_found"))
}

// headersOnly takes an answer and keeps nothing but its headers.
type headersOnly struct{ header http.Header }

func (a *headersOnly) Header() http.Header         { return a.header }
func (a *headersOnly) Write(b []byte) (int, error) { return len(b), nil }
func (a *headersOnly) WriteHeader(int)             {}
