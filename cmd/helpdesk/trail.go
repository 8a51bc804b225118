package main

import (
	"context"
	"fmt"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

type trailCommand struct {
	database `embed:""`

	Who    string        `help:"What this person did: username or e-mail." placeholder:"NAME"`
	About  string        `enum:",ticket,user,queue,category,location,settings,view,macro" default:"" help:"What happened to one kind of thing: ticket, user, queue, category, location, settings, view or macro." placeholder:"KIND"`
	Number int64         `help:"Number of the one thing of that kind."`
	Door   string        `help:"What came by one door: web, api, ssh, cli or worker." placeholder:"DOOR"`
	Key    string        `help:"What was done by who signed in with this key." placeholder:"FINGERPRINT"`
	Since  time.Duration `help:"Not longer ago than this, as 72h." placeholder:"TIME"`
	Limit  int           `default:"100" help:"At most so many; 0 for all."`
	CSV    bool          `help:"As CSV: codes, and what they mean in words behind them."`
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

// printTrail tells what happened as the console does; as CSV it gives the codes too, which scripts read.
func printTrail(ctx context.Context, o *output, desk *core.Desk, filter core.TrailFilter, limit int, asCSV bool) error {
	titles := []string{"at", "who", "door", "key", "about", "what"}
	if asCSV {
		titles = append(titles, "field", "from", "to", "about_name", "words")
	}
	out := newSheet(o.out, asCSV, titles...)
	var cursor core.TrailCursor
	for printed := 0; ; {
		const page = 500
		events, next, err := desk.Trail(ctx, core.Operator(), filter, cursor, page)
		if err != nil {
			return err
		}
		for i := range events {
			if limit > 0 && printed == limit {
				return out.flush()
			}
			printed++
			e := &events[i]
			cells := []string{stamp(e.At), ui.TrailWho(e), string(e.Door), e.Key}
			if asCSV {
				cells = append(cells, fmt.Sprintf("%s %d", e.Stream, e.StreamID), string(e.Kind), e.Field, e.From, e.To, ui.TrailAbout(e), ui.TrailDeed(e))
			} else {
				cells = append(cells, ui.TrailThing(e), ui.TrailDeed(e))
			}
			out.row(cells...)
		}
		if cursor = next; cursor == (core.TrailCursor{}) {
			return out.flush()
		}
	}
}
