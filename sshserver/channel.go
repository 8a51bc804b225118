package sshserver

import (
	"context"
	"io"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
)

const (
	maxChannels = 4    // sessions of one connection at once
	maxEnv      = 32   // variables a client may send
	maxEnvBytes = 1024 // and how long each may be
)

// openChannel serves one session of a connection. Its context ends with the channel, not with the
// connection, which a client may keep for hours after its window has closed.
func (s *Server) openChannel(_ *ssh.Server, conn *gossh.ServerConn, asked gossh.NewChannel, of ssh.Context) {
	caller, ok := of.Value(visitorKey{}).(*visitor)
	if !ok || !s.begin() {
		_ = asked.Reject(gossh.ResourceShortage, "the helpdesk is closing")
		return
	}
	defer s.running.Done()
	defer caller.channels.Add(-1)
	if caller.channels.Add(1) > maxChannels {
		_ = asked.Reject(gossh.ResourceShortage, "too many sessions on one connection")
		return
	}
	ctx, cancel := context.WithCancel(core.OfMany(of))
	defer cancel()
	ch := &channel{NewChannel: asked, sizes: make(chan ssh.Window, 1), closed: cancel}

	started, ended := false, make(chan struct{})
	server := &ssh.Server{
		SessionRequestCallback: func(sess ssh.Session, request string) bool {
			if request == "subsystem" { // sftp and its like: there is no file system here
				s.refuseSubsystem(sess)
				return false
			}
			started = true
			return true
		},
		Handler: func(sess ssh.Session) {
			defer close(ended)
			_ = sess.Exit(s.serve(ctx, &call{Session: sess, conn: conn, sizes: ch.sizes}))
		},
	}
	if err := server.SetOption(ssh.EmulatePty()); err != nil {
		s.logger.Error("prepare a session", "door", "ssh", "error", err)
		return
	}
	ssh.DefaultSessionHandler(server, conn, ch, of)
	if started {
		<-ended // until then it counts against the connection's sessions
	}
}

// refuseSubsystem says how files are sent instead. A client stops at the refusal; one that has answered a
// question behind the words has shown them.
func (s *Server) refuseSubsystem(sess ssh.Session) {
	_, _ = io.WriteString(sess.Stderr(), s.words.noSubsystem()+"\n")
	_, _ = sess.SendRequest("keepalive@openssh.com", true, nil)
}

// channel is a channel whose client's requests are kept within bounds before the session sees them.
type channel struct {
	gossh.NewChannel
	sizes  chan ssh.Window // the newest size of the window, if it has changed
	closed context.CancelFunc
}

// Accept opens the channel.
func (c *channel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	opened, asked, err := c.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	passed := make(chan *gossh.Request)
	go func() {
		defer close(passed)
		defer c.closed()
		c.sift(asked, passed)
	}()
	return opened, passed, nil
}

// sift passes on what a session may ask for. Changes of size are kept here, the newest only: the
// session's own queue for them holds one, and a client that sends a thousand would stop it.
func (c *channel) sift(asked <-chan *gossh.Request, passed chan<- *gossh.Request) {
	variables := 0
	for request := range asked {
		switch request.Type {
		case "env":
			if variables++; variables > maxEnv || len(request.Payload) > maxEnvBytes {
				_ = request.Reply(false, nil)
				continue
			}
		case "window-change":
			var size struct{ Columns, Rows, WidthPixels, HeightPixels uint32 }
			err := gossh.Unmarshal(request.Payload, &size)
			if err == nil {
				c.resize(ssh.Window{Width: int(size.Columns), Height: int(size.Rows)})
			}
			_ = request.Reply(err == nil, nil)
			continue
		case "auth-agent-req@openssh.com", "x11-req":
			_ = request.Reply(false, nil)
			continue
		}
		passed <- request
	}
}

// resize keeps size in place of one that nobody has looked at yet.
func (c *channel) resize(size ssh.Window) {
	select {
	case <-c.sizes:
	default:
	}
	c.sizes <- size // only this goroutine sends, so there is room
}
