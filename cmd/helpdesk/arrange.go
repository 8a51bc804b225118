package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

type queueCommand struct {
	Ls    queueLsCommand    `cmd:"" help:"List queues, archived ones too."`
	Add   queueAddCommand   `cmd:"" help:"Make a queue."`
	Edit  queueEditCommand  `cmd:"" help:"Change a queue; archive it once nothing leads to it."`
	Join  queueJoinCommand  `cmd:"" help:"Make somebody a member of a queue's team, or its lead."`
	Leave queueLeaveCommand `cmd:"" help:"Take somebody out of a queue's team."`
}

type queueLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run lists queues with their teams.
func (q *queueLsCommand) Run(ctx context.Context, o *output) error {
	return q.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		list, err := desk.EveryQueue(ctx, core.Operator())
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		out := newSheet(o.out, q.CSV, "code", "name", "reopen_days", "archived", "members")
		for _, queue := range list {
			team, err := desk.TeamOf(ctx, core.Operator(), queue.ID)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			names := make([]string, len(team))
			for i, p := range team {
				names[i] = p.Username
			}
			out.row(queue.Code, queue.Name, strconv.Itoa(queue.ReopenDays), strconv.FormatBool(queue.Archived), strings.Join(names, " "))
		}
		return out.flush()
	})
}

type queueAddCommand struct {
	database `embed:""`

	Code       string `arg:"" help:"What queries and scripts call it: small letters, digits, dots and dashes."`
	Name       string `arg:"" help:"What people call it."`
	ReopenDays int    `default:"14" help:"Until how many days after closing a reporter may reopen."`
}

// Run makes a queue.
func (q *queueAddCommand) Run(ctx context.Context, o *output) error {
	return q.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		made, err := desk.AddQueue(ctx, core.Operator(), core.Queue{Code: q.Code, Name: q.Name, ReopenDays: q.ReopenDays})
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("Made the queue %s. Give it members: helpdesk queue join %s NAME.\n", made.Code, made.Code)
		return nil
	})
}

type queueEditCommand struct {
	database `embed:""`

	Code       string  `arg:"" help:"Its code."`
	Name       *string `help:"What people call it."`
	ReopenDays *int    `help:"Until how many days after closing a reporter may reopen."`
	Archived   *bool   `help:"Whether it is archived: --archived or --archived=false." negatable:""`
}

// Run changes a queue.
func (q *queueEditCommand) Run(ctx context.Context, o *output) error {
	return q.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		list, err := desk.EveryQueue(ctx, core.Operator())
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		at := slices.IndexFunc(list, func(l core.Queue) bool { return l.Code == strings.ToLower(q.Code) })
		if at < 0 {
			return core.Missing("queue") //nolint:wrapcheck // told in words as it is
		}
		after, err := desk.EditQueue(ctx, core.Operator(), list[at].ID, core.QueueEdit{Name: q.Name, ReopenDays: q.ReopenDays, Archived: q.Archived})
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("%s is called %s; reporters may reopen for %d days; archived: %t.\n", after.Code, after.Name, after.ReopenDays, after.Archived)
		return nil
	})
}

type queueJoinCommand struct {
	database `embed:""`

	Code     string `arg:"" help:"The queue's code."`
	Username string `arg:"" help:"Username or e-mail."`
	Lead     bool   `help:"As a lead: with the team's figures per person, macros and views."`
}

// Run makes somebody a member.
func (q *queueJoinCommand) Run(ctx context.Context, o *output) error {
	return q.named(ctx, o, q.Username, func(desk *core.Desk, user core.User) error {
		queue, err := desk.FindQueue(ctx, core.Operator(), q.Code)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if err := desk.Join(ctx, core.Operator(), user.ID, queue.ID, q.Lead); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("%s works in %s now.\n", user.Username, queue.Code)
		return nil
	})
}

type queueLeaveCommand struct {
	database `embed:""`

	Code     string `arg:"" help:"The queue's code."`
	Username string `arg:"" help:"Username or e-mail."`
}

