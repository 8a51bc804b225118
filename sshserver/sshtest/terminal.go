// Package sshtest is a person at a terminal, for tests: it opens a session over real SSH, types, and
// reads the screen as a terminal emulator draws it. Waits are for conditions, with a deadline.
//
//	tm := sshtest.Open(t, client, 80, 24)
//	tm.Type("jj\r")
//	tm.Wait("Radiator is cold")
package sshtest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"
)

// Patience is how long a wait lasts before the test fails.
const Patience = time.Minute

// Terminal is a terminal with one session in it.
type Terminal struct {
	t       testing.TB
	session *gossh.Session
	sending sync.Mutex // held to use keys
	keys    io.WriteCloser
	ended   chan struct{} // closed when the session is over and all it wrote has been drawn

	mu      sync.Mutex // guards the emulator, which has no lock worth the name
	screen  *vt.Emulator
	raw     []byte
	errors  strings.Builder
	alt     bool
	changed chan struct{} // closed, and made anew, whenever the screen changes
	exit    error
}

// Open opens a shell, which is a console, on a terminal of the size given. The variables are
// "NAME=value".
func Open(t testing.TB, client *gossh.Client, width, height int, variables ...string) *Terminal {
	t.Helper()
	return start(t, client, width, height, variables, func(s *gossh.Session) error { return s.Shell() })
}

// OpenCommand runs a command on a terminal, as "ssh -t host command" does.
func OpenCommand(t testing.TB, client *gossh.Client, width, height int, command string) *Terminal {
	t.Helper()
	return start(t, client, width, height, nil, func(s *gossh.Session) error { return s.Start(command) })
}

func start(t testing.TB, client *gossh.Client, width, height int, variables []string, begin func(*gossh.Session) error) *Terminal {
	t.Helper()
	session, err := client.NewSession()
	must(t, err, "open a session")
	tm := &Terminal{
		t: t, session: session, ended: make(chan struct{}), screen: vt.NewEmulator(width, height), changed: make(chan struct{}),
	}
	tm.screen.SetCallbacks(vt.Callbacks{AltScreen: func(on bool) { tm.alt = on }})
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		must(t, session.Setenv(name, value), "send "+name)
	}
	must(t, session.RequestPty("xterm-256color", height, width, gossh.TerminalModes{}), "ask for a terminal")
	tm.keys, err = session.StdinPipe()
	must(t, err, "open the keyboard")
	output, err := session.StdoutPipe()
	must(t, err, "open the screen")
	session.Stderr = writer(tm.drawError)
	must(t, begin(session), "start the session")

	go tm.answer()
	go tm.follow(output)
	t.Cleanup(tm.Close)
	return tm
}

// answer sends what the terminal itself answers to queries. It reads on when nobody listens any more:
// the emulator would stop drawing.
func (tm *Terminal) answer() {
	buffer := make([]byte, 1024)
	for {
		n, err := tm.screen.Read(buffer)
		if err != nil {
			return
		}
		_ = tm.send(string(buffer[:n]))
	}
}

// follow draws until the session is over.
func (tm *Terminal) follow(output io.Reader) {
	_, _ = io.Copy(writer(tm.draw), output)
	err := tm.session.Wait()
	tm.mu.Lock()
	tm.exit = err
	tm.mu.Unlock()
	if pipe, ok := tm.screen.InputPipe().(io.Closer); ok {
		_ = pipe.Close() // ends the goroutine that sends answers; the emulator's own Close races with it
	}
	close(tm.ended)
}

func (tm *Terminal) draw(p []byte) {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	tm.raw = append(tm.raw, p...)
	for _, part := range sequences(p) {
		tm.write(part)
	}
	close(tm.changed)
	tm.changed = make(chan struct{})
}

// write draws one part. What was sent for a greater window may name lines that a smaller one does not have: the
// emulator panics over those, and a real terminal leaves them out.
func (tm *Terminal) write(part []byte) {
	defer func() { _ = recover() }()
	_, _ = tm.screen.Write(part)
}

// sequences cuts what is to be drawn before each control sequence.
func sequences(p []byte) [][]byte {
	var parts [][]byte
	for len(p) > 0 {
		end := bytes.IndexByte(p[1:], '\x1b') + 1
		if end == 0 {
			end = len(p)
		}
		parts, p = append(parts, p[:end]), p[end:]
	}
	return parts
}

