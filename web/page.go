package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

//go:embed templates
var templates embed.FS

// pages are the parsed templates, by name.
type pages map[string]*template.Template

func readPages() (pages, error) {
	names := []string{"report", "sent", "tickets", "ticket", "again", "link-ended", "correct", "sign-in", "sign-up", "new-password", "account", "help", "failed", "known", "me-too", "steps-kind", "steps-place", "steps-known", "steps-what", "steps-you", "steps-review", "staff-work", "staff-ticket"}
	base, err := template.New("").Funcs(template.FuncMap{"links": links, "dict": dict, "slots": slots, "place": place, "attention": attentionWords}).ParseFS(templates, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}
	all := make(pages, len(names))
	for _, name := range names {
		layout, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy the layout: %w", err)
		}
		if all[name], err = layout.ParseFS(templates, "templates/"+name+".html"); err != nil {
			return nil, fmt.Errorf("read page %s: %w", name, err)
		}
	}
	return all, nil
}

// page is what every template is given. What belongs to one page alone is its Data.
type page struct {
	Title    string
	Section  string // which section of the navigation this is in: report, tickets, help, account
	Key      string // form key
	Form     string // id of the form whose typed words outlive a change of the language, "" if the page has none
	Done     string // what has just been done, in words
	Problems []problem
	NotSent  string // why a report has not arrived, although nothing is wrong with it
	Data     any

	words text.Language
	h     *Handler
	c     *caller
}

// T gives one of our texts in the reader's language.
func (p page) T(id string, values ...any) string { return p.words.T(id, values...) }

// Lang is the page's language, and Dir the direction it is written in.
func (p page) Lang() string { return p.words.Tag() }

// Dir is the direction in which the page is written.
func (p page) Dir() string { return p.words.Dir() }

// Campus is the name of the place.
func (p page) Campus() string { return p.h.desk.Name() }

// Demo reports whether this is a demonstration.
func (p page) Demo() bool { return p.h.opts.Demo }

// Emergency is the number to call in danger.
func (p page) Emergency() string { return p.h.opts.Emergency }

// Phone is the helpdesk's telephone number.
func (p page) Phone() string { return p.h.opts.Phone }

// Email is the helpdesk's address.
func (p page) Email() string { return p.h.opts.Email }

// Style is the address of the stylesheet; it changes with its content.
func (p page) Style() string { return "/style.css?v=" + p.h.style.version }

// SignedIn reports whether the reader has signed in.
func (p page) SignedIn() bool { return p.c.signedIn() }

// Staff reports whether the reader works here.
func (p page) Staff() bool { return p.c.isStaff() }

// Me is the reader's name.
func (p page) Me() string { return p.c.user.Name }

// Problem is what is wrong with a field, or "".
func (p page) Problem(field string) string {
	for _, wrong := range p.Problems {
		if wrong.Field == field {
			return wrong.Words
		}
	}
	return ""
}

// When gives a time in words, with the exact one beside it for machines.
func (p page) When(t time.Time) moment { return p.h.moment(p.words, t) }

// Date gives the day and the time of day.
func (p page) Date(t time.Time) moment { return p.h.date(p.words, t) }

// dict makes the argument of a part that needs more than one value.
func dict(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// place says where a ticket is.
func place(t core.Ticket) string { return t.PlaceWords() }

func (h *Handler) render(name string, c *caller, p page) ([]byte, error) {
	p.words, p.h, p.c = c.words, h, c
	var out bytes.Buffer
	if err := h.pages[name].ExecuteTemplate(&out, "layout", p); err != nil {
		return nil, fmt.Errorf("make page %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// show answers with a page.
func (h *Handler) show(w http.ResponseWriter, r *http.Request, c *caller, status int, name string, p page) {
	body, err := h.render(name, c, p)
	if err != nil {
		h.logger.ErrorContext(r.Context(), "page failed", "route", r.Pattern, "error", err)
		http.Error(w, c.words.T("failed.internal"), http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	w.Header().Set("Content-Language", c.words.Tag())
	send(w, r, status, "text/html; charset=utf-8", body)
}

// showOnce answers with a page, or with nothing when the reader already has it as it is. Form keys,
// which are new each time, are left out of the comparison.
func (h *Handler) showOnce(w http.ResponseWriter, r *http.Request, c *caller, who core.Actor, name string, p page) error {
	key, err := h.desk.NewFormKey(who)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	body, err := h.render(name, c, p)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if matches(r, tag) {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	p.Key = key
	h.show(w, r, c, http.StatusOK, name, p)
	return nil
}

func matches(r *http.Request, tag string) bool {
	for candidate := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// send writes an answer, compressed for those who read that. What is secret in our pages is a form
// key that is new on each of them, so that its length tells nothing.
func send(w http.ResponseWriter, r *http.Request, status int, media string, body []byte) {
	header := w.Header()
	header.Set("Content-Type", media)
	if header.Get("Vary") == "" {
		header.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	}
	if len(body) > 1024 && acceptsGzip(r) {
		header.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever has gone away needs no answer
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.ReplaceAll(quality, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, _ = zip.Write(body) // a buffer takes everything
	_ = zip.Close()
	return out.Bytes()
}

// goTo answers a form that was done with the page to read next.
func goTo(w http.ResponseWriter, r *http.Request, path string, query ...string) {
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	http.Redirect(w, r, path, http.StatusSeeOther) //nolint:gosec // callers give paths of ours: see safeNext
}
