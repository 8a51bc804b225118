package consoles

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"
)

// terminal is a console that is open. Most of them only read what they are sent, because an emulator each would take
// more of the machine than the program that is measured; those whose keys are timed have one.
type terminal struct {
	client  *gossh.Client
	session *gossh.Session
	keys    io.WriteCloser
	listed  chan struct{} // closed when the list is there
	ended   chan struct{} // closed when nothing more comes
	opened  time.Time     // when it was

	mu      sync.Mutex
	screen  *vt.Emulator // nil if nobody looks
	early   []byte       // what came until the list was there
	arrived time.Time    // when something came last
	changed chan struct{}
}

// signIn opens a connection.
func signIn(address string, key gossh.Signer) (*gossh.Client, error) {
	client, err := gossh.Dial("tcp", address, &gossh.ClientConfig{
		User: "bench", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience, //nolint:gosec // it talks to this machine
	})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	return client, nil
}

// patience is how long something may take before it counts as broken.
const patience = time.Minute

// open opens a console; looking says whether somebody looks at it.
func open(address string, key gossh.Signer, width, height int, looking bool) (*terminal, error) {
	client, err := signIn(address, key)
	if err != nil {
		return nil, err
	}
	t := &terminal{client: client, listed: make(chan struct{}), ended: make(chan struct{}), changed: make(chan struct{})}
	if looking {
		t.screen = vt.NewEmulator(width, height)
		go func() { _, _ = io.Copy(io.Discard, t.screen) }() // what the emulator answers to questions
	}
	if err := t.start(width, height); err != nil {
		_ = client.Close()
		return nil, err
	}
	return t, nil
}

func (t *terminal) start(width, height int) (err error) {
	if t.session, err = t.client.NewSession(); err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	if err := t.session.RequestPty("xterm-256color", height, width, gossh.TerminalModes{}); err != nil {
		return fmt.Errorf("ask for a terminal: %w", err)
	}
	if t.keys, err = t.session.StdinPipe(); err != nil {
		return fmt.Errorf("open the keyboard: %w", err)
	}
	output, err := t.session.StdoutPipe()
	if err != nil {
		return fmt.Errorf("open the screen: %w", err)
	}
	if err := t.session.Shell(); err != nil {
		return fmt.Errorf("open the console: %w", err)
	}
	go t.read(output)
	return nil
}

// row is how the first row of a list arrives, below the heads of the columns.
var row = regexp.MustCompile(`(?s) no\..*#\d`)

func (t *terminal) read(output io.Reader) {
	defer close(t.ended)
	buffer := make([]byte, 32<<10)
	for {
		n, err := output.Read(buffer)
		if n > 0 {
			t.take(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

func (t *terminal) take(p []byte) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arrived = now
	if t.opened.IsZero() {
		t.early = append(t.early, p...)
		if row.Match(t.early) {
			t.opened, t.early = now, nil
			close(t.listed)
		}
	}
	if t.screen != nil {
		t.draw(p)
		close(t.changed)
		t.changed = make(chan struct{})
	}
}

// draw cuts what came before each control sequence: the emulator panics over some, which a real terminal leaves out.
func (t *terminal) draw(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexByte(p[1:], '\x1b') + 1
		if end == 0 {
			end = len(p)
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = t.screen.Write(p[:end])
		}()
		p = p[end:]
	}
}

var (
	errNoList = errors.New("a console shows no list")
	errEnded  = errors.New("the console ended")
)

// await waits until the list is there.
func (t *terminal) await() error {
	select {
	case <-t.listed:
		return nil
	case <-t.ended:
		return errEnded
	case <-time.After(patience):
		t.mu.Lock()
		defer t.mu.Unlock()
		return fmt.Errorf("%w: %.2000q", errNoList, t.early)
	}
}

// shown is what somebody sees on the screen.
type shown string

// under is how the line above the footer names the ticket under the cursor.
var under = regexp.MustCompile(`(?m)^ \d+ of \d+\+? · (#\d+) · `)

// ticket is the one under the cursor.
func (s shown) ticket() string {
	if m := under.FindStringSubmatch(string(s)); m != nil {
		return m[1]
	}
	return ""
}

func (t *terminal) look() (seen shown, arrived time.Time, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return shown(t.screen.String()), t.arrived, t.changed
}

// press sends keys and waits until the screen is as wanted. The time is from sending to the arrival of what made it so;
// what the emulator takes to draw it is not in it.
func (t *terminal) press(keys, what string, wanted func(before, now shown) bool) (time.Duration, error) {
	before, _, changed := t.look()
	began := time.Now()
	if _, err := io.WriteString(t.keys, keys); err != nil {
		return 0, fmt.Errorf("type: %w", err)
	}
	arrived, err := t.until(what, changed, func(now shown) bool { return wanted(before, now) })
	return arrived.Sub(began), err
}

// wait waits until the screen shows a text.
func (t *terminal) wait(what, text string) error {
	now, _, changed := t.look()
	if strings.Contains(string(now), text) {
		return nil
	}
	_, err := t.until(what, changed, func(now shown) bool { return strings.Contains(string(now), text) })
	return err
}

// until waits for changes until the screen is as wanted, and says when what made it so arrived.
func (t *terminal) until(what string, changed <-chan struct{}, wanted func(now shown) bool) (time.Time, error) {
	deadline := time.NewTimer(patience / 4)
	defer deadline.Stop()
	for {
		select {
		case <-changed:
		case <-t.ended:
			return time.Time{}, fmt.Errorf("waited for %s: %w", what, errEnded)
		case <-deadline.C:
			now, _, _ := t.look()
			return time.Time{}, fmt.Errorf("waited in vain for %s; the screen is\n%s", what, now) //nolint:err113 // said once, to a person
		}
		var now shown
		var arrived time.Time
		if now, arrived, changed = t.look(); wanted(now) {
			return arrived, nil
		}
	}
}

// close hangs up.
func (t *terminal) close() { _ = t.client.Close() }
