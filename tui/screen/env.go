package screen

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// patience is how long a screen waits for an answer of the database.
const patience = 15 * time.Second

// Env is what all screens of one session share: who sits there and what they work with. A terminal's
// commands have no context of their own, so the session's stands here.
type Env struct {
	Context context.Context
	Desk    *core.Desk
	Who     core.Actor
	Me      core.User
	Words   text.Language
	Chosen  *time.Location // the zone that the person chose; nil for the campus's
	Host    Host
	Page    string                           // where people reach the page, for links; "" if unknown
	Last    core.TicketID                    // what was changed last in this session, for undo
	Handed  map[core.TicketID]bool           // where a colleague handed a draft over
	Unsent  map[string]Unsent                // what was typed in forms that a lost connection closed, by their names
	Around  map[core.TicketID][]core.Present // who else is at which ticket
	Asked   bool                             // a key is being taken: the person waits for what it asks for
}

// Zone is the one in which the person reads times.
func (e *Env) Zone() *time.Location {
	if e.Chosen != nil {
		return e.Chosen
	}
	return e.Desk.Zone()
}

// Do makes a command of work that takes time. What a key asks for goes before what other consoles read anew.
func (e *Env) Do(work func(ctx context.Context) tea.Msg) tea.Cmd {
	asked := e.Asked
	return func() tea.Msg {
		if asked {
			defer e.Desk.Hub().Ask()()
		}
		ctx, cancel := context.WithTimeout(e.Context, patience)
		defer cancel()
		return work(ctx)
	}
}

// Long is Do for work on many tickets.
func (e *Env) Long(work func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		const most = 5 * time.Minute
		ctx, cancel := context.WithTimeout(e.Context, most)
		defer cancel()
		return work(ctx)
	}
}

// After makes a command that says something later, unless the session ends before.
func (e *Env) After(d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-e.Context.Done():
			return nil
		case <-timer.C:
			return msg
		}
	}
}

// Explain gives an error its words in the reader's language.
func (e *Env) Explain(err error) string { return Explain(e.Words, err) }
