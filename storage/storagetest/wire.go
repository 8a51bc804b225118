package storagetest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Break is how a call of the database fails.
type Break int

// The ways to fail.
const (
	CutBefore  Break = iota // the connection breaks before the server hears of the call
	CutAfter                // the server does it; the connection breaks before it answers
	Refuse                  // the server refuses: its disk is full
	HaltBefore              // the given function runs before the server hears of the call, which then goes on
	HaltAfter               // the given function runs when the server has done it, before the answer goes on
)

// Breaks lists the ways in which a call fails by itself.
func Breaks() []Break { return []Break{CutBefore, CutAfter, Refuse} }

// String names a way to fail.
func (b Break) String() string {
	return [...]string{"cut before", "cut after", "refuse", "halt before", "halt after"}[b]
}

// Wire stands between a program and its database, as a bad network would. A call is what the program sends until it
// waits for an answer: a statement, a batch, a commit. One call can be made to fail.
type Wire struct {
	URL string // of the database, over this wire

	listener net.Listener
	server   *pgx.ConnConfig

	mu    sync.Mutex
	armed bool
	at    int // calls until the one that fails
	how   Break
	halt  func()
	calls int
	open  map[net.Conn]bool
	done  sync.WaitGroup
}

// NewWire lays a wire to a database. It is taken away when the test ends.
func NewWire(t testing.TB, url string) *Wire {
	t.Helper()
	server, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{listener: listener, server: server, open: make(map[net.Conn]bool)}
	w.URL = fmt.Sprintf("host=127.0.0.1 port=%d user=%s dbname=%s sslmode=disable", listener.Addr().(*net.TCPAddr).Port, server.User, server.Database)
	w.done.Go(w.accept)
	t.Cleanup(w.close)
	return w
}

// BreakAt makes the n-th call from now on fail, counting from 1; halt is what the Halt ways run.
func (w *Wire) BreakAt(n int, how Break, halt func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed, w.at, w.how, w.halt, w.calls = true, n, how, halt, 0
}

// Mend makes all further calls work. It tells whether one failed, and how many calls there were since BreakAt.
func (w *Wire) Mend() (broke bool, calls int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	broke = w.armed && w.calls >= w.at
	w.armed = false
	return broke, w.calls
}

// CutAll breaks all connections, as when the server or the network goes away for a moment.
func (w *Wire) CutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		_ = c.Close()
	}
}

func (w *Wire) close() {
	_ = w.listener.Close()
	w.CutAll()
	w.done.Wait()
}

func (w *Wire) keep(c net.Conn, open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if open {
		w.open[c] = true
		return
	}
	delete(w.open, c)
	_ = c.Close()
}

// call counts a call, and tells whether it is the one that fails.
func (w *Wire) call() (Break, func(), bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.armed {
		return 0, nil, false
	}
	w.calls++
	return w.how, w.halt, w.calls == w.at
}

func (w *Wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		network, address := pgconn.NetworkAddress(w.server.Host, w.server.Port)
		server, err := net.Dial(network, address)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.keep(client, true)
		w.keep(server, true)
		l := &line{wire: w, client: client, server: server, state: 'I'}
		w.done.Go(l.ask)
		w.done.Go(l.answer)
	}
}

// line is one connection.
type line struct {
	wire           *Wire
	client, server net.Conn

	mu    sync.Mutex
	state byte   // of the transaction, as the server said last
	after func() // what happens in place of the next answer; nil for nothing
	drop  bool   // the next answer is lost
}

func (l *line) close() {
	l.wire.keep(l.client, false)
	l.wire.keep(l.server, false)
}

// ask brings what the program says to the server.
func (l *line) ask() {
	defer l.close()
	client := bufio.NewReader(l.client)
	first := make([]byte, 4)
	if _, err := io.ReadFull(client, first); err != nil { // the greeting, which has no kind
		return
	}
	greeting := make([]byte, int(binary.BigEndian.Uint32(first))-4)
	if _, err := io.ReadFull(client, greeting); err != nil {
		return
	}
	if _, err := l.server.Write(slices.Concat(first, greeting)); err != nil {
		return
	}
	var call []byte
	for {
		kind, message, err := readMessage(client)
		if err != nil {
			return
		}
		call = append(call, message...)
		switch kind {
		case 'Q', 'S': // a statement, or the end of several
			if !l.pass(call) {
				return
			}
		case 'p', 'H', 'X', 'd', 'c', 'f': // a password, a flush, the end, data
			if _, err := l.server.Write(call); err != nil {
				return
			}
		default:
			continue
		}
		call = nil
	}
}

// pass brings one call to the server, or breaks it; false if the connection is broken.
func (l *line) pass(call []byte) bool {
	how, halt, breaks := l.wire.call()
	if breaks {
		switch how {
		case CutBefore:
			return false
		case Refuse:
			return l.refuse()
		case HaltBefore:
			halt()
		case CutAfter, HaltAfter:
			l.mu.Lock()
			l.drop, l.after = how == CutAfter, halt
			l.mu.Unlock()
		}
	}
	_, err := l.server.Write(call)
	return err == nil
}

// refuse answers in the server's place.
func (l *line) refuse() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	state := l.state
	if state == 'T' {
		state = 'E'
	}
	no, err := (&pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: "53100", Message: "could not extend file: No space left on device"}).Encode(nil)
	if err != nil {
		return false
	}
	ready, err := (&pgproto3.ReadyForQuery{TxStatus: state}).Encode(no)
	if err != nil {
		return false
	}
	_, err = l.client.Write(ready)
	return err == nil
}

// answer brings what the server says to the program.
func (l *line) answer() {
	defer l.close()
	server, client := bufio.NewReader(l.server), bufio.NewWriter(l.client)
	for {
		kind, message, err := readMessage(server)
		if err != nil {
			return
		}
		if !l.tell(client, kind, message) {
			return
		}
		if server.Buffered() == 0 && client.Flush() != nil { // all that came at once goes on at once
			return
		}
	}
}

func (l *line) tell(client io.Writer, kind byte, message []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kind == 'Z' {
		l.state = message[len(message)-1]
		if l.drop {
			return false
		}
		if l.after != nil {
			l.after()
			l.after = nil
		}
	}
	if l.drop {
		return true // what comes before the end of the lost answer is lost too
	}
	_, err := client.Write(message)
	return err == nil
}

func readMessage(from io.Reader) (kind byte, message []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return 0, nil, err
	}
	message = make([]byte, 1+int(binary.BigEndian.Uint32(head[1:])))
	copy(message, head)
	_, err = io.ReadFull(from, message[len(head):])
	return head[0], message, err
}
