package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
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
	return q.work(ctx, o, func(desk *core.Desk) error {
		list, err := desk.EveryQueue(ctx, core.Operator())
		if err != nil {
			return err
		}
		out := newSheet(o.out, q.CSV, "code", "name", "reopen_days", "archived", "members")
		for _, queue := range list {
			team, err := desk.TeamOf(ctx, core.Operator(), queue.ID)
			if err != nil {
				return err
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
	return q.work(ctx, o, func(desk *core.Desk) error {
		made, err := desk.AddQueue(ctx, core.Operator(), core.Queue{Code: q.Code, Name: q.Name, ReopenDays: q.ReopenDays})
		if err != nil {
			return err
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
	return q.work(ctx, o, func(desk *core.Desk) error {
		list, err := desk.EveryQueue(ctx, core.Operator())
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(l core.Queue) bool { return l.Code == strings.ToLower(q.Code) })
		if at < 0 {
			return core.Missing("queue")
		}
		after, err := desk.EditQueue(ctx, core.Operator(), list[at].ID, core.QueueEdit{Name: q.Name, ReopenDays: q.ReopenDays, Archived: q.Archived})
		if err != nil {
			return err
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
			return err
		}
		if err := desk.Join(ctx, core.Operator(), user.ID, queue.ID, q.Lead); err != nil {
			return err
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
			return err
		}
		if err := desk.Leave(ctx, core.Operator(), user.ID, queue.ID); err != nil {
			return err
		}
		o.printf("%s works in %s no more.\n", user.Username, queue.Code)
		return nil
	})
}
