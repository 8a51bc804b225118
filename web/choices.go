package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"helpdesk.campus/core"
)

// choices keeps the last lists that forms were made of, so that a form which cannot be sent because
// the database is away still comes back whole.
type choices struct {
	mu         sync.Mutex
	categories []core.Category
	buildings  []core.Location
}

// lists returns the categories and the buildings: those of now, or, with the error, the last known.
func (h *Handler) lists(ctx context.Context, who core.Actor) ([]core.Category, []core.Location, error) {
	categories, err := h.desk.Categories(ctx, who)
	var buildings []core.Location
	if err == nil {
		buildings, err = h.desk.Buildings(ctx, who)
	}
	h.choices.mu.Lock()
	defer h.choices.mu.Unlock()
	if err != nil {
		return h.choices.categories, h.choices.buildings, err
	}
	h.choices.categories, h.choices.buildings = categories, buildings
	return categories, buildings, nil
}

// site is a group of the list of buildings.
type site struct {
	Name      string
	Buildings []core.Location
}

// sites groups the buildings by what they stand on, in their order.
func sites(locations []core.Location) []site {
	var groups []site
	for _, l := range locations {
		switch {
		case l.Kind == core.Site:
			groups = append(groups, site{Name: l.Name})
		case l.Parent == 0 || len(groups) == 0:
			if len(groups) == 0 || groups[len(groups)-1].Name != "" {
				groups = append(groups, site{})
			}
			fallthrough
		default:
			last := &groups[len(groups)-1]
			last.Buildings = append(last.Buildings, l)
		}
	}
	return slices.DeleteFunc(groups, func(g site) bool { return len(g.Buildings) == 0 })
}

// line is a service line with what can be reported under it.
type line struct {
	Line       core.Line
	Categories []core.Category
}

// lines groups the categories that can be chosen, which are those without children. The one that
// stands for "not sure" is apart: who does not know need not choose.
func lines(categories []core.Category) (groups []line, unsure core.CategoryID) {
	parents := make(map[core.CategoryID]bool)
	for _, c := range categories {
		parents[c.Parent] = true
	}
	for _, name := range core.Lines() {
		group := line{Line: name}
		for _, c := range categories {
			switch {
			case c.Line != name || parents[c.ID]:
			case c.Code == unsureCode && unsure == 0:
				unsure = c.ID
			default:
				group.Categories = append(group.Categories, c)
			}
		}
		if len(group.Categories) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, unsure
}

// unsureCode is the category, if a campus has it, that reports go to when their sender does not know.
const unsureCode = "unsure"

// building finds a building by its code as somebody might write it.
func building(locations []core.Location, code string) (core.Location, bool) {
	for _, l := range locations {
		if l.Kind == core.Building && strings.EqualFold(l.Code, code) {
			return l, true
		}
	}
	return core.Location{}, false
}
