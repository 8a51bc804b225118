package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

const packEvery = 5 * time.Minute

// packArgs asks for finished days to be packed.
type packArgs struct{}

// Kind names the job in the database.
func (packArgs) Kind() string { return "pack_days" }

type packer struct {
	river.WorkerDefaults[packArgs]

	desk *core.Desk
}

// Timeout gives the first run over years the time it takes.
func (p *packer) Timeout(*river.Job[packArgs]) time.Duration {
	const long = 10 * time.Minute
	return long
}

// Work packs finished days.
func (p *packer) Work(ctx context.Context, _ *river.Job[packArgs]) error {
	if err := p.desk.PackDays(ctx, core.System()); err != nil {
		return fmt.Errorf("pack finished days: %w", err)
	}
	return nil
}
