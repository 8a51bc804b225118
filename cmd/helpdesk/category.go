package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

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
	return c.work(ctx, o, func(desk *core.Desk) error {
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
		return nil, nil, err
	}
	all, err := desk.EveryQueue(ctx, core.Operator())
	if err != nil {
		return nil, nil, err
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
	return c.work(ctx, o, func(desk *core.Desk) error {
		queue, err := desk.FindQueue(ctx, core.Operator(), c.Queue)
		if err != nil {
			return err
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
			return err
		}
		o.printf("Made the category %s; its reports go to %s.\n", made.Code, queue.Code)
		return nil
	})
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
	return c.work(ctx, o, func(desk *core.Desk) error {
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
				return err
			}
			in.Queue = &queue.ID
		}
		if priority, given := core.ParsePriority(c.Priority); given {
			in.Priority = &priority
		}
		after, err := desk.EditCategory(ctx, core.Operator(), id, in)
		if err != nil {
			return err
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
	return c.work(ctx, o, func(desk *core.Desk) error {
		id, err := findCategory(ctx, desk, c.Code)
		if err != nil {
			return err
		}
		if err := desk.RemoveCategory(ctx, core.Operator(), id); err != nil {
			return err
		}
		o.printf("Removed the category %s.\n", c.Code)
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
		return 0, err
	}
	at := slices.IndexFunc(list, func(c core.Category) bool { return c.Code == strings.ToLower(code) })
	if at < 0 {
		return 0, core.Missing("category")
	}
	return list[at].ID, nil
}
