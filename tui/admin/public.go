package admin

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// newKnown lists the tickets that everybody may read of, the newest first.
func newKnown(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Known issues", nested: true, hint: "What everybody may read at /known. P on a ticket adds it."}
	s.empty = "Nothing is published. P on a ticket tells everybody of it."
	s.columns = widths(columns("ticket", "what everybody reads", "where", "follow", "since"), 9, 0, 12, 6, 10)
	s.touched = func(d core.Dirty) bool { return len(d.Tickets) > 0 }
	s.read = func(ctx context.Context, a ask) (page, error) {
		q, err := query.Parse("is:public status:open|active")
		if err != nil {
			return page{}, err
		}
		after, _ := a.after.(string)
		found, err := env.Desk.Tickets(ctx, env.Who, core.ListRequest{Query: q, After: after, Limit: pageSize})
		var p page
		if found.Next != "" {
			p.next = found.Next
		}
		now := env.Desk.Now()
		for _, t := range found.Tickets {
			p.rows = append(p.rows, row{
				id: t.ID.String(), cells: []cell{say(t.ID.String()), say(t.PublicTitle), {text: ui.Place(&t)}, say(strconv.Itoa(t.Followers)), dim(ui.Ago(now, t.CreatedAt))},
				verb: "open", press: func() tea.Cmd { return env.Host.Open(t.ID) }, thing: t,
			})
		}
		return p, err
	}
	s.keys = func(at *row) []screen.Binding {
		none, t := "No ticket is under the cursor.", core.Ticket{}
		if at != nil {
			none = ""
			t, _ = at.thing.(core.Ticket)
		}
		return []screen.Binding{{Keys: []string{"U"}, Words: "no longer known…", Help: "Take it off the page of known issues.", Disabled: none, Foot: true, Run: func() tea.Cmd {
			return s.confirm("Take "+t.ID.String()+" off the known issues?", "Nobody but its reporter and staff read of it any more; those who follow it still hear when it ends.", "take it off", func() tea.Cmd {
				return s.change("take it off", t.ID.String()+" is known no more.", func(ctx context.Context) error {
					_, err := env.Desk.Unpublish(ctx, env.Who, t.ID, t.Version)
					return err
				})
			})
		}}}
	}
	return s
}

// newKiosks lists the keys that open the wall, or did.
func newKiosks(env *screen.Env) *Screen {
	s := &Screen{env: env, title: "Kiosk keys", nested: true, empty: "No key opens the wall. a adds one.", hint: "Such a key shows figures on a wall and opens nothing else: ssh -i wall …"}
	s.columns = widths(columns("name", "fingerprint", "last used", "state"), 22, 0, 16, 18)
	s.touched = func(d core.Dirty) bool { return d.Place }
	s.read = func(ctx context.Context, _ ask) (page, error) {
		keys, err := env.Desk.KioskKeys(ctx, env.Who)
		var p page
		now := env.Desk.Now()
		for _, k := range keys {
			used, state := dim("never"), good("opens the wall")
			if !k.LastUsedAt.IsZero() {
				used = say(ui.Ago(now, k.LastUsedAt))
			}
			r := row{id: strconv.FormatInt(k.ID, 10), verb: "revoke…", press: func() tea.Cmd { return s.revokeKiosk(k) }}
			if !k.RevokedAt.IsZero() {
				state, r.press = dim("revoked "+ui.Ago(now, k.RevokedAt)), nil
			}
			r.cells = []cell{say(k.Name), say(k.Fingerprint), used, state}
			p.rows = append(p.rows, r)
		}
		return p, err
	}
	s.keys = func(*row) []screen.Binding {
		return []screen.Binding{{Keys: []string{"a"}, Words: "add…", Help: "Let a key open the wall of figures, and nothing else.", Foot: true, Run: func() tea.Cmd {
			return s.fill("A key that opens the wall", "add the key", []screen.Field{
				{Name: "key", Label: "Public key", Hint: "Paste the line of the .pub file of a key that is for this alone.", Limit: 4000},
				{Name: "name", Label: "Name", Hint: "What the wall is called; the key's own comment if empty."},
			}, func(ctx context.Context, typed screen.Typed) (string, error) {
				k, err := env.Desk.AddKioskKey(ctx, env.Who, typed["key"], typed["name"])
				return "The key " + k.Name + " opens the wall.", err
			})
		}}}
	}
	return s
}

func (s *Screen) revokeKiosk(k core.KioskKey) tea.Cmd {
	return s.confirm("Revoke "+plain.Line(k.Name).String()+"?", "What it opened goes dark within seconds. It cannot be taken back; the key can be added again.", "revoke it", func() tea.Cmd {
		return s.change("revoke the key", "The key opens the wall no more.", func(ctx context.Context) error {
			return s.env.Desk.RevokeKioskKey(ctx, s.env.Who, k.ID)
		})
	})
}
