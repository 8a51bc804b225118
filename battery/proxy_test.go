package battery

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// proxy stands on the wire between the program and PostgreSQL, and reads its messages.
type proxy struct {
	url     string // of the database, by way of it
	backend string

	mu     sync.Mutex
	lines  map[net.Conn]net.Conn // from the program to the server
	away   bool                  // nobody gets through
	silent chan struct{}         // not nil: nothing is said any more, until it is closed
	left   int                   // messages that pass before a line is cut; 0 is none to be cut
	toward direction             // which messages count
	cuts   int
	slow   time.Duration // by which every answer comes later
	quick  chan struct{} // closed when answers come at once again
}

// direction is where a message goes.
type direction string

// The directions.
const (
	toServer direction = "to the server"
	toClient direction = "to the client"
)

// intercept makes a proxy before a database.
func intercept(t *testing.T, database string) *proxy {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{backend: config.Host + "/.s.PGSQL.5432", lines: map[net.Conn]net.Conn{}, quick: make(chan struct{})}
	p.url = (&url.URL{
		Scheme: "postgres", User: url.User(config.User), Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable",
	}).String()
	t.Cleanup(func() {
		_ = listener.Close()
		p.hush(false)
		p.delay(0)
		p.leave()
	})
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// serve carries one line until one of its ends, or a fault, ends it.
func (p *proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("unix", p.backend)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	p.mu.Lock()
	if p.away {
		p.mu.Unlock()
		return
	}
	p.lines[client] = server
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.lines, client)
		p.mu.Unlock()
	}()
	go func() {
		p.carry(server, client, toServer, true)
		_ = client.Close()
		_ = server.Close()
	}()
	p.carry(client, server, toClient, false)
}

// carry passes messages on, one after another. The first of a client has no type.
func (p *proxy) carry(to, from net.Conn, toward direction, bare bool) {
	header := make([]byte, 5)
	for {
		head := header
		if bare {
			head = header[:4]
		}
		if _, err := io.ReadFull(from, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return
		}
		if !bare && !p.pass(toward) {
			return
		}
		if toward == toClient && head[0] == endOfAnswer {
			p.wait()
		}
		if _, err := to.Write(append(head, body...)); err != nil {
			return
		}
		bare = false
	}
}

// endOfAnswer is the type of the message by which PostgreSQL says that it has answered: ReadyForQuery.
const endOfAnswer = 'Z'

// delay lets every answer come so much later, as from a server that is overloaded or far away.
func (p *proxy) delay(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slow = by; by == 0 {
		close(p.quick)
		p.quick = make(chan struct{})
	}
}

func (p *proxy) wait() {
	p.mu.Lock()
	slow, quick := p.slow, p.quick
	p.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-quick:
	}
}

// pass says whether a message goes on, and waits as long as it has to.
func (p *proxy) pass(toward direction) bool {
	p.mu.Lock()
	silent := p.silent
	cut := false
	if p.left > 0 && p.toward == toward {
		p.left--
		if cut = p.left == 0; cut {
			p.cuts++
		}
	}
	p.mu.Unlock()
	if silent != nil {
		<-silent
	}
	return !cut
}

// arm cuts the line on which the n-th message from now comes, before it is passed on.
func (p *proxy) arm(n int, toward direction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.toward, p.cuts = n, toward, 0
}

// disarm tells whether a line was cut since arm.
func (p *proxy) disarm() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = 0
	return p.cuts > 0
}

// leave cuts every line.
func (p *proxy) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for client, server := range p.lines {
		_ = client.Close()
		_ = server.Close()
	}
}

// vanish takes the database away, or brings it back.
func (p *proxy) vanish(away bool) {
	p.mu.Lock()
	p.away = away
	p.mu.Unlock()
	if away {
		p.leave()
	}
}

// hush lets lines stand and carries nothing over them, as a network does that drops packets.
func (p *proxy) hush(silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if silent && p.silent == nil {
		p.silent = make(chan struct{})
	} else if !silent && p.silent != nil {
		close(p.silent)
		p.silent = nil
	}
}
