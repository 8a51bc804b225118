package embedded

import (
	"context"
	"path/filepath"
	"time"
)

// keepStep is how often [Server.Keep] looks.
const keepStep = 100 * time.Millisecond

// Keep looks after the server until the context ends: one that was killed under the program is started again, with all that it
// acknowledged. Connections to the old one are lost, and pools make new ones.
func (s *Server) Keep(ctx context.Context) {
	for pause(ctx, keepStep) == nil {
		if s.PID() != 0 {
			continue
		}
		if err := s.revive(ctx); err != nil && ctx.Err() == nil {
			s.cluster.log.Error("the database has ended and does not start again; trying on", "dir", s.cluster.dir, "error", err)
		}
	}
}

// revive starts the server again, unless another program has done so first.
func (s *Server) revive(ctx context.Context) error {
	start, err := lockAlone(ctx, filepath.Join(s.cluster.dir, "start.lock"))
	if err != nil {
		return err
	}
	defer start.release()
	if ctx.Err() != nil || s.PID() != 0 {
		return nil
	}
	accept := func(ctx context.Context, sockets string) (bool, error) { return s.cluster.accept(ctx, sockets, false) }
	_, launched, err := s.cluster.run(ctx, launchChild, accept)
	if err == nil {
		s.cluster.log.Warn("the database had ended and runs again", "dir", s.cluster.dir, "started", launched)
	}
	return err
}
