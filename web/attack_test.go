package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

// TestAttackChangingSomethingByALink asks for every page there is, and for every form by a method that a link or a
// picture could use, as people with all rights: afterwards all is as it was.
func TestAttackChangingSomethingByALink(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	s := newSiteWith(t, storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{})), web.Options{})
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	guests, _ := s.guestTicket(t)
	browsers := []*browser{s.as(t, s.Ana), s.as(t, s.Ines), s.as(t, s.Ada)}
	state := func() string {
		var counts string
		err := db.Pool().QueryRow(t.Context(), `
			select concat_ws(' ', (select count(*) from events), (select count(*) from messages), (select sum(version) from tickets), (select count(*) from user_keys),
				(select count(*) from tokens), (select count(*) from sessions where ended_at is null), (select count(*) from dedupe), (select string_agg(language, '') from users))`).Scan(&counts)
		if err != nil {
			t.Fatal(err)
		}
		return counts
	}
	before := state()
	for _, b := range browsers {
		for _, route := range s.handler.Routes() {
			_, path, _ := strings.Cut(route, " ")
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if a := b.ask(method+" "+path, own, guests); a.Status >= http.StatusInternalServerError {
					t.Errorf("%s %s: %d", method, path, a.Status)
				}
			}
		}
		if after := state(); after != before {
			t.Errorf("it was %s and is %s", before, after)
		}
	}
	for _, method := range []string{http.MethodTrace, http.MethodConnect, http.MethodPut, "PROPFIND"} {
		r := browsers[0].request(method, "/tickets", nil)
		r.Header.Set("X-Secret", "canary")
		if a := browsers[0].do(r); a.Status < 400 || strings.Contains(a.Body, "canary") {
			t.Errorf("%s: %d", method, a.Status)
		}
	}
}

// TestAttackReadingAPageAfterSigningOut: the browser is told to forget what it kept, and asks again before it shows it.
func TestAttackReadingAPageAfterSigningOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	b := s.as(t, s.Ana)
	page := b.open(own)
	if kept := page.Header.Get("Cache-Control"); kept != "private, no-cache" {
		t.Errorf("the page may be kept as %q", kept)
	}
	out := b.want(http.StatusSeeOther, b.post("/sign-out", url.Values{"key": {b.open("/account").key()}}))
	if out.Header.Get("Clear-Site-Data") != `"cache"` {
		t.Error("the browser is not told to forget")
	}
	r := b.request(http.MethodGet, own, nil)
	r.Header.Set("If-None-Match", page.Header.Get("ETag"))
	if a := b.do(r); a.Status != http.StatusNotFound || strings.Contains(a.Body, "No Wifi") {
		t.Errorf("asked again, it is answered %d", a.Status)
	}
}

// TestAttackSlowRequests sends headers that never end on many connections, and enormous ones, while somebody reports.
func TestAttackSlowRequests(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes as long as the server waits for headers")
	}
	s := newSite(t)
	server := web.Server(s.handler)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	address := listener.Addr().String()

	const slow = 300
	var closed atomic.Int64
	var attack sync.WaitGroup
	for range slow {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		attack.Go(func() {
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: helpdesk\r\nX-Slow: ")
			_ = conn.SetReadDeadline(time.Now().Add(2 * server.ReadHeaderTimeout))
			if _, err := io.Copy(io.Discard, conn); err == nil {
				closed.Add(1) // by the server
			}
		})
	}
	var waits []time.Duration
	for range 20 {
		began := time.Now()
		response, err := http.Get("http://" + address + "/")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("somebody honest is answered %d", response.StatusCode)
		}
		waits = append(waits, time.Since(began))
	}
	slices.Sort(waits)
	t.Logf("somebody honest waits %s, at most %s", waits[len(waits)/2], waits[len(waits)-1])
	attack.Wait()
	if n := closed.Load(); n < slow*95/100 {
		t.Errorf("%d of %d slow connections were closed", n, slow)
	}

	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() {
		_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: helpdesk\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 64<<10))
	}()
	if status, _ := bufio.NewReader(conn).ReadString('\n'); !strings.Contains(status, " 431 ") {
		t.Errorf("64 kB of headers are answered %q", status)
	}
}
