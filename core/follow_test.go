package core_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// later is a clock that a test moves by hand.
type later struct{ by time.Duration }

func (l *later) Now() time.Time { return time.Now().Add(l.by) }

// campusAt is a campus whose time the test moves.
func campusAt(t *testing.T, limits core.Limits) (*storagetest.Campus, *later) {
	t.Helper()
	clock := &later{}
	return storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock.Now, Limits: limits})), clock
}

func closed(t *testing.T, c *storagetest.Campus, title string) core.TicketID {
	t.Helper()
	id := c.Report(t, c.Ana, title)
	if _, err := c.Desk.Close(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestARatingCanBeChangedOnceWhileTheTicketCanBeReopened(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ctx, ana, ines := t.Context(), storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Ines, core.DoorSSH)
	working := c.Report(t, c.Ana, "No Wifi")
	if _, err := c.Desk.Rate(ctx, ana, working, 5, ""); code(err) != "ticket_not_closed" {
		t.Errorf("a ticket that is not closed: %v", err)
	}
	id := closed(t, c, "No Wifi either")
	for _, stars := range []int{-1, 0, 6} {
		if _, err := c.Desk.Rate(ctx, ana, id, stars, ""); core.KindOf(err) != core.Invalid {
			t.Errorf("%d stars: %v", stars, err)
		}
	}
	if _, err := c.Desk.Rate(ctx, ines, id, 5, ""); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff: %v", err)
	}
	if _, err := c.Desk.Rate(ctx, storagetest.As(c.Ben, core.DoorWeb), id, 5, ""); core.KindOf(err) != core.NotFound {
		t.Errorf("another reporter: %v", err)
	}
	rate := func(stars int, words string) error {
		_, err := c.Desk.Rate(ctx, ana, id, stars, words)
		return err
	}
	for range 2 { // a double click is no change
		if err := rate(4, "quick"); err != nil {
			t.Fatal(err)
		}
	}
	if err := rate(2, "it broke again"); err != nil {
		t.Fatalf("the one change: %v", err)
	}
	if err := rate(5, ""); code(err) != "rating_final" {
		t.Errorf("a second change: %v", err)
	}
	view, err := c.Desk.Ticket(ctx, ines, id)
	if err != nil || view.Rating.Stars != 2 || view.Rating.Body != "it broke again" {
		t.Errorf("staff see %+v (%v)", view.Rating, err)
	}
	rated := 0
	for _, e := range view.Events {
		if e.Kind == core.EventRated {
			rated++
		}
	}
	if rated != 2 {
		t.Errorf("%d events, want 2", rated)
	}

	// Closed again, it is asked about again; too late, the first answer still counts and stands.
	if _, err := c.Desk.Reopen(ctx, ana, id, 0, "still dark"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(ctx, ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	clock.by = 300 * 24 * time.Hour
	if err := rate(5, ""); err != nil {
		t.Errorf("the first answer, late: %v", err)
	}
	if err := rate(1, ""); code(err) != "rating_final" {
		t.Errorf("a late change: %v", err)
	}
}

func TestNewsAreWhatStaffSaidSinceTheLastLook(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx, ana, ines := t.Context(), storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No Wifi")
	say := func(body string) {
		t.Helper()
		if _, err := c.Desk.Reply(ctx, ines, id, core.NewMessage{Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	look := func() (core.TicketView, core.MessageID) {
		t.Helper()
		view, err := c.Desk.Ticket(ctx, ana, id)
		if err != nil {
			t.Fatal(err)
		}
		before, err := c.Desk.Look(ctx, ana, &view)
		if err != nil {
			t.Fatal(err)
		}
		return view, before
	}
	news := func(who core.Actor, want int) {
		t.Helper()
		view, err := c.Desk.Ticket(ctx, core.Operator(), id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Desk.News(ctx, who, []core.Ticket{view.Ticket})
		if err != nil || got[id] != want {
			t.Errorf("%d new, want %d (%v)", got[id], want, err)
		}
	}
	news(ana, 0)
	say("Which room?")
	say("And which device?")
	if _, err := c.Desk.Note(ctx, ines, id, core.NewMessage{Body: "between us"}); err != nil {
		t.Fatal(err)
	}
	news(ana, 2)
	news(storagetest.As(c.Ben, core.DoorWeb), 0)
	if _, before := look(); before != 0 {
		t.Errorf("seen up to %d before the first look", before)
	}
	news(ana, 0)
	view, before := look()
	if before != view.Messages[len(view.Messages)-1].ID {
		t.Errorf("seen up to %d", before)
	}
	say("Hello?")
	news(ana, 1)
}

func TestEachViewingOfAConfidentialTicketIsRecorded(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ctx, cora, ana := t.Context(), storagetest.As(c.Cora, core.DoorSSH), storagetest.As(c.Ana, core.DoorWeb)
	secret, plain := c.ReportIn(t, c.Ana, "Shouted at", c.Abuse), c.Report(t, c.Ana, "No Wifi")
	before, err := c.Desk.Ticket(ctx, ana, secret)
	if err != nil {
		t.Fatal(err)
	}
	viewings := func(id core.TicketID, who core.Actor) int {
		t.Helper()
		view, err := c.Desk.Ticket(ctx, who, id)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range view.Events {
			if e.Kind == core.EventViewed {
				n++
			}
		}
		return n
	}
	for range 3 {
		if _, err := c.Desk.Preview(ctx, cora, secret); err != nil {
			t.Fatal(err)
		}
	}
	if n := viewings(secret, cora); n != 1 {
		t.Errorf("%d viewings within an hour, want 1", n)
	}
	clock.by = 2 * time.Hour
	if n := viewings(secret, cora); n != 2 {
		t.Errorf("%d viewings after two hours, want 2", n)
	}
	if n := viewings(secret, ana); n != 0 {
		t.Errorf("the reporter sees %d viewings", n)
	}
	if n := viewings(plain, storagetest.As(c.Ines, core.DoorSSH)); n != 0 {
		t.Errorf("%d viewings of a ticket that is not confidential", n)
	}
	after, err := c.Desk.Ticket(ctx, ana, secret)
	if err != nil || !after.Ticket.UpdatedAt.Equal(before.Ticket.UpdatedAt) || after.Ticket.Version != before.Ticket.Version {
		t.Errorf("a viewing changed the ticket: %+v (%v)", after.Ticket, err)
	}
	// What is said next still finds its number.
	if _, err := c.Desk.Reply(ctx, cora, secret, core.NewMessage{Body: "We will talk to them."}); err != nil {
		t.Error(err)
	}
}

func TestAPrivateLinkIsRenewedAndEnded(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	stranger := core.Anonymous(core.DoorWeb, "192.0.2.7")
	form := func(who core.Actor) string {
		t.Helper()
		key, err := c.Desk.NewFormKey(who)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	receipt, err := c.Desk.Report(ctx, stranger, core.NewTicket{
		Key: form(stranger), Title: "Dark", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}, Anonymous: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	opens := func(link string) bool {
		t.Helper()
		_, id, err := c.Desk.Guest(ctx, core.DoorWeb, link, "")
		if err != nil && core.KindOf(err) != core.NotFound {
			t.Fatal(err)
		}
		return err == nil && id == receipt.Ticket
	}
	guest, id, err := c.Desk.Guest(ctx, core.DoorWeb, receipt.Link, "")
	if err != nil {
		t.Fatal(err)
	}
	key := form(guest)
	renewed, err := c.Desk.RenewLink(ctx, guest, id, key)
	if err != nil || !opens(renewed) || opens(receipt.Link) {
		t.Fatalf("renewed: %v; the new opens: %v, the old opens: %v", err, opens(renewed), opens(receipt.Link))
	}
	if again, ok := c.Desk.RenewedLink(ctx, key); !ok || again != renewed {
		t.Error("the same form does not find the link that it made")
	}
	if _, ok := c.Desk.RenewedLink(ctx, form(guest)); ok {
		t.Error("another form finds a link")
	}
	if _, err := c.Desk.Ticket(ctx, guest, id); core.KindOf(err) != core.NotFound {
		t.Errorf("who holds the old link still reads: %v", err)
	}
	if err := c.Desk.RevokeLink(ctx, storagetest.As(c.Fay, core.DoorSSH), id); core.KindOf(err) != core.NotFound {
		t.Errorf("staff of another queue: %v", err)
	}
	if err := c.Desk.RevokeLink(ctx, storagetest.As(c.Ines, core.DoorSSH), id); err != nil || opens(renewed) {
		t.Errorf("ended by staff: %v, still opens: %v", err, opens(renewed))
	}
}

func TestWhatComesBackIsReportedAgainAndLinked(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ctx, ana, ines := t.Context(), storagetest.As(c.Ana, core.DoorSSH), storagetest.As(c.Ines, core.DoorSSH)
	working := c.Report(t, c.Ana, "Not closed")
	if _, err := c.Desk.ReportAgain(ctx, ana, working, core.NewAgain{Key: "1", Title: "x"}); code(err) != "ticket_not_closed" {
		t.Errorf("one that is not closed: %v", err)
	}
	old := closed(t, c, "No Wifi")
	clock.by = 300 * 24 * time.Hour
	if _, err := c.Desk.Reopen(ctx, ana, old, 0, ""); code(err) != "reopen_too_late" {
		t.Errorf("reopening: %v", err)
	}
	if _, err := c.Desk.ReportAgain(ctx, ana, old, core.NewAgain{Key: "2"}); core.KindOf(err) != core.Invalid {
		t.Errorf("without a title: %v", err)
	}
	if _, err := c.Desk.ReportAgain(ctx, storagetest.As(c.Ben, core.DoorSSH), old, core.NewAgain{Key: "2", Title: "mine"}); core.KindOf(err) != core.NotFound {
		t.Errorf("another reporter: %v", err)
	}
	var receipt core.Receipt
	for range 2 {
		var err error
		if receipt, err = c.Desk.ReportAgain(ctx, ana, old, core.NewAgain{Key: "3", Title: "No Wifi again"}); err != nil {
			t.Fatal(err)
		}
	}
	was, err := c.Desk.Ticket(ctx, ines, old)
	if err != nil {
		t.Fatal(err)
	}
	is, err := c.Desk.Ticket(ctx, ines, receipt.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	if len(was.Linked) != 1 || was.Linked[0].ID != receipt.Ticket || len(is.Linked) != 1 || is.Linked[0].ID != old {
		t.Errorf("linked %v and %v", was.Linked, is.Linked)
	}
	if is.Ticket.Location.ID != was.Ticket.Location.ID || is.Ticket.Category.ID != was.Ticket.Category.ID || is.Ticket.Reporter.ID != c.Ana.ID {
		t.Errorf("the new ticket is %+v", is.Ticket)
	}
	if !is.Allows(action.Take) || was.Ticket.Status != core.Closed {
		t.Error("the new ticket is not open, or the old one not closed")
	}
}

func TestTheEmergencyNoteIsSetByAdmins(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	if err := c.Desk.SetSetting(ctx, storagetest.As(c.Ines, core.DoorSSH), core.SettingEmergencyNote, "x"); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff: %v", err)
	}
	ada := storagetest.As(c.Ada, core.DoorSSH)
	for _, key := range []string{"epoch", "demo", "emergency_note.", "emergency_notes", ""} {
		if err := c.Desk.SetSetting(ctx, ada, key, "x"); core.KindOf(err) != core.Invalid {
			t.Errorf("setting %q: %v", key, err)
		}
	}
	if err := c.Desk.SetSetting(ctx, ada, core.SettingEmergencyNote, strings.Repeat("x", 501)); core.KindOf(err) != core.Invalid {
		t.Errorf("a long text: %v", err)
	}
	for key, text := range map[string]string{core.SettingEmergencyNote: "Flood in the library", core.SettingEmergencyNote + ".es": "Inundación"} {
		if err := c.Desk.SetSetting(ctx, ada, key, text); err != nil {
			t.Fatal(err)
		}
	}
	notes, err := c.Desk.EmergencyNotes(ctx)
	if err != nil || notes[""] != "Flood in the library" || notes["es"] != "Inundación" {
		t.Errorf("notes %q (%v)", notes, err)
	}
	if err := c.Desk.SetSetting(ctx, core.Operator(), core.SettingEmergencyNote, ""); err != nil {
		t.Fatal(err)
	}
	keys, err := c.Desk.Settings(ctx, core.Operator())
	if err != nil || len(keys) != 1 || keys[0] != "emergency_note.es" {
		t.Errorf("settings %q (%v)", keys, err)
	}
}

// TestAViewingIsRecordedOnAllThatIsShown: what is merged into a confidential ticket is read with it.
func TestAViewingIsRecordedOnAllThatIsShown(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	ctx, cora := t.Context(), storagetest.As(c.Cora, core.DoorSSH)
	into, of, deep := c.ReportIn(t, c.Ana, "Shouted at", c.Abuse), c.ReportIn(t, c.Ben, "I heard it", c.Abuse), c.ReportIn(t, c.Ben, "Again", c.Abuse)
	merge(t, c, cora, deep, of)
	merge(t, c, cora, of, into)
	viewings := func(id core.TicketID) (n int) {
		t.Helper()
		view, err := c.Desk.Ticket(ctx, core.Operator(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range view.Events {
			if e.Kind == core.EventViewed && e.User.ID == c.Cora.ID {
				n++
			}
		}
		return n
	}
	look := func(id core.TicketID) {
		t.Helper()
		for range 2 {
			if _, err := c.Desk.Ticket(ctx, cora, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	look(deep)
	if got := [3]int{viewings(into), viewings(of), viewings(deep)}; got != [3]int{0, 0, 1} {
		t.Errorf("after a look at the last, %v viewings", got)
	}
	look(into)
	if got := [3]int{viewings(into), viewings(of), viewings(deep)}; got != [3]int{1, 1, 1} {
		t.Errorf("after a look at all within the hour, %v viewings", got)
	}
	clock.by = 2 * time.Hour
	look(into)
	if got := [3]int{viewings(into), viewings(of), viewings(deep)}; got != [3]int{2, 2, 2} {
		t.Errorf("after two hours, %v viewings", got)
	}
	if report, err := c.Desk.VerifyHistory(ctx, core.Operator()); err != nil || len(report.Faults) > 0 {
		t.Errorf("the history is not whole: %v, %v", report.Faults, err)
	}
}
