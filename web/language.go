package web

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
)

// languageLife is how long a browser remembers the language that was chosen in it.
const languageLife = 365 * 24 * time.Hour

func (h *Handler) languageCookieName() string {
	if h.secure {
		return "__Host-lang"
	}
	return "lang"
}

// wishes are the languages that a request asks for, the strongest first: the one chosen on a page,
// then those the browser is set to. An account's own language comes before them.
func (h *Handler) wishes(r *http.Request) []string {
	var wishes []string
	if cookie, err := r.Cookie(h.languageCookieName()); err == nil {
		wishes = append(wishes, cookie.Value)
	}
	return append(wishes, r.Header.Values("Accept-Language")...)
}

func (h *Handler) speaks(tag string) bool { return slices.Contains(h.words.Languages(), tag) }

// speak makes a language the one of this answer, of this browser and, for somebody signed in, of
// the account.
func (h *Handler) speak(w http.ResponseWriter, r *http.Request, c *caller, tag string) error {
	c.words = h.words.For(tag)
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is off only where nothing leaves the machine
		Name: h.languageCookieName(), Value: tag, Path: "/", MaxAge: int(languageLife / time.Second),
		Secure: h.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	if !c.signedIn() || c.user.Language == tag {
		return nil
	}
	return h.desk.SetLanguage(r.Context(), c.actor, tag)
}

// switched reports whether a form was sent only to be read in another language. It is then to be
// shown again with everything that was typed; nothing has been done with it.
func (h *Handler) switched(w http.ResponseWriter, r *http.Request, c *caller, f form) bool {
	tag := f.get("language")
	if !h.speaks(tag) {
		return false
	}
	if err := h.speak(w, r, c, tag); err != nil && core.KindOf(err) != core.Unauthenticated {
		h.logger.WarnContext(r.Context(), "language not kept with the account", "error", err) // the browser has it
	}
	return true
}

// language changes the language of a page that has no form of its own, and leads back to it.
func (h *Handler) language(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	tag := f.get("language")
	if !h.speaks(tag) {
		return refused(http.StatusUnprocessableEntity, "form_unreadable")
	}
	if c.trouble != nil {
		return c.trouble
	}
	if err := h.speak(w, r, c, tag); err != nil {
		return err
	}
	back := f.get("back")
	if from, err := url.Parse(r.Referer()); back == "" && err == nil {
		back = from.RequestURI()
	}
	goTo(w, r, h.ownPage(back))
	return nil
}

// ownPage returns an address if it is one of a page here, and the front page if it is anything else.
func (h *Handler) ownPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.ContainsAny(u.Path, "\\") || path.Clean(u.Path) != u.Path || !strings.HasPrefix(address, "/") {
		return "/"
	}
	if _, pattern := h.mux.Handler(&http.Request{Method: http.MethodGet, URL: u}); pattern == "" {
		return "/"
	}
	return u.RequestURI()
}

// tongue is a language that the page can be read in.
type tongue struct {
	Tag     string
	Name    string // in itself
	Current bool
}

// Tongues are the languages that the page can be read in.
func (p page) Tongues() []tongue {
	tags := p.h.words.Languages()
	list := make([]tongue, len(tags))
	for i, tag := range tags {
		list[i] = tongue{Tag: tag, Name: p.h.words.For(tag).T("language.name"), Current: tag == p.words.Tag()}
	}
	return list
}

// Back is the address that the page was asked for by, "" if it has none to return to.
func (p page) Back() string { return p.c.back }
