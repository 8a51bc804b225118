package sshserver

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/tui"
)

// standardConsole makes the consoles of package tui.
func (s *Server) standardConsole(catalogue *text.Catalogue) Console {
	return func(ctx context.Context, who core.Actor, me core.User, on Terminal) tea.Model {
		opts := tui.Options{
			Words: catalogue.For(me.Language), Width: on.Width, Height: on.Height, Idle: s.opts.Idle, Turn: s.opts.Turn,
			Logger: s.logger, Page: s.opts.PublicURL,
			Arrived: on.Arrived,
		}
		if who.Kind == core.ActorKiosk {
			return tui.NewWall(ctx, s.desk, who, opts)
		}
		return tui.New(ctx, s.desk, who, me, opts)
	}
}

// noticeOf, goodbyeOf and silenceOf are the messages that a console understands.
func noticeOf(words string) tea.Msg  { return tui.Notice{Text: words} }
func goodbyeOf(words string) tea.Msg { return tui.Goodbye{Text: words} }
func silenceOf(silent bool) tea.Msg  { return tui.Silence{Silent: silent} }
