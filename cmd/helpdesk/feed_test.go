package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// caller is somebody's program, which speaks to the API of any process.
type caller struct {
	t      *testing.T
	secret string
	wrote  chan struct{} // if there is one, closed when a request has been written
}

func (w *town) caller(t *testing.T, u core.User, scope core.TokenScope) caller {
	t.Helper()
	_, secret, err := w.Desk.NewToken(t.Context(), storagetest.As(u, core.DoorSSH), core.NewToken{Name: "program", Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return caller{t: t, secret: secret}
}

// send sends a request, whose answer the test reads.
func (c caller) send(s *service, method, path string, body io.Reader, headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+s.address+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.secret)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if c.wrote != nil {
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(c.wrote) }}))
	}
	return http.DefaultClient.Do(r)
}

// stream is a client of server-sent events: it keeps the last id, and with it goes on wherever it is let in.
type stream struct {
	t    *testing.T
	body io.Closer
	in   *bufio.Scanner
	last string
	told []string // comments
}

func (c caller) stream(s *service, last string) *stream {
	c.t.Helper()
	response, err := c.send(s, http.MethodGet, "/events/stream?cursor=start", nil, "Last-Event-ID", last)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("the stream is answered with %v, %v", response, err)
	}
	c.t.Cleanup(func() { _ = response.Body.Close() })
	return &stream{t: c.t, body: response.Body, in: bufio.NewScanner(response.Body), last: last}
}

// next is the next event's ticket; false when the stream has ended.
func (s *stream) next() (int64, bool) {
	s.t.Helper()
	late := time.AfterFunc(time.Minute, func() { _ = s.body.Close() })
	defer late.Stop()
	for s.in.Scan() {
		line := s.in.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.last = id
		}
		if words, ok := strings.CutPrefix(line, ": "); ok {
			s.told = append(s.told, words)
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var event struct{ Ticket int64 }
			if err := json.Unmarshal([]byte(data), &event); err != nil {
				s.t.Fatal(err)
			}
			return event.Ticket, true
		}
	}
	return 0, false
}

// TestStreamsEndWithAProcessAndGoOnAtAnother stops a process with an open stream and a long poll on it: both end at once,
// the process with status 0, and another one goes on where they were.
func TestStreamsEndWithAProcessAndGoOnAtAnother(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	one, other := w.start(t, "web"), w.start(t, "web")
	ines := w.caller(t, w.Ines, core.TokenRead)
	first := w.Report(t, w.Ana, "No signal")
	events := ines.stream(one, "")
	if got, ok := events.next(); !ok || got != int64(first) {
		t.Fatalf("the first event is of %d (%v)", got, ok)
	}
	polled, asked := make(chan string, 1), make(chan struct{})
	go func() {
		poller := ines
		poller.wrote = asked
		response, err := poller.send(one, http.MethodGet, "/events?wait=50&cursor="+events.last, nil)
		if err != nil {
			polled <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		polled <- fmt.Sprint(response.StatusCode, string(body), err)
	}()

	<-asked // and what is asked behind it is answered, so it is under way
	if response, err := ines.send(one, http.MethodGet, "/me", nil); err != nil || response.Body.Close() != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code := one.Stop(); code != 0 {
		t.Errorf("the process ends with %d:\n%s", code, one.Output)
	}
	if got, more := events.next(); more {
		t.Errorf("an event of %d", got)
	}
	if len(events.told) == 0 || !strings.Contains(events.told[len(events.told)-1], "restarts") {
		t.Errorf("the stream's last word is %q", events.told)
	}
	select {
	case answer := <-polled:
		if !strings.HasPrefix(answer, "200") || !strings.Contains(answer, `"items":[]`) {
			t.Errorf("the long poll is answered with %s", answer)
		}
	case <-time.After(time.Minute):
		t.Fatal("the long poll goes on")
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}

	second, third := w.Report(t, w.Ana, "No light"), w.Report(t, w.Ben, "No heat")
	again := ines.stream(other, events.last)
	for _, want := range []core.TicketID{second, third} {
		if got, ok := again.next(); !ok || got != int64(want) {
			t.Errorf("it goes on with %d (%v), want %d", got, ok, want)
		}
	}
}

// TestAStreamWithoutEventsGoesOnWhereItBegan ends before anything has happened: what happens next is not lost.
func TestAStreamWithoutEventsGoesOnWhereItBegan(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	one, other := w.start(t, "web"), w.start(t, "web")
	ines := w.caller(t, w.Ines, core.TokenRead)
	response, err := ines.send(one, http.MethodGet, "/events/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	events := &stream{t: t, body: response.Body, in: bufio.NewScanner(response.Body)}
	if code := one.Stop(); code != 0 {
		t.Errorf("the process ends with %d:\n%s", code, one.Output)
	}
	if got, more := events.next(); more || events.last == "" {
		t.Fatalf("an event of %d, and the id is %q", got, events.last)
	}
	id := w.Report(t, w.Ana, "No signal")
	if got, ok := ines.stream(other, events.last).next(); !ok || got != int64(id) {
		t.Errorf("it goes on with %d (%v), want %d", got, ok, id)
	}
}
