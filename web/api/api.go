package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
)

// Prefix is where the operations are.
const Prefix = "/api/v1"

// Options are what the API needs to know of the installation.
type Options struct {
	Address func(*http.Request) string // where a request came from
	Logger  *slog.Logger
	Recheck time.Duration   // how often what waits asks whether the caller may still be there; 4 s if 0
	Closing <-chan struct{} // closed when the server stops: what waits ends then
}

// API answers programs. It is safe for concurrent use.
type API struct {
	desk  *core.Desk
	words *text.Catalogue
	opts  Options
	mux   *http.ServeMux
	huma  huma.API
	done  map[action.Name]bool
	spec  []byte

	sections []section // of the page for people
	template *template.Template
	page     atomic.Pointer[referencePage]
}

// New makes the API of a desk.
func New(desk *core.Desk, words *text.Catalogue, opts Options) (*API, error) {
	if opts.Recheck == 0 {
		opts.Recheck = 4 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{desk: desk, words: words, opts: opts, mux: http.NewServeMux(), done: map[action.Name]bool{}}
	a.huma = humago.New(a.mux, a.config())
	a.tickets()
	a.actions()
	a.relations()
	a.macros()
	a.messages()
	a.files()
	a.events()
	a.place()
	a.savedViews()
	a.calendar()
	a.exports()
	a.people()
	a.administration()
	a.reports()
	if err := a.finish(); err != nil {
		return nil, err
	}
	a.mux.HandleFunc("GET /api/openapi.json", a.document)
	a.mux.HandleFunc("GET /api", a.reference)
	a.mux.HandleFunc("GET /api/{$}", a.reference)
	return a, nil
}

func (a *API) config() huma.Config {
	format := huma.Format{Marshal: marshal, Unmarshal: json.Unmarshal}
	document := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "helpdesk.campus", Version: "1", Description: about,
			License: &huma.License{Name: "See LICENSE in the source", Identifier: "LicenseRef-helpdesk-campus"},
			Contact: &huma.Contact{Name: "The helpdesk of this campus", URL: "https://helpdesk.campus"},
		},
		Servers: []*huma.Server{{URL: "/", Description: "This helpdesk"}},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {
				Type: "http", Scheme: "bearer", BearerFormat: "hd_…", Description: "A personal token, made on the page under Your account or with: ssh HOST token new",
			}},
		},
		Security: []map[string][]string{{"token": {}}},
	}
	return huma.Config{
		OpenAPI: document, Formats: map[string]huma.Format{"application/json": format, "json": format}, DefaultFormat: "application/json",
		RejectUnknownQueryParameters: true, Transformers: []huma.Transformer{a.transform},
	}
}

// marshal writes JSON that a terminal may show: text of people is in it.
func marshal(w io.Writer, v any) error {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	_, err := w.Write(plain.EscapeJSON(raw.Bytes()))
	return err
}

// Actions are the actions of the helpdesk that some operation does.
func (a *API) Actions() map[action.Name]bool { return a.done }

// ServeHTTP answers one request. Nothing here answers another site's scripts: no header allows them to read, and no
// cookie says who asks.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Authorization, Accept-Language")
	defer a.recover(w, r)
	if tag := r.Header.Get("If-None-Match"); tag != "" {
		w = &conditional{ResponseWriter: w, has: strings.TrimPrefix(tag, "W/")}
	}
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.unrouted(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, Prefix) {
		// What is long says so itself; all else is over soon.
		r.Body = http.MaxBytesReader(w, r.Body, a.desk.MaxFile(core.DoorAPI)+1)
	}
	a.mux.ServeHTTP(w, r)
}

// unrouted answers what no operation does: the path is unknown, or its method is.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request) {
	words := a.words.For(r.Header.Get("Accept-Language"), "en")
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := a.mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		write(w, problem(http.StatusMethodNotAllowed, "method", words.T("api.method", "Methods", strings.Join(allowed, ", "))))
		return
	}
	write(w, problem(http.StatusNotFound, "path", words.T("api.path")))
}

func (a *API) recover(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // it is thrown as it is
		panic(cause) //nolint:forbidigo // the server's own way to give up a connection
	}
	a.opts.Logger.ErrorContext(r.Context(), "api panicked", "route", r.Pattern, "cause", fmt.Sprint(cause))
	write(w, a.problemOf(a.words.For("en"), fmt.Errorf("panic: %v", cause)))
}

func write(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = marshal(w, p)
}

// conditional leaves out an answer that the caller has already.
type conditional struct {
	http.ResponseWriter
	has  string
	skip bool
}

// WriteHeader says that nothing has changed, if so.
func (w *conditional) WriteHeader(status int) {
	if w.skip = status == http.StatusOK && w.Header().Get("ETag") == w.has; w.skip {
		w.Header().Del("Content-Type")
		status = http.StatusNotModified
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes nothing of what has not changed.
func (w *conditional) Write(b []byte) (int, error) {
	if w.skip {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *conditional) Unwrap() http.ResponseWriter { return w.ResponseWriter }
