package core_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// visitor is somebody without an account at the page, and a form key of theirs.
func visitor(t *testing.T, c *storagetest.Campus) (core.Actor, string) {
	t.Helper()
	who := core.Anonymous(core.DoorWeb, "192.0.2.9")
	key, err := c.Desk.NewFormKey(who)
	if err != nil {
		t.Fatal(err)
	}
	return who, key
}

func reported(t *testing.T, c *storagetest.Campus, kind core.Category, words string) []core.KnownIssue {
	t.Helper()
	list, err := c.Desk.Reported(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.9"), kind.ID, core.Where{Building: "LIB", Room: "204"}, words)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatIsOpenAtThePlaceIsToldWithoutItsWords(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "Ana's secret title")
	list := reported(t, c, c.Network, "secret title")
	if len(list) != 1 || list[0].Title != "" || list[0].Location.Code != "LIB-204" || list[0].Status != core.Open || list[0].Followers != 0 {
		t.Fatalf("what is known is %+v, want one without a title", list)
	}
	if got := reported(t, c, c.Printing, "Ana's secret title"); len(got) != 0 {
		t.Errorf("words found a private ticket of another kind: %+v", got)
	}
}

func TestNothingConfidentialIsEverKnown(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	secret := c.ReportIn(t, c.Ana, "Zanzibar was shouted", c.Abuse)
	cora := storagetest.As(c.Cora, core.DoorSSH)
	if got := reported(t, c, c.Abuse, "zanzibar"); len(got) != 0 {
		t.Errorf("a confidential ticket is known: %+v", got)
	}
	if _, err := c.Desk.Publish(t.Context(), cora, secret, 0, "Shouting"); core.KindOf(err) != core.Forbidden {
		t.Errorf("a confidential ticket was made public: %v", err)
	}
	// What was public and becomes confidential is public no more.
	id := c.Report(t, c.Ben, "Loud")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Publish(t.Context(), ines, id, 0, "Noise in the library"); err != nil {
		t.Fatal(err)
	}
	before := reported(t, c, c.Network, "")
	if len(before) != 1 || before[0].Title != "Noise in the library" {
		t.Fatalf("known is %+v", before)
	}
	if _, err := c.Desk.Change(t.Context(), ines, id, 0, core.Change{Category: &c.Abuse.ID}); err != nil {
		t.Fatal(err)
	}
	who, key := visitor(t, c)
	if _, err := c.Desk.KnownIssue(t.Context(), who, before[0].Handle); core.KindOf(err) != core.NotFound {
		t.Errorf("its page is still there: %v", err)
	}
	if _, err := c.Desk.MeToo(t.Context(), who, before[0].Handle, key); core.KindOf(err) != core.NotFound {
		t.Errorf("it can still be followed: %v", err)
	}
	if list, err := c.Desk.KnownIssues(t.Context(), who, 0); err != nil || len(list) != 0 {
		t.Errorf("it is still listed: %+v (%v)", list, err)
	}
}

func TestMeTooCountsEachPersonOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	handle := reported(t, c, c.Network, "")[0].Handle
	say := func(who core.Actor, key string) {
		t.Helper()
		if _, err := c.Desk.MeToo(t.Context(), who, handle, key); err != nil {
			t.Fatal(err)
		}
	}
	guest, key := visitor(t, c)
	say(guest, key)
	say(guest, key)
	ben := storagetest.As(c.Ben, core.DoorWeb)
	for range 2 {
		fresh, err := c.Desk.NewFormKey(ben)
		if err != nil {
			t.Fatal(err)
		}
		say(ben, fresh)
	}
	ana := storagetest.As(c.Ana, core.DoorWeb)
	own, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	say(ana, own)
	if got := ticket(t, c, storagetest.As(c.Ines, core.DoorSSH), id).Followers; got != 2 {
		t.Errorf("staff see %d others, want the guest and Ben", got)
	}
	list, err := c.Desk.Following(t.Context(), ben)
	if err != nil || len(list) != 1 || list[0].Title != "" {
		t.Errorf("Ben follows %+v (%v), want one issue without its words", list, err)
	}
	if _, err := c.Desk.Ticket(t.Context(), ben, id); core.KindOf(err) != core.NotFound {
		t.Errorf("following opened the ticket: %v", err)
	}
	if _, err := c.Desk.MeToo(t.Context(), guest, handle, "forged"); core.KindOf(err) != core.Invalid {
		t.Errorf("a forged key was taken: %v", err)
	}
	for _, wrong := range []string{"", "1001", handle[:len(handle)-1], "AAAAAAAAAAAAAAAAAAAAAA", handle + "A", "\x00"} {
		if _, err := c.Desk.KnownIssue(t.Context(), guest, wrong); core.KindOf(err) != core.NotFound {
			t.Errorf("the handle %q gave %v", wrong, err)
		}
	}
}

func TestAKnownIssueIsInStaffsWordsAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "Ana cannot print her thesis")
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	if _, err := c.Desk.Publish(t.Context(), ana, id, 0, "mine"); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter made it public: %v", err)
	}
	for _, words := range []string{"Printers are slow", "Wifi is down in the library"} {
		if _, err := c.Desk.Publish(t.Context(), ines, id, 0, words); err != nil {
			t.Fatal(err)
		}
	}
	anybody := core.Anonymous(core.DoorWeb, "192.0.2.9")
	view, err := c.Desk.Ticket(t.Context(), anybody, id)
	if err != nil {
		t.Fatal(err)
	}
	if got := view.Ticket; got.Title != "Wifi is down in the library" || got.Reporter.ID != 0 || got.ReporterName != "" || got.Place != "" || len(view.Messages) != 0 {
		t.Errorf("everybody reads %+v", got)
	}
	page, err := c.Desk.Tickets(t.Context(), anybody, core.ListRequest{Query: parse(t, "thesis")})
	if err != nil || len(page.Tickets) != 0 {
		t.Errorf("its reporter's words find it: %+v (%v)", page.Tickets, err)
	}
	list, err := c.Desk.KnownIssues(t.Context(), anybody, c.Library.ID)
	if err != nil || len(list) != 1 || list[0].Title != "Wifi is down in the library" || list[0].Building.ID != c.Library.ID {
		t.Fatalf("known in the library: %+v (%v)", list, err)
	}
	if list, err := c.Desk.KnownIssues(t.Context(), anybody, c.Science.ID); err != nil || len(list) != 0 {
		t.Errorf("known in another building: %+v (%v)", list, err)
	}
	// It sounds like what somebody else writes about, in another category.
	if got := reported(t, c, c.Heating, "the wifi does not work"); len(got) != 1 {
		t.Errorf("%d issues sound like it, want 1", len(got))
	}
	if _, err := c.Desk.Unpublish(t.Context(), ines, id, 0); err != nil {
		t.Fatal(err)
	}
	if list, err := c.Desk.KnownIssues(t.Context(), anybody, 0); err != nil || len(list) != 0 {
		t.Errorf("it is still known: %+v (%v)", list, err)
	}
	after, err := c.Desk.Ticket(t.Context(), ines, id)
	if err != nil || after.Allows(action.Unpublish) || after.Ticket.PublicTitle != "" {
		t.Errorf("it can be taken off twice (%v)", err)
	}
}

func TestAComplaintIsNotKnownToOthers(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	complaint, err := c.Desk.AddCategory(t.Context(), core.Operator(), core.Category{Code: "noise", Name: "Noise", Line: core.Services, Queue: c.Conduct.ID})
	if err != nil {
		t.Fatal(err)
	}
	c.ReportIn(t, c.Ana, "My neighbour sings", complaint)
	if got := reported(t, c, complaint, "neighbour sings"); len(got) != 0 {
		t.Errorf("a complaint is known: %+v", got)
	}
}

func TestARoomThatDoesNotExistIsAskedAbout(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	for _, code := range []string{"LIB-201", "LIB-202", "LIB-203", "LIB-310"} {
		if _, err := c.Desk.AddLocation(t.Context(), core.Operator(), core.Location{Parent: c.Library.ID, Kind: core.Room, Code: code, Name: "Room " + code}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name           string
		building, room string
		first          string // "" if nothing is asked
	}{
		{"the room itself", "LIB", "204", ""},
		{"with spaces and small letters", "LIB", "lib 204", ""},
		{"two digits changed places", "LIB", "240", "LIB-204"},
		{"a letter too many", "LIB", "2044", "LIB-204"},
		{"the whole code, one wrong", "", "LIB-311", "LIB-310"},
		{"the name, one wrong", "LIB", "Reading rom", "LIB-204"},
		{"the building's name", "LIB", "Librari 204", "LIB-204"},
		{"a room of another building", "SCI", "205", ""},
		{"own words", "LIB", "second floor, next to the lift", ""},
		{"nothing", "LIB", "", ""},
		{"very long", "LIB", string(make([]rune, 5000)) + "x", ""},
	} {
		got, err := c.Desk.SuggestPlaces(t.Context(), core.Anonymous(core.DoorWeb, ""), core.Where{Building: tt.building, Room: tt.room})
		if err != nil {
			t.Fatal(err)
		}
		first := ""
		if len(got) > 0 {
			first = got[0].Code
		}
		if first != tt.first || len(got) > 3 {
			t.Errorf("%s: %d suggestions, first %q, want %q", tt.name, len(got), first, tt.first)
		}
	}
}

func TestWhoFollowsAnIssueFollowsWhatItIsMergedInto(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines, ben := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ben, core.DoorWeb)
	issue, middle, original := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ana, "Wi-Fi is gone"), c.Report(t, c.Ana, "The switch is dead")
	if _, err := c.Desk.Publish(ctx, ines, issue, 0, "Wi-Fi in the library is down"); err != nil {
		t.Fatal(err)
	}
	handle, err := c.Desk.IssueHandle(ctx, storagetest.As(c.Ana, core.DoorWeb), issue)
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.Desk.NewFormKey(ben)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.MeToo(ctx, ben, handle, key); err != nil {
		t.Fatal(err)
	}
	for _, into := range [][2]core.TicketID{{issue, middle}, {middle, original}} {
		if _, err := c.Desk.Merge(ctx, ines, into[0], 0, into[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Desk.Publish(ctx, ines, original, 0, "A switch in the library is dead"); err != nil {
		t.Fatal(err)
	}
	list, err := c.Desk.Following(ctx, ben)
	if err != nil || len(list) != 1 || list[0].Title != "A switch in the library is dead" {
		t.Errorf("Ben follows %+v, %v", list, err)
	}
	if now, err := c.Desk.KnownIssue(ctx, ben, handle); err != nil || now.Title != "A switch in the library is dead" {
		t.Errorf("where it was shown stands %+v, %v", now, err)
	}
	for _, id := range []core.TicketID{middle, issue} {
		if _, err := c.Desk.Unmerge(ctx, ines, id, 0); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := c.Desk.Following(ctx, ben); err != nil || len(list) != 1 || list[0].Title != "Wi-Fi in the library is down" {
		t.Errorf("apart again Ben follows %+v, %v", list, err)
	}
}
