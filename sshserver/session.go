package sshserver

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/verb"
)

// The exit statuses, after sysexits.h.
const (
	exitDone     = 0
	exitUsage    = 64
	exitBroken   = 70
	exitLater    = 75
	exitNoAccess = 77
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
	if who.actor.Kind == core.ActorKiosk {
		return s.openWall(ctx, c, who.actor)
	}
	me, err := s.desk.Me(ctx, who.actor)
	if err != nil {
		return s.turnAway(c, err)
	}
	if strings.TrimSpace(c.RawCommand()) != "" {
		return s.verb(ctx, c, who.actor, me)
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
		return exitLater
	default:
		c.complain(s.words.broken(s.broke(err, nil)))
		return exitBroken
	}
}

// verb answers a command, on a terminal or not.
func (s *Server) verb(ctx context.Context, c *call, who core.Actor, me core.User) int {
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	beside.Go(func() { s.keepAlive(ctx, c.conn, who.User, func(bool) {}) })

	s.answering(1)
	defer s.answering(-1)
	pty, _, onTerminal := c.Pty()
	began := time.Now()
	status := verb.Run(ctx, verb.Call{
		Desk: s.desk, Words: s.catalogue, Who: who, Me: me,
		In: c, Out: c, Err: c.Stderr(), Alive: c.alive, Closing: s.closed, HangUp: func() { _ = c.conn.Close() },
		Broke:    func(err error) string { return s.words.verbBroke(s.broke(err, nil)) },
		Terminal: onTerminal, Width: pty.Window.Width,
		Host: s.words.host, Version: s.words.version, Recheck: s.opts.Recheck, Grace: s.opts.Grace,
	}, c.RawCommand())
	s.opts.Observer.Verb(verb.NameOf(c.RawCommand()), status, time.Since(began))
	return status
}

// alive asks the client for a sign of life on this channel.
func (c *call) alive() bool {
	_, err := c.SendRequest("keepalive@openssh.com", true, nil)
	return err == nil
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
	if who.Kind == core.ActorKiosk {
		return // nobody had signed in
	}
	ctx, cancel := context.WithTimeout(core.OfMany(context.Background()), 20*time.Second)
	defer cancel()
	if err := s.desk.SignOut(ctx, who); err != nil && core.KindOf(err) != core.Unauthenticated {
		s.logger.Warn("sign out", "door", "ssh", "user", int64(who.User), "error", err)
		return
	}
	s.logger.Info("signed out", "door", "ssh", "user", int64(who.User))
}
