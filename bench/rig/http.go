package rig

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Line is a connection to a page that is kept open. It does little more than send and read, because it shares the
// machine with what it measures.
type Line struct {
	conn   net.Conn
	reader *bufio.Reader
}

// Dial opens a line.
func Dial(ctx context.Context, address string) (*Line, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("reach the page: %w", err)
	}
	return &Line{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// Close hangs up.
func (l *Line) Close() { _ = l.conn.Close() }

// Do sends a whole request and reads the whole answer, of which it returns the status.
func (l *Line) Do(request string) (status int, took time.Duration, err error) {
	began := time.Now()
	if _, err := io.WriteString(l.conn, request); err != nil {
		return 0, 0, fmt.Errorf("send: %w", err)
	}
	response, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return 0, 0, fmt.Errorf("read the answer: %w", err)
	}
	_, err = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if err != nil {
		return 0, 0, fmt.Errorf("read the answer: %w", err)
	}
	return response.StatusCode, time.Since(began), nil
}
