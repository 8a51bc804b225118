package importer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"helpdesk.campus/core"
)

// manyLocations is more than any campus has: all of them.
const manyLocations = 1 << 20

// campus is what the log's names are in our helpdesk: queues, categories, locations and people.
type campus struct {
	queues     map[string]core.QueueID // by the log's name of the group
	categories map[kind]core.CategoryID
	locations  map[string]core.LocationID
	people     map[string]core.Person
}

// builder finds what the log names, and makes what is not there yet; in a dry run it only counts.
type builder struct {
	desk   *core.Desk
	who    core.Actor
	dryRun bool
	report *Report
	campus *campus
}

// needs is what some incidents name.
type needs struct {
	groups     map[string]bool
	locations  map[string]bool
	reporters  map[string]bool
	staff      map[string]bool
	categories map[kind]map[string]int       // how often which group has it first
	parents    map[parentKind]map[string]int // likewise
}

func needsOf(incidents []Incident) needs {
	n := needs{
		groups: map[string]bool{}, locations: map[string]bool{}, reporters: map[string]bool{}, staff: map[string]bool{},
		categories: map[kind]map[string]int{}, parents: map[parentKind]map[string]int{},
	}
	for _, i := range incidents {
		for j := range i.entries {
			e := &i.entries[j]
			group, k := e.values[colGroup], kindOf(e)
			n.groups[group] = true
			count(n.categories, k, group)
			count(n.parents, k.parent(), group)
			if l := e.values[colLocation]; l != "" {
				n.locations[l] = true
			}
			if caller := e.values[colCaller]; caller != "" {
				n.reporters[caller] = true
			}
			for _, c := range []column{colOpenedBy, colUpdatedBy, colResolvedBy, colAssignee} {
				if v := e.values[c]; v != "" {
					n.staff[v] = true
				}
			}
		}
	}
	return n
}

func count[K comparable](m map[K]map[string]int, key K, group string) {
	if m[key] == nil {
		m[key] = map[string]int{}
	}
	m[key][group]++
}

// commonest is the group that has most; of equals, the first by name.
func commonest(groups map[string]int) string {
	names := slices.Sorted(maps.Keys(groups))
	return slices.MaxFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(groups[a], groups[b]), cmp.Compare(b, a))
	})
}

// build finds or makes everything that is needed, each kind in the order of its names.
func (b *builder) build(ctx context.Context, n needs) error {
	b.campus = &campus{
		queues: map[string]core.QueueID{}, categories: map[kind]core.CategoryID{},
		locations: map[string]core.LocationID{}, people: map[string]core.Person{},
	}
	if err := b.buildQueues(ctx, n); err != nil {
		return err
	}
	if err := b.buildCategories(ctx, n); err != nil {
		return err
	}
	if err := b.buildLocations(ctx, n); err != nil {
		return err
	}
	return b.buildPeople(ctx, n)
}

func (b *builder) buildQueues(ctx context.Context, n needs) error {
	list, err := b.desk.Queues(ctx, b.who)
	if err != nil {
		return fmt.Errorf("list queues: %w", err)
	}
	there := byCode(list, func(q core.Queue) (string, core.QueueID) { return q.Code, q.ID })
	for _, group := range slices.Sorted(maps.Keys(n.groups)) {
		code := queueCode(group)
		b.campus.queues[group], err = findOrMake(b, there, code, &b.report.Queues, func() (core.QueueID, error) {
			q, err := b.desk.AddQueue(ctx, b.who, core.Queue{Code: code, Name: queueName(group), ReopenDays: 14})
			return q.ID, err
		})
		if err != nil {
			return fmt.Errorf("make the queue of %s: %w", quote(group), err)
		}
	}
	return nil
}

// byCode is what exists already.
func byCode[T any, ID any](list []T, of func(T) (string, ID)) map[string]ID {
	there := make(map[string]ID, len(list))
	for _, one := range list {
		code, id := of(one)
		there[code] = id
	}
	return there
}

// findOrMake finds what has the code, or makes and counts it. A dry run only counts.
func findOrMake[ID any](b *builder, there map[string]ID, code string, count *int, add func() (ID, error)) (ID, error) {
	if id, ok := there[code]; ok {
		return id, nil
	}
	*count++
	var id ID
	if !b.dryRun {
		var err error
		if id, err = add(); err != nil {
			return id, err
		}
	}
	there[code] = id
	return id, nil
}

