package core_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func codeOf(err error) string {
	refused, ok := errors.AsType[*core.Error](err)
	switch {
	case !ok:
		return ""
	case len(refused.Problems) > 0:
		return refused.Problems[0].Code
	}
	return refused.Code
}

func TestAdminsFindAccounts(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada := storagetest.As(c.Ada, core.DoorSSH)
	for _, test := range []struct {
		name   string
		filter core.UserFilter
		want   []string
	}{
		{"all", core.UserFilter{}, []string{"ada", "ana", "ben", "cora", "fay", "ines", "ivan"}},
		{"by the beginning of a username", core.UserFilter{Begins: "I"}, []string{"ines", "ivan"}},
		{"by the beginning of a name", core.UserFilter{Begins: "cora c"}, []string{"cora"}},
		{"by address", core.UserFilter{Begins: "fay@"}, []string{"fay"}},
		{"a sign of the pattern is a letter", core.UserFilter{Begins: "%"}, nil},
		{"by role", core.UserFilter{Role: core.RoleAdmin}, []string{"ada"}},
		{"by queue", core.UserFilter{Queue: c.IT.ID}, []string{"ines", "ivan"}},
		{"disabled", core.UserFilter{Disabled: true}, nil},
	} {
		var got []string
		for after := ""; ; {
			page, next, err := c.Desk.Users(t.Context(), ada, test.filter, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page {
				got = append(got, l.User.Username)
			}
			if after = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if _, _, err := c.Desk.Users(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.UserFilter{}, "", 10); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff list accounts: %v", err)
	}
}

// Two admins who take each other's role away at the same moment must not both succeed.
func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada := storagetest.As(c.Ada, core.DoorSSH)
	if err := c.Desk.Disable(t.Context(), ada, c.Ada.ID, true); codeOf(err) != "last_admin" {
		t.Errorf("the last admin disables themselves: %v", err)
	}
	if err := c.Desk.SetRole(t.Context(), core.Operator(), c.Ada.ID, core.RoleStaff); codeOf(err) != "last_admin" {
		t.Errorf("the last admin becomes staff: %v", err)
	}
	if err := c.Desk.SetRole(t.Context(), ada, c.Ines.ID, core.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i, user := range []core.UserID{c.Ada.ID, c.Ines.ID} {
		both.Go(func() { errs[i] = c.Desk.SetRole(t.Context(), core.Operator(), user, core.RoleStaff) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("both answers: %v and %v, want one refusal", errs[0], errs[1])
	}
}

func TestAnAdminEndsSomebodysSignIn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	signed := c.SignIn(t, c.Ana, core.DoorWeb)
	ada := storagetest.As(c.Ada, core.DoorSSH)
	list, err := c.Desk.LiveSessions(t.Context(), ada, core.SessionCursor{}, 10)
	if err != nil || len(list) != 1 || list[0].User.Username != "ana" {
		t.Fatalf("signed in are %+v, %v", list, err)
	}
	if err := c.Desk.EndSessionFor(t.Context(), ada, c.Ana.ID, list[0].Session.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Me(t.Context(), signed.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("she is still there: %v", err)
	}
	if err := c.Desk.EndSessionFor(t.Context(), ada, c.Ana.ID, list[0].Session.ID); codeOf(err) != "session_not_found" {
		t.Errorf("ended twice: %v", err)
	}
}

func TestTheCampusIsArrangedWithoutBreakingIt(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	c.Report(t, c.Ana, "No signal")
	site := c.Library.Parent
	for _, test := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a queue with work is archived", func() error {
			_, err := c.Desk.EditQueue(ctx, ada, c.IT.ID, core.QueueEdit{Archived: new(true)})
			return err
		}, "queue_in_use"},
		{"a category in use is removed", func() error { return c.Desk.RemoveCategory(ctx, ada, c.Network.ID) }, "category_in_use"},
		{"a category under itself", func() error {
			_, err := c.Desk.EditCategory(ctx, ada, c.Network.ID, core.CategoryEdit{Parent: &c.Network.ID})
			return err
		}, "parent_circle"},
		{"a category under another line", func() error {
			_, err := c.Desk.EditCategory(ctx, ada, c.Network.ID, core.CategoryEdit{Parent: &c.Heating.ID})
			return err
		}, "parent_line"},
		{"a place in itself", func() error {
			_, err := c.Desk.EditLocation(ctx, ada, site, core.LocationEdit{Parent: &c.Room.ID})
			return err
		}, "parent_circle"},
		{"a building in a room", func() error {
			_, err := c.Desk.EditLocation(ctx, ada, c.Science.ID, core.LocationEdit{Parent: &c.Room.ID})
			return err
		}, "parent_kind"},
		{"a new site in a building", func() error {
			_, err := c.Desk.AddLocation(ctx, ada, core.Location{Code: "NEW", Name: "New", Kind: core.Site, Parent: c.Library.ID})
			return err
		}, "parent_kind"},
		{"a new room in nowhere", func() error {
			_, err := c.Desk.AddLocation(ctx, ada, core.Location{Code: "NEW", Name: "New", Kind: core.Room, Parent: 9999})
			return err
		}, "location_unknown"},
		{"a new category under another line", func() error {
			_, err := c.Desk.AddCategory(ctx, ada, core.Category{Code: "new", Name: "New", Line: core.IT, Queue: c.IT.ID, Parent: c.Heating.ID})
			return err
		}, "parent_line"},
		{"a new category of no queue", func() error {
			_, err := c.Desk.AddCategory(ctx, ada, core.Category{Code: "new", Name: "New", Line: core.IT, Queue: 9999})
			return err
		}, "queue_unknown"},
		{"a code that is taken", func() error {
			_, err := c.Desk.AddLocation(ctx, ada, core.Location{Code: "lib", Name: "Another", Kind: core.Building, Parent: site})
			return err
		}, "code_taken"},
		{"a place in use is removed", func() error { return c.Desk.RemoveLocation(ctx, ada, c.Room.ID) }, "location_in_use"},
		{"a name of nothing", func() error {
			_, err := c.Desk.EditQueue(ctx, ada, c.IT.ID, core.QueueEdit{Name: new("  ")})
			return err
		}, "name_missing"},
		{"by staff", func() error {
			_, err := c.Desk.EditQueue(ctx, storagetest.As(c.Ines, core.DoorSSH), c.IT.ID, core.QueueEdit{Name: new("Mine")})
			return err
		}, "admin_only"},
	} {
		if err := test.do(); codeOf(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	if err := c.Desk.RemoveCategory(ctx, ada, c.Printing.ID); err != nil {
		t.Errorf("a category that nobody used stays: %v", err)
	}
}

func TestWhatAnAdminChangesCanBeTakenBack(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	for _, test := range []struct {
		name   string
		stream core.Stream
		id     int64
		do     func() error
	}{
		{"a role", core.StreamUser, int64(c.Ben.ID), func() error { return c.Desk.SetRole(ctx, ada, c.Ben.ID, core.RoleStaff) }},
		{"keeping out", core.StreamUser, int64(c.Ben.ID), func() error { return c.Desk.Disable(ctx, ada, c.Ben.ID, true) }},
		{"a membership", core.StreamUser, int64(c.Fay.ID), func() error { return c.Desk.Join(ctx, ada, c.Fay.ID, c.IT.ID, false) }},
		{"leading a team", core.StreamUser, int64(c.Fay.ID), func() error { return c.Desk.Join(ctx, ada, c.Fay.ID, c.Facilities.ID, true) }},
		{"leaving a team that one led", core.StreamUser, int64(c.Ines.ID), func() error { return c.Desk.Leave(ctx, ada, c.Ines.ID, c.IT.ID) }},
		{"a queue's name", core.StreamQueue, int64(c.IT.ID), func() error {
			_, err := c.Desk.EditQueue(ctx, ada, c.IT.ID, core.QueueEdit{Name: new("Machines")})
			return err
		}},
		{"a priority", core.StreamCategory, int64(c.Network.ID), func() error {
			_, err := c.Desk.EditCategory(ctx, ada, c.Network.ID, core.CategoryEdit{Priority: new(core.Urgent)})
			return err
		}},
		{"a place's name", core.StreamLocation, int64(c.Room.ID), func() error {
			_, err := c.Desk.EditLocation(ctx, ada, c.Room.ID, core.LocationEdit{Name: new("Silence")})
			return err
		}},
		{"a queue's name and days in one form", core.StreamQueue, int64(c.IT.ID), func() error {
			_, err := c.Desk.EditQueue(ctx, ada, c.IT.ID, core.QueueEdit{Name: new("Machines"), ReopenDays: new(3)})
			return err
		}},
		{"all that a category's form asks for", core.StreamCategory, int64(c.Printing.ID), func() error {
			_, err := c.Desk.EditCategory(ctx, ada, c.Printing.ID, core.CategoryEdit{
				Name: new("Paper"), Hint: new("Which printer?"), Priority: new(core.Urgent), Queue: &c.Facilities.ID, Parent: &c.Network.ID, Confidential: new(true),
			})
			return err
		}},
		{"a place's name and where it lies in one form", core.StreamLocation, int64(c.Room.ID), func() error {
			_, err := c.Desk.EditLocation(ctx, ada, c.Room.ID, core.LocationEdit{Name: new("Silence"), Parent: new(core.LocationID)})
			return err
		}},
	} {
		before := campusNow(t, c, ada)
		if err := test.do(); err != nil {
			t.Fatal(test.name, err)
		}
		if campusNow(t, c, ada) == before {
			t.Errorf("%s: nothing changed", test.name)
		}
		undone, err := c.Desk.Revert(ctx, ada, test.stream, test.id)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		events, _, err := c.Desk.Trail(ctx, ada, core.TrailFilter{Stream: test.stream, StreamID: test.id, Desk: true}, core.TrailCursor{}, 1)
		if err != nil || len(events) != 1 || events[0].Undoes == "" || events[0].Undoes != undone.Command {
			t.Errorf("%s: the history does not say that it takes back %s: %+v, %v", test.name, undone.Command, events, err)
		}
		if after := campusNow(t, c, ada); after != before {
			t.Errorf("%s is not taken back:\n%s\nwas\n%s", test.name, after, before)
		}
	}
}

// What one form changed is one command in the history, of which no part is taken back without the others.
func TestOneFormIsOneCommand(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	if _, err := c.Desk.EditQueue(ctx, ada, c.IT.ID, core.QueueEdit{Name: new("Machines"), ReopenDays: new(3)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.EditUser(ctx, ada, c.Ben.ID, core.UserEdit{Name: new("Benedict"), Email: new("benedict@example.edu")}); err != nil {
		t.Fatal(err)
	}
	for stream, id := range map[core.Stream]int64{core.StreamQueue: int64(c.IT.ID), core.StreamUser: int64(c.Ben.ID)} {
		events, _, err := c.Desk.Trail(ctx, ada, core.TrailFilter{Stream: stream, StreamID: id}, core.TrailCursor{}, 3)
		if err != nil {
			t.Fatal(err)
		}
		if events[0].Command != events[1].Command || events[1].Command == events[2].Command || events[0].Field == events[1].Field {
			t.Errorf("%s: the history says %+v", stream, events)
		}
	}
	if _, err := c.Desk.Revert(ctx, ada, core.StreamUser, int64(c.Ben.ID)); core.KindOf(err) != core.Forbidden {
		t.Errorf("the words of a person come back from a history that does not hold them: %v", err)
	}
}

// Who leads a team is in the history, and what changes nothing is not.
func TestTheHistoryOfAMembershipSaysWhoLed(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	for _, lead := range []bool{false, false, true, true, false} {
		if err := c.Desk.Join(ctx, ada, c.Fay.ID, c.IT.ID, lead); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Desk.Leave(ctx, ada, c.Fay.ID, c.IT.ID); err != nil {
		t.Fatal(err)
	}
	events, _, err := c.Desk.Trail(ctx, ada, core.TrailFilter{Stream: core.StreamUser, StreamID: int64(c.Fay.ID), User: c.Ada.ID}, core.TrailCursor{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		told = append(told, fmt.Sprintf("%s %s %q %q", e.Kind, e.Field, e.From, e.To))
	}
	it := fmt.Sprint(c.IT.ID)
	want := []string{
		fmt.Sprintf("left_queue queue %q %q", it, ""),
		fmt.Sprintf("changed lead %q %q", it+" lead", it),
		fmt.Sprintf("changed lead %q %q", it, it+" lead"),
		fmt.Sprintf("joined_queue queue %q %q", "", it),
	}
	if !slices.Equal(told, want) {
		t.Errorf("the history says\n%q, want\n%q", told, want)
	}
	if err := c.Desk.Leave(ctx, ada, c.Fay.ID, c.IT.ID); core.KindOf(err) != core.NotFound {
		t.Errorf("leaving once more: %v", err)
	}
}

// campusNow is the campus in one text.
func campusNow(t *testing.T, c *storagetest.Campus, ada core.Actor) string {
	t.Helper()
	var b strings.Builder
	for _, user := range []core.User{c.Ben, c.Fay, c.Ines} {
		found, err := c.Desk.Dossier(t.Context(), ada, user.ID)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(found.User.Username + " " + string(found.User.Role))
		if found.User.Disabled {
			b.WriteString(" disabled")
		}
		for _, m := range found.User.Memberships {
			fmt.Fprintf(&b, " %s %v", m.Code, m.Lead)
		}
		b.WriteString("\n")
	}
	queues, err := c.Desk.EveryQueue(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queues {
		fmt.Fprintf(&b, "%+v\n", q)
	}
	categories, err := c.Desk.AllCategories(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range categories {
		fmt.Fprintf(&b, "%+v\n", k)
	}
	places, err := c.Desk.EveryLocation(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range places {
		fmt.Fprintf(&b, "%+v\n", l)
	}
	return b.String()
}

func TestTheTrailSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ada, ctx := storagetest.As(c.Ada, core.DoorSSH), t.Context()
	ada.Key = "SHA256:adaskey"
	if err := c.Desk.SetRole(ctx, ada, c.Ben.ID, core.RoleStaff); err != nil {
		t.Fatal(err)
	}
	open := c.Report(t, c.Ana, "No signal")
	secret := c.ReportIn(t, c.Ana, "He follows me", c.Abuse)
	read := func(who core.Actor, f core.TrailFilter) []core.Event {
		t.Helper()
		var all []core.Event
		var cursor core.TrailCursor
		for {
			page, next, err := c.Desk.Trail(ctx, who, f, cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page...)
			if cursor = next; next == (core.TrailCursor{}) {
				return all
			}
		}
	}
	everything := read(ada, core.TrailFilter{})
	sees := func(id core.TicketID) bool {
		return slices.ContainsFunc(everything, func(e core.Event) bool { return e.Ticket() == id })
	}
	if !sees(open) || sees(secret) {
		t.Errorf("an admin sees %s: %t, and %s, which is confidential: %t", open, sees(open), secret, sees(secret))
	}
	if !slices.IsSortedFunc(everything, func(a, b core.Event) int { return int(b.ID - a.ID) }) {
		t.Error("it is not newest first")
	}
	mine := read(ada, core.TrailFilter{User: c.Ada.ID, Key: ada.Key, Stream: core.StreamUser, From: time.Now().Add(-time.Hour)})
	if len(mine) != 1 || mine[0].From != "reporter" || mine[0].To != "staff" || mine[0].StreamID != int64(c.Ben.ID) {
		t.Errorf("what ada did is %+v", mine)
	}
	if _, _, err := c.Desk.Trail(ctx, storagetest.As(c.Ines, core.DoorSSH), core.TrailFilter{}, core.TrailCursor{}, 10); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff read the trail: %v", err)
	}
}
