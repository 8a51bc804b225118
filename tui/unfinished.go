package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// unfinishedRead brings a bulk of the person that was cut off; nil if there is none.
type unfinishedRead struct{ found *core.Unfinished }

// wentOn is the answer to going on with it.
type wentOn struct {
	result core.BulkResult
	err    error
}

// leftOff is the answer to ending it where it stands.
type leftOff struct {
	of     core.TicketID
	undone core.Undone
	err    error
}

// readUnfinished looks for what was cut off: at once, and again when what was cut off just now can be told from
// what another session is still at.
func (c *Console) readUnfinished() tea.Cmd {
	const later = 20 * time.Second
	look := func(ctx context.Context) tea.Msg {
		found, err := c.env.Desk.Unfinished(ctx, c.env.Who)
		if err != nil {
			return nil // the next sign-in looks again
		}
		return unfinishedRead{found}
	}
	again := c.env.Do(look)
	return tea.Batch(c.env.Do(look), func() tea.Msg {
		if c.env.After(later, true)() == nil {
			return nil
		}
		return again()
	})
}

// askUnfinished says how far it came, and offers to go on or to undo it. Esc asks again at the next sign-in.
func (c *Console) askUnfinished(u *core.Unfinished) {
	if u == nil {
		return
	}
	does := string(u.Deed.Action)
	if a, ok := action.Find(u.Deed.Action); ok {
		does = a.Title
	}
	said := fmt.Sprintf("%d of %s changed before the connection was lost, %s.", len(u.Done), ui.Plural(u.Of, "ticket was", "tickets were"), ui.Ago(c.env.Desk.Now(), u.At))
	choices := []screen.Binding{
		{Keys: []string{"g"}, Words: "go on", Run: func() tea.Cmd {
			return c.env.Long(func(ctx context.Context) tea.Msg {
				result, err := c.env.Desk.GoOn(ctx, c.env.Who, u, nil)
				return wentOn{result, err}
			})
		}},
		{Keys: []string{"x"}, Words: "leave it so", Run: func() tea.Cmd { return c.leaveOff(u, false) }},
	}
	if len(u.Done) > 0 {
		choices = append(choices, screen.Binding{Keys: []string{"u"}, Words: "undo it", Run: func() tea.Cmd { return c.leaveOff(u, true) }})
	}
	host{c}.Show(&screen.Message{
		Host: host{c}, Title: plain.Line(does + ": not finished"), Cancel: "later", Choices: choices,
		Paragraphs: []screen.Paragraph{{Text: plain.Line(said), Strong: true}, {Text: plain.Line("What somebody has changed since stays as it is.")}},
	}, true)
}

func (c *Console) leaveOff(u *core.Unfinished, undo bool) tea.Cmd {
	return c.env.Long(func(ctx context.Context) tea.Msg {
		undone, err := c.env.Desk.LeaveOff(ctx, c.env.Who, u, undo)
		left := leftOff{undone: undone, err: err}
		if undo {
			left.of = u.Done[0]
		}
		return left
	})
}

func (c *Console) settleUnfinished(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case wentOn:
		if m.err != nil {
			return host{c}.Fail("go on with that", m.err)
		}
		words := []string{ui.Plural(len(m.result.Done), "more ticket is", "more tickets are") + " changed."}
		words = append(words, c.env.Refusals(m.result.Refused)...)
		return host{c}.Toast(screen.Info, plain.Line(strings.Join(words, " ")))
	case leftOff:
		switch {
		case m.err != nil:
			return host{c}.Fail("end that", m.err)
		case m.of != 0:
			return c.env.SettleUndo(screen.Undone{Ticket: m.of, Undone: m.undone})
		}
		return host{c}.Toast(screen.Info, plain.Line("It stays as it is."))
	}
	return nil
}
