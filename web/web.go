package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/web/api"
	"helpdesk.campus/web/open311"
)

// Options are what the pages need to know of the installation.
type Options struct {
	PublicURL      *url.URL       // where people reach these pages; http only on the own machine
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Logger         *slog.Logger   // nil: nothing is logged
	Demo           bool           // says on every page that this is a demonstration
	Emergency      string         // number to call in danger; "" leaves it at "emergency services"
	Phone          string         // of the helpdesk, shown under help; "" if none
	Email          string         // of the helpdesk, shown under help; "" if none

	Closing <-chan struct{}                                    // closed when the server stops; answers that wait for something end then; may be nil
	Served  func(route string, status int, took time.Duration) // hears of every answer, by the pattern of its address; may be nil
}

// Handler serves the pages. It is safe for concurrent use.
type Handler struct {
	desk    *core.Desk
	words   *text.Catalogue
	opts    Options
	logger  *slog.Logger
	secure  bool // reached over https
	origins *http.CrossOriginProtection
	pages   pages
	style   asset
	mux     *http.ServeMux
	routes  []route
	choices choices
	api     http.Handler // for programs: JSON at /api
	city    http.Handler // for apps of the city: Open311 at /open311/v2
}

// New makes the pages of a desk.
func New(desk *core.Desk, words *text.Catalogue, opts Options) (*Handler, error) {
	if opts.PublicURL == nil || opts.PublicURL.Host == "" {
		return nil, errors.New("the public URL is missing: give one such as https://helpdesk.example.edu")
	}
	h := &Handler{
		desk: desk, words: words, opts: opts, logger: opts.Logger,
		secure: opts.PublicURL.Scheme == "https", origins: http.NewCrossOriginProtection(),
	}
	if !h.secure && !onThisMachine(opts.PublicURL) {
		return nil, fmt.Errorf("the public URL %s is not https: cookies would cross the network in the clear", opts.PublicURL)
	}
	if h.logger == nil {
		h.logger = slog.New(slog.DiscardHandler)
	}
	if err := h.origins.AddTrustedOrigin(opts.PublicURL.Scheme + "://" + opts.PublicURL.Host); err != nil {
		return nil, fmt.Errorf("trust the public URL's origin: %w", err)
	}
	var err error
	if h.style, err = readStyle(); err != nil {
		return nil, err
	}
	if h.pages, err = readPages(); err != nil {
		return nil, err
	}
	h.route()
	h.api, err = api.New(desk, words, api.Options{Address: h.address, Logger: h.logger, Closing: opts.Closing})
	if err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	h.city = open311.New(desk, words, open311.Options{Address: h.address, Logger: h.logger})
	return h, nil
}

// onThisMachine reports whether a URL never leaves the machine, where plain http does no harm.
func onThisMachine(u *url.URL) bool {
	if u.Scheme != "http" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}

// Server makes the server for the pages, with limits that slow and greedy clients run into.
func Server(h http.Handler) *http.Server { return server(h, roomFor()) }

// server bounds the connections at most.
func server(h http.Handler, most int) *http.Server {
	c := &crowd{most: most, conns: make(map[net.Conn]*attendance)}
	return &http.Server{
		Handler:   c.attend(h),
		ConnState: c.state,
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, conn)
		},
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}
