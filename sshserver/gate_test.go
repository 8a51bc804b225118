package sshserver_test

import (
	"io"
	"net"
	"sync"
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
	return n, err //nolint:wrapcheck // handed through
}

func TestSilentConnectionsAreCappedAndKeepNobodyOut(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]func(*sshserver.Options){
		"in all":     func(o *sshserver.Options) { o.MaxStartups, o.PerSource = 5, 100 },
		"per source": func(o *sshserver.Options) { o.MaxStartups, o.PerSource = 100, 5 },
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
			eventually(t, "somebody honest to sign in", func() bool {
				client, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(ana.key)))
				if err != nil {
					return false
				}
				_ = client.Close()
				return true
			})
		})
	}
}
