package sshserver_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
)

// silent opens a connection that never speaks, and returns a channel that is closed when the server
// has hung up.
func silent(t *testing.T, addr string) <-chan struct{} {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, conn)
	}()
	return gone
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func within(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(sshtest.Patience):
		t.Fatal("waited in vain for " + what)
	}
}

func TestSilentConnectionIsClosedAfterTheHandshakeTimeout(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.HandshakeTimeout = 100 * time.Millisecond })
	within(t, "the server to hang up", silent(t, h.addr))
}

func TestSomebodyWhoNeverAnswersIsSentAway(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.LoginGrace = 200 * time.Millisecond })
	conn, err := net.Dial("tcp", h.addr)
	fatal(t, err)
	defer func() { _ = conn.Close() }()
	watched := &watchedConn{Conn: conn, gone: make(chan struct{})}
	thinks := gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) {
		within(t, "the server to hang up", watched.gone)
		return nil, io.EOF
	})
	if _, _, _, err := gossh.NewClientConn(watched, h.addr, sshtest.Config("ana", thinks)); err == nil {
		t.Fatal("signed in without an answer")
	}
}

// watchedConn says when its other end has hung up.
type watchedConn struct {
	net.Conn
	gone chan struct{}
	once sync.Once
}

func (w *watchedConn) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.once.Do(func() { close(w.gone) })
	}
	return n, err
}

func TestSilentConnectionsAreCappedAndKeepNobodyOut(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]func(*sshserver.Options){
		"in all":     func(o *sshserver.Options) { o.Startups = sshserver.Startups{Start: 5, Full: 5} },
		"per source": func(o *sshserver.Options) { o.PerSource, o.Exempt = 5, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHelpdesk(t, limit)
			ana := h.staff(t, "ana")
			var gone []<-chan struct{}
			for range 40 {
				gone = append(gone, silent(t, h.addr))
			}
			eventually(t, "no more than the cap to stay", func() bool {
				alive := 0
				for _, c := range gone {
					if !isClosed(c) {
						alive++
					}
				}
				return alive <= 5
			})
			// A connection that has been silent for a while makes room, so this succeeds soon.
			h.signsIn(t, ana)
		})
	}
}

// signsIn waits until somebody signs in with their key.
func (h *helpdesk) signsIn(t *testing.T, p person) {
	t.Helper()
	eventually(t, "somebody honest to sign in", func() bool {
		client, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(p.key)))
		if err != nil {
			return false
		}
		_ = client.Close()
		return true
	})
}

// TestAttackHundredsOfSilentConnections holds connections open from many addresses, and opens a new one for each
// that is closed, while somebody honest signs in.
func TestAttackHundredsOfSilentConnections(t *testing.T) {
	t.Parallel()
	const sources, each, full = 30, 20, 200
	h := newHelpdesk(t, func(o *sshserver.Options) {
		o.Startups, o.PerSource, o.Exempt = sshserver.Startups{Start: 100, Rate: 30, Full: full}, 64, nil
	})
	ana := h.staff(t, "ana")
	var alive, opened atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var attack sync.WaitGroup
	defer attack.Wait()
	defer stop()
	for n := range sources * each {
		attack.Go(func() {
			from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+n%sources))}}
			for ctx.Err() == nil {
				opened.Add(1)
				holdOpen(ctx, &from, h.addr, &alive)
				select {
				case <-ctx.Done():
				case <-time.After(250 * time.Millisecond):
				}
			}
		})
	}
	eventually(t, "the attack to be under way", func() bool { return opened.Load() > sources*each && alive.Load() > 50 })
	began := time.Now()
	h.signsIn(t, ana)
	t.Logf("signed in after %s beside %d silent connections (%d were opened)", time.Since(began), alive.Load(), opened.Load())
	if n := alive.Load(); n > full+sources { // some are on their way out
		t.Errorf("%d silent connections are open", n)
	}
}

// holdOpen opens a connection and says nothing until it is closed.
func holdOpen(ctx context.Context, from *net.Dialer, addr string, alive *atomic.Int64) {
	conn, err := from.DialContext(ctx, "tcp", addr)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := io.ReadFull(conn, make([]byte, 1)); err == nil { // the server's name: it was let in
		alive.Add(1)
		defer alive.Add(-1)
		_, _ = io.Copy(io.Discard, conn)
	}
}

func TestAttackGuessingSlowsItsSourceAndLeavesKeys(t *testing.T) {
	t.Parallel()
	var slowed atomic.Int64
	h := newHelpdesk(t, func(o *sshserver.Options) {
		o.Exempt = nil
		o.Observer.TurnedAway = func(why string) {
			if why == "penalty" {
				slowed.Add(1)
			}
		}
	})
	ana := h.staff(t, "ana")
	for range 3 {
		questions(t, h.addr, "nobody", "", 1)
	}
	eventually(t, "the source to be slowed", func() bool {
		_, _ = gossh.Dial("tcp", h.addr, sshtest.Config("nobody", sshtest.Answers("", "wrong")))
		return slowed.Load() > 0
	})
	if !strings.Contains(h.log.String(), `"source slowed down"`) {
		t.Error("the log does not say so")
	}
	h.signsIn(t, ana) // from the same address
}

// TestAttackManyKeysAreNoGuess: an agent offers all it has, again and again, and nobody is slowed for it.
func TestAttackManyKeysAreNoGuess(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.Exempt = nil })
	ana := h.staff(t, "ana")
	for range 5 {
		var keys []gossh.Signer
		for range 15 {
			keys = append(keys, sshtest.NewKey(t))
		}
		client, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(append(keys, ana.key)...)))
		fatal(t, err)
		_ = client.Close()
	}
}
