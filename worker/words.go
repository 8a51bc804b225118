package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

const readEvery = time.Minute

// readArgs asks for the words of new tickets to be learnt.
type readArgs struct{}

// Kind names the job in the database.
func (readArgs) Kind() string { return "learn_words" }

type reader struct {
	river.WorkerDefaults[readArgs]

	desk *core.Desk
}

// Timeout gives the first run over an old database the time it takes.
func (r *reader) Timeout(*river.Job[readArgs]) time.Duration {
	const long = 10 * time.Minute
	return long
}

// Work learns words.
func (r *reader) Work(ctx context.Context, _ *river.Job[readArgs]) error {
	if err := r.desk.LearnWords(ctx, core.System()); err != nil {
		return fmt.Errorf("learn words: %w", err)
	}
	return nil
}
