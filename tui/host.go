package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/screen"
)

// host is the console as its screens see it.
type host struct{ c *Console }

// toast is a line that is shown above the footer for a while.
type toast struct {
	number int
	level  screen.Level
	text   plain.Text
}

type toastOver struct{ number int }

// shown is how long a toast stays; errors stay until a key is pressed.
const shown = 6 * time.Second

// Toast shows one line for some seconds.
func (h host) Toast(level screen.Level, text plain.Text) tea.Cmd {
	c := h.c
	c.toasts++
	c.toast = toast{number: c.toasts, level: level, text: text}
	if level == screen.Failure {
		return nil
	}
	return c.env.After(shown, toastOver{c.toasts})
}

// Fail shows what went wrong in words. An account that may no longer be here is signed out; whether that
// is why something was forbidden is asked at once.
func (h host) Fail(doing string, err error) tea.Cmd {
	c := h.c
	words := c.env.Explain(err)
	switch core.KindOf(err) {
	case core.Unauthenticated:
		return c.leave(words)
	case core.Internal:
		c.logger.ErrorContext(c.env.Context, "the console could not "+doing, "user", c.env.Me.Username, "error", err)
	case core.Forbidden:
		return tea.Batch(h.Toast(screen.Failure, plain.Line("Could not "+doing+". "+words)), c.checkMe(core.Dirty{All: true}))
	case core.NotFound, core.Invalid, core.Conflict, core.Limited, core.Unavailable:
	}
	return h.Toast(screen.Failure, plain.Line("Could not "+doing+". "+words))
}

// Show opens a dialog. What was said before somebody asked for it is over: below the dialog it would seem to be about it. A picker
// opens with what was typed in it when the connection was lost.
func (h host) Show(d screen.Dialog, unasked bool) {
	if p, is := d.(*screen.Picker); is {
		p.Resume(h.c.env)
	}
	if !unasked {
		h.c.toast = toast{}
	}
	h.c.dialogs = append(h.c.dialogs, dialog{Dialog: d, unasked: unasked, opened: h.c.clock()})
}

// Hide closes a dialog.
func (h host) Hide(d screen.Dialog) {
	h.c.dialogs = slices.DeleteFunc(h.c.dialogs, func(open dialog) bool { return open.Dialog == d })
}

// Open goes to a ticket.
func (h host) Open(id core.TicketID) tea.Cmd { return h.c.openTicket(id) }

// Go goes to a screen.
func (h host) Go(to screen.Screen) tea.Cmd { return h.c.goTo(to) }

// Search goes to the tickets that a query finds.
func (h host) Search(q query.Query) tea.Cmd { return h.c.goTo(queue.Found(h.c.env, q)) }

// Analyse goes to Data Analysis.
func (h host) Analyse() tea.Cmd { return h.c.openAnalysis() }

// Administer goes to Administration.
func (h host) Administer() tea.Cmd { return h.c.openAdministration() }

// Back leaves the screen on top.
func (h host) Back() tea.Cmd { return h.c.step(-1) }

// Prefer works in another way from now on.
func (h host) Prefer(p core.Preferences) tea.Cmd { return h.c.prefer(p) }

// Speak uses another language from now on.
func (h host) Speak(language string) tea.Cmd { return h.c.speak(language) }
