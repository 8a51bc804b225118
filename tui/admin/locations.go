package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// newLocations shows the sites, and what stands on none.
func newLocations(env *screen.Env) *Screen { return newPlace(env, core.Location{Name: "Locations"}) }

// newPlace shows what lies in one place: a campus has thousands of rooms, and nobody wants them in one list.
func newPlace(env *screen.Env, in core.Location) *Screen {
	s := &Screen{env: env, title: in.Name, nested: true, place: Place{Room: "Locations"}, finding: "a part of a code or a name, of the whole campus"}
	s.empty = "Nothing lies here yet. a adds it; many at once: helpdesk location import FILE.csv"
	s.hint = "Many at once: helpdesk location import FILE.csv"
	s.columns = widths(columns("code", "name", "kind", "holds", "state"), 18, 0, 10, 8, 10)
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, a ask) (page, error) {
		all, err := env.Desk.EveryLocation(ctx, env.Who)
		if err != nil {
			return page{}, err
		}
		holds := map[core.LocationID]int{}
		for i := range all {
			holds[all[i].Parent]++
		}
		words := strings.ToLower(strings.TrimSpace(a.find))
		after, _ := a.after.(int)
		p := page{}
		for i := range all[min(after, len(all)):] {
			l := all[after+i]
			switch {
			case words == "" && l.Parent != in.ID,
				words != "" && !strings.Contains(strings.ToLower(l.Code+" "+l.Name), words):
				continue
			}
			if len(p.rows) == pageSize {
				p.next = after + i
				break
			}
			p.rows = append(p.rows, s.placeRow(l, holds[l.ID]))
		}
		return p, nil
	}
	s.keys = func(at *row) []screen.Binding { return s.placeKeys(in, at) }
	return s
}

func (s *Screen) placeRow(l core.Location, holds int) row {
	state, verb := good("offered"), "open"
	if l.Archived {
		state = dim("archived")
	}
	press := func() tea.Cmd { return s.env.Host.Go(newPlace(s.env, l)) }
	many := say(fmt.Sprint(holds))
	if l.Kind == core.Room {
		verb, press, many = "change…", func() tea.Cmd { return s.editPlace(l) }, dim("")
	}
	return row{id: l.Code, cells: []cell{say(l.Code), say(l.Name), dim(string(l.Kind)), many, state}, verb: verb, press: press, thing: l}
}

func (s *Screen) placeKeys(in core.Location, at *row) []screen.Binding {
	none := "No place is under the cursor."
	var l core.Location
	archive := "archive…"
	if at != nil {
		l, _ = at.thing.(core.Location)
		none = ""
		if l.Archived {
			archive = "offer again…"
		}
	}
	return []screen.Binding{
		{Keys: []string{"a"}, Words: "add…", Help: "Add what lies here: a building on a site, a room in a building.", Foot: true, Run: func() tea.Cmd { return s.addPlace(in) }},
		{Keys: []string{"e"}, Words: "change…", Help: "Change its name, or where it lies.", Disabled: none, Foot: true, Run: func() tea.Cmd { return s.editPlace(l) }},
		{Keys: []string{"x"}, Words: archive, Help: "Offer it no more to those who report, or again.", Disabled: none, Foot: true, Run: func() tea.Cmd { return s.archivePlace(l) }},
		{Keys: []string{"d"}, Words: "remove…", Help: "Remove a place that nothing ever referred to.", Disabled: none, Run: func() tea.Cmd {
			return s.confirm("Remove "+l.Code+"?", "Only one that nothing ever referred to can go. One that was used is archived: x.", "remove it", func() tea.Cmd {
				return s.change("remove the place", "Removed.", func(ctx context.Context) error {
					return s.env.Desk.RemoveLocation(ctx, s.env.Who, l.ID)
				})
			})
		}},
		s.takeBack(core.StreamLocation, int64(l.ID), l.Code, none),
	}
}

func (s *Screen) addPlace(in core.Location) tea.Cmd {
	kind := map[core.LocationKind]core.LocationKind{"": core.Site, core.Site: core.Building, core.Building: core.Room}[in.Kind]
	return s.fill("Add a place in "+in.Name, "add the place", []screen.Field{
		{Name: "code", Label: "Code", Hint: "As on the door: LIB-204. It stays."},
		{Name: "name", Label: "Name", Hint: "What people call it."},
		{Name: "kind", Label: "Kind", Start: string(kind), Choices: []screen.Choice{{Value: "site", Words: "site"}, {Value: "building", Words: "building"}, {Value: "room", Words: "room"}}, Hint: "← and → choose."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		l, err := s.env.Desk.AddLocation(ctx, s.env.Who, core.Location{Code: typed["code"], Name: typed["name"], Kind: core.LocationKind(typed["kind"]), Parent: in.ID})
		return "Added " + l.Code + ".", err
	})
}

func (s *Screen) editPlace(l core.Location) tea.Cmd {
	return s.env.Do(func(ctx context.Context) tea.Msg {
		all, err := s.env.Desk.EveryLocation(ctx, s.env.Who)
		parent := ""
		if at := slices.IndexFunc(all, func(p core.Location) bool { return p.ID == l.Parent }); at >= 0 {
			parent = all[at].Code
		}
		return opened{of: s, err: err, open: func() tea.Cmd { return s.placeForm(l, parent) }}
	})
}

func (s *Screen) placeForm(l core.Location, parent string) tea.Cmd {
	return s.fill("Change "+l.Code, "change the place", []screen.Field{
		{Name: "name", Label: "Name", Start: l.Name, Hint: "What people call it."},
		{Name: "parent", Label: "Lies in", Start: parent, Hint: "The code of a site or a building; empty for none."},
	}, func(ctx context.Context, typed screen.Typed) (string, error) {
		all, err := s.env.Desk.EveryLocation(ctx, s.env.Who)
		if err != nil {
			return "", err
		}
		name, code, in := typed["name"], strings.TrimSpace(typed["parent"]), core.LocationID(0)
		if code != "" {
			in = -1 // the desk says that it knows none such
		}
		for i := range all {
			if strings.EqualFold(all[i].Code, code) {
				in = all[i].ID
			}
		}
		_, err = s.env.Desk.EditLocation(ctx, s.env.Who, l.ID, core.LocationEdit{Name: &name, Parent: &in})
		return "Changed.", err
	})
}

func (s *Screen) archivePlace(l core.Location) tea.Cmd {
	archived := !l.Archived
	question, means, yes := "Archive "+l.Code+"?", "It is offered no more to those who report; its tickets stay as they are.", "archive"
	if !archived {
		question, means, yes = "Offer "+l.Code+" again?", "Those who report can choose it again.", "offer it"
	}
	return s.confirm(question, means, yes, func() tea.Cmd {
		return s.change("change the place", "Changed. u takes it back.", func(ctx context.Context) error {
			_, err := s.env.Desk.EditLocation(ctx, s.env.Who, l.ID, core.LocationEdit{Archived: &archived})
			return err
		})
	})
}
