package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

const cleanEvery = 15 * time.Minute

// cleanArgs asks for what has run out to be removed.
type cleanArgs struct{}

// Kind names the job in the database.
func (cleanArgs) Kind() string { return "clean_up" }

type cleaner struct {
	river.WorkerDefaults[cleanArgs]

	desk   *core.Desk
	logger *slog.Logger
}

// Work removes sessions, codes, counts and keys that have run out.
func (c *cleaner) Work(ctx context.Context, _ *river.Job[cleanArgs]) error {
	removed, err := c.desk.CleanUp(ctx, core.System())
	if err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	if removed > 0 {
		c.logger.Info("removed what had run out", "rows", removed)
	}
	return nil
}
