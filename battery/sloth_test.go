package battery

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// sloth is somebody who speaks or listens so slowly that a server with patience would have no time for anybody else.
type sloth struct {
	kind    string
	begins  string        // said at once
	drips   string        // said a byte a second, again and again
	deaf    bool          // reads nothing
	instead time.Duration // after which the server has to hang up
}

// sloths are the kinds of them. What a server may wait for is in docs/operate.md.
func sloths() []sloth {
	post := "POST /report HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100000\r\nContent-Type: "
	return []sloth{
		{"headers", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", "a", false, 5 * time.Second},
		{"bodies", post + "application/x-www-form-urlencoded\r\n\r\ntitle=", "a", false, time.Minute},
		{"files", post + "multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n\xff\xd8\xff\xe0", "\x00", false, 5 * time.Minute},
		{"answers", strings.Repeat("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 2000), "\r\n", true, 2 * time.Minute},
	}
}

// crawl does as this one does until the server hangs up, and returns how long that took; false if the trial ended before.
func (s sloth) crawl(address string, end <-chan struct{}) (time.Duration, bool) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return 0, true
	}
	defer func() { _ = conn.Close() }()
	began, hung := time.Now(), make(chan struct{})
	go func() {
		defer close(hung)
		if !s.deaf {
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4096)
		}
		if _, err := io.WriteString(conn, s.begins); err != nil {
			return
		}
		for { // a write finds out that the other end has hung up, without reading what it said
			time.Sleep(time.Second)
			if _, err := io.WriteString(conn, s.drips); err != nil {
				return
			}
		}
	}()
	if !s.deaf {
		_, _ = io.WriteString(conn, s.begins)
	}
	for n := 0; ; n++ {
		select {
		case <-hung:
			return time.Since(began), true
		case <-end:
			return time.Since(began), false
		case <-time.After(time.Second):
			if !s.deaf {
				_, _ = io.WriteString(conn, s.drips[n%len(s.drips):n%len(s.drips)+1])
			}
		}
	}
}

// Hundreds of slow connections hold up nobody who is honest, are cut when it is said that they are, and leave nothing behind.
func TestSlowConnectionsHoldUpNobody(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	slow, lasts := scale(160, 1000), scale(8*time.Second, 5*time.Minute+20*time.Second)
	r := begin(t, fmt.Sprintf("%d slow connections of HTTP: headers, forms and files at a byte a second, answers that nobody reads", slow),
		"one process of everything; 3 people at the form, one who replies by verbs")
	w := newTown(t)
	h := launchWhole(t, w.url)
	l, said := newLoad(t), newLoad(t)
	l.pause, said.pause = 100*time.Millisecond, 100*time.Millisecond
	l.pages(3, w.Network.ID, func() string { return h.web })
	said.replies(1, w.key(t, w.Ines), w.tickets(t, 1), func() string { return h.ssh })
	l.until(60)
	before, logged := h.examine(), len(h.process.Output.String())
	quiet := l.ledger.lap()

	end, kinds := make(chan struct{}), sloths()
	var mu sync.Mutex
	cut, stayed := map[string][]time.Duration{}, map[string]int{}
	var crawling sync.WaitGroup
	for n := range slow {
		s := kinds[n%len(kinds)]
		crawling.Go(func() {
			took, hungUp := s.crawl(h.web, end)
			mu.Lock()
			defer mu.Unlock()
			if hungUp {
				cut[s.kind] = append(cut[s.kind], took)
			} else {
				stayed[s.kind]++
			}
		})
	}
	time.Sleep(3 * time.Second)
	said.ledger.lap()
	most := h.examine()
	time.Sleep(lasts - 3*time.Second)
	reports, replies := l.ledger.lap(), said.ledger.lap()
	close(end)
	crawling.Wait()

	r.Notef("at most %.0f file descriptors, %.1f MiB of heap; before %.0f, %.1f", most[2], most[0], before[2], before[0])
	r.Notef("reports: p99 %s of %d, before %s; replies: p99 %s", percentile(reports, 0.99).Round(time.Millisecond), len(reports), percentile(quiet, 0.99).Round(time.Millisecond), percentile(replies, 0.99).Round(time.Millisecond))
	for _, s := range kinds {
		took := cut[s.kind]
		r.Notef("%s: %d cut after %s to %s", s.kind, len(took), percentile(took, 0).Round(100*time.Millisecond), percentile(took, 1).Round(100*time.Millisecond))
		if most := percentile(took, 1); most > s.instead+5*time.Second {
			t.Errorf("%s are cut after %s, not %s", s.kind, most, s.instead)
		}
		if lasts > s.instead+time.Second && stayed[s.kind] > 0 {
			t.Errorf("%d slow %s are not cut after %s", stayed[s.kind], s.kind, lasts)
		}
	}
	if limit := max(3*time.Second, 5*percentile(quiet, 0.99)); percentile(reports, 0.99) > limit || len(reports) == 0 || len(replies) == 0 {
		t.Errorf("honest people report %d times and reply %d times, within %s: more than %s", len(reports), len(replies), percentile(reports, 0.99), limit)
	}
	log := h.process.Output.String()[logged:]
	r.Notef("%d lines of log, %d of them warnings", strings.Count(log, "\n"), strings.Count(log, "level=WARN")+strings.Count(log, "level=ERROR"))
	if strings.Count(log, "level=WARN")+strings.Count(log, "level=ERROR") > 10 {
		t.Errorf("slow people fill the log:\n%.3000s", log)
	}
	said.finish()
	l.finish()
	h.settle(before, 20*time.Second)
	conn := connect(t, w.url)
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	hold(t, w.url)
}
