package sshserver

import (
	"context"
	"errors"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
)

const (
	framesPerSecond = 120

	maxWidth  = 400 // columns; the renderer keeps two cells of 112 bytes for each
	maxHeight = 120
)

// console is one open console. What it shows is its model's business; when it opens, what ends it and
// in which state it leaves the terminal are its own.
type console struct {
	server  *Server
	call    *call
	who     core.Actor
	program *tea.Program
	guard   *guard
	screen  *stopwatch
	cancel  context.CancelFunc
	idle    *time.Timer
	waiting sync.WaitGroup // everything that runs beside the program

	mu      sync.Mutex
	ended   bool
	parting string // the words with which it is being closed
	status  int
	forced  *time.Timer
}

// openConsole runs a console until it ends. The context ends with the channel.
func (s *Server) openConsole(ctx context.Context, call *call, who core.Actor, me core.User) int {
	_, _, hasTerminal := call.Pty()
	switch {
	case !me.IsStaff():
		call.say(s.words.onlyStaff(me))
		return exitDone
	case !hasTerminal:
		call.complain(s.words.needsTerminal())
		return exitUsage
	}
	return s.openProgram(ctx, call, who, me, s.opts.Idle+time.Minute)
}

// openWall opens the wall for a kiosk's key, and nothing else. A wall is never idle.
func (s *Server) openWall(ctx context.Context, call *call, who core.Actor) int {
	if _, _, hasTerminal := call.Pty(); !hasTerminal || strings.TrimSpace(call.RawCommand()) != "" {
		call.complain(s.words.needsTerminal())
		return exitUsage
	}
	return s.openProgram(ctx, call, who, core.User{}, math.MaxInt64)
}

func (s *Server) openProgram(ctx context.Context, call *call, who core.Actor, me core.User, idle time.Duration) int {
	pty, _, _ := call.Pty()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &console{server: s, call: call, who: who, cancel: cancel, screen: &stopwatch{out: call, tell: s.opts.Observer.KeyToFrame}}

	on := terminal(pty, call.Environ())
	c.guard = &guard{model: s.opts.Console(ctx, who, me, on), broke: c.broke}
	c.program = tea.NewProgram(c.guard,
		tea.WithContext(ctx),
		tea.WithInput(silence{ctx}),
		tea.WithOutput(c.screen),
		tea.WithEnvironment(on.Env),
		tea.WithColorProfile(colorprofile.Env(on.Env)),
		tea.WithWindowSize(on.Width, on.Height),
		tea.WithFilter(c.filter),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(), // a signal to the process is for the server, which tells everybody
	)
	c.idle = time.AfterFunc(idle, func() { c.goodbye(s.words.idle(), exitDone) })
	if !s.open(c) {
		c.end()
		call.complain(s.words.closed())
		return exitLater
	}
	return c.run(ctx, pty.Term)
}

func (c *console) run(ctx context.Context, term string) int {
	// A program that writes to a terminal which does not read can only be freed by its connection.
	freed := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		select {
		case <-freed:
		case <-time.After(c.server.opts.Grace):
			_ = c.call.conn.Close()
		}
	})()
	c.followKeys(ctx, term)
	c.waiting.Go(func() { c.followSize(ctx) })
	c.waiting.Go(func() { c.watch(ctx) })
	c.waiting.Go(func() { c.server.keepAlive(ctx, c.call.conn, c.who.User, c.silent) })

	_, err := c.program.Run()
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
	switch {
	case c.guard.id != "":
		c.call.complain(c.server.words.broken(c.guard.id))
		return exitBroken
	case errors.Is(err, tea.ErrProgramPanic):
		c.call.complain(c.server.words.broken(c.server.broke(err, nil)))
		return exitBroken
	case err != nil && c.parting == "" && ctx.Err() == nil:
		c.server.logger.Info("console ended", "door", "ssh", "user", int64(c.who.User), "error", err)
	}
	if words := c.guard.farewell(c.parting); words != "" {
		c.call.say(words)
	}
	return c.status
}

// notice shows words without closing the console. It does not wait for a terminal that is not read.
func (c *console) notice(words string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(func() { c.program.Send(noticeOf(words)) })
	}
}

// silent tells the console whether its client gives signs of life. It does not wait for the terminal.
func (c *console) silent(silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(func() { c.program.Send(silenceOf(silent)) })
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
	c.waiting.Go(func() { c.program.Send(goodbyeOf(words)) })
	c.forced = time.AfterFunc(c.server.opts.Grace, c.cancel)
}

// hangUp ends the console of somebody whose input has ended.
func (c *console) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.waiting.Go(c.program.Quit)
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

// followSize tells the program of the window's newest size.
func (c *console) followSize(ctx context.Context) {
	for {
		select {
		case size := <-c.call.sizes:
			width, height := clamp(size)
			c.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
		case <-ctx.Done():
			return
		}
	}
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

// filter sees every message before the model does.
func (c *console) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		return tea.ResumeMsg{} // there is no shell to go to
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		if c.who.Kind != core.ActorKiosk {
			c.idle.Reset(c.server.opts.Idle + time.Minute)
		}
	case tea.WindowSizeMsg:
		msg.Width, msg.Height = clamp(ssh.Window{Width: msg.Width, Height: msg.Height})
		return msg
	}
	return msg
}

// broke logs a panic in the model and ends the program.
func (c *console) broke(cause any, stack []byte) string {
	c.hangUp()
	return c.server.broke(cause, stack)
}

// clamp keeps a window within what is worth drawing; some clients send none.
func clamp(w ssh.Window) (width, height int) {
	if w.Width <= 0 || w.Height <= 0 {
		return 80, 24
	}
	return min(w.Width, maxWidth), min(w.Height, maxHeight)
}

// terminal is what a client says of its terminal, as far as that is well-formed and of use. The rest
// of the environment is left out: some names make libraries look at the server's own terminal.
func terminal(pty ssh.Pty, env []string) Terminal {
	width, height := clamp(pty.Window)
	on := Terminal{Width: width, Height: height}
	for _, variable := range env {
		if name, value, _ := strings.Cut(variable, "="); isUseful(name) && valuePattern.MatchString(value) {
			on.Env = append(on.Env, variable)
		}
	}
	if !valuePattern.MatchString(pty.Term) {
		pty.Term = "xterm"
	}
	on.Env = append(on.Env, "TERM="+pty.Term)
	return on
}

var valuePattern = regexp.MustCompile(`^[A-Za-z0-9._:@+-]{1,64}$`)

func isUseful(name string) bool {
	known := []string{"COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES"}
	return slices.Contains(known, name)
}
