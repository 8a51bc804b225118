package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// caller is who asks, as far as the request says: somebody signed in, or nobody known.
type caller struct {
	actor   core.Actor
	user    core.User // zero unless signed in
	words   text.Language
	back    string // the address of the page that is asked for, "" when something is sent
	trouble error  // why it could not be found out who this is; nil if it could
}

func (c *caller) signedIn() bool { return c.actor.Kind == core.ActorUser }

// nobody is a caller of whom only the language is known.
func (h *Handler) nobody(r *http.Request) *caller {
	c := &caller{actor: core.Anonymous(core.DoorWeb, h.address(r)), words: h.words.For(h.wishes(r)...)}
	if r.Method == http.MethodGet {
		c.back = r.URL.RequestURI()
	}
	return c
}

// caller is the one place where a request becomes an actor. A session that has ended is no error:
// its cookie goes away and the caller is nobody.
func (h *Handler) caller(w http.ResponseWriter, r *http.Request) *caller {
	c := h.nobody(r)
	cookie, err := r.Cookie(h.cookieName())
	if err != nil || cookie.Value == "" {
		return c
	}
	actor, user, err := h.desk.SessionActor(r.Context(), core.DoorWeb, cookie.Value, c.actor.Address)
	switch {
	case err == nil:
		c.actor, c.user = actor, user
		if user.Language != "" {
			c.words = h.words.For(append([]string{user.Language}, h.wishes(r)...)...)
		}
	case core.KindOf(err) == core.Unauthenticated:
		h.forgetCookie(w)
	default:
		c.trouble = err
	}
	return c
}

func (h *Handler) cookieName() string {
	if h.secure {
		return "__Host-session"
	}
	return "session"
}

func (h *Handler) cookie(value string) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure is off only where nothing leaves the machine
		Name: h.cookieName(), Value: value, Path: "/",
		Secure: h.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

func (h *Handler) rememberCookie(w http.ResponseWriter, in core.SignedIn) {
	cookie := h.cookie(in.Token) //nolint:gosec // as in cookie
	cookie.Expires = in.Session.ExpiresAt
	http.SetCookie(w, cookie)
}

func (h *Handler) forgetCookie(w http.ResponseWriter) {
	cookie := h.cookie("") //nolint:gosec // as in cookie
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
}

// address is where the request came from. What a proxy says about it is believed only of proxies
// that were named; of several addresses the last that is not itself such a proxy counts, because
// those before it are whatever the sender wrote.
func (h *Handler) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap()
	if !h.trusts(addr) {
		return addr.String()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(hops) {
		hop, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
		if !h.trusts(addr) {
			break
		}
	}
	return addr.String()
}

func (h *Handler) trusts(addr netip.Addr) bool {
	for _, prefix := range h.opts.TrustedProxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}
