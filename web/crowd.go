package web

import (
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// crowd bounds the connections of a process. A newcomer who finds no room takes the place of one that waits for nobody:
// the one that has been between two requests longest, or that has not asked for anything for longest. While all are being
// answered, the newcomer is turned away, so that there are always files left for the database and for consoles.
type crowd struct {
	most int

	mu    sync.Mutex
	conns map[net.Conn]*attendance
}

// attendance is one connection.
type attendance struct {
	since     time.Time // when it came, or was answered last
	answering bool
}

// reserve is how many files a process keeps for everything else.
const reserve = 256

// roomFor is how many connections a process has files for: three quarters of what the system allows it, 10,000 at most.
func roomFor() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return 1000
	}
	allowed := int(min(files.Cur, 1<<20))
	return max(64, min(10_000, allowed*3/4, allowed-reserve))
}

// state hears of a connection what the server knows of it.
func (c *crowd) state(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now() //nolint:forbidigo // of the connection
	switch state {
	case http.StateNew:
		if len(c.conns) >= c.most && !c.makeRoom() {
			_ = conn.Close()
			return
		}
		c.conns[conn] = &attendance{since: now}
	case http.StateIdle:
		if there := c.conns[conn]; there != nil {
			there.since, there.answering = now, false
		}
	case http.StateClosed, http.StateHijacked:
		delete(c.conns, conn)
	case http.StateActive: // it has said a first byte, which is not yet a request
	}
}

// makeRoom closes the connection that nobody misses, and reports whether there was one.
func (c *crowd) makeRoom() bool {
	var longest net.Conn
	for conn, there := range c.conns {
		if !there.answering && (longest == nil || there.since.Before(c.conns[longest].since)) {
			longest = conn
		}
	}
	if longest == nil {
		return false
	}
	delete(c.conns, longest)
	_ = longest.Close()
	return true
}

// connKey is where a request's context keeps its connection.
type connKey struct{}

// attend marks the connections of requests that are being answered.
func (c *crowd) attend(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			c.answering(conn)
		}
		next.ServeHTTP(w, r)
	})
}

func (c *crowd) answering(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if there := c.conns[conn]; there != nil {
		there.answering = true
	}
}
