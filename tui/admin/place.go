package admin

import (
	"slices"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/screen"
)

// Place is where somebody was in the administration, to be found there again.
type Place struct {
	Open bool        `json:"open"`
	Room string      `json:"room,omitempty"` // "" for the first screen
	User core.UserID `json:"user,omitempty"` // whose account was open
	Name string      `json:"name,omitempty"` // and its username
	Find string      `json:"find,omitempty"` // what the list was narrowed by
	Row  string      `json:"row,omitempty"`  // the id of the row under the cursor
}

// NewAt makes the screen as somebody left it; the first one if it is no longer there.
func NewAt(env *screen.Env, place Place) *Screen {
	s := New(env)
	switch at := slices.IndexFunc(rooms(), func(r room) bool { return r.name == place.Room }); {
	case place.User != 0:
		s = newUser(env, place.User, place.Name)
	case at >= 0:
		s = rooms()[at].enter(env)
	}
	s.find.Set(place.Find)
	s.wanted = place.Row
	return s
}

// enter makes the screen of a room, which knows where it is.
func (r *room) enter(env *screen.Env) *Screen {
	s := r.open(env)
	s.place.Room = r.name
	return s
}

// Place says where the person is now. What is opened from a room's list, but for accounts, opens at the room's
// own list again: it is one key away.
func (s *Screen) Place() Place {
	p := s.place
	p.Open, p.Find, p.Row = true, s.find.Text(), s.wanted
	if r := s.current(); r != nil && s.wanted == "" {
		p.Row = r.id
	}
	return p
}