func (tm *Terminal) drawError(p []byte) {
	tm.mu.Lock()
	tm.errors.Write(p)
	tm.mu.Unlock()
	tm.draw(p)
}

// Type sends keys as a keyboard does: "\r" is enter, "\x1b" escape, "\x03" ctrl+c. Escape and a key
// sent together read as alt and that key.
func (tm *Terminal) Type(keys string) {
	tm.t.Helper()
	must(tm.t, tm.send(keys), "type")
}

// send writes to the session, one at a time: x/crypto's channel does not expect its input to be closed
// while somebody writes to it.
func (tm *Terminal) send(keys string) error {
	tm.sending.Lock()
	defer tm.sending.Unlock()
	_, err := io.WriteString(tm.keys, keys)
	return err
}

// EndInput ends the keyboard, as "ssh -tt host < file" does.
func (tm *Terminal) EndInput() {
	tm.sending.Lock()
	defer tm.sending.Unlock()
	_ = tm.keys.Close()
}

// Wait waits until the screen shows all the texts at once.
func (tm *Terminal) Wait(texts ...string) {
	tm.t.Helper()
	tm.WaitFor("the screen to show "+strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// Gone waits until the screen shows the text no longer.
func (tm *Terminal) Gone(text string) {
	tm.t.Helper()
	tm.WaitFor("the screen to lose "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// WaitFor waits until the screen is as wanted.
func (tm *Terminal) WaitFor(what string, wanted func(screen string) bool) {
	tm.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	for {
		tm.mu.Lock()
		screen, changed := tm.screen.String(), tm.changed
		tm.mu.Unlock()
		if wanted(screen) {
			return
		}
		select {
		case <-changed:
		case <-tm.ended:
			if wanted(tm.Screen()) {
				return
			}
			tm.t.Fatalf("the session ended while waiting for %s; the screen is\n%s", what, tm.Screen())
		case <-deadline.C:
			tm.t.Fatalf("waited in vain for %s; the screen is\n%s", what, screen)
		}
	}
}

// Resize changes the size of the window.
func (tm *Terminal) Resize(width, height int) {
	tm.t.Helper()
	tm.mu.Lock()
	tm.screen.Resize(width, height)
	tm.mu.Unlock()
	must(tm.t, tm.session.WindowChange(height, width), "resize")
}

// Screen is what the screen shows now, a line each row.
func (tm *Terminal) Screen() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.screen.String()
}

// Cell is what stands at a place of the screen, with its style.
func (tm *Terminal) Cell(x, y int) uv.Cell {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	if cell := tm.screen.CellAt(x, y); cell != nil {
		return *cell
	}
	return uv.Cell{}
}

// Alternate reports whether the alternate screen is on, which a program must leave when it ends.
func (tm *Terminal) Alternate() bool {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.alt
}

// Raw is every byte the terminal was sent.
func (tm *Terminal) Raw() []byte {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return append([]byte(nil), tm.raw...)
}

// Errors is what the session wrote to its error stream.
func (tm *Terminal) Errors() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.errors.String()
}

// Exit waits until the session is over and returns its exit status, -1 if the connection was cut.
func (tm *Terminal) Exit() int {
	tm.t.Helper()
	select {
	case <-tm.ended:
	case <-time.After(Patience):
		tm.t.Fatalf("the session did not end; the screen is\n%s", tm.Screen())
	}
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return Status(tm.exit)
}

// Ended is closed when the session is over.
func (tm *Terminal) Ended() <-chan struct{} { return tm.ended }

// Close closes the window, as closing a terminal does, and leaves the connection open.
func (tm *Terminal) Close() {
	_ = tm.session.Close()
	select {
	case <-tm.ended:
	case <-time.After(Patience):
		tm.t.Error("the session did not end after its window was closed")
	}
}

// Status is the exit status in the error of a session, -1 if it has none.
func Status(err error) int {
	if err == nil {
		return 0
	}
	if failed, ok := errors.AsType[*gossh.ExitError](err); ok {
		return failed.ExitStatus()
	}
	return -1
}

// writer is a function that is written to.
type writer func([]byte)

// Write calls the function.
func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func must(t testing.TB, err error, what string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
