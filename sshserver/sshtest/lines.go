package sshtest

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Lines is a session without a terminal, as "ssh -T" opens it: lines go in, lines come out.
type Lines struct {
	t       testing.TB
	session *gossh.Session
	input   io.WriteCloser
	ended   chan struct{}

	mu   sync.Mutex
	out  strings.Builder
	read int // how much of it has been waited for
	exit error
}

// OpenLines opens a console without a terminal.
func OpenLines(t testing.TB, client *gossh.Client) *Lines {
	t.Helper()
	session, err := client.NewSession()
	must(t, err, "open a session")
	l := &Lines{t: t, session: session, ended: make(chan struct{})}
	l.input, err = session.StdinPipe()
	must(t, err, "open the input")
	session.Stdout, session.Stderr = writer(l.take), writer(l.take)
	must(t, session.Shell(), "start the session")
	go func() {
		err := session.Wait()
		l.mu.Lock()
		l.exit = err
		l.mu.Unlock()
		close(l.ended)
	}()
	t.Cleanup(func() { _ = session.Close() })
	return l
}

func (l *Lines) take(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.Write(p)
}

// Say enters lines.
func (l *Lines) Say(lines ...string) {
	l.t.Helper()
	_, err := io.WriteString(l.input, strings.Join(lines, "\n")+"\n")
	must(l.t, err, "enter a line")
}

// Hear waits for each of the texts, in their order, behind what was heard before, and returns all that came up to then.
func (l *Lines) Hear(texts ...string) string {
	l.t.Helper()
	from := l.read
	for _, text := range texts {
		deadline := time.Now().Add(Patience)
		for {
			all := l.All()
			if at := strings.Index(all[l.read:], text); at >= 0 {
				l.read += at + len(text)
				break
			}
			if time.Now().After(deadline) {
				l.t.Fatalf("waited in vain to hear %q behind\n%s\nin\n%s", text, all[from:l.read], all[l.read:])
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return l.All()[from:l.read]
}

// All is everything that came.
func (l *Lines) All() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// Exit waits until the session is over and returns its exit status, -1 if the connection was cut.
func (l *Lines) Exit() int {
	l.t.Helper()
	select {
	case <-l.ended:
	case <-time.After(Patience):
		l.t.Fatalf("the session did not end; it said\n%s", l.All())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return Status(l.exit)
}
