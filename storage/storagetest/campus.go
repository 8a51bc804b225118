package storagetest

import (
	"testing"

	"helpdesk.campus/core"
)

// Password is what everybody on the small campus signs in with.
const Password = "correct horse battery"

// Campus is a small helpdesk to test on: a queue for IT, one for facilities and a confidential one.
//
//	ada     admin, of no queue
//	ines    staff of it (lead)
//	ivan    staff of it
//	fay     staff of facilities
//	cora    staff of conduct, the confidential queue
//	ana     reporter
//	ben     reporter
type Campus struct {
	Desk *core.Desk

	Ada, Ines, Ivan, Fay, Cora, Ana, Ben core.User

	IT, Facilities, Conduct           core.Queue
	Network, Printing, Heating, Abuse core.Category // Abuse is confidential
	Library, Science                  core.Location // buildings LIB and SCI
	Room                              core.Location // LIB-204
}

// NewCampus makes the small campus in a fresh database.
func NewCampus(t testing.TB) *Campus {
	t.Helper()
	return CampusOn(t, Desk(t))
}

// CampusOn makes the small campus on a desk.
func CampusOn(t testing.TB, desk *core.Desk) *Campus {
	t.Helper()
	c := &Campus{Desk: desk}
	root := core.Operator()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	for _, q := range []struct {
		into       *core.Queue
		code, name string
	}{{&c.IT, "it", "IT support"}, {&c.Facilities, "facilities", "Facilities"}, {&c.Conduct, "conduct", "Student conduct"}} {
		*q.into, err = desk.AddQueue(ctx, root, core.Queue{Code: q.code, Name: q.name, ReopenDays: 14})
		must(err)
	}
	for _, k := range []struct {
		into *core.Category
		core.Category
	}{
		{&c.Network, core.Category{Code: "network", Name: "Network and Wi-Fi", Line: core.IT, Queue: c.IT.ID}},
		{&c.Printing, core.Category{Code: "printing", Name: "Printing", Line: core.IT, Queue: c.IT.ID}},
		{&c.Heating, core.Category{Code: "heating", Name: "Heating", Line: core.Facilities, Queue: c.Facilities.ID, Priority: core.High}},
		{&c.Abuse, core.Category{Code: "harassment", Name: "Harassment", Line: core.Services, Queue: c.Conduct.ID, Confidential: true}},
	} {
		*k.into, err = desk.AddCategory(ctx, root, k.Category)
		must(err)
	}
	site, err := desk.AddLocation(ctx, root, core.Location{Kind: core.Site, Code: "MAIN", Name: "Main campus"})
	must(err)
	for _, l := range []struct {
		into *core.Location
		core.Location
	}{
		{&c.Library, core.Location{Parent: site.ID, Kind: core.Building, Code: "LIB", Name: "Library"}},
		{&c.Science, core.Location{Parent: site.ID, Kind: core.Building, Code: "SCI", Name: "Science Hall"}},
	} {
		*l.into, err = desk.AddLocation(ctx, root, l.Location)
		must(err)
	}
	c.Room, err = desk.AddLocation(ctx, root, core.Location{Parent: c.Library.ID, Kind: core.Room, Code: "LIB-204", Name: "Reading room"})
	must(err)
	for _, u := range []struct {
		into           *core.User
		username, name string
		role           core.Role
		queue          core.QueueID
	}{
		{&c.Ada, "ada", "Ada Admin", core.RoleAdmin, 0},
		{&c.Ines, "ines", "Ines Itani", core.RoleStaff, c.IT.ID},
		{&c.Ivan, "ivan", "Ivan Iota", core.RoleStaff, c.IT.ID},
		{&c.Fay, "fay", "Fay Field", core.RoleStaff, c.Facilities.ID},
		{&c.Cora, "cora", "Cora Conduct", core.RoleStaff, c.Conduct.ID},
		{&c.Ana, "ana", "Ana Ruiz", core.RoleReporter, 0},
		{&c.Ben, "ben", "Ben Okafor", core.RoleReporter, 0},
	} {
		*u.into, err = desk.AddUser(ctx, root, core.NewUser{
			Username: u.username, Name: u.name, Email: u.username + "@campus.example", Role: u.role,
		})
		must(err)
		if u.queue != 0 {
			must(desk.Join(ctx, root, u.into.ID, u.queue, u.into == &c.Ines))
		}
	}
	return c
}

// As is a user at a door, without a sign-in behind it: what a test acts as.
func As(u core.User, door core.Door) core.Actor {
	return core.Actor{Kind: core.ActorUser, User: u.ID, Door: door, Address: "127.0.0.1"}
}

// SignIn gives a user a password, and signs them in at a door.
func (c *Campus) SignIn(t testing.TB, u core.User, door core.Door) core.SignedIn {
	t.Helper()
	code, _, err := c.Desk.IssueCode(t.Context(), core.Operator(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := c.Desk.SignInWithCode(t.Context(), core.Anonymous(door, "127.0.0.1"), u.Username, code, Password, "test")
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// Report files a ticket about the network in the reading room, as a user over SSH (where no form
// keys are needed), and returns its number.
func (c *Campus) Report(t testing.TB, u core.User, title string) core.TicketID {
	t.Helper()
	return c.ReportIn(t, u, title, c.Network)
}

// ReportIn is Report in a category.
func (c *Campus) ReportIn(t testing.TB, u core.User, title string, category core.Category) core.TicketID {
	t.Helper()
	receipt, err := c.Desk.Report(t.Context(), As(u, core.DoorSSH), core.NewTicket{
		Title: title, Description: "What happened: " + title, Category: category.ID, Where: core.Where{Words: "LIB-204"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Ticket
}

// Tickets reads all tickets with their histories.
func Tickets(t testing.TB, desk *core.Desk) []core.TicketView {
	t.Helper()
	var views []core.TicketView
	req := core.ListRequest{Limit: 200}
	for {
		page, err := desk.Tickets(t.Context(), core.Operator(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, ticket := range page.Tickets {
			view, err := desk.Ticket(t.Context(), core.Operator(), ticket.ID)
			if err != nil {
				t.Fatal(err)
			}
			views = append(views, view)
		}
		if page.Next == "" {
			return views
		}
		req.After = page.Next
	}
}
