package tui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

func TestTheNextSignInSaysHowFarABulkCameAndGoesOnOrUndoesIt(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"g": "3 more tickets are changed.", "u": "Undone on 2 tickets"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			c, at := newCampus(t)
			var ids []core.TicketID
			for n := range 5 {
				ids = append(ids, c.Report(t, c.Ana, fmt.Sprint("Ticket ", n)))
			}
			who, high := storagetest.As(c.Ines, core.DoorSSH), core.High
			plan, err := c.Desk.PlanBulk(t.Context(), who, ids, core.Deed{Action: action.Prioritise, Change: core.Change{Priority: &high}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, lost := context.WithCancel(t.Context())
			if _, err := c.Desk.Bulk(ctx, who, plan, func(done int) {
				if done == 2 {
					lost()
				}
			}); err == nil {
				t.Fatal("it went through")
			}
			at.Pass(time.Minute)
			ines := sit(t, c, c.Ines, 80, 24)
			ines.sees("Set priority: not finished")
			ines.sees("2 of 5 tickets were changed before the connection was lost, 1 min ago.")
			ines.until("the answer", func() bool {
				if strings.Contains(ines.screen(), "not finished") {
					time.Sleep(50 * time.Millisecond) // the dialog takes no key at once: nobody asked for it
					ines.press(key)
				}
				return strings.Contains(ines.screen(), want)
			})
		})
	}
}
