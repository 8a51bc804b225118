package sshserver

import (
	"context"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
)

// keepAlive asks the client for a sign of life now and then, and closes the connection of one that
// gives none. It also wakes the OpenSSH client that shares a connection between windows: when a window
// is killed, it tells us so only after something else has come for it to do.
//
// Whoever gives none for a moment is said to be silent, long before the connection is given up: others
// should not think that they are still there.
func (s *Server) keepAlive(ctx context.Context, conn *gossh.ServerConn, user core.UserID, silent func(bool)) {
	every := s.opts.KeepAlive
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		answered := make(chan struct{})
		go func() { // it ends with the answer or with the connection
			defer close(answered)
			_, _, _ = conn.SendRequest("keepalive@openssh.com", true, nil)
		}()
		if !s.answers(ctx, answered, silent) {
			if ctx.Err() == nil {
				s.logger.Info("connection lost", "door", "ssh", "user", int64(user))
				_ = conn.Close()
			}
			return
		}
	}
}

// answers waits for a sign of life.
func (s *Server) answers(ctx context.Context, answered <-chan struct{}, silent func(bool)) bool {
	quiet, lost := time.NewTimer(s.opts.KeepAlive), time.NewTimer(s.opts.GiveUp)
	defer quiet.Stop()
	defer lost.Stop()
	fell := false
	for {
		select {
		case <-answered:
			if fell {
				silent(false)
			}
			return true
		case <-quiet.C:
			fell = true
			silent(true)
		case <-lost.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