// Run takes somebody out of a team.
func (q *queueLeaveCommand) Run(ctx context.Context, o *output) error {
	return q.named(ctx, o, q.Username, func(desk *core.Desk, user core.User) error {
		queue, err := desk.FindQueue(ctx, core.Operator(), q.Code)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if err := desk.Leave(ctx, core.Operator(), user.ID, queue.ID); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("%s works in %s no more.\n", user.Username, queue.Code)
		return nil
	})
}

type categoryCommand struct {
	Ls     categoryLsCommand     `cmd:"" help:"List the tree of categories, archived ones too."`
	Add    categoryAddCommand    `cmd:"" help:"Make a category."`
	Edit   categoryEditCommand   `cmd:"" help:"Change a category, or archive it."`
	Remove categoryRemoveCommand `cmd:"" help:"Remove a category that was never used."`
}

type categoryLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run lists categories, parents before children.
func (c *categoryLsCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		list, queues, err := c.read(ctx, desk)
		if err != nil {
			return err
		}
		codes := map[core.CategoryID]string{}
		out := newSheet(o.out, c.CSV, "code", "parent", "line", "name", "queue", "priority", "confidential", "archived")
		for _, k := range list {
			codes[k.ID] = k.Code
			out.row(k.Code, codes[k.Parent], string(k.Line), k.Name, queues[k.Queue], k.Priority.String(), strconv.FormatBool(k.Confidential), strconv.FormatBool(k.Archived))
		}
		return out.flush()
	})
}

func (c *categoryLsCommand) read(ctx context.Context, desk *core.Desk) ([]core.Category, map[core.QueueID]string, error) {
	list, err := desk.AllCategories(ctx, core.Operator())
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // says what it did
	}
	all, err := desk.EveryQueue(ctx, core.Operator())
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // says what it did
	}
	codes := make(map[core.QueueID]string, len(all))
	for _, q := range all {
		codes[q.ID] = q.Code
	}
	return list, codes, nil
}

type categoryAddCommand struct {
	database `embed:""`

	Code         string `arg:"" help:"What queries and scripts call it."`
	Name         string `arg:"" help:"What people call it."`
	Line         string `required:"" enum:"facilities,it,services" help:"Its service line: ${enum}."`
	Queue        string `required:"" help:"Code of the queue that its reports go to." placeholder:"CODE"`
	Parent       string `help:"Code of the category it stands under." placeholder:"CODE"`
	Hint         string `help:"What helps staff to know, shown on the form."`
	Priority     string `default:"normal" enum:"low,normal,high,urgent" help:"What its reports begin with: ${enum}."`
	Confidential bool   `help:"Its reports are seen by the queue's staff alone."`
}

// Run makes a category.
func (c *categoryAddCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		queue, err := desk.FindQueue(ctx, core.Operator(), c.Queue)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		parent, err := findCategory(ctx, desk, c.Parent)
		if err != nil {
			return err
		}
		priority, _ := core.ParsePriority(c.Priority)
		made, err := desk.AddCategory(ctx, core.Operator(), core.Category{
			Code: c.Code, Name: c.Name, Line: core.Line(c.Line), Queue: queue.ID, Parent: parent, Hint: c.Hint, Priority: priority, Confidential: c.Confidential,
		})
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("Made the category %s; its reports go to %s.\n", made.Code, queue.Code)
		return nil
	})
}

// findCategory finds a category by its code; 0 for none.
func findCategory(ctx context.Context, desk *core.Desk, code string) (core.CategoryID, error) {
	if code == "" {
		return 0, nil
	}
	list, err := desk.AllCategories(ctx, core.Operator())
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it did
	}
	at := slices.IndexFunc(list, func(c core.Category) bool { return c.Code == strings.ToLower(code) })
	if at < 0 {
		return 0, core.Missing("category") //nolint:wrapcheck // told in words as it is
	}
	return list[at].ID, nil
}

