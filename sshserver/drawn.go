package sshserver

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
)

const framesPerSecond = 120

// drawn is the face of a console that a Bubble Tea program draws.
type drawn struct {
	console *console
	program *tea.Program
	guard   *guard
	screen  *stopwatch
	term    string
}

// drawn makes the console of the model that the options name.
func (s *Server) drawn(ctx context.Context, c *console, me core.User) face {
	pty, _, _ := c.call.Pty()
	on := terminal(pty, c.call.Environ())
	on.Arrived = c.arrived
	d := &drawn{
		console: c, term: pty.Term, screen: &stopwatch{out: c.call, tell: s.opts.Observer.KeyToFrame},
		guard: &guard{model: s.opts.Console(ctx, c.who, me, on), broke: c.broke},
	}
	d.program = tea.NewProgram(d.guard,
		tea.WithContext(ctx),
		tea.WithInput(silence{ctx}),
		tea.WithOutput(d.screen),
		tea.WithEnvironment(on.Env),
		tea.WithColorProfile(colorprofile.Env(on.Env)),
		tea.WithWindowSize(on.Width, on.Height),
		tea.WithFilter(d.filter),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(), // a signal to the process is for the server, which tells everybody
	)
	return d
}

func (d *drawn) run(ctx context.Context) error {
	d.followKeys(ctx)
	d.console.waiting.Go(func() { d.followSize(ctx) })
	_, err := d.program.Run()
	return err
}

func (d *drawn) notice(words string)  { d.program.Send(noticeOf(words)) }
func (d *drawn) goodbye(words string) { d.program.Send(goodbyeOf(words)) }
func (d *drawn) silent(silent bool)   { d.program.Send(silenceOf(silent)) }
func (d *drawn) quit()                { d.program.Quit() }

func (d *drawn) farewell(parting string) (words, number string) {
	return d.guard.farewell(parting), d.guard.id
}

// followSize tells the program of the window's newest size.
func (d *drawn) followSize(ctx context.Context) {
	for {
		select {
		case size := <-d.console.call.sizes:
			width, height := clamp(size)
			d.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
		case <-ctx.Done():
			return
		}
	}
}

// filter sees every message before the model does.
func (d *drawn) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		return tea.ResumeMsg{} // there is no shell to go to
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg:
		d.console.touched()
	case tea.WindowSizeMsg:
		msg.Width, msg.Height = clamp(ssh.Window{Width: msg.Width, Height: msg.Height})
		return msg
	}
	return msg
}
