package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"helpdesk.campus/core"
)

const (
	// patience is how long a sender or a reader of something long may pause.
	patience = time.Minute
	// outputPiece is what they have that time for.
	outputPiece = 32 << 10
)

// patient is one direction of a connection on which something long moves: whoever is at its other end has more time for as
// long as something moves, and none once it has been stopped.
type patient struct {
	until func(time.Time) error

	mu      sync.Mutex
	stopped bool
}

var errStopped = errors.New("stopped: the caller may not be here any more")

// more gives more time.
func (p *patient) more() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return errStopped
	}
	_ = p.until(time.Now().Add(patience)) //nolint:forbidigo // of the connection, whatever the desk's clock says
	return nil
}

// stop ends what waits, and whatever comes later.
func (p *patient) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	_ = p.until(time.Now()) //nolint:forbidigo // as in more
}

// patientReader gives a sender more time for as long as something arrives, and whoever answers time to do so afterwards.
type patientReader struct {
	patient

	in io.Reader
}

func newPatientReader(w http.ResponseWriter, in io.Reader) *patientReader {
	connection := http.NewResponseController(w)
	return &patientReader{in: in, patient: patient{until: func(at time.Time) error {
		_ = connection.SetWriteDeadline(at.Add(patience))
		return connection.SetReadDeadline(at)
	}}}
}

// Read waits for the next piece.
func (p *patientReader) Read(b []byte) (int, error) {
	if err := p.more(); err != nil {
		return 0, err
	}
	return p.in.Read(b)
}

// patientWriter gives a reader more time for as long as something is taken.
type patientWriter struct {
	http.ResponseWriter
	patient

	connection *http.ResponseController
}

func newPatientWriter(w http.ResponseWriter) *patientWriter {
	connection := http.NewResponseController(w)
	return &patientWriter{ResponseWriter: w, connection: connection, patient: patient{until: connection.SetWriteDeadline}}
}

// Write waits until it is taken, piece by piece.
func (p *patientWriter) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		if err := p.more(); err != nil {
			return written, err
		}
		n, err := p.ResponseWriter.Write(b[written:min(len(b), written+outputPiece)])
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}

// say writes words at once, and reports whether anybody takes them.
func (p *patientWriter) say(format string, words ...any) bool {
	_, err := fmt.Fprintf(p, format, words...)
	return err == nil && p.connection.Flush() == nil
}

// minded is the context of a call that takes long. It ends when the caller may not be here any more, and with it, by stop,
// what waits for their connection. The function that is returned ends the minding.
func (a *API) minded(ctx context.Context, c *call, stop func()) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	var beside sync.WaitGroup
	beside.Go(func() {
		if refused := a.desk.Stay(ctx, c.who, a.opts.Recheck, func(core.User) error { return nil }); refused != nil {
			end(refused)
			stop()
		}
	})
	return ctx, func() { end(nil); beside.Wait() }
}

// orRefusal is why the caller may not be here any more, if that is why something failed.
func orRefusal(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*core.Error](context.Cause(ctx)); ok {
		return refused
	}
	return err
}
