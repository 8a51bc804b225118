package core_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestTheHistoryProvesThatNobodyRewroteIt does what somebody who owns the database could do to it, and looks
// whether checking the history names the place.
func TestTheHistoryProvesThatNobodyRewroteIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		tamper string // with $1 for the ticket
		want   string
	}{
		{"nothing was touched", `select $1::bigint`, ""},
		{"who did it", `update events set user_id = 1 where stream_id = $1 and stream = 'ticket' and seq = 3`, "audit_changed"},
		{"from what to what", `update events set to_value = 'declined' where stream_id = $1 and stream = 'ticket' and field = 'resolution'`, "audit_changed"},
		{"when", `update events set at = at - interval '1 day' where stream_id = $1 and stream = 'ticket' and seq = 1`, "audit_changed"},
		{"an event in the middle", `delete from events where stream_id = $1 and stream = 'ticket' and seq = 2`, "audit_gap"},
		{"two in another order", `
			update events set seq = case seq when 2 then 1002 else 1003 end where stream_id = $1 and stream = 'ticket' and seq in (2, 3);
			update events set seq = case seq when 1002 then 3 else 2 end where stream_id = $1 and stream = 'ticket' and seq in (1002, 1003)`, "audit_changed"},
		{"the newest event", `delete from events where stream_id = $1 and stream = 'ticket' and seq = (select last_seq from tickets where id = $1)`, "audit_end"},
		{"the newest event and the ticket's end", `
			with gone as (delete from events where stream_id = $1 and stream = 'ticket' and seq = (select last_seq from tickets where id = $1) returning seq)
			update tickets set last_seq = last_seq - 1, chain = (select hash from events e where e.stream = 'ticket' and e.stream_id = $1 and e.seq = last_seq - 1)
			from gone where id = $1`, "audit_sealed"},
		{"a role", `update events set to_value = 'reporter' where stream = 'user' and to_value = 'admin' and $1 > 0`, "audit_changed"},
		{"a head", `update audit_heads set digest = sha256(digest) where $1 > 0`, "audit_head"},
		{"a leaf", `delete from audit_leaves where stream = 'ticket' and stream_id = $1`, "audit_head"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := storagetest.URL(t)
			desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
			campus := storagetest.CampusOn(t, desk)
			id := campus.Report(t, campus.Ana, "No signal")
			ines := storagetest.As(campus.Ines, core.DoorSSH)
			if _, err := desk.Take(t.Context(), ines, id, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed, Body: "The access point is new."}); err != nil {
				t.Fatal(err)
			}
			if _, err := desk.SealHistory(t.Context(), core.System()); err != nil {
				t.Fatal(err)
			}
			owner, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = owner.Close(t.Context()) }()
			for sql := range strings.SplitSeq(test.tamper, ";\n") {
				if _, err := owner.Exec(t.Context(), sql, int64(id)); err != nil {
					t.Fatal(err)
				}
			}
			report, err := desk.VerifyHistory(t.Context(), core.Operator())
			if err != nil {
				t.Fatal(err)
			}
			if report.Unchained > 0 || report.Events < 5 || report.Heads != 1 {
				t.Errorf("it read %d events, %d unchained, %d heads", report.Events, report.Unchained, report.Heads)
			}
			named := slices.ContainsFunc(report.Faults, func(f core.AuditFault) bool { return f.Code == test.want })
			if test.want == "" && len(report.Faults) > 0 || test.want != "" && !named {
				t.Errorf("it names %+v, want %q", report.Faults, test.want)
			}
		})
	}
}

// A head covers what moved since the one before, whatever else was sealed already.
func TestHeadsFollowOnEachOther(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	campus := storagetest.CampusOn(t, desk)
	first, err := desk.SealHistory(t.Context(), core.System())
	if err != nil {
		t.Fatal(err)
	}
	id := campus.Report(t, campus.Ana, "No signal")
	second, err := desk.SealHistory(t.Context(), core.System())
	if err != nil {
		t.Fatal(err)
	}
	if first.Streams < 3 || second.Streams < 1 {
		t.Errorf("the heads cover %d and %d streams, want the whole campus and then at least %s", first.Streams, second.Streams, id)
	}
	report, err := desk.VerifyHistory(t.Context(), core.Operator())
	if err != nil || len(report.Faults) > 0 || report.Heads != 2 {
		t.Errorf("checked: %+v, %v", report, err)
	}
}

func TestOnlyAdminsReadTheAudit(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	campus := storagetest.CampusOn(t, desk)
	for _, who := range []core.Actor{storagetest.As(campus.Ana, core.DoorWeb), storagetest.As(campus.Ines, core.DoorSSH), core.Anonymous(core.DoorWeb, "")} {
		if _, err := desk.VerifyHistory(t.Context(), who); core.KindOf(err) != core.Forbidden {
			t.Errorf("%v verifies the history: %v", who.Kind, err)
		}
		if _, err := desk.SealHistory(t.Context(), who); core.KindOf(err) != core.Forbidden {
			t.Errorf("%v seals the history: %v", who.Kind, err)
		}
	}
}

// Viewings of confidential tickets and histories from elsewhere are written in ways of their own.
func TestEveryWayOfWritingHistoryKeepsTheChain(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	campus := storagetest.CampusOn(t, desk)
	id := campus.ReportIn(t, campus.Ana, "He follows me", campus.Abuse)
	cora := storagetest.As(campus.Cora, core.DoorSSH)
	if _, err := desk.Ticket(t.Context(), cora, id); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Take(t.Context(), cora, id, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Undo(t.Context(), cora, id); err != nil {
		t.Fatal(err)
	}
	then := desk.Now().Add(-48 * time.Hour)
	_, err := desk.Import(t.Context(), core.Operator(), core.ImportedTicket{
		Source: "elsewhere:1", Title: "No signal", Description: "None at all.", Category: campus.Network.ID, Queue: campus.IT.ID, Priority: core.Normal,
		CreatedAt: then, Steps: []core.ImportedStep{
			{At: then.Add(time.Hour), By: campus.Ines.Person(), Field: core.FieldStatus, To: "active", Source: "Work in progress"},
			{At: then.Add(2 * time.Hour), Field: core.FieldStatus, To: "closed", Source: "Résolu “é”"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := desk.VerifyHistory(t.Context(), core.Operator())
	if err != nil || len(report.Faults) > 0 || report.Unchained > 0 {
		t.Errorf("checked: %+v, %v", report, err)
	}
}
