package worker

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"helpdesk.campus/core"
)

const sealEvery = 24 * time.Hour

// sealArgs asks for the history to be signed as it stands.
type sealArgs struct{}

// Kind names the job in the database.
func (sealArgs) Kind() string { return "seal_history" }

type sealer struct {
	river.WorkerDefaults[sealArgs]

	desk   *core.Desk
	logger *slog.Logger
}

// Timeout is for the first time, which covers everything that ever happened.
func (s *sealer) Timeout(*river.Job[sealArgs]) time.Duration { return time.Hour }

// Work seals the history, and logs the head: a log that is kept elsewhere is what proves it later.
func (s *sealer) Work(ctx context.Context, _ *river.Job[sealArgs]) error {
	head, err := s.desk.SealHistory(ctx, core.System())
	if err != nil {
		return fmt.Errorf("seal the history: %w", err)
	}
	s.logger.Info("sealed the history", "head", head.ID, "digest", hex.EncodeToString(head.Digest), "streams", head.Streams)
	return nil
}
