package main

import (
	"context"
	"fmt"
	"time"

	"helpdesk.campus/core"
)

type trailCommand struct {
	database `embed:""`

	Who    string        `help:"What this person did: username or e-mail." placeholder:"NAME"`
	About  string        `enum:",ticket,user,queue,category,location,settings" default:"" help:"What happened to one kind of thing: ticket, user, queue, category, location or settings." placeholder:"KIND"`
	Number int64         `help:"Number of the one thing of that kind."`
	Door   string        `help:"What came by one door: web, api, ssh, cli or worker." placeholder:"DOOR"`
	Key    string        `help:"What was done by who signed in with this key." placeholder:"FINGERPRINT"`
	Since  time.Duration `help:"Not longer ago than this, as 72h." placeholder:"TIME"`
	Limit  int           `default:"100" help:"At most so many; 0 for all."`
	CSV    bool          `help:"As CSV."`
}

// Run prints the audit trail, newest first.
func (t *trailCommand) Run(ctx context.Context, o *output) error {
	return t.work(ctx, o, func(desk *core.Desk) error {
		filter := core.TrailFilter{Stream: core.Stream(t.About), StreamID: t.Number, Door: core.Door(t.Door), Key: t.Key}
		if t.Since > 0 {
			filter.From = desk.Now().Add(-t.Since)
		}
		if t.Who != "" {
			user, err := desk.FindUser(ctx, core.Operator(), t.Who)
			if err != nil {
				return err
			}
			filter.User = user.ID
		}
		return printTrail(ctx, o, desk, filter, t.Limit, t.CSV)
	})
}

func printTrail(ctx context.Context, o *output, desk *core.Desk, filter core.TrailFilter, limit int, asCSV bool) error {
	out := newSheet(o.out, asCSV, "at", "who", "door", "key", "about", "what", "field", "from", "to")
	var cursor core.TrailCursor
	for printed := 0; ; {
		const page = 500
		events, next, err := desk.Trail(ctx, core.Operator(), filter, cursor, page)
		if err != nil {
			return err
		}
		for _, e := range events {
			if limit > 0 && printed == limit {
				return out.flush()
			}
			printed++
			who := e.User.Username
			if who == "" {
				who = string(e.Actor)
			}
			out.row(stamp(e.At), who, string(e.Door), e.Key, fmt.Sprintf("%s %d", e.Stream, e.StreamID), string(e.Kind), e.Field, e.From, e.To)
		}
		if cursor = next; cursor == (core.TrailCursor{}) {
			return out.flush()
		}
	}
}
