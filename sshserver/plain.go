package sshserver

import (
	"context"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/linear"
)

// plainly is the face of a console of lines.
type plainly struct {
	*linear.Console

	console *console
}

// plain makes the console of lines.
func (s *Server) plain(ctx context.Context, c *console, me core.User) face {
	pty, _, hasTerminal := c.call.Pty()
	width, _ := clamp(pty.Window)
	c.arrived() // it reads what it is asked for, one thing after the other
	return &plainly{console: c, Console: linear.New(ctx, s.desk, c.who, me, linear.Options{
		In: c.call, Out: c.call, Terminal: hasTerminal, Width: width,
		Words: s.catalogue.For(me.Language, "en"), Idle: s.opts.Idle, Page: s.opts.PublicURL,
		Touched: c.touched, Broke: s.broke,
	})}
}

func (p *plainly) run(ctx context.Context) error {
	p.console.waiting.Go(func() { p.followSize(ctx) })
	return p.Run(ctx)
}

func (p *plainly) notice(words string)  { p.Notice(words) }
func (p *plainly) goodbye(words string) { p.Goodbye(words) }
func (p *plainly) silent(silent bool)   { p.Silent(silent) }
func (p *plainly) quit()                { p.Goodbye("") }

func (p *plainly) farewell(parting string) (words, number string) {
	if said := p.Farewell(); said != "" {
		return said, ""
	}
	return parting, ""
}

func (p *plainly) followSize(ctx context.Context) {
	for {
		select {
		case size := <-p.console.call.sizes:
			width, _ := clamp(size)
			p.Resize(width)
		case <-ctx.Done():
			return
		}
	}
}
