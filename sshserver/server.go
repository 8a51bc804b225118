package sshserver

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// Terminal is what is known of the terminal that a console opens on.
type Terminal struct {
	Width, Height int
	Env           []string // TERM and what else of the client's environment bears on how things look

	Arrived func() // to be called once the console shows what it opens with: the next one may open
}

// Console makes the model of one console. Its context ends when the terminal is gone.
type Console func(ctx context.Context, who core.Actor, me core.User, on Terminal) tea.Model

// Options are what a server can be given. Zero values do, but for HostKeys.
type Options struct {
	HostKeys  [][]byte // ed25519 private keys in PEM; see [NewHostKey]
	PublicURL string   // of the page, to which reporters are sent
	Port      int      // that people give ssh, for what is said about it; 22 if 0
	Version   string   // what the verb "version" answers
	Logger    *slog.Logger
	Console   Console // the console of package tui if nil

	Idle time.Duration // after how long without a key a console closes; an hour
	Turn time.Duration // how long a wall shows one dashboard; 20 s

	Startups         Startups       // connections that have not signed in, in all; 128:30:256
	PerSource        int            // and from one address; 64
	Exempt           []netip.Prefix // sources without that bound, and without penalties: load balancers, the machine itself
	HandshakeTimeout time.Duration  // for a client to ask to sign in; 20 s
	LoginGrace       time.Duration  // for a person to sign in; 2 min
	FailurePause     time.Duration  // what a wrong password takes at least; 1 s

	KeepAlive time.Duration // how often an open console asks its client for a sign of life; 4 s
	GiveUp    time.Duration // after how long without one the connection is closed; 30 s

	Arrival time.Duration // when the next console may open although one that opens shows nothing yet; 5 s
	Recheck time.Duration // how often an open console asks whether its user may still be there; 4 s
	Notice  time.Duration // between telling that the server closes and closing the consoles; 3 s
	Grace   time.Duration // that a console has to close itself; 2 s
	Drain   time.Duration // that a verb has to finish once the server closes; 15 s

	Observer Observer // hears what the server does
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Idle = cmp.Or(o.Idle, time.Hour)
	o.Startups, o.PerSource = cmp.Or(o.Startups, Startups{128, 30, 256}), cmp.Or(o.PerSource, 64)
	o.HandshakeTimeout = cmp.Or(o.HandshakeTimeout, 20*time.Second)
	o.LoginGrace = cmp.Or(o.LoginGrace, 2*time.Minute)
	o.FailurePause = cmp.Or(o.FailurePause, time.Second)
	o.KeepAlive, o.GiveUp = cmp.Or(o.KeepAlive, 4*time.Second), cmp.Or(o.GiveUp, 30*time.Second)
	o.Arrival = cmp.Or(o.Arrival, 5*time.Second)
	o.Recheck = cmp.Or(o.Recheck, 4*time.Second)
	o.Notice, o.Grace = cmp.Or(o.Notice, 3*time.Second), cmp.Or(o.Grace, 2*time.Second)
	o.Drain = cmp.Or(o.Drain, 15*time.Second)
	o.Observer = o.Observer.withDefaults()
	return o
}

// Server answers "ssh". Make one with [New].
type Server struct {
	desk      *core.Desk
	catalogue *text.Catalogue
	words     words
	opts      Options
	logger    *slog.Logger
	gate      *gate
	arrivals  arrivals
	ssh       *ssh.Server

	mu        sync.Mutex
	closing   bool
	closed    chan struct{} // closed with it, for verbs that go on until they are ended
	listeners []net.Listener
	consoles  map[*console]bool
	verbs     int            // that are being answered
	running   sync.WaitGroup // channels and sign-outs
}

// New makes a server over a desk. It listens to nothing until [Server.Serve].
func New(desk *core.Desk, catalogue *text.Catalogue, opts Options) (*Server, error) {
	if len(opts.HostKeys) == 0 {
		return nil, errors.New("the SSH server needs a host key")
	}
	opts = opts.withDefaults()
	s := &Server{
		desk: desk, words: newWords(desk.Name, catalogue, opts), catalogue: catalogue, opts: opts, logger: opts.Logger, closed: make(chan struct{}),
		arrivals: newArrivals(), consoles: make(map[*console]bool),
	}
	s.gate = &gate{
		startups: opts.Startups, perSource: opts.PerSource, patience: opts.HandshakeTimeout, grace: opts.LoginGrace, exempt: opts.Exempt,
		dice: mathrand.IntN, heard: s.atTheGate, penalties: penalties{owed: make(map[string]*debt)},
	}
	if s.opts.Console == nil {
		s.opts.Console = s.standardConsole(catalogue)
	}
	settings := []ssh.Option{
		wish.WithVersion("helpdesk"),
		wish.WithIdleTimeout(opts.Idle + 5*time.Minute), // for connections without a console
		s.limits,
	}
	for _, key := range opts.HostKeys {
		if err := checkHostKey(key); err != nil {
			return nil, err
		}
		settings = append(settings, wish.WithHostKeyPEM(key))
	}
	var err error
	if s.ssh, err = wish.NewServer(settings...); err != nil {
		return nil, fmt.Errorf("set up the SSH server: %w", err)
	}
	return s, nil
}

