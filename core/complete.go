package core

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core/query"
)

// maxChoices is how many completions are offered.
const maxChoices = 20

type completeStore interface {
	// StaffLike finds members of staff of the scope's queues whose username or name begins so.
	StaffLike(ctx context.Context, scope Scope, prefix string, limit int) ([]Person, error)
	// ReportersLike finds people who reported something in the scope, in the same way.
	ReportersLike(ctx context.Context, scope Scope, prefix string, limit int) ([]Person, error)
}

// Choice is one thing that could stand at a place of a query.
type Choice struct {
	Text  string // as it is typed
	Words string // what people call it; "" if the text says it
}

// Completion is what could stand at the cursor in a query.
type Completion struct {
	query.Completion
	Choices []Choice
}

// Complete says what could stand at the cursor, a byte of the query's text: fields, their values, and
// what exists within what the actor may see.
func (d *Desk) Complete(ctx context.Context, who Actor, text string, cursor int) (Completion, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return Completion{}, err
	}
	if len(text) > query.MaxBytes {
		return Completion{}, nil
	}
	c := Completion{Completion: query.Complete(text, cursor)}
	if !p.isStaff() {
		c.Completion = c.Only(reporterFields(), reporterSorts())
	}
	for _, choice := range c.Completion.Choices {
		c.Choices = append(c.Choices, Choice{Text: choice})
	}
	existing, err := d.choices(ctx, p, c.Field, c.Typed)
	if err != nil {
		return Completion{}, fmt.Errorf("complete %s: %w", c.Field, err)
	}
	c.Choices = append(c.Choices, existing...)
	c.Choices = c.Choices[:min(len(c.Choices), maxChoices)]
	return c, nil
}

// choices are the things of the campus that a value of the field could name.
func (d *Desk) choices(ctx context.Context, p *principal, field query.Field, typed string) ([]Choice, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	var list []Choice
	offer := func(code, name string) {
		if begins(code, typed) || begins(name, typed) {
			list = append(list, Choice{Text: code, Words: name})
		}
	}
	switch field {
	case query.Category:
		for _, c := range dir.categories {
			offer(c.Code, c.Name)
		}
	case query.Location:
		for _, l := range dir.locations {
			offer(l.Code, l.Name)
		}
	}
	if list != nil || !p.isStaff() {
		return list, nil
	}
	scope := listScope(p, false)
	switch field {
	case query.Queue:
		for _, q := range dir.queues {
			if scope.Everything || scope.AllQueues || slices.Contains(scope.Queues, q.ID) {
				offer(q.Code, q.Name)
			}
		}
	case query.Tag:
		tags, err := d.store.Tags(ctx, scope, typed, maxChoices)
		for _, tag := range tags {
			offer(tag, "")
		}
		return list, err
	case query.Assignee:
		return peopleChoices(d.store.StaffLike(ctx, scope, typed, maxChoices))
	case query.Reporter, query.Follower:
		return peopleChoices(d.store.ReportersLike(ctx, scope, typed, maxChoices))
	}
	return list, nil
}

func peopleChoices(people []Person, err error) ([]Choice, error) {
	list := make([]Choice, len(people))
	for i, p := range people {
		list[i] = Choice{Text: p.Username, Words: p.Name}
	}
	return list, err
}

func begins(text, typed string) bool {
	return text != "" && strings.HasPrefix(strings.ToLower(text), strings.ToLower(typed))
}
