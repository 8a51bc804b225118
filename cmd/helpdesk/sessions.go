package main

import (
	"context"
	"fmt"

	"helpdesk.campus/core"
)

type sessionsCommand struct {
	Ls  sessionsLsCommand  `cmd:"" help:"List who is signed in, on the page and over SSH."`
	End sessionsEndCommand `cmd:"" help:"End a sign-in of somebody, or all of them."`
}

type sessionsLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run lists sign-ins, whoever was there last first.
func (s *sessionsLsCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, func(desk *core.Desk) error {
		out := newSheet(o.out, s.CSV, "session", "username", "door", "address", "key", "since", "seen_at", "with")
		var cursor core.SessionCursor
		for {
			const page = 500
			list, err := desk.LiveSessions(ctx, core.Operator(), cursor, page)
			if err != nil {
				return err
			}
			for _, l := range list {
				out.row(fmt.Sprint(l.Session.ID), l.User.Username, string(l.Session.Door), l.Session.Address, l.Session.Key,
					stamp(l.Session.CreatedAt), stamp(l.Session.SeenAt), l.Session.Agent)
				cursor = core.SessionCursor{SeenAt: l.Session.SeenAt, ID: l.Session.ID}
			}
			if len(list) < page {
				return out.flush()
			}
		}
	})
}

type sessionsEndCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
	Session  int64  `arg:"" optional:"" help:"Number of the sign-in, as 'sessions ls' prints it; without it all end."`
}

// Run ends sign-ins, which works within seconds, on open consoles too.
func (s *sessionsEndCommand) Run(ctx context.Context, o *output) error {
	return s.named(ctx, o, s.Username, func(desk *core.Desk, user core.User) error {
		if err := desk.EndSessionFor(ctx, core.Operator(), user.ID, core.SessionID(s.Session)); err != nil {
			return err
		}
		o.printf("%s is signed out there.\n", user.Username)
		return nil
	})
}
