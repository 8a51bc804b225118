package storage_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// pages are the tickets of a list, read in pages of so many.
func pages(
	t *testing.T, list func(context.Context, core.Scope, core.Filter, string, int) (core.Found, error), scope core.Scope, filter core.Filter, limit int,
) (all []core.TicketID) {
	t.Helper()
	for after := ""; ; {
		found, err := list(t.Context(), scope, filter, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		for i := range found.Tickets {
			all = append(all, found.Tickets[i].ID)
		}
		if after = found.Next; after == "" {
			return all
		}
	}
}

// Whether a list is read ticket by ticket or from what happened, it is the same.
func TestAListThatWhatHappenedLeadsToIsTheSame(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return now }}))
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for i := range 12 {
		id := c.Report(t, c.Ana, "No network in the reading room")
		now = now.Add(time.Duration(1+i) * time.Hour)
		if _, err := c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "We are on it."}); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			if _, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
				t.Fatal(err)
			}
		}
	}
	filter := core.Filter{Clock: core.Clock{Now: now, Zone: time.UTC}, Me: c.Ines.ID}
	for _, scope := range []core.Scope{{Everything: true}, {Queues: []core.QueueID{c.IT.ID}}} {
		for _, text := range []string{
			"answered:2026-03", "answered:2026-03-02..2026-03-03 response:<4h", "ended:2026-03", "at:14", "at:14 -ended:2026-03", "by:ines queue:" + c.IT.Code + "", "answered:2026-03 network", "reopened:2026-03",
			"answered:2026-03 sort:created", "answered:2026-03 ended:2026-03",
		} {
			var err error
			if filter.Query, err = query.Parse(text); err != nil {
				t.Fatal(err)
			}
			plain, led := pages(t, db.Tickets, scope, filter, 5), pages(t, db.Led, scope, filter, 5)
			if !slices.Equal(plain, led) || len(led) == 0 && !strings.HasPrefix(text, "reopened") {
				t.Errorf("%s finds %v, and led by what happened %v", text, plain, led)
			}
		}
	}
}