// limits sets what wish has no options for. Sessions are all that a client may open: no forwarding,
// no subsystem.
func (s *Server) limits(server *ssh.Server) error {
	server.HandshakeTimeout = s.opts.LoginGrace
	server.ServerConfigCallback = s.config
	server.ConnCallback = func(ctx ssh.Context, conn net.Conn) net.Conn {
		visitor := s.gate.enter(conn)
		if visitor == nil {
			s.sorry(conn)
			return nil
		}
		ctx.SetValue(visitorKey{}, visitor)
		return visitor
	}
	server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.openChannel}
	server.RequestHandlers = map[string]ssh.RequestHandler{}
	server.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	return nil
}

// sorry tells a connection that finds no room what to do. SSH allows lines before a server's version (RFC 4253, 4.2):
// programs log them, and ssh shows them with -v.
func (s *Server) sorry(conn net.Conn) {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(conn, s.words.noRoom()+"\r\n")
}

// atTheGate hears what the gate does. Those who are turned away are counted and not logged: a flood of them
// should not fill the log.
func (s *Server) atTheGate(what, source string) {
	if what == slowedDown {
		s.logger.Warn("source slowed down", "door", "ssh", "source", source)
		return
	}
	s.opts.Observer.TurnedAway(what)
}

// Serve answers the listener's connections until the context ends, and then closes as [Server.Shutdown]
// does. It returns nil after a shutdown.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return listener.Close()
	}
	s.listeners = append(s.listeners, listener)
	s.mu.Unlock()

	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*(s.opts.Notice+s.opts.Grace)+s.opts.Drain+10*time.Second)
		defer cancel()
		closed <- s.Shutdown(limit)
	})
	err := s.ssh.Serve(listener)
	if !stop() {
		return <-closed
	}
	if errors.Is(err, ssh.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve SSH on %s: %w", listener.Addr(), err)
}

// Shutdown closes the door: no new connection, a notice to those who work, then their consoles are
// closed with their terminals restored, then verbs that are under way may finish, then whatever is left is closed. The context bounds it.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.closing {
		s.closing = true
		close(s.closed)
	}
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.mu.Unlock()
	s.gate.close()

	s.tell(func(c *console) { c.notice(s.words.closing()) })
	s.await(ctx, s.opts.Notice, func() bool { return s.Consoles() == 0 })
	s.tell(func(c *console) { c.goodbye(s.words.closed(), exitDone) })
	s.await(ctx, 2*s.opts.Grace, func() bool { return s.Consoles() == 0 })
	s.await(ctx, s.opts.Drain, func() bool { return s.answering(0) == 0 })

	// Programs hang up when their sessions have ended; connections that are kept open for later do not.
	soon, cancel := context.WithTimeout(ctx, min(s.opts.Grace, time.Second))
	defer cancel()
	_ = s.ssh.Shutdown(soon)
	err := s.ssh.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.running.Wait()
	}()
	select {
	case <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("close the SSH server: %w", ctx.Err())
	}
}

// tell speaks to every open console. What it calls must not wait.
func (s *Server) tell(what func(*console)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.consoles {
		what(c)
	}
}

// await waits until something is done, no longer than limit.
func (s *Server) await(ctx context.Context, limit time.Duration, done func() bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// Consoles is how many consoles are open.
func (s *Server) Consoles() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.consoles)
}

// answering counts a verb that begins or ends, and returns how many are being answered.
func (s *Server) answering(more int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verbs += more
	return s.verbs
}

// begin counts something that a shutdown waits for; false if it is too late to begin.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.running.Add(1)
	return true
}

func (s *Server) open(c *console) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.consoles[c] = true
	}
	return !s.closing
}

func (s *Server) close(c *console) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.consoles, c)
}

// NewHostKey makes a host key, which is made once and shared by all processes that answer for one
// name.
func NewHostKey() ([]byte, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a host key: %w", err)
	}
	block, err := gossh.MarshalPrivateKey(key, "helpdesk")
	if err != nil {
		return nil, fmt.Errorf("write a host key: %w", err)
	}
	return pem.EncodeToMemory(block), nil
}

func checkHostKey(key []byte) error {
	signer, err := gossh.ParsePrivateKey(key)
	if err != nil {
		return fmt.Errorf("read a host key: %w", err)
	}
	if kind := signer.PublicKey().Type(); kind != gossh.KeyAlgoED25519 {
		return fmt.Errorf("a host key must be %s, not %s", gossh.KeyAlgoED25519, kind)
	}
	return nil
}
