package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

// sweepEvery is how often held replies are looked for whose own job was lost with its worker.
const sweepEvery = 30 * time.Second

type sender struct {
	river.WorkerDefaults[core.SendHeldJob]

	desk *core.Desk
}

// Work waits for the moment of a held reply, for which it comes some seconds early, and sends what is due.
// Which replies those are is for the desk to say: one that was taken back meanwhile is none.
func (s *sender) Work(ctx context.Context, job *river.Job[core.SendHeldJob]) error {
	const longest = 15 * time.Second // what comes still later is found by the next sweep
	if wait := job.Args.At.Sub(s.desk.Now()); wait > 0 {
		timer := time.NewTimer(min(wait, longest))
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for a held reply: %w", ctx.Err())
		case <-timer.C:
		}
	}
	if _, err := s.desk.SendHeld(ctx, core.System()); err != nil {
		return fmt.Errorf("send held replies: %w", err)
	}
	return nil
}
