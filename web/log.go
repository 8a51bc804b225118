package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// logged writes one line for each request: what was asked by its pattern, never by its path, query
// or body, which hold what opens tickets. A panic becomes a page and a line with its stack.
func (h *Handler) logged(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter)) {
	began := time.Now() //nolint:forbidigo // how long an answer took, whatever the desk's clock says
	answer := &countingWriter{ResponseWriter: w}
	defer func() {
		if cause := recover(); cause != nil {
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause) //nolint:forbidigo // the server's own way to give up a connection
			}
			h.logger.ErrorContext(r.Context(), "page panicked", "route", r.Pattern, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if answer.status == 0 {
				h.fail(answer, r, h.nobody(r), fmt.Errorf("panic: %v", cause))
			}
		}
		took := time.Since(began) //nolint:forbidigo // as began
		if h.opts.Served != nil {
			h.opts.Served(r.Pattern, answer.status, took)
		}
		h.logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("route", r.Pattern), slog.Int("status", answer.status),
			slog.Int64("bytes", answer.bytes), slog.Duration("took", took))
	}()
	serve(answer)
}

// countingWriter remembers how an answer went.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (w *countingWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *countingWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
