package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// soon is how quickly what was taken away has to end.
const soon = 5 * time.Second

// open begins a request whose answer is read by the test; little of it waits in the connection until then. The body is sent
// once the server wants it.
func (p *program) open(method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.site.server.URL+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Expect", "100-continue")
	transport := &http.Transport{ExpectContinueTimeout: time.Minute, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if tcp, ok := conn.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(64 << 10)
		}
		return conn, err
	}}
	p.t.Cleanup(transport.CloseIdleConnections)
	return (&http.Client{Transport: transport}).Do(r)
}

func TestAttackATokenRevokedInTheMiddleOfWhatIsLong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ticket := s.Report(t, s.Ana, "Network")
	path, ines := s.path(ticket), storagetest.As(s.Ines, core.DoorSSH)
	for range 450 { // 9 MB: more than a connection takes unread
		if _, err := s.Desk.Note(t.Context(), ines, ticket, core.NewMessage{Body: "words" + strings.Repeat("!", core.MaxBody-5)}); err != nil {
			t.Fatal(err)
		}
	}
	file, err := s.Desk.Upload(t.Context(), ines, "log", "ap-17.log", strings.NewReader(strings.Repeat("Nov 25 03:00:00 ap-17 kernel: radio reset\n", 240_000)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.Note(t.Context(), ines, ticket, core.NewMessage{Key: "log"}); err != nil {
		t.Fatal(err)
	}
	token, secret, err := s.Desk.NewToken(t.Context(), ines, core.NewToken{Name: "backup", Scope: core.TokenWrite})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, site: s, token: secret}

	var reading []*http.Response
	for _, what := range []string{path + "/files/" + jsonNumber(float64(file.ID)), "/api/v1/export"} {
		response, err := p.open(http.MethodGet, what, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		if _, err := io.ReadFull(response.Body, make([]byte, 1<<10)); err != nil {
			t.Fatal(err)
		}
		reading = append(reading, response) //nolint:bodyclose // closed when the test ends
	}
	body, half := io.Pipe()
	t.Cleanup(func() { _ = half.Close() })
	sent := make(chan answer, 1)
	go func() {
		response, err := p.open(http.MethodPost, path+"/files?name=half.log&visibility=internal", body)
		if err != nil {
			sent <- answer{t: t, Body: err.Error()}
			return
		}
		defer response.Body.Close()
		raw, _ := io.ReadAll(response.Body)
		sent <- answer{t: t, Status: response.StatusCode, Body: string(raw)}
	}()
	if _, err := io.WriteString(half, "the first half of a log"); err != nil {
		t.Fatal(err)
	}

	if err := s.Desk.RevokeToken(t.Context(), ines, token.ID); err != nil {
		t.Fatal(err)
	}
	late, done := context.WithTimeout(t.Context(), soon)
	defer done()
	select {
	case a := <-sent:
		if a.want(http.StatusUnauthorized).value("code") != "token_ended" {
			t.Errorf("the sender is told %s", a.Body)
		}
	case <-late.Done():
		t.Error("the upload goes on")
	}
	<-late.Done()
	for _, response := range reading { // what was on its way may still come
		ended := make(chan error, 1)
		go func() { _, err := io.Copy(io.Discard, response.Body); ended <- err }()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s came whole", response.Request.URL.Path)
			}
		case <-time.After(soon):
			t.Errorf("%s goes on", response.Request.URL.Path)
		}
	}
}

// Who may not send a file is told so before it is there.
func TestARefusedUploadIsAnsweredBeforeItsFileHasArrived(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := &program{t: t, site: s, token: "hd_nobodys"}
	body, half := io.Pipe()
	t.Cleanup(func() { _ = half.Close() })
	told := make(chan int, 1)
	go func() {
		response, err := p.open(http.MethodPost, "/api/v1/uploads?name=half.log", body)
		if err != nil {
			told <- 0
			return
		}
		defer response.Body.Close()
		told <- response.StatusCode
	}()
	select {
	case status := <-told:
		if status != http.StatusUnauthorized {
			t.Errorf("got %d", status)
		}
	case <-time.After(soon):
		t.Error("nobody answers")
	}
}
