package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// adminListener tells those who run the process how it does: whether it lives, whether it wants work, and its metrics.
// It stands apart from the page, on an address that people do not reach.
type adminListener struct {
	metrics *metrics
	check   func(context.Context) error // why it cannot serve
	logger  *slog.Logger
	ready   atomic.Bool
}

// checkPatience is how long the database may take to say that it is there.
const checkPatience = 2 * time.Second

func (a *adminListener) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.reason(r.Context()); err != nil {
			tell(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		tell(w, http.StatusOK, "ready")
	})
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{Registry: a.metrics.registry, MaxRequestsInFlight: 4}))
	return mux
}

var (
	errStarting = errors.New("starting or stopping")
	errNoAnswer = errors.New("the database does not answer")
)

// reason is why the process should not be sent work now. It says nothing of the database's address or its errors, which
// go to the log.
func (a *adminListener) reason(ctx context.Context) error {
	if !a.ready.Load() {
		return errStarting
	}
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	if err := a.check(ctx); err != nil {
		a.logger.Warn("not ready", "error", err)
		return errNoAnswer
	}
	return nil
}

// want says whether the process wants to be sent work.
func (a *adminListener) want(work bool) {
	a.ready.Store(work)
	a.metrics.ready.Set(map[bool]float64{true: 1}[work])
}

func tell(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "{\"status\":%q}\n", words) // words of ours, to whoever still listens
}

// serve listens on an address until the function it returns is called.
func (a *adminListener) serve(ctx context.Context, address string) (net.Addr, func(), error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("listen for those who run it: %w", err)
	}
	server := &http.Server{
		Handler: a.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.logger.Error("the listener for those who run it ended", "error", err)
		}
	}()
	return listener.Addr(), func() { _ = server.Close() }, nil
}
