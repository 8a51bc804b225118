package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
)

// maxSuggestions is how many places somebody is asked about who wrote one that does not exist.
const maxSuggestions = 3

// SuggestPlaces lists rooms that somebody may have meant who wrote one that does not exist: none when
// the room exists, or when nothing is near enough to be a slip. Words of their own are always right.
func (d *Desk) SuggestPlaces(ctx context.Context, _ Actor, where Where) ([]Location, error) {
	room := cleanLine(where.Room)
	if room == "" || len(room) > MaxPlace {
		return nil, nil
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	found, _ := dir.resolve(Where{Building: cleanLine(where.Building), Room: room})
	if found.Kind == Room {
		return nil, nil
	}
	return dir.suggest(found, room), nil
}

// Unsure asks back about a room that does not exist, when there are suggestions for it.
func Unsure(room string) error {
	return &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{Field: "room", Code: "place_unsure", Args: map[string]any{"Room": room}}}}
}

// doorplate is a room with all the ways in which people write it.
type doorplate struct {
	room Location
	ways [4]spelling
}

// doorplates are the rooms that stand, ready to be compared with what somebody writes.
func (dir *directory) doorplates() []doorplate {
	var list []doorplate
	for _, l := range dir.locations {
		if l.Kind != Room || l.Archived {
			continue
		}
		in := dir.location(l.Parent)
		whole := bareCode(l.Code)
		number := strings.TrimPrefix(whole, bareCode(in.Code))
		list = append(list, doorplate{l, [4]spelling{
			spell(whole), spell(number), spell(strings.ToLower(l.Name)), spell(strings.ToLower(in.Name + " " + number)),
		}})
	}
	return list
}

// suggest finds the rooms that are nearest to what was written, in a building if one is known.
func (dir *directory) suggest(in Location, written string) []Location {
	type near struct {
		place Location
		far   int
	}
	code, name := spell(bareCode(written)), spell(strings.ToLower(written))
	var list []near
	for _, plate := range dir.plates() {
		if in.ID != 0 && !dir.within(plate.room, in) {
			continue
		}
		far := min(code.slips(plate.ways[0]), code.slips(plate.ways[1]), name.slips(plate.ways[2]), name.slips(plate.ways[3]))
		if far < noSlip {
			list = append(list, near{plate.room, far})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var places []Location
	for _, n := range list[:min(len(list), maxSuggestions)] {
		places = append(places, n.place)
	}
	return places
}

// FindPlace finds the building and, if the code names one, the room of a code as it stands on a door
// or in a link; both are zero for a code that names neither.
func (d *Desk) FindPlace(ctx context.Context, _ Actor, code string) (building, room Location, err error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return Location{}, Location{}, err
	}
	found := dir.location(dir.codes[bareCode(cleanLine(code))])
	if found.ID == 0 || found.Archived {
		return Location{}, Location{}, nil
	}
	if found.Kind == Room {
		room = found
	}
	return dir.buildingOf(found.ID), room, nil
}

// Rooms lists what has a door in a building: the building itself and its rooms, by code.
func (d *Desk) Rooms(ctx context.Context, _ Actor, building LocationID) ([]Location, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	in := dir.location(building)
	var list []Location
	for _, l := range dir.locations {
		if !l.Archived && dir.within(l, in) {
			list = append(list, l)
		}
	}
	return list, nil
}

// buildingOf is the building that a place is or lies in; zero if none.
func (dir *directory) buildingOf(id LocationID) Location {
	l := dir.location(id)
	for range 3 {
		if l.Kind == Building || l.ID == 0 {
			return l
		}
		l = dir.location(l.Parent)
	}
	return Location{}
}

// around lists the places where the same thing might have been reported: the place itself, what lies
// in it, and the building of a room. A whole site is too much.
func (dir *directory) around(place Location) []LocationID {
	list := []LocationID{place.ID}
	if place.Kind == Room {
		return append(list, place.Parent)
	}
	for _, l := range dir.locations {
		if l.Parent == place.ID && l.Kind == Room {
			list = append(list, l.ID)
		}
	}
	return list
}

// alike picks the public issues that one might mean: those of the same building and kind, and those
// whose public words sound like the words.
func alike(dir *directory, public []Ticket, place Location, category CategoryID, words string) []Ticket {
	type scored struct {
		ticket Ticket
		score  int
	}
	const enough = 2
	building := dir.buildingOf(place.ID)
	said := keywords(words)
	var list []scored
	for i := range public {
		t := &public[i]
		there := dir.buildingOf(t.Location.ID)
		score := 0
		if building.ID != 0 && there.ID == building.ID {
			score++
		}
		if t.Category.ID == category {
			score++
		}
		if building.ID != 0 && there.ID != 0 && there.ID != building.ID {
			score-- // elsewhere, unless it sounds very much like it
		}
		for _, w := range keywords(t.PublicTitle) {
			if slices.ContainsFunc(said, func(s string) bool { return sounds(s, w) }) {
				score++
			}
		}
		if score >= enough {
			list = append(list, scored{*t, score})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	tickets := make([]Ticket, len(list))
	for i, s := range list {
		tickets[i] = s.ticket
	}
	return tickets
}

// keywords are the words of a text that say what it is about, at most a handful.
func keywords(text string) []string {
	const most, short = 40, 4
	var list []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(list) == most {
			break
		}
		if len([]rune(w)) >= short && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// sounds reports whether two words are the same but for their ending or a slip.
func sounds(a, b string) bool {
	const stem = 5
	x, y := []rune(a), []rune(b)
	if len(x) >= stem && len(y) >= stem && slices.Equal(x[:stem], y[:stem]) {
		return true
	}
	return a == b || len(x) > stem && len(y) > stem && spell(a).slips(spell(b)) == 1
}
