package sshserver

import (
	"sync"
	"time"
)

// delay is how long a connection has kept the server waiting, in all. Dribbling a byte now and then does not end it.
type delay struct {
	mu      sync.Mutex
	spoke   bool
	reading bool // the server wants to hear something
	working int  // and works at what it has heard, which may overlap
	since   time.Time
	waited  time.Duration
}

// turn changes what the server does.
func (s *delay) turn(now time.Time, change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waited = s.until(now)
	s.since = now
	change()
}

func (s *delay) until(now time.Time) time.Duration {
	if s.reading && s.working == 0 {
		return s.waited + now.Sub(s.since)
	}
	return s.waited
}

// lasted is how long it has lasted.
func (s *delay) lasted(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until(now)
}

// broken reports whether anything was said.
func (s *delay) broken() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spoke
}

// Read notes how long the other end takes to say something.
func (v *visitor) Read(p []byte) (int, error) {
	s := &v.delay
	s.turn(time.Now(), func() { s.reading = true })
	n, err := v.Conn.Read(p)
	s.turn(time.Now(), func() { s.reading, s.spoke = false, s.spoke || n > 0 })
	return n, err //nolint:wrapcheck // the connection's own error, to the connection's owner
}

// work says that the server works at a sign-in, until the function it returns is called.
func (v *visitor) work() (done func()) {
	s := &v.delay
	s.turn(time.Now(), func() { s.working++ })
	return func() { s.turn(time.Now(), func() { s.working-- }) }
}
