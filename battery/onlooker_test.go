package battery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver/sshtest"
)

// onlooker is a console that one of many has open. It keeps what it was sent and draws it only when somebody wants to see
// it: an emulator for each of hundreds would take more of the machine than the program.
type onlooker struct {
	wire    *wire
	client  *gossh.Client
	session *gossh.Session
	keys    io.WriteCloser
	ended   chan struct{}

	mu      sync.Mutex
	raw     []byte
	changed chan struct{}
}

// The window of each.
const (
	columns = 80
	lines   = 24
)

// look opens a console from an address, "" for any. It gives up after a while.
func look(ctx context.Context, from, address string, key gossh.Signer) (*onlooker, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dialer := net.Dialer{}
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	wire := &wire{Conn: conn, dead: make(chan struct{})}
	defer context.AfterFunc(ctx, func() { _ = wire.Close() })()
	signedIn, channels, requests, err := gossh.NewClientConn(wire, address, sshtest.Config("whoever", gossh.PublicKeys(key)))
	if err != nil {
		_ = wire.Close()
		return nil, err
	}
	o := &onlooker{wire: wire, client: gossh.NewClient(signedIn, channels, requests), ended: make(chan struct{}), changed: make(chan struct{})}
	if err := o.open(); err != nil {
		_ = o.client.Close()
		return nil, err
	}
	return o, nil
}

func (o *onlooker) open() (err error) {
	if o.session, err = o.client.NewSession(); err != nil {
		return err
	}
	if err := o.session.RequestPty("xterm-256color", lines, columns, gossh.TerminalModes{}); err != nil {
		return err
	}
	if o.keys, err = o.session.StdinPipe(); err != nil {
		return err
	}
	output, err := o.session.StdoutPipe()
	if err != nil {
		return err
	}
	if err := o.session.Shell(); err != nil {
		return err
	}
	go func() {
		defer close(o.ended)
		_, _ = io.Copy(o, output)
	}()
	return nil
}

// Write takes what the console draws.
func (o *onlooker) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.raw = append(o.raw, p...)
	close(o.changed)
	o.changed = make(chan struct{})
	return len(p), nil
}

// listed is how the first row of a list arrives, below the heads of the columns.
var listed = regexp.MustCompile(`(?s) no\..*#\d`)

var (
	errGone = errors.New("the console has gone")
	errLate = errors.New("the console does not show")
)

// press types keys.
func (o *onlooker) press(keys string) error {
	_, err := io.WriteString(o.keys, keys)
	return err
}

// await waits until something has come since the console opened that matches.
func (o *onlooker) await(what string, there func(raw []byte) bool) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		o.mu.Lock()
		found, changed := there(o.raw), o.changed
		o.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-o.ended:
			return fmt.Errorf("%w, instead of showing %s: %q", errGone, what, o.tail())
		case <-deadline.C:
			return fmt.Errorf("%w %s: %q", errLate, what, o.tail())
		}
	}
}

// shows waits until a text has come.
func (o *onlooker) shows(text string) error {
	return o.await(text, func(raw []byte) bool { return bytes.Contains(raw, []byte(text)) })
}

// lists waits until a list has come.
func (o *onlooker) lists() error { return o.await("a list", listed.Match) }

func (o *onlooker) tail() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.raw[max(0, len(o.raw)-600):])
}

// screen draws what came, and says where the cursor stands.
func (o *onlooker) screen() (text string, x, y int) {
	o.mu.Lock()
	raw := bytes.Clone(o.raw)
	o.mu.Unlock()
	screen := vt.NewEmulator(columns, lines)
	drained := make(chan struct{})
	go func() { // what the emulator answers to questions
		defer close(drained)
		_, _ = io.Copy(io.Discard, screen)
	}()
	for len(raw) > 0 {
		end := bytes.IndexByte(raw[1:], '\x1b') + 1
		if end == 0 {
			end = len(raw)
		}
		func() {
			defer func() { _ = recover() }() // it panics over what real terminals leave out
			_, _ = screen.Write(raw[:end])
		}()
		raw = raw[end:]
	}
	at := screen.CursorPosition()
	text = screen.String()
	if pipe, ok := screen.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
		<-drained
	}
	return text, at.X, at.Y
}

// leave hangs up, as closing a window does.
func (o *onlooker) leave() {
	_ = o.client.Close()
	<-o.ended
}

// vanish goes without a word, as a program does that is killed.
func (o *onlooker) vanish() {
	if tcp, ok := o.wire.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = o.wire.Close()
	<-o.ended
}

// fallSilent leaves the connection open, as a machine does whose network is gone: nothing comes any more, and nobody says that it ended.
func (o *onlooker) fallSilent() { o.wire.die() }

// wire is a connection that can fall silent.
type wire struct {
	net.Conn

	once sync.Once
	dead chan struct{}
}

func (w *wire) die() { w.once.Do(func() { close(w.dead) }) }

// Read hears nothing any more once the wire is dead.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	for err == nil {
		select {
		case <-w.dead:
			_, err = w.Conn.Read(p)
		default:
			return n, nil
		}
	}
	return 0, err
}

// Write says nothing any more then.
func (w *wire) Write(p []byte) (int, error) {
	select {
	case <-w.dead:
		return len(p), nil
	default:
		return w.Conn.Write(p)
	}
}
