// Package admin is the section Administration: the screens with which admins run the place. Each of them is a
// list of the same make, whose rows, columns and keys a file of this package says.
package admin

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// room is one part of the administration. Its key opens it from the first screen.
type room struct {
	key, name, words string
	open             func(*screen.Env) *Screen
}

func rooms() []room {
	return []room{
		{"u", "Users", "accounts, roles, keys, sign-ins, one-time codes", newUsers},
		{"w", "Queues", "queues and who works them", newQueues},
		{"c", "Categories", "the kinds of issues: routing, hint, priority", newCategories},
		{"p", "Locations", "sites, buildings and rooms", newLocations},
		{"o", "Calendar", "office hours and holidays", newCalendar},
		{"n", "Campus", "name, zone, emergency notes, terms", newCampus},
		{"v", "Views and macros", "what teams share", newShared},
		{"i", "Known issues", "what everybody may read of", newKnown},
		{"s", "Sessions", "who is signed in, on the page and over SSH", newSessions},
		{"b", "Kiosk keys", "keys that open the wall of figures", newKiosks},
		{"t", "Audit trail", "who did what, when, from where, with which key", newTrail},
		{"h", "Health", "processes, database, background work, backup", newHealth},
	}
}

// New makes the administration's first screen, from which one goes to all others.
func New(env *screen.Env) *Screen {
	rooms := rooms()
	s := &Screen{env: env, title: "Administration", columns: columns("", "")}
	s.hint = "The letter opens it, or j, k and enter. The audit trail keeps every change."
	s.read = func(ctx context.Context, _ ask) (page, error) {
		if _, err := env.Desk.EveryQueue(ctx, env.Who); err != nil { // who may not stay is told so at once
			return page{}, err
		}
		p := page{}
		for _, room := range rooms {
			p.rows = append(p.rows, row{
				id: room.name, cells: []cell{say(room.key + "  " + room.name), dim(room.words)}, verb: "open",
				press: func() tea.Cmd { return env.Host.Go(room.enter(env)) },
			})
		}
		return p, nil
	}
	s.keys = func(*row) []screen.Binding {
		var keys []screen.Binding
		for _, room := range rooms {
			keys = append(keys, screen.Binding{
				Keys: []string{room.key}, Words: room.name, Help: "Open it: " + room.words + ".", Run: func() tea.Cmd { return env.Host.Go(room.enter(env)) },
			})
		}
		return keys
	}
	return s
}

// tone is how a cell looks; what it means is always said in its words too.
type tone int

const (
	tonePlain tone = iota
	toneDim
	toneGood
	toneWarn
	toneBad
)

// cell is what stands in a row's column.
type cell struct {
	tone tone
	text plain.Text
}

func say(words string) cell  { return cell{tonePlain, plain.Line(words)} }
func dim(words string) cell  { return cell{toneDim, plain.Line(words)} }
func good(words string) cell { return cell{toneGood, plain.Line(words)} }
func warn(words string) cell { return cell{toneWarn, plain.Line(words)} }
func bad(words string) cell  { return cell{toneBad, plain.Line(words)} }
