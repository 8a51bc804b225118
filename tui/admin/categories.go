package admin

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// kinds is the tree of categories with the queues they can lead to.
type kinds struct {
	all    []core.Category
	queues []core.Queue
}

// newCategories shows the tree of categories, archived ones too.
func newCategories(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Categories", nested: true, empty: "Nothing can be reported yet. a makes a category.", thing: kinds{}}
	s.hint = "Tickets keep their queue when the routing of their kind changes."
	s.columns = widths(columns("code", "name", "to queue", "priority", "seen by", "state"), 24, 0, 16, 9, 14, 9)
	s.columns[0].Rank, s.columns[2].Rank, s.columns[3].Rank, s.columns[4].Rank, s.columns[5].Rank = 0, 1, 4, 3, 2
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		var tree kinds
		var err error
		if tree.queues, err = env.Desk.EveryQueue(ctx, env.Who); err != nil {
			return page{}, err
		}
		tree.all, err = env.Desk.AllCategories(ctx, env.Who)
		return page{thing: tree, rows: s.kindRows(&tree)}, err
	}
	s.keys = s.kindKeys
	return s
}

func (s *Screen) kindRows(tree *kinds) []row {
	names := map[core.QueueID]string{}
	for _, q := range tree.queues {
		names[q.ID] = q.Code
	}
	depth := map[core.CategoryID]int{}
	var rows []row
	for _, line := range []core.Line{core.Facilities, core.IT, core.Services} {
		rows = append(rows, row{id: "line " + string(line), head: true, cells: []cell{say("Service line " + string(line))}})
		for _, c := range tree.all {
			if c.Line != line {
				continue
			}
			if c.Parent != 0 {
				depth[c.ID] = depth[c.Parent] + 1
			}
			seen, state := dim("staff"), good("open")
			if c.Confidential {
				seen = warn("its team alone")
			}
			if c.Archived {
				state = dim("archived")
			}
			const step = "  "
			rows = append(rows, row{
				id: c.Code, cells: []cell{say(strings.Repeat(step, depth[c.ID]) + c.Code), say(c.Name), say(names[c.Queue]), say(c.Priority.String()), seen, state},
				help: c.Hint, verb: "change…", press: func() tea.Cmd { return s.editKind(c) }, thing: c,
			})
		}
	}
	return rows
}

func (s *Screen) kindKeys(at *row) []screen.Binding {
	none := "No category is under the cursor."
	var c core.Category
	archive := "archive…"
	if at != nil {
		c, _ = at.thing.(core.Category)
		none = ""
		if c.Archived {
			archive = "open again…"
		}
	}
	return []screen.Binding{
		{Keys: []string{"a"}, Words: "add…", Help: "Make a category, in the line of the one under the cursor.", Foot: true, Run: func() tea.Cmd { return s.addKind(c) }},
		{Keys: []string{"x"}, Words: archive, Help: "Have nothing new reported under it, or let people report again.", Disabled: none, Foot: true, Run: func() tea.Cmd { return s.archiveKind(c) }},
		{Keys: []string{"J"}, Words: "move down", Help: "Put it one place further down among its siblings, as on the form.", Disabled: none, Run: func() tea.Cmd { return s.moveKind(c, 1) }},
		{Keys: []string{"K"}, Words: "move up", Help: "Put it one place further up among its siblings.", Disabled: none, Run: func() tea.Cmd { return s.moveKind(c, -1) }},
		{Keys: []string{"d"}, Words: "remove…", Help: "Remove a category that was never used.", Disabled: none, Run: func() tea.Cmd {
			return s.confirm("Remove "+c.Name+"?", "Only one that nothing ever referred to can go. One that was used is archived: x.", "remove it", func() tea.Cmd {
				return s.change("remove the category", "Removed.", func(ctx context.Context) error {
					return s.env.Desk.RemoveCategory(ctx, s.env.Who, c.ID)
				})
			})
		}},
		s.takeBack(core.StreamCategory, int64(c.ID), c.Name, none),
	}
}

func priorities() []screen.Choice {
	var list []screen.Choice
	for _, p := range core.Priorities() {
		list = append(list, screen.Choice{Value: p.String(), Words: p.String()})
	}
	return list
}

func noYes(no, yes string) []screen.Choice {
	return []screen.Choice{{Value: "no", Words: no}, {Value: "yes", Words: yes}}
}

