package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestAttackMoreConnectionsThanThereIsRoomFor opens connections that say nothing, or say half of a request, and keeps them.
// Whoever asks for something is answered, also on a connection that was there before; when all are being answered, one more is
// turned away at once.
func TestAttackMoreConnectionsThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	hold, held := make(chan struct{}), make(chan struct{}, 8)
	s := server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			held <- struct{}{}
			<-hold
		}
		_, _ = io.WriteString(w, "answered")
	}), 8)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	dial := func(says string) net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(conn, says)
		return conn
	}
	ask := func(path string) (net.Conn, *bufio.Reader) {
		conn := dial("GET " + path + " HTTP/1.1\r\nHost: helpdesk\r\n\r\n")
		return conn, bufio.NewReader(conn)
	}
	answered := func(from *bufio.Reader) bool {
		response, err := http.ReadResponse(from, nil)
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		_, err = io.Copy(io.Discard, response.Body)
		return err == nil
	}
	// occupy asks for what takes long until it is being answered, and hands over whether it was, at the end. It is turned away as
	// long as the server has not noticed that it has answered the one before.
	occupy := func() <-chan bool {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
			over := make(chan bool, 1)
			_, reader := ask("/slow")
			go func() { over <- answered(reader) }()
			select {
			case <-held:
				return over
			case <-over:
			}
		}
		t.Fatal("a request is turned away though there is room")
		return nil
	}

	slow := occupy()
	for range 40 {
		dial("")
		dial("GET / HTTP/1.1\r\nX-Slow: ")
	}
	if _, reader := ask("/"); !answered(reader) {
		t.Error("somebody who asks is not answered beside those who say nothing")
	}
	for range 7 {
		occupy()
	}
	turned, reader := ask("/")
	if answered(reader) {
		t.Error("there is room for one more than may be there")
	}
	_ = turned.Close()
	close(hold)
	if !<-slow {
		t.Error("a request that was being answered has lost its connection")
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		if _, reader := ask("/"); answered(reader) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody is answered when it has emptied")
		}
	}
}
