// Package admin is the section Administration: the screens with which admins run the place. Each of them is a
// list of the same make, whose rows, columns and keys a file of this package says.
package admin

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// New makes the administration's first screen, from which one goes to all others.
func New(env *screen.Env) *Screen {
	rooms := []struct {
		name, words string
		open        func(*screen.Env) *Screen
	}{
		{"Users", "accounts, roles, keys, sign-ins, one-time codes", newUsers},
		{"Queues", "queues and who works them", newQueues},
		{"Categories", "the kinds of issues: routing, hint, priority", newCategories},
		{"Locations", "sites, buildings and rooms", newLocations},
		{"Calendar", "office hours and holidays", newCalendar},
		{"Campus", "name, zone, emergency notes", newCampus},
		{"Views and macros", "what teams share", newShared},
		{"Known issues", "what everybody may read of", newKnown},
		{"Sessions", "who is signed in, on the page and over SSH", newSessions},
		{"Kiosk keys", "keys that open the wall of figures", newKiosks},
		{"Audit trail", "who did what, when, from where, with which key", newTrail},
		{"Health", "processes, database, background work, backup", newHealth},
	}
	s := &Screen{env: env, title: "Administration", columns: columns("", "")}
	s.hint = "Every change is kept in the audit trail. On the command line: helpdesk --help."
	s.read = func(ctx context.Context, _ ask) (page, error) {
		if _, err := env.Desk.EveryQueue(ctx, env.Who); err != nil { // who may not stay is told so at once
			return page{}, err //nolint:wrapcheck // told in words as it is
		}
		p := page{}
		for i, room := range rooms {
			p.rows = append(p.rows, row{
				id: room.name, cells: []cell{say(fmt.Sprintf("%2d  %s", i+1, room.name)), dim(room.words)}, verb: "open",
				press: func() tea.Cmd { return goTo(room.open(env)) },
			})
		}
		return p, nil
	}
	s.keys = func(*row) []screen.Binding {
		var keys []screen.Binding
		for i, room := range rooms[:9] {
			keys = append(keys, screen.Binding{
				Keys: []string{fmt.Sprint(i + 1)}, Words: room.name, Help: "Open it: " + room.words + ".", Run: func() tea.Cmd { return goTo(room.open(env)) },
			})
		}
		return keys
	}
	return s
}

// goTo asks the console to go to a screen.
func goTo(s *Screen) tea.Cmd { return func() tea.Msg { return screen.Go{To: s} } }

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