// kindFields are what can be said of a category, with the queues and parents there are to choose from.
func (s *Screen) kindFields(c core.Category) []screen.Field {
	tree, _ := s.thing.(kinds)
	queues, parents := []screen.Choice{}, []screen.Choice{{Value: "", Words: "the top of its line"}}
	var queue, parent string
	for _, q := range tree.queues {
		if !q.Archived {
			queues = append(queues, screen.Choice{Value: q.Code, Words: q.Name})
		}
		if q.ID == c.Queue {
			queue = q.Code
		}
	}
	for _, k := range tree.all {
		if k.Line == c.Line && k.ID != c.ID {
			parents = append(parents, screen.Choice{Value: k.Code, Words: k.Name})
		}
		if k.ID == c.Parent && c.Parent != 0 {
			parent = k.Code
		}
	}
	confidential := "no"
	if c.Confidential {
		confidential = "yes"
	}
	if len(queues) == 0 {
		queues = []screen.Choice{{Value: "", Words: "there is no queue yet"}}
	}
	return []screen.Field{
		{Name: "name", Label: "Name", Start: c.Name, Hint: "What people call it."},
		{Name: "hint", Label: "Hint", Start: c.Hint, Hint: "What helps staff to know; shown on the form."},
		{Name: "queue", Label: "To queue", Start: queue, Choices: queues, Hint: "Where its reports go from now on."},
		{Name: "priority", Label: "Priority", Start: c.Priority.String(), Choices: priorities(), Hint: "What its reports begin with."},
		{Name: "confidential", Label: "Seen by", Start: confidential, Choices: noYes("staff of its queue, and admins", "its queue's staff alone"), Hint: "For what is reported from now on."},
		{Name: "parent", Label: "Under", Start: parent, Choices: parents, Hint: "Where it stands on the form."},
	}
}

// named finds what was chosen by code.
func (tree *kinds) named(typed screen.Typed) (queue core.QueueID, parent core.CategoryID, priority core.Priority) {
	for _, q := range tree.queues {
		if q.Code == typed["queue"] {
			queue = q.ID
		}
	}
	for _, c := range tree.all {
		if c.Code == typed["parent"] {
			parent = c.ID
		}
	}
	priority, _ = core.ParsePriority(typed["priority"])
	return queue, parent, priority
}

func (s *Screen) editKind(c core.Category) tea.Cmd {
	tree, _ := s.thing.(kinds)
	return s.fill("Change the category "+c.Code, "change the category", s.kindFields(c), func(ctx context.Context, typed screen.Typed) (string, error) {
		queue, parent, priority := tree.named(typed)
		name, hint, confidential := typed["name"], typed["hint"], typed["confidential"] == "yes"
		_, err := s.env.Desk.EditCategory(ctx, s.env.Who, c.ID, core.CategoryEdit{
			Name: &name, Hint: &hint, Queue: &queue, Priority: &priority, Parent: &parent, Confidential: &confidential,
		})
		return "Changed.", err
	})
}

func (s *Screen) addKind(near core.Category) tea.Cmd {
	tree, _ := s.thing.(kinds)
	if near.Line == "" {
		near.Line = core.IT
	}
	fields := append([]screen.Field{
		{Name: "code", Label: "Code", Hint: "What queries and scripts call it. It stays."},
		{Name: "line", Label: "Service line", Start: string(near.Line), Choices: []screen.Choice{{Value: "facilities", Words: "facilities"}, {Value: "it", Words: "it"}, {Value: "services", Words: "services"}}, Hint: "← and → choose. It stays."},
	}, s.kindFields(core.Category{Line: near.Line, Queue: near.Queue, Priority: core.Normal, Parent: near.Parent})...)
	return s.fill("Add a category", "add the category", fields, func(ctx context.Context, typed screen.Typed) (string, error) {
		queue, parent, priority := tree.named(typed)
		c, err := s.env.Desk.AddCategory(ctx, s.env.Who, core.Category{
			Code: typed["code"], Name: typed["name"], Hint: typed["hint"], Line: core.Line(typed["line"]), Queue: queue, Priority: priority,
			Parent: parent, Confidential: typed["confidential"] == "yes",
		})
		return "Made the category " + c.Name + ". It is on the form within seconds.", err
	})
}

func (s *Screen) archiveKind(c core.Category) tea.Cmd {
	archived := !c.Archived
	question, means, yes := "Archive "+c.Name+"?", "It leaves the form; its tickets stay as they are.", "archive"
	if !archived {
		question, means, yes = "Let people report "+c.Name+" again?", "It is on the form again within seconds.", "open it"
	}
	return s.confirm(question, means, yes, func() tea.Cmd {
		return s.change("change the category", "Changed. u takes it back.", func(ctx context.Context) error {
			_, err := s.env.Desk.EditCategory(ctx, s.env.Who, c.ID, core.CategoryEdit{Archived: &archived})
			return err
		})
	})
}

// moveKind puts a category elsewhere among its siblings, whose places are counted anew where they must.
func (s *Screen) moveKind(c core.Category, by int) tea.Cmd {
	tree, _ := s.thing.(kinds)
	var siblings []core.Category
	for _, k := range tree.all {
		if k.Parent == c.Parent && k.Line == c.Line {
			siblings = append(siblings, k)
		}
	}
	from := slices.IndexFunc(siblings, func(k core.Category) bool { return k.ID == c.ID })
	to := from + by
	if from < 0 || to < 0 || to >= len(siblings) {
		return nil
	}
	siblings[from], siblings[to] = siblings[to], siblings[from]
	return s.change("move the category", "Moved.", func(ctx context.Context) error {
		for i, k := range siblings {
			if k.Position == i {
				continue
			}
			if _, err := s.env.Desk.EditCategory(ctx, s.env.Who, k.ID, core.CategoryEdit{Position: &i}); err != nil {
				return err
			}
		}
		return nil
	})
}
