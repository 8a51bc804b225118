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
func (s *Server) keepAlive(ctx context.Context, conn *gossh.ServerConn, user core.UserID) {
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
		select {
		case <-answered:
		case <-ctx.Done():
			return
		case <-time.After(2 * every):
			s.logger.Info("connection lost", "door", "ssh", "user", int64(user))
			_ = conn.Close()
			return
		}
	}
}
