package sshserver

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
)

// face is what somebody sits before: a console that is drawn on the whole screen, or one of lines. Each of its methods
// but farewell may wait for a terminal that is not read; those beside run end with the context at the latest.
type face interface {
	run(ctx context.Context) error // until it ends
	notice(words string)           // shows words
	silent(silent bool)            // says whether the client gives signs of life
	goodbye(words string)          // ends it with words
	quit()                         // ends it because its input has ended

	// farewell is what to say last, and the number under which the log has the panic that ended it, if one did.
	farewell(parting string) (words, number string)
}

// console is one open console. What it shows is its face's business; when it opens, what ends it and
// in which state it leaves the terminal are its own.
type console struct {
	server  *Server
	call    *call
	who     core.Actor
	face    face
	cancel  context.CancelFunc
	arrived func()
	idle    *time.Timer
	waiting sync.WaitGroup // everything that runs beside the program

	mu      sync.Mutex
	ended   bool
	parting string // the words with which it is being closed
	status  int
	forced  *time.Timer
}

// openConsole runs a console until it ends. The context ends with the channel. Without a terminal to draw on, and for
// whoever chose so, it is the plain one.
func (s *Server) openConsole(ctx context.Context, call *call, who core.Actor, me core.User) int {
	if !me.IsStaff() {
		call.say(s.words.onlyStaff(me))
		return exitDone
	}
	makeFace := s.drawn
	if pty, _, hasTerminal := call.Pty(); !hasTerminal || pty.Term == "dumb" || me.Preferences.Plain {
		makeFace = s.plain
	}
	return s.openFace(ctx, call, who, me, s.opts.Idle+time.Minute, makeFace)
}

// openWall opens the wall for a kiosk's key, and nothing else. A wall is never idle.
func (s *Server) openWall(ctx context.Context, call *call, who core.Actor) int {
	if _, _, hasTerminal := call.Pty(); !hasTerminal || strings.TrimSpace(call.RawCommand()) != "" {
		call.complain(s.words.wallAlone())
		return exitUsage
	}
	return s.openFace(ctx, call, who, core.User{}, math.MaxInt64, s.drawn)
}

func (s *Server) openFace(ctx context.Context, call *call, who core.Actor, me core.User, idle time.Duration, makeFace func(context.Context, *console, core.User) face) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &console{server: s, call: call, who: who, cancel: cancel, arrived: s.arrive(ctx, call)}
	if c.arrived == nil {
		call.complain(s.words.closed())
		return exitLater
	}
	defer c.arrived()
	c.face = makeFace(ctx, c, me)
	c.idle = time.AfterFunc(idle, func() { c.goodbye(s.words.idle(), exitDone) })
	if !s.open(c) {
		c.end()
		call.complain(s.words.closed())
		return exitLater
	}
	return c.run(ctx)
}

func (c *console) run(ctx context.Context) int {
	// What writes to a terminal which does not read can only be freed by its connection.
	freed := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		select {
		case <-freed:
		case <-time.After(c.server.opts.Grace):
			_ = c.call.conn.Close()
		}
	})()
	c.waiting.Go(func() { c.watch(ctx) })
	c.waiting.Go(func() { c.server.keepAlive(ctx, c.call.conn, c.who.User, c.silent) })

	err := c.face.run(ctx)
	close(freed)
	c.server.close(c)
	c.noteAccess(ctx)
	c.end()
	return c.part(ctx, err)
}

// noteAccess finds out whether a console that closed by itself did so because its user may not be here any more, which it
// may notice before the server does.
func (c *console) noteAccess(ctx context.Context) {
	c.mu.Lock()
	told := c.parting != ""
	c.mu.Unlock()
	if told || ctx.Err() != nil || c.mayStay(ctx) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parting == "" {
		c.parting, c.status = c.server.words.revoked(), exitNoAccess
	}
}

// part says the last words, on the terminal as it was before, and gives the exit status.
func (c *console) part(ctx context.Context, err error) int {
	words, broke := c.face.farewell(c.parting)
	switch {
	case broke != "":
		c.call.complain(c.server.words.broken(broke))
		return exitBroken
	case errors.Is(err, tea.ErrProgramPanic):
		c.call.complain(c.server.words.broken(c.server.broke(err, nil)))
		return exitBroken
	case err != nil && c.parting == "" && ctx.Err() == nil:
		c.server.logger.Info("console ended", "door", "ssh", "user", int64(c.who.User), "error", err)
	}
	if words != "" {
		c.call.say(words)
	}
	return c.status
}

// notice shows words without closing the console. It does not wait for a terminal that is not read.
func (c *console) notice(words string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(func() { c.face.notice(words) })
	}
}

// silent tells the console whether its client gives signs of life. It does not wait for the terminal.
func (c *console) silent(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(func() { c.face.silent(silent) })
	}
}

// goodbye closes the console with words: it may close itself, and is closed if it does not.
func (c *console) goodbye(words string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.parting != "" {
		return
	}
	c.parting, c.status = words, status
	c.waiting.Go(func() { c.face.goodbye(words) })
	c.forced = time.AfterFunc(c.server.opts.Grace, c.cancel)
}

// hangUp ends the console of somebody whose input has ended.
func (c *console) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(c.face.quit)
	}
}

// end stops everything that runs beside the program.
func (c *console) end() {
	c.mu.Lock()
	c.ended = true
	c.idle.Stop()
	if c.forced != nil {
		c.forced.Stop()
	}
	c.mu.Unlock()
	c.cancel()
	c.waiting.Wait()
}

// watch closes the console when its user may not be here any more: at once when the bell says that
// their rights changed, and it asks every few seconds in case a bell is lost. A general resync is
// not worth asking for: all consoles would ask at once, for what they ask soon anyway.
func (c *console) watch(ctx context.Context) {
	box := c.server.desk.Hub().Subscribe()
	defer box.Close()
	next := time.Now().Add(c.server.opts.Recheck)
	for {
		wait, cancel := context.WithDeadline(ctx, next)
		dirty, err := box.Wait(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !dirty.Users[c.who.User]:
			continue
		}
		next = time.Now().Add(c.server.opts.Recheck)
		if !c.mayStay(ctx) {
			c.goodbye(c.server.words.revoked(), exitNoAccess)
			return
		}
	}
}

// mayStay asks the desk. A desk that does not answer ends nothing: no command gets past it either.
func (c *console) mayStay(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, c.server.opts.Recheck)
	defer cancel()
	wall := c.who.Kind == core.ActorKiosk
	var me core.User
	var err error
	if wall {
		_, err = c.server.desk.OpenWall(ctx, c.who.Key)
	} else {
		me, err = c.server.desk.Me(ctx, c.who)
	}
	switch core.KindOf(err) {
	case "":
		return wall || me.IsStaff()
	case core.Unauthenticated, core.Forbidden, core.NotFound:
		return false
	default:
		return true
	}
}

// touched notes that somebody is there. A wall is never idle.
func (c *console) touched() {
	if c.who.Kind != core.ActorKiosk {
		c.idle.Reset(c.server.opts.Idle + time.Minute)
	}
}

// broke logs a panic in the model and ends the console.
func (c *console) broke(cause any, stack []byte) string {
	c.hangUp()
	return c.server.broke(cause, stack)
}
