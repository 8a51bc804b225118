package importer_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/importer"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func sampleLog(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func run(t *testing.T, desk *core.Desk, data []byte, dry bool) importer.Report {
	t.Helper()
	report, err := importer.Run(t.Context(), desk, bytes.NewReader(data), importer.Options{Zone: time.UTC, DryRun: dry})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func number(v core.TicketView) string {
	_, after, _ := strings.Cut(v.Messages[0].Body, "incident ")
	return strings.TrimSuffix(strings.Fields(after)[0], ".")
}

func TestADryRunSaysWhatWillBeMadeAndMakesNothing(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	said := run(t, desk, sampleLog(t), true)
	if got := storagetest.Tickets(t, desk); len(got) != 0 {
		t.Fatalf("a dry run made %d tickets", len(got))
	}
	if queues, err := desk.Queues(t.Context(), core.Operator()); err != nil || len(queues) != 0 {
		t.Fatalf("a dry run made queues %v, %v", queues, err)
	}
	done := run(t, desk, sampleLog(t), false)
	said.DryRun = false
	if said.New != 8 || said.New != done.New || said.Events != done.Events || said.Reporters != done.Reporters ||
		said.Staff != done.Staff || said.Queues != done.Queues || said.Categories != done.Categories || said.Locations != done.Locations {
		t.Errorf("said %+v\ndone %+v", said, done)
	}
}

func TestImportingTwiceDoublesNothing(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	run(t, desk, sampleLog(t), false)
	before := storagetest.Tickets(t, desk)
	again := run(t, desk, sampleLog(t), false)
	if again.New != 0 || again.Already != 8 || again.Reporters+again.Staff+again.Queues+again.Categories+again.Locations != 0 {
		t.Errorf("the second time: %+v", again)
	}
	after := storagetest.Tickets(t, desk)
	if len(before) != 8 || len(after) != len(before) {
		t.Fatalf("%d tickets, then %d", len(before), len(after))
	}
	for i := range before {
		if before[i].Ticket.ETag() != after[i].Ticket.ETag() {
			t.Errorf("ticket %s changed", before[i].Ticket.ID)
		}
	}
}

func TestImportedTicketsAreWhatTheLogSays(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	run(t, desk, sampleLog(t), false)
	found := map[string]core.TicketView{}
	for _, v := range storagetest.Tickets(t, desk) {
		found[number(v)] = v
	}
	reopened := found["INC0000102"].Ticket
	if reopened.Status != core.Closed || reopened.Resolution != core.Fixed || reopened.Queue.Code != "group-23" ||
		reopened.Assignee.Name != "Resolver 31" || reopened.Reporter.Username != "caller-307" || reopened.Location.Code != "LOC46" ||
		!reopened.ClosedAt.Equal(time.Date(2016, 3, 17, 16, 28, 0, 0, time.UTC)) {
		t.Errorf("INC0000102 is %+v", reopened)
	}
	unknown := found["INC0000358"].Ticket
	if unknown.Location.ID != 0 || unknown.Queue.Code != "no-group" || unknown.Category.Code != "no-category.other" || unknown.Priority != core.Low {
		t.Errorf("INC0000358 is %+v", unknown)
	}
	user, err := desk.FindUser(t.Context(), core.Operator(), "resolver-31")
	if err != nil || user.Role != core.RoleStaff || user.HasPassword {
		t.Errorf("resolver-31 is %+v, %v", user, err)
	}
}

func TestAnAccountThatSomebodyMadeForThemselvesGetsNoImportedTickets(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	mine, err := desk.SignUp(t.Context(), core.Anonymous(core.DoorWeb, ""), core.NewAccount{
		Name: "Caller 307", Username: "caller-307", Email: "squatter@campus.example", Password: storagetest.Password,
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, desk, sampleLog(t), false)
	for _, v := range storagetest.Tickets(t, desk) {
		if v.Ticket.Reporter.ID == mine.User.ID {
			t.Errorf("ticket %s of %s belongs to who took its caller's name", v.Ticket.ID, number(v))
		}
		if number(v) == "INC0000102" && v.Ticket.Reporter.Username != "caller-307.2" {
			t.Errorf("its reporter is %s", v.Ticket.Reporter.Username)
		}
	}
}

func TestAnIncidentWithALineThatCannotBeUsedIsLeftOutWhole(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	broken := bytes.Replace(sampleLog(t), []byte("INC0000102,Awaiting User Info,TRUE,0,0,4"), []byte("INC0000102,Lost in thought,TRUE,0,0,4"), 1)
	report := run(t, desk, broken, false)
	if report.New != 7 || report.Left != 1 || len(report.Unusable) != 1 || report.Incidents != 8 {
		t.Errorf("report %+v", report)
	}
	report = run(t, desk, sampleLog(t), false)
	if report.New != 1 || report.Already != 7 {
		t.Errorf("with the line put right: %+v", report)
	}
}

// TestTheWholeRealLog imports the log where it is at hand.
func TestTheWholeRealLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "incident_event_log.csv")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("SKIPPED: the real log is not at %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	desk := storagetest.Desk(t)
	report := run(t, desk, data, false)
	if report.Lines != 5998 || report.New != 890 || len(report.Unusable) != 0 {
		t.Fatalf("report %+v", report)
	}
	times, codes := timesOf(t, data)
	events := 0
	for _, v := range storagetest.Tickets(t, desk) {
		n := number(v)
		events += len(v.Events)
		if v.Ticket.Status != core.Closed || v.Ticket.ClosedAt.IsZero() || v.Ticket.WaitingOn != core.WaitingNobody {
			t.Errorf("%s ends %s at %v, waiting for %q", n, v.Ticket.Status, v.Ticket.ClosedAt, v.Ticket.WaitingOn)
		}
		if (v.Ticket.Resolution == "") != (codes[n] == "?") {
			t.Errorf("%s ended with %q and is %q", n, codes[n], v.Ticket.Resolution)
		}
		for _, e := range v.Events {
			if !times[n][e.At.Format("02-01-2006 15:04")] {
				t.Errorf("%s has an event at %v, a time of no line", n, e.At)
			}
			if e.At.Before(v.Ticket.CreatedAt) {
				t.Errorf("%s has an event before its beginning", n)
			}
		}
	}
	if events != report.Events {
		t.Errorf("%d events, the report says %d", events, report.Events)
	}
	if again := run(t, desk, data, false); again.New != 0 || again.Already != 890 {
		t.Errorf("the second time: %+v", again)
	}
}

// timesOf reads which times and which close code the lines of an incident have.
func timesOf(t *testing.T, data []byte) (times map[string]map[string]bool, codes map[string]string) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range records[0] {
		column[name] = i
	}
	times, codes = map[string]map[string]bool{}, map[string]string{}
	for _, r := range records[1:] {
		n := r[column["number"]]
		if times[n] == nil {
			times[n] = map[string]bool{}
		}
		times[n][r[column["sys_updated_at"]]] = true
		times[n][r[column["opened_at"]]] = true
		codes[n] = r[column["closed_code"]]
	}
	return times, codes
}
