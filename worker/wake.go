package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

const wakeEvery = 30 * time.Second

// wakeArgs asks for the tickets whose rest has ended to be woken.
type wakeArgs struct{}

// Kind names the job in the database.
func (wakeArgs) Kind() string { return "wake_snoozed" }

type waker struct {
	river.WorkerDefaults[wakeArgs]

	desk *core.Desk
}

// Work wakes snoozed tickets.
func (w *waker) Work(ctx context.Context, _ *river.Job[wakeArgs]) error {
	if _, err := w.desk.WakeSnoozed(ctx, core.System()); err != nil {
		return fmt.Errorf("wake snoozed tickets: %w", err)
	}
	return nil
}
