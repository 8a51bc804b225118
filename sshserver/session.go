package sshserver

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
)

// The exit statuses, after sysexits.h.
const (
	exitDone        = 0
	exitUsage       = 64
	exitUnavailable = 69
	exitBroken      = 70
	exitNoAccess    = 77
)

// call is one session: what a client asked for on one channel.
type call struct {
	ssh.Session
	conn  *gossh.ServerConn
	sizes <-chan ssh.Window
}

func (c *call) say(line string)      { _, _ = io.WriteString(c, line+"\n") }
func (c *call) complain(line string) { _, _ = io.WriteString(c.Stderr(), line+"\n") }

// serve gives a session what it asked for and returns its exit status. A panic ends this session
// alone.
func (s *Server) serve(ctx context.Context, c *call) (status int) {
	defer func() {
		if cause := recover(); cause != nil {
			c.complain(s.words.broken(s.broke(cause, debug.Stack())))
			status = exitBroken
		}
	}()
	who, ok := c.Permissions().ExtraData[identityKey{}].(identity)
	if !ok {
		c.complain(s.words.failure(fmt.Errorf("nobody signed in")))
		return exitBroken
	}
	me, err := s.desk.Me(ctx, who.actor)
	if err != nil {
		return s.turnAway(c, err)
	}
	if strings.TrimSpace(c.RawCommand()) != "" {
		return s.verb(c)
	}
	return s.openConsole(ctx, c, who.actor, me)
}

// turnAway says why a session cannot begin.
func (s *Server) turnAway(c *call, err error) int {
	switch core.KindOf(err) {
	case core.Unauthenticated, core.Forbidden, core.NotFound:
		c.complain(s.words.revoked())
		return exitNoAccess
	case core.Unavailable:
		c.complain(s.words.failure(err))
		return exitUnavailable
	default:
		c.complain(s.words.broken(s.broke(err, nil)))
		return exitBroken
	}
}

// verb answers a command. It takes no notice of the terminal, if there is one.
func (s *Server) verb(c *call) int {
	switch strings.TrimSpace(c.RawCommand()) {
	case "help", "--help", "-h":
		_, _ = io.WriteString(c, s.words.usage())
		return exitDone
	case "version", "--version":
		c.say("helpdesk " + s.words.version)
		return exitDone
	}
	c.complain(s.words.noSuchVerb(c.RawCommand()))
	return exitUsage
}

// broke logs an error of ours and returns the number under which the log has it.
func (s *Server) broke(cause any, stack []byte) string {
	var number [4]byte
	_, _ = rand.Read(number[:]) // never fails
	id := hex.EncodeToString(number[:])
	s.logger.Error("session broke", "door", "ssh", "id", id, "cause", fmt.Sprint(cause), "stack", string(stack))
	return id
}

// signOut ends the sign-in of a connection that has gone.
func (s *Server) signOut(who core.Actor) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.desk.SignOut(ctx, who); err != nil && core.KindOf(err) != core.Unauthenticated {
		s.logger.Warn("sign out", "door", "ssh", "user", int64(who.User), "error", err)
		return
	}
	s.logger.Info("signed out", "door", "ssh", "user", int64(who.User))
}
