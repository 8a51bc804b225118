package sshserver_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// The database goes away in the middle of a reply: nothing that was written is lost, and it goes when it is back.
func TestPlainReplyOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := plainCampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	c.atOnce(t, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "reply", "Dear Ana,")
	ines.Hear("full stop")
	restore := storagetest.Cut(t, url)
	ines.Say("we are on our way.", ".")
	ines.Hear("It is not on the server yet. Type a full stop to try again.")
	restore()
	eventually(t, "the reply to go", func() bool {
		if strings.Contains(ines.All(), "Reply sent.") {
			return true
		}
		if strings.HasSuffix(ines.All(), "1001> ") { // kept, but not sent: the database came back in between
			ines.Say("reply")
		}
		ines.Say(".")
		time.Sleep(200 * time.Millisecond)
		return false
	})
	if m := c.view(t, id).Messages; len(m) != 2 || m[1].Body != "Dear Ana,\nwe are on our way." {
		t.Errorf("%+v", m)
	}
}

func TestPlainBulkThatWasCutOffIsGoneOnWithOrUndone(t *testing.T) {
	t.Parallel()
	for way, want := range map[string]string{"go on": "3 more tickets are changed.", "undo": "Undone on 2 tickets", "leave": "It stays as it is."} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			var later atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
			c := plainCampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now}))
			var ids []core.TicketID
			for n := range 5 {
				ids = append(ids, c.Report(t, c.Ana, fmt.Sprint("Ticket ", n)))
			}
			high := core.High
			plan, err := c.Desk.PlanBulk(t.Context(), as(c.Ines), ids, core.Deed{Action: action.Prioritise, Change: core.Change{Priority: &high}})
			fatal(t, err)
			ctx, lost := context.WithCancel(t.Context())
			if _, err := c.Desk.Bulk(ctx, as(c.Ines), plan, func(done int) {
				if done == 2 {
					lost()
				}
			}); err == nil {
				t.Fatal("it went through")
			}
			later.Store(int64(time.Minute))
			ines := c.lines(t, c.Ines)
			ines.Say("unfinished", way)
			ines.Hear("What somebody has changed since stays as it is.", want)
			if !strings.Contains(ines.All(), "Set priority, not finished: 2 of 5 tickets were changed before the connection was lost, 1 minute ago.\nType unfinished") {
				t.Errorf("at sign-in: %s", ines.All())
			}
		})
	}
}

// A new ticket and a macro are about no ticket yet: what has been entered of them outlives the connection all the same.
func TestPlainSheetsOutliveTheConnection(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	client := c.dial(t, c.Ines)
	ines := sshtest.OpenLines(t, client)
	ines.Say("new", "ben", "No signal in my room", "netw", "LIB-204", "high", "The light blinks.", "Twice.")
	ines.Hear("What happened?")
	eventually(t, "the new ticket to be kept", func() bool {
		place, err := c.Desk.Place(t.Context(), as(c.Ines))
		return err == nil && strings.Contains(string(place), "Twice.")
	})
	_ = client.Close()

	ines = c.lines(t, c.Ines)
	if !strings.Contains(ines.All(), "You have begun a new ticket. Type new to go on with it.") {
		t.Errorf("at sign-in: %s", ines.All())
	}
	ines.Say("new", "yes", "It is urgent.", ".", "no")
	ines.Hear("for: ben", "priority: high", "Go on with it?", "So far", "Report it?", "What you entered is kept. Type new to go on with it.")
	ines.Say("new", "yes", ".", "yes")
	ines.Hear("Report it?", "Ticket 1001 is made.")
	view := c.view(t, 1001)
	if got := view.Messages[0].Body; got != "The light blinks.\nTwice.\nIt is urgent." || view.Ticket.Reporter.ID != c.Ben.ID || view.Ticket.Priority != core.High {
		t.Errorf("%q of %+v", got, view.Ticket)
	}
	ines.Say("new")
	ines.Hear("For whom?") // nothing is left of it
	ines.Say("ben", "", "macro new Restart", "", "r", "status:nonsense", "cancel")
	ines.Hear("status:nonsense at character 1 is not possible.", "Changes, ", "What you entered is kept. Type macro new to go on with it.")
	ines.Say("macro new", "yes", "status:active", "", "no", "Please restart it.", ".")
	ines.Hear("name: Restart", "Changes", "The macro Restart is kept.")
	ines.Say("macros")
	ines.Hear("1. Restart: yours, key r, with status:active.")
}
