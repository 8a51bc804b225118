package sshserver

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// silentWait is after how long somebody whose console cannot open yet is told why.
const silentWait = time.Second

// arrivals is the line of those whose console opens, which takes some dozen reads and drawing the first screen. When hundreds
// come back at once, as many open at a time as the machine can work at: all at once would be none in time.
type arrivals chan struct{}

func newArrivals() arrivals { return make(arrivals, 2+2*runtime.GOMAXPROCS(0)) }

// arrive waits until a console may open. What it returns says that the console shows what it opens with; it is nil if nobody
// waits any more. Whatever other consoles read anew meanwhile gives way, as to somebody who pressed a key.
func (s *Server) arrive(ctx context.Context, c *call) (arrived func()) {
	over := s.desk.Hub().Ask()
	explain := time.NewTimer(silentWait)
	defer explain.Stop()
	for {
		select {
		case s.arrivals <- struct{}{}:
			leave := sync.OnceFunc(func() {
				<-s.arrivals
				over()
			})
			slow := time.AfterFunc(s.opts.Arrival, leave)
			return func() {
				slow.Stop()
				leave()
			}
		case <-explain.C:
			c.say(s.words.crowded())
		case <-ctx.Done():
			over()
			return nil
		case <-s.closed:
			over()
			return nil
		}
	}
}
