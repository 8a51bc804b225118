package sshserver_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
)

// However many consoles are opened at once, a few at a time read and draw what they begin with. The others are told, and
// come as soon as there is room, whichever way it comes about.
func TestConsolesOpenAFewAtATime(t *testing.T) {
	t.Parallel()
	atOnce := 2 + 2*runtime.GOMAXPROCS(0)
	arrived := make(chan func(), atOnce+4)
	h := newHelpdesk(t, func(o *sshserver.Options) {
		o.Arrival = time.Hour
		o.Console = func(ctx context.Context, who core.Actor, me core.User, on sshserver.Terminal) tea.Model {
			arrived <- on.Arrived
			on.Arrived = func() {}
			return newProbe(ctx, who, me, on)
		}
	})
	ann := h.staff(t, "ann")
	var first *sshtest.Terminal
	for range atOnce {
		first = h.open(t, ann)
	}
	next := sshtest.Open(t, h.dial(t, ann), 80, 24)
	next.Wait("Many consoles open at this moment.")
	(<-arrived)() // shows what it opened with
	next.Wait("Console of")

	last, gone := sshtest.Open(t, h.dial(t, ann), 80, 24), sshtest.Open(t, h.dial(t, ann), 80, 24)
	gone.Wait("Many consoles open at this moment.")
	gone.Close() // whoever waits no more is in nobody's way
	first.Close()
	last.Wait("Console of")
}
