package core_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// listed counts the tickets that somebody finds with a query.
func listed(t *testing.T, c *storagetest.Campus, who core.Actor, text string) int {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Desk.Tickets(t.Context(), who, core.ListRequest{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Tickets)
}

func TestWhoIsNamedFindsItUntilTheyLook(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	for _, body := range []string{"mail ivan@campus.example", "@nobody-here and @@ivan"} {
		if said, err := c.Desk.Note(t.Context(), ines, id, core.NewMessage{Body: body}); err != nil || len(said.Unreached) > 0 {
			t.Fatalf("%q: %v, %v", body, said.Unreached, err)
		}
	}
	if n := listed(t, c, ivan, "mentions:me"); n != 0 {
		t.Fatal("somebody is named by an e-mail address")
	}
	if _, err := c.Desk.Note(t.Context(), ines, id, core.NewMessage{Body: "Can you look, @Ivan? (@ivan.)"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		who   core.Actor
		query string
		n     int
	}{{ivan, "mentions:unseen", 1}, {ivan, "mentions:me", 1}, {ines, "mentions:me", 0}} {
		if n := listed(t, c, want.who, want.query); n != want.n {
			t.Errorf("%s finds %d for user %d, want %d", want.query, n, want.who.User, want.n)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ivan, id)
	if err != nil {
		t.Fatal(err)
	}
	if unseen, err := c.Desk.Unseen(t.Context(), ivan, []core.Ticket{view.Ticket}); err != nil || unseen[id].Mentions != 1 {
		t.Errorf("unseen: %+v, %v", unseen, err)
	}
	bell := c.Desk.Hub().Subscribe()
	defer bell.Close()
	if _, err := c.Desk.Look(t.Context(), ivan, &view); err != nil {
		t.Fatal(err)
	}
	if dirty, err := bell.Wait(t.Context()); err != nil || !dirty.Tickets[id] {
		t.Errorf("the inbox is not told: %+v, %v", dirty, err)
	}
	if n := listed(t, c, ivan, "mentions:unseen"); n != 0 {
		t.Error("it stays unseen after the look")
	}
	if n := listed(t, c, ivan, "mentions:me"); n != 1 {
		t.Error("what was seen is no longer found")
	}
}

func TestWhomAMentionDoesNotReachIsSaid(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for _, test := range []struct {
		name, body string
		note       bool
		unreached  string
	}{
		{"a colleague of another queue", "@fay please", true, "fay"},
		{"an admin sees all queues", "@ada please", true, ""},
		{"a reporter reads no notes", "@ana says so", true, "ana"},
		{"the reporter reads replies", "Dear @ana", false, ""},
		{"another reporter reads nothing of it", "like @ben", false, "ben"},
		{"oneself", "@ines was here", true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			say := c.Desk.Reply
			if test.note {
				say = c.Desk.Note
			}
			said, err := say(t.Context(), ines, id, core.NewMessage{Body: test.body})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, p := range said.Unreached {
				names = append(names, p.Username)
			}
			if got := strings.Join(names, " "); got != test.unreached {
				t.Errorf("not reached: %q, want %q", got, test.unreached)
			}
		})
	}
	if n := listed(t, c, storagetest.As(c.Fay, core.DoorSSH), "mentions:me"); n != 0 {
		t.Error("a mention opened a ticket of another queue")
	}
}

func TestColleaguesOfTheQueueComeFirst(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	people, err := c.Desk.Colleagues(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || len(people) != 2 || people[0].Username != "ivan" || people[1].Username != "ada" {
		t.Errorf("%+v, %v", people, err)
	}
	if _, err := c.Desk.Colleagues(t.Context(), storagetest.As(c.Fay, core.DoorSSH), id); core.KindOf(err) != core.NotFound {
		t.Errorf("a stranger to the queue: %v", err)
	}
}

func TestWhatIsFollowedShowsItsNews(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	look := func() core.TicketView {
		t.Helper()
		view, err := c.Desk.Ticket(t.Context(), ivan, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Look(t.Context(), ivan, &view); err != nil {
			t.Fatal(err)
		}
		return view
	}
	news := func() int {
		t.Helper()
		unseen, err := c.Desk.Unseen(t.Context(), ivan, []core.Ticket{{ID: id, Queue: c.IT}})
		if err != nil {
			t.Fatal(err)
		}
		return unseen[id].Messages
	}
	say := func(who core.Actor, body string) {
		t.Helper()
		if _, err := c.Desk.Reply(t.Context(), who, id, core.NewMessage{Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	look()
	say(ana, "Still broken.")
	if news() != 0 {
		t.Error("news of a ticket that is not followed")
	}
	for range 2 {
		if err := c.Desk.Follow(t.Context(), ivan, id); err != nil {
			t.Fatal(err)
		}
	}
	view := look()
	if mine, others := listed(t, c, ivan, "follower:me"), listed(t, c, storagetest.As(c.Ines, core.DoorSSH), "follower:me"); mine == 0 || others != 0 {
		t.Errorf("follower:me finds %d, and %d for a colleague who follows none", mine, others)
	}
	if !view.Follows || view.Ticket.Followers != 0 {
		t.Errorf("follows: %v; counted among those with the same trouble: %d", view.Follows, view.Ticket.Followers)
	}
	say(ana, "Anybody there?")
	say(ines, "Yes.")
	say(ivan, "Me too.")
	if n := news(); n != 2 {
		t.Errorf("%d messages are new, want 2", n)
	}
	look()
	say(ana, "Thanks.")
	if err := c.Desk.Unfollow(t.Context(), ivan, id); err != nil {
		t.Fatal(err)
	}
	if news() != 0 || look().Follows {
		t.Error("still followed")
	}
	if err := c.Desk.Follow(t.Context(), storagetest.As(c.Fay, core.DoorSSH), id); core.KindOf(err) != core.NotFound {
		t.Errorf("a stranger to the queue follows: %v", err)
	}
}

func TestWhoHasTheSameTroubleStaysCountedWhenTheyNoLongerFollow(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	if _, err := c.Desk.Publish(t.Context(), ines, id, 0, "No Wi-Fi in the library"); err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.Follow(t.Context(), ivan, id); err != nil {
		t.Fatal(err)
	}
	known, err := c.Desk.KnownIssues(t.Context(), ivan, 0)
	if err != nil || len(known) != 1 || known[0].Followers != 0 {
		t.Fatalf("%+v, %v", known, err)
	}
	if _, err := c.Desk.MeToo(t.Context(), ivan, known[0].Handle, ""); err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.Unfollow(t.Context(), ivan, id); err != nil {
		t.Fatal(err)
	}
	if known, err = c.Desk.KnownIssues(t.Context(), ivan, 0); err != nil || known[0].Followers != 1 {
		t.Errorf("%+v, %v", known, err)
	}
}
