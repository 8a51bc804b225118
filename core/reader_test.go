package core_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// worked is a ticket of Ana's with all that staff can put on one, merged into one of Ben's.
func worked(t *testing.T, c *storagetest.Campus) core.TicketID {
	t.Helper()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id, other := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "Wi-Fi is gone")
	urgent := core.Urgent
	_, err := c.Desk.Change(t.Context(), ines, id, 0, core.Change{Priority: &urgent})
	if err == nil {
		_, err = c.Desk.Tag(t.Context(), ines, id, core.TagChange{Add: []string{"troublesome"}})
	}
	if err == nil {
		_, err = c.Desk.Take(t.Context(), ines, id, 0)
	}
	if err == nil {
		_, err = c.Desk.Merge(t.Context(), ines, id, 0, other)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestReportersReadWhatTheirPageTells looks at a ticket as its reporter, in every way in which one gets at it: what is among staff
// is in none of them, and of the ticket that goes on with it they are told no more than that there is one.
func TestReportersReadWhatTheirPageTells(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ana, ines := storagetest.As(c.Ana, core.DoorAPI), storagetest.As(c.Ines, core.DoorSSH)
	id := worked(t, c)
	resting := c.Report(t, c.Ana, "Slow network")
	if _, err := c.Desk.Snooze(t.Context(), ines, resting, 0, c.Desk.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(t.Context(), ana, id)
	if err != nil {
		t.Fatal(err)
	}
	if !view.Ticket.GoesOn() || view.Ticket.Resolution != core.Duplicate || view.Ticket.Assignee.ID != c.Ines.ID {
		t.Errorf("their page cannot say how it stands: %+v", view.Ticket)
	}
	for _, e := range view.Events {
		if e.Kind == core.EventCreated && e.To+e.ToName != "" {
			t.Errorf("their history says in which queue it began: %+v", e)
		}
	}
	page, err := c.Desk.Tickets(t.Context(), ana, core.ListRequest{})
	if err != nil || len(page.Tickets) != 2 || page.Tickets[0].ID != resting {
		t.Fatalf("they list %+v (%v), want both, what changed last first", page.Tickets, err)
	}
	title := "Slow network upstairs"
	corrected, err := c.Desk.Correct(t.Context(), ana, resting, 0, core.Correction{Title: &title})
	if err != nil {
		t.Fatal(err)
	}
	for _, read := range append(page.Tickets, view.Ticket, corrected) {
		if read.Priority != 0 || read.Queue != (core.Queue{}) || read.Attention != 0 || !read.AttentionAt.IsZero() || !read.SnoozedUntil.IsZero() ||
			len(read.Tags) != 0 || read.MergedInto != 0 || read.Merged != 0 {
			t.Errorf("its reporter reads %+v", read)
		}
	}
	staffs, err := c.Desk.Ticket(t.Context(), ines, id)
	if err != nil || staffs.Ticket.Priority != core.Urgent || staffs.Ticket.MergedInto == 0 || !staffs.Ticket.GoesOn() {
		t.Errorf("staff read %+v (%v)", staffs.Ticket, err)
	}
}

// TestReportersAskByWhatTheyMayRead tries every field and every order of the query language, listing and counting: as a reporter,
// and as staff who ask for their own reports.
func TestReportersAskByWhatTheyMayRead(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	worked(t, c)
	ana, ines := storagetest.As(c.Ana, core.DoorAPI), storagetest.As(c.Ines, core.DoorSSH)
	open := []string{
		"status:open|active", "category:it.network*", "location:LIB*", "building:LIB", "waiting:reporter", "#1042", "age:>2d", "created:2026-09-01..2026-10",
		"updated:2026-11", "closed:2026-10..2026-11", "resolution:fixed", "line:facilities", `"no signal"`,
		"sort:created", "sort:-updated", "sort:number",
	}
	asked := []string{"sort:attention", "-sort:priority"}
	for _, f := range query.Fields() {
		asked = append(asked, f.Example, "-"+f.Example)
	}
	asked = append(asked, open...)
	for _, text := range asked {
		q, err := query.Parse(text)
		if err != nil {
			continue // "-sort:…"
		}
		may := slices.Contains(open, strings.TrimPrefix(text, "-"))
		_, listed := c.Desk.Tickets(t.Context(), ana, core.ListRequest{Query: q})
		_, mine := c.Desk.Tickets(t.Context(), ines, core.ListRequest{Query: q, Mine: true})
		_, counted := c.Desk.CountViews(t.Context(), ana, []core.View{{Query: q}})
		for how, err := range map[string]error{"lists": listed, "lists their own reports": mine, "counts": counted} {
			wrong, refused := errors.AsType[*query.Error](err)
			if refused == may || err != nil && !refused {
				t.Errorf("%s by %s: %v", how, text, err)
			}
			if refused && (wrong.Character == 0 || len(wrong.Want) == 0 || slices.Contains(wrong.Want, "priority")) {
				t.Errorf("%s by %s: the refusal is %+v", how, text, wrong)
			}
		}
		if _, err := c.Desk.Tickets(t.Context(), ines, core.ListRequest{Query: q}); err != nil {
			t.Errorf("staff list by %s: %v", text, err)
		}
	}
}

// TestReportersAreOfferedWhatTheyMayAskBy completes queries.
func TestReportersAreOfferedWhatTheyMayAskBy(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	for typed, want := range map[string]string{
		"p": "", "a": "age:", "sort:": "created updated number", "priority:": "", "is:": "", "waiting:": "reporter third_party none", "queue:": "", "s": "status: sort:",
	} {
		got, err := c.Desk.Complete(t.Context(), storagetest.As(c.Ana, core.DoorAPI), typed, len(typed))
		if err != nil {
			t.Fatal(err)
		}
		var offers []string
		for _, choice := range got.Choices {
			offers = append(offers, choice.Text)
		}
		slices.Sort(offers)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(offers, wanted) {
			t.Errorf("behind %q they are offered %q, want %q", typed, offers, wanted)
		}
	}
}
