package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func linkedTickets(links []core.LinkedTicket) []core.Ticket {
	list := make([]core.Ticket, len(links))
	for i := range links {
		list[i] = links[i].Ticket
	}
	return list
}

// TestAPublicTicketShowsNobodyWhoOrWhatIsBehindIt reads known issues as somebody unknown: neither their
// history nor what is related or linked to them says more than the staff's public words.
func TestAPublicTicketShowsNobodyWhoOrWhatIsBehindIt(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for _, title := range []string{"Ana's secret words", "More secret words"} {
		id := c.Report(t, c.Ana, title)
		if _, err := c.Desk.Take(ctx, ines, id, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Tag(ctx, ines, id, core.TagChange{Add: []string{"vip"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Publish(ctx, ines, id, 0, "Wi-Fi is down"); err != nil {
			t.Fatal(err)
		}
		view, err := c.Desk.Ticket(ctx, core.Anonymous(core.DoorWeb, "192.0.2.7"), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(view.Events) != 0 {
			t.Errorf("its history names people: %+v", view.Events)
		}
		for _, other := range append(view.Related, linkedTickets(view.Linked)...) {
			if other.Title != "Wi-Fi is down" || other.Reporter.ID != 0 || other.ReporterName != "" || other.Assignee.ID != 0 || len(other.Tags) != 0 {
				t.Errorf("a related ticket is shown whole: %+v", other)
			}
		}
		changed, err := c.Desk.Change(ctx, core.Anonymous(core.DoorWeb, "192.0.2.7"), id, 0, core.Change{})
		if err == nil && changed.Reporter.ID != 0 {
			t.Errorf("changing nothing shows it whole: %+v", changed)
		}
	}
}

func TestReportersLearnNothingOfTags(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ana, ines := storagetest.As(c.Ana, core.DoorSSH), storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Tag(ctx, ines, id, core.TagChange{Add: []string{"troublesome"}}); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"tag:troublesome", "-tag:other"} {
		if page, err := c.Desk.Tickets(ctx, ana, core.ListRequest{Query: parse(t, words)}); err == nil {
			t.Errorf("the reporter is answered %q with %v", words, page.Tickets)
		}
	}
	title := "No signal at all"
	after, err := c.Desk.Correct(ctx, ana, id, 0, core.Correction{Title: &title})
	if err != nil || len(after.Tags) != 0 {
		t.Errorf("correcting answers with tags %v (%v)", after.Tags, err)
	}
}

// TestAConflictTellsReportersOnlyWhatTheyMayRead has staff do things behind a reporter's back.
func TestAConflictTellsReportersOnlyWhatTheyMayRead(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ana, ines := storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Tag(ctx, ines, id, core.TagChange{Add: []string{"troublesome"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(ctx, ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Desk.Withdraw(ctx, ana, id, 1)
	conflict, ok := errors.AsType[*core.Error](err)
	if !ok || conflict.Kind != core.Conflict || len(conflict.Events) == 0 {
		t.Fatalf("got %v, want a conflict that shows the closing", err)
	}
	if slices.ContainsFunc(conflict.Events, func(e core.Event) bool { return e.Field == core.FieldTag }) {
		t.Error("the conflict shows the reporter a tag")
	}
}

// TestALongHistoryShowsItsEnd has more events than are read at once.
func TestALongHistoryShowsItsEnd(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	start := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	in := core.ImportedTicket{
		Source: "old:1", Title: "It goes on", Description: "and on", Category: c.Network.ID, Queue: c.IT.ID, Place: "somewhere",
		Priority: core.Normal, CreatedAt: start,
	}
	for i := range 1100 {
		to := core.High
		if i%2 == 1 {
			to = core.Normal
		}
		in.Steps = append(in.Steps, core.ImportedStep{At: start.Add(time.Duration(i+1) * time.Minute), Field: core.FieldPriority, To: to.String()})
	}
	imported, err := c.Desk.Import(t.Context(), core.Operator(), in)
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), imported.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	if last := view.Events[len(view.Events)-1]; last.Seq != view.Ticket.LastSeq {
		t.Errorf("the history shown ends with event %d of %d", last.Seq, view.Ticket.LastSeq)
	}
}

// oftenInTheWay is a database that finds the first try of every transaction with a form in another's way.
type oftenInTheWay struct{ core.Store }

type inTheWay struct{ core.Tx }

func (s oftenInTheWay) InTx(ctx context.Context, work func(core.Tx) error) error {
	first := true
	return s.Store.InTx(ctx, func(tx core.Tx) error {
		if first {
			first = false
			return work(inTheWay{tx})
		}
		return work(tx)
	})
}

func (inTheWay) LockForm(context.Context, string) error { return &pgconn.PgError{Code: "40P01"} }

func TestAnUploadThatIsTriedAgainIsWhole(t *testing.T) {
	t.Parallel()
	desk, err := core.New(t.Context(), oftenInTheWay{storagetest.Open(t)}, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := desk.Upload(t.Context(), core.Anonymous(core.DoorSSH, "192.0.2.7"), "a key", "log.txt", strings.NewReader("it broke"))
	if err != nil || file.Name != "log.txt" || file.Size != 8 {
		t.Errorf("kept %+v (%v)", file, err)
	}
}

func TestAnEmptyReplyNeedsAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ana := storagetest.As(c.Ana, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Upload(ctx, ana, "k", "log.txt", strings.NewReader("it broke")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Reply(ctx, ana, id, core.NewMessage{Key: "k", Body: "See the log"}); err != nil {
		t.Fatal(err)
	}
	said, err := c.Desk.Reply(ctx, ana, id, core.NewMessage{Key: "k"})
	if core.KindOf(err) != core.Invalid {
		t.Errorf("with its file sent before, an empty reply says %+v (%v), want a refusal", said, err)
	}
}

func TestARenewedLinkIsOfTheTicketItWasAskedFor(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	first, second := c.Report(t, c.Ana, "Ana's"), c.Report(t, c.Ben, "Ben's")
	one, err := c.Desk.RenewLink(ctx, ines, first, "same key")
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.Desk.RenewLink(ctx, ines, second, "same key")
	if err == nil && other == one {
		t.Error("the link of one ticket is given out as another's")
	}
}

// TestASnoozeIsInTheHistoryToTheMoment rests a ticket until a time with a fraction of a second.
func TestASnoozeIsInTheHistoryToTheMoment(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	id := c.Report(t, c.Ana, "No signal")
	after, err := c.Desk.Snooze(ctx, ines, id, 0, time.Now().Add(time.Hour).Truncate(time.Second).Add(123456*time.Microsecond))
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(ctx, ines, id)
	if err != nil {
		t.Fatal(err)
	}
	said, err := time.Parse(time.RFC3339, view.Events[len(view.Events)-1].To)
	if err != nil || !said.Equal(after.SnoozedUntil) {
		t.Errorf("the history says %v (%v), the ticket %v", said, err, after.SnoozedUntil)
	}
}

func TestWhatAReporterMakesConfidentialIsPublicNoMore(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	id := c.Report(t, c.Ana, "No signal")
	if _, err := c.Desk.Publish(ctx, storagetest.As(c.Ines, core.DoorSSH), id, 0, "Wi-Fi is down"); err != nil {
		t.Fatal(err)
	}
	after, err := c.Desk.Correct(ctx, storagetest.As(c.Ana, core.DoorSSH), id, 0, core.Correction{Category: &c.Abuse.ID})
	if err != nil || after.Public {
		t.Errorf("public: %v (%v)", after.Public, err)
	}
}

// TestANewPasswordEndsAllCodes uses one of two codes; whoever has the other must not come in by it.
func TestANewPasswordEndsAllCodes(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	lost, _, err := c.Desk.IssueCode(ctx, core.Operator(), c.Ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.SignIn(t, c.Ana, core.DoorWeb)
	_, err = c.Desk.SignInWithCode(ctx, core.Anonymous(core.DoorWeb, "192.0.2.9"), "ana", lost, "another horse battery", "")
	if core.KindOf(err) != core.Unauthenticated {
		t.Errorf("an older code still opens the account: %v", err)
	}
}

// TestTheFeedMovesPastWhatItsReaderMayNotSee keeps a reader of a quiet queue from reading everybody
// else's events again each time.
func TestTheFeedMovesPastWhatItsReaderMayNotSee(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "No signal")
	events, next, err := c.Desk.Watch(t.Context(), storagetest.As(c.Fay, core.DoorSSH), core.FeedCursor{}, 100)
	if err != nil || len(events) != 0 {
		t.Fatalf("got %d events (%v)", len(events), err)
	}
	if next.XID == 0 {
		t.Error("the cursor stands where it stood")
	}
}

// TestDisablingSaysWhatItChanged disables somebody twice, and somebody who does not exist.
func TestDisablingSaysWhatItChanged(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ctx := t.Context()
	for range 2 {
		if err := c.Desk.Disable(ctx, core.Operator(), c.Ben.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	var lines int
	const disablings = `select count(*) from events where stream = 'user' and stream_id = $1 and field = 'disabled'`
	if err := db.Pool().QueryRow(ctx, disablings, int64(c.Ben.ID)).Scan(&lines); err != nil || lines != 1 {
		t.Errorf("the history says %d times that he was disabled (%v), want once", lines, err)
	}
	if err := c.Desk.Disable(ctx, core.Operator(), 4711, true); core.KindOf(err) != core.NotFound {
		t.Errorf("nobody can be disabled: %v", err)
	}
}

// TestAFileOfAConfidentialTicketIsViewedOnTheRecord opens one without opening the ticket.
func TestAFileOfAConfidentialTicketIsViewedOnTheRecord(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ctx := t.Context()
	ana, cora := storagetest.As(c.Ana, core.DoorSSH), storagetest.As(c.Cora, core.DoorSSH)
	id := c.ReportIn(t, c.Ana, "It was said", c.Abuse)
	file, err := c.Desk.Upload(ctx, ana, "k", "log.txt", strings.NewReader("what was said"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Reply(ctx, ana, id, core.NewMessage{Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Desk.OpenFile(ctx, cora, id, file.ID); err != nil {
		t.Fatal(err)
	}
	var lines int
	const viewings = `select count(*) from events where stream = 'ticket' and stream_id = $1 and kind = 'viewed'`
	if err := db.Pool().QueryRow(ctx, viewings, int64(id)).Scan(&lines); err != nil || lines != 1 {
		t.Errorf("the history says %d times that it was looked at (%v), want once", lines, err)
	}
}
