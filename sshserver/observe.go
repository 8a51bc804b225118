package sshserver

import (
	"io"
	"sync/atomic"
	"time"

	"helpdesk.campus/core"
)

// Observer hears what the server does, for figures. What is nil hears nothing; nothing of it may wait.
type Observer struct {
	SignedIn   func(method string)
	Refused    func(method string, kind core.Kind)
	TurnedAway func(why string)         // before it could sign in: "full", "source" or "penalty"
	KeyToFrame func(took time.Duration) // from a key in a console to what it changed on the screen
	Verb       func(name string, status int, took time.Duration)
}

func (o Observer) withDefaults() Observer {
	if o.SignedIn == nil {
		o.SignedIn = func(string) {}
	}
	if o.Refused == nil {
		o.Refused = func(string, core.Kind) {}
	}
	if o.TurnedAway == nil {
		o.TurnedAway = func(string) {}
	}
	if o.KeyToFrame == nil {
		o.KeyToFrame = func(time.Duration) {}
	}
	if o.Verb == nil {
		o.Verb = func(string, int, time.Duration) {}
	}
	return o
}

// forgotten is after how long a key that changed nothing is no longer waited for.
const forgotten = time.Second

// stopwatch measures from a key to the next output, which it hands on.
type stopwatch struct {
	out     io.Writer
	tell    func(time.Duration)
	pressed atomic.Int64 // when, in nanoseconds; 0 while no key is waited for
}

// press starts it, unless an earlier key is still waited for.
func (s *stopwatch) press(now time.Time) {
	before := s.pressed.Load()
	if before == 0 || now.UnixNano()-before > int64(forgotten) {
		s.pressed.CompareAndSwap(before, now.UnixNano())
	}
}

// Write hands output on and stops the watch.
func (s *stopwatch) Write(p []byte) (int, error) {
	n, err := s.out.Write(p)
	if at := s.pressed.Swap(0); at != 0 && err == nil {
		if took := time.Duration(time.Now().UnixNano() - at); took < forgotten {
			s.tell(took)
		}
	}
	return n, err
}