type categoryEditCommand struct {
	database `embed:""`

	Code         string  `arg:"" help:"Its code."`
	Name         *string `help:"What people call it."`
	Hint         *string `help:"What helps staff to know, shown on the form."`
	Parent       *string `help:"Code of the category it stands under; empty puts it at the top." placeholder:"CODE"`
	Queue        *string `help:"Code of the queue that its reports go to." placeholder:"CODE"`
	Priority     string  `enum:",low,normal,high,urgent" default:"" help:"What its reports begin with." placeholder:"PRIORITY"`
	Confidential *bool   `help:"Whether its reports are seen by the queue's staff alone." negatable:""`
	Archived     *bool   `help:"Whether nothing new is reported under it." negatable:""`
	Position     *int    `help:"Its place among its siblings, from 0."`
}

// Run changes a category.
func (c *categoryEditCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		id, err := findCategory(ctx, desk, c.Code)
		if err != nil {
			return err
		}
		in := core.CategoryEdit{Name: c.Name, Hint: c.Hint, Confidential: c.Confidential, Archived: c.Archived, Position: c.Position}
		if c.Parent != nil {
			parent, err := findCategory(ctx, desk, *c.Parent)
			if err != nil {
				return err
			}
			in.Parent = &parent
		}
		if c.Queue != nil {
			queue, err := desk.FindQueue(ctx, core.Operator(), *c.Queue)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			in.Queue = &queue.ID
		}
		if priority, given := core.ParsePriority(c.Priority); given {
			in.Priority = &priority
		}
		after, err := desk.EditCategory(ctx, core.Operator(), id, in)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("Changed the category %s (%s).\n", after.Code, after.Name)
		return nil
	})
}

type categoryRemoveCommand struct {
	database `embed:""`

	Code string `arg:"" help:"Its code."`
}

// Run removes a category that was never used.
func (c *categoryRemoveCommand) Run(ctx context.Context, o *output) error {
	return c.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		id, err := findCategory(ctx, desk, c.Code)
		if err != nil {
			return err
		}
		if err := desk.RemoveCategory(ctx, core.Operator(), id); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("Removed the category %s.\n", c.Code)
		return nil
	})
}

type locationCommand struct {
	Ls     locationLsCommand     `cmd:"" help:"List sites, buildings and rooms."`
	Import locationImportCommand `cmd:"" help:"Make places of a list in CSV."`
}

type locationLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV, in the form that import reads."`
}

// Run lists places by code.
func (l *locationLsCommand) Run(ctx context.Context, o *output) error {
	return l.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		list, err := desk.EveryLocation(ctx, core.Operator())
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		codes := make(map[core.LocationID]string, len(list))
		for _, at := range list {
			codes[at.ID] = at.Code
		}
		out := newSheet(o.out, l.CSV, "code", "name", "kind", "parent")
		for _, at := range list {
			if !at.Archived {
				out.row(at.Code, at.Name, string(at.Kind), codes[at.Parent])
			}
		}
		return out.flush()
	})
}

type locationImportCommand struct {
	database `embed:""`

	DryRun bool   `help:"Say what would be made, and every line that cannot be used, and make nothing."`
	File   string `arg:"" type:"existingfile" help:"CSV whose first line names the columns: code, name, kind (site, building or room), parent (a code)."`
}

// Run makes the places of a list: all of them, or none if one line cannot be used.
func (l *locationImportCommand) Run(ctx context.Context, o *output) error {
	return l.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		return importRoll(o, l.File, l.DryRun, func(file *os.File) (core.RollReport, error) {
			return desk.ImportLocations(ctx, core.Operator(), file, l.DryRun)
		})
	})
}

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
	return t.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		filter := core.TrailFilter{Stream: core.Stream(t.About), StreamID: t.Number, Door: core.Door(t.Door), Key: t.Key}
		if t.Since > 0 {
			filter.From = desk.Now().Add(-t.Since)
		}
		if t.Who != "" {
			user, err := desk.FindUser(ctx, core.Operator(), t.Who)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
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
			return err //nolint:wrapcheck // says what it did
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
