package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver/sshtest"
)

// balancer sends work to those processes of a service that say they are ready, in turn, as any load balancer does.
type balancer struct {
	next atomic.Int64

	mu       sync.Mutex
	services []*service
	ready    map[*service]bool
}

// watch asks a process every so often whether it wants work, until the process or the test ends.
func (b *balancer) watch(ctx context.Context, t *testing.T, s *service) {
	t.Helper()
	for ctx.Err() == nil {
		status, _ := s.ask(t, "/readyz")
		b.mu.Lock()
		b.ready[s] = status == http.StatusOK
		b.mu.Unlock()
		select {
		case <-s.Ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (b *balancer) pick() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var ready []*service
	for _, s := range b.services {
		if b.ready[s] {
			ready = append(ready, s)
		}
	}
	if len(ready) == 0 {
		return "", errors.New("no process is ready")
	}
	return ready[int(b.next.Add(1))%len(ready)].address, nil
}

// dial connects to a process that is ready. One that takes no connection has been sent nothing, so another is tried.
func (b *balancer) dial() (net.Conn, error) {
	var refused error
	for range 10 {
		address, err := b.pick()
		if err != nil {
			return nil, err
		}
		conn, err := net.DialTimeout("tcp", address, 5*time.Second)
		if err == nil {
			return conn, nil
		}
		refused = err
	}
	return nil, refused
}

func (b *balancer) replace(old, fresh *service) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, s := range b.services {
		if s == old {
			b.services[i] = fresh
		}
	}
}

// web is the balancer's page.
func (b *balancer) web(t *testing.T) *httptest.Server {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "pages"})
			r.SetXForwarded()
		},
		Transport: &http.Transport{
			DialContext:       func(context.Context, string, string) (net.Conn, error) { return b.dial() },
			DisableKeepAlives: true,
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			t.Logf("%s %s: %v", r.Method, r.URL.Path, err)
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server
}

// tcp is the balancer's console: connections are handed through as they are.
func (b *balancer) tcp(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = client.Close() }()
				process, err := b.dial()
				if err != nil {
					return
				}
				defer func() { _ = process.Close() }()
				go func() { _, _ = io.Copy(process, client); _ = process.(*net.TCPConn).CloseWrite() }()
				_, _ = io.Copy(client, process)
			}()
		}
	}()
	return listener.Addr().String()
}

// TestARollingRestartLosesNothing restarts two pages and two consoles one after another while fifty requests a second
// come in, a tenth of them reports and a tenth verbs over SSH. Every one is answered.
func TestARollingRestartLosesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	wane := []string{"--drain-wait=2s", "--reports-per-address=0", "--trusted-proxies=127.0.0.1"}
	pages := &balancer{services: []*service{w.start(t, "web", wane...), w.start(t, "web", wane...)}, ready: map[*service]bool{}}
	consoles := &balancer{services: []*service{w.start(t, "ssh", wane...), w.start(t, "ssh", wane...)}, ready: map[*service]bool{}}
	ctx, stop := context.WithTimeout(t.Context(), 40*time.Second)
	defer stop()
	for _, b := range []*balancer{pages, consoles} {
		for _, s := range b.services {
			go b.watch(ctx, t, s)
		}
		await(t, "a ready process", func() bool { _, err := b.pick(); return err == nil })
	}
	page, address, key := pages.web(t), consoles.tcp(t), w.key(t, w.Ines)
	client := &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 50},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func(n int) error {
		switch n % 10 {
		case 0:
			status, err := w.sendReport(client, page.URL)
			if err == nil && status != http.StatusSeeOther {
				err = fmt.Errorf("a report is answered with %d", status)
			}
			return err
		case 5:
			return verb(address, key, "counts")
		default:
			response, err := client.Get(page.URL + "/known")
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, response.Body)
			if err == nil && response.StatusCode != http.StatusOK {
				err = fmt.Errorf("the page answers %s", response.Status)
			}
			return errors.Join(err, response.Body.Close())
		}
	}
	restarted := make(chan struct{})
	go func() {
		defer close(restarted)
		for _, b := range []*balancer{pages, consoles} {
			for _, old := range []*service{b.services[0], b.services[1]} {
				kind := "web"
				if b == consoles {
					kind = "ssh"
				}
				if code := old.Stop(); code != 0 {
					t.Errorf("a process ends with %d:\n%s", code, old.Output)
				}
				fresh := w.start(t, kind, wane...)
				b.replace(old, fresh)
				go b.watch(ctx, t, fresh)
				await(t, "the fresh process", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return b.ready[fresh] })
			}
		}
	}()
	asked, lost := fire(ctx, restarted, ask)
	if ctx.Err() != nil {
		t.Fatal("four restarts take longer than the test may")
	}
	if len(lost) > 0 {
		t.Errorf("%d of %d requests are lost, as: %v", len(lost), asked, lost[0])
	}
	t.Logf("%d requests, none lost", asked-len(lost))
}

// fire asks fifty times a second, whether earlier ones have been answered or not, until a while after the end.
func fire(ctx context.Context, end <-chan struct{}, ask func(int) error) (asked int, lost []error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	tick := time.NewTicker(time.Second / 50)
	defer tick.Stop()
	for ; ; asked++ {
		select {
		case <-tick.C:
		case <-end:
			wg.Wait()
			return asked, lost
		case <-ctx.Done():
			wg.Wait()
			return asked, lost
		}
		n := asked
		wg.Go(func() {
			if err := ask(n); err != nil {
				mu.Lock()
				defer mu.Unlock()
				lost = append(lost, err)
			}
		})
	}
}

// verb runs one over a connection of its own.
func verb(address string, key gossh.Signer, command string) error {
	config := sshtest.Config("whoever", gossh.PublicKeys(key))
	client, err := gossh.Dial("tcp", address, config)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	out, err := session.Output(command)
	if err == nil && !strings.Contains(string(out), "open\t") {
		err = fmt.Errorf("%s says %q", command, out)
	}
	return err
}