func (b *builder) buildCategories(ctx context.Context, n needs) error {
	list, err := b.desk.AllCategories(ctx, b.who)
	if err != nil {
		return fmt.Errorf("list categories: %w", err)
	}
	there := byCode(list, func(c core.Category) (string, core.CategoryID) { return c.Code, c.ID })
	find := func(code, name string, parent core.CategoryID, groups map[string]int) (core.CategoryID, error) {
		id, err := findOrMake(b, there, code, &b.report.Categories, func() (core.CategoryID, error) {
			c, err := b.desk.AddCategory(ctx, b.who, core.Category{Parent: parent, Code: code, Name: name, Line: core.IT, Queue: b.campus.queues[commonest(groups)], Archived: true})
			return c.ID, err
		})
		if err != nil {
			return 0, fmt.Errorf("make the category %s: %w", quote(name), err)
		}
		return id, nil
	}
	for _, k := range slices.SortedFunc(maps.Keys(n.categories), func(a, b kind) int {
		return cmp.Or(cmp.Compare(a.category, b.category), cmp.Compare(a.subcategory, b.subcategory))
	}) {
		parent, err := find(k.parent().code(), k.parent().name(), 0, n.parents[k.parent()])
		if err != nil {
			return err
		}
		if b.campus.categories[k], err = find(k.code(), k.name(), parent, n.categories[k]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) buildLocations(ctx context.Context, n needs) error {
	list, err := b.desk.Locations(ctx, b.who, "", manyLocations)
	if err != nil {
		return fmt.Errorf("list locations: %w", err)
	}
	there := byCode(list, func(l core.Location) (string, core.LocationID) { return l.Code, l.ID })
	for _, name := range slices.Sorted(maps.Keys(n.locations)) {
		code := locationCode(name)
		b.campus.locations[name], err = findOrMake(b, there, code, &b.report.Locations, func() (core.LocationID, error) {
			l, err := b.desk.AddLocation(ctx, b.who, core.Location{Kind: core.Building, Code: code, Name: cut(name, maxName), Archived: true})
			return l.ID, err
		})
		if err != nil {
			return fmt.Errorf("make the location %s: %w", quote(name), err)
		}
	}
	return nil
}

// buildPeople makes accounts without a password: nobody signs in with them until somebody gives them
// a key or a one-time code. Somebody who is both caller and staff is staff.
func (b *builder) buildPeople(ctx context.Context, n needs) error {
	for _, name := range slices.Sorted(maps.Keys(n.staff)) {
		if err := b.person(ctx, name, core.RoleStaff, &b.report.Staff); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.reporters)) {
		if n.staff[name] {
			continue
		}
		if err := b.person(ctx, name, core.RoleReporter, &b.report.Reporters); err != nil {
			return err
		}
	}
	return nil
}

// person finds the account that an import made for a name, or makes it. An account that has a
// password is somebody's own: whoever signed up under the name a log happens to use must not come
// into another person's tickets, so that name gets an account beside it.
func (b *builder) person(ctx context.Context, name string, role core.Role, made *int) error {
	const most = 100
	for n := 1; n <= most; n++ {
		login := username(name)
		if n > 1 {
			login = fit(login, maxUsername-4, false) + "." + strconv.Itoa(n)
		}
		found, err := b.desk.FindUser(ctx, b.who, login)
		switch {
		case core.KindOf(err) == core.NotFound:
			*made++
			u := core.User{Username: login, Name: cut(name, maxName), Role: role}
			if !b.dryRun {
				u, err = b.desk.AddUser(ctx, b.who, core.NewUser{Username: login, Name: u.Name, Role: role})
				if err != nil {
					return fmt.Errorf("make the account of %s: %w", quote(name), err)
				}
			}
			b.campus.people[name] = u.Person()
			return nil
		case err != nil:
			return fmt.Errorf("look for the account of %s: %w", quote(name), err)
		case !found.HasPassword && found.Name == cut(name, maxName):
			b.campus.people[name] = found.Person()
			return nil
		}
	}
	return fmt.Errorf("no free name for %s among the accounts", quote(name))
}
