package core_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// TestAttackGuessingReferencesAndLinks tries thousands of references and links, and the true reference of a ticket.
func TestAttackGuessingReferencesAndLinks(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	view, err := c.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []core.Actor{core.Anonymous(core.DoorWeb, "192.0.2.1"), storagetest.As(c.Ben, core.DoorWeb)} {
		if _, err := c.Desk.TicketByReference(t.Context(), who, view.Ticket.Reference); core.KindOf(err) != core.NotFound {
			t.Errorf("%s with the true reference: %v", who.Kind, err)
		}
	}
	ana := storagetest.As(c.Ana, core.DoorWeb)
	for range 1000 {
		ref, err := core.NewReference(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.TicketByReference(t.Context(), ana, ref); core.KindOf(err) != core.NotFound {
			t.Fatalf("%s: %v", ref, err)
		}
		link := make([]byte, 16)
		_, _ = rand.Read(link) // never fails
		if _, _, err := c.Desk.Guest(t.Context(), core.DoorWeb, base64.RawURLEncoding.EncodeToString(link), "192.0.2.1"); core.KindOf(err) != core.NotFound {
			t.Fatal("a link that nobody was given opens a ticket")
		}
	}
}

func TestASignInEndsWhenNobodyUsesIt(t *testing.T) {
	t.Parallel()
	now := &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now.Now}))
	holds := func(token string) bool {
		_, _, err := c.Desk.SessionActor(t.Context(), core.DoorWeb, token, "")
		return err == nil
	}
	unused := c.SignIn(t, c.Ana, core.DoorWeb).Token
	now.pass(6 * 24 * time.Hour)
	if !holds(unused) {
		t.Error("ended after six days")
	}
	now.pass(8 * 24 * time.Hour)
	if holds(unused) {
		t.Error("holds after eight days in which nobody used it")
	}
	used := c.SignIn(t, c.Ben, core.DoorWeb).Token
	for range 5 {
		now.pass(5 * 24 * time.Hour)
		if !holds(used) {
			t.Error("ended while somebody used it")
		}
	}
	now.pass(6 * 24 * time.Hour)
	if holds(used) {
		t.Error("holds after a month, however much it was used")
	}
}

func TestAttackAPasswordIsComparedAsItWasTyped(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	long := strings.Repeat("Ünlike any other ", 14) + "end" // as long as a password may be, but for some
	code, _, err := c.Desk.IssueCode(t.Context(), core.Operator(), c.Ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	who := core.Anonymous(core.DoorWeb, "192.0.2.1")
	if _, err := c.Desk.SignInWithCode(t.Context(), who, "ana", code, long, ""); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{long[:len(long)-1], long[:72], " " + long, long + " ", strings.ToLower(long), long + "\x00", ""} {
		if _, err := c.Desk.SignIn(t.Context(), who, "ana", other, ""); err == nil {
			t.Errorf("%q passes for %q", other, long)
		}
		if _, err := c.Desk.SignIn(t.Context(), who, "ana", long, ""); core.KindOf(err) != core.Limited && err != nil {
			t.Errorf("the password itself: %v", err)
		}
	}
}

// TestAttackSQLInQueries puts SQL into each field of the filter, the order, the place in a list, and into words.
func TestAttackSQLInQueries(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	asked := 0
	for _, sql := range []string{
		"'; drop table tickets; --", "' or '1'='1", "1) or (1=1", `\'; select pg_sleep(9); --`, "$1", "%' and 1=1 --", "x'||(select password_hash from users limit 1)||'", "_%", "a & !b | (c <-> d):*",
	} {
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(sql) + `"`
		texts := []string{sql, quoted, "-" + quoted, "sort:" + sql, "sort:" + quoted}
		for _, field := range query.Fields() {
			texts = append(texts, string(field.Name)+":"+quoted, string(field.Name)+":"+strings.ReplaceAll(sql, " ", "")+"*")
		}
		for _, text := range texts {
			q, err := query.Parse(text)
			if err != nil {
				continue // it does not pass the parser
			}
			asked++
			began := time.Now()
			_, err = c.Desk.Tickets(t.Context(), ines, core.ListRequest{Query: q})
			if kind := core.KindOf(err); err != nil && kind != core.Invalid || time.Since(began) > 8*time.Second {
				t.Errorf("%s: %v after %s", text, err, time.Since(began))
			}
		}
		if _, err := c.Desk.Tickets(t.Context(), ines, core.ListRequest{After: sql}); core.KindOf(err) != core.Invalid {
			t.Errorf("behind %s: %v", sql, err)
		}
		if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.1"), sql, sql, sql); core.KindOf(err) != core.Unauthenticated {
			t.Errorf("signing in as %s: %v", sql, err)
		}
	}
	if asked < 50 {
		t.Errorf("only %d queries reached the database", asked)
	}
	page, err := c.Desk.Tickets(t.Context(), ines, core.ListRequest{})
	if err != nil || len(page.Tickets) != 1 {
		t.Errorf("afterwards there are %d tickets (%v)", len(page.Tickets), err)
	}
}

// TestAttackRewritingHistoryAsTheApplication is whoever got hold of the program's connection to the database, both
// where its login owns the tables and where it may no more than the program needs.
func TestAttackRewritingHistoryAsTheApplication(t *testing.T) {
	t.Parallel()
	address := storagetest.URL(t)
	owner, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(t.Context()) }()
	login := "test_" + strings.ToLower(rand.Text()[:10])
	if _, err := owner.Exec(t.Context(), `create role `+login+` login in role helpdesk_app`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if conn, err := pgx.Connect(t.Context(), address); err == nil {
			_, _ = conn.Exec(t.Context(), `drop role `+login)
			_ = conn.Close(t.Context())
		}
	})
	humble, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	humble.User = url.User(login)

	var history []string
	for table, column := range map[string]string{"events": "at", "audit_heads": "at", "audit_leaves": "seq"} {
		history = append(history, fmt.Sprintf(`update %s set %s = default`, table, column))
		for _, sql := range []string{
			`delete from %s`, `truncate %s`, `drop table %s`, `alter table %s add column x int`, `create rule r as on insert to %s do instead nothing`,
			`alter table %s disable trigger all`, `with gone as (delete from %s returning 1) select count(*) from gone`, `merge into %s using (select 1) x on true when matched then delete`,
		} {
			history = append(history, fmt.Sprintf(sql, table))
		}
	}
	for name, at := range map[string]string{"an owner's login": address, "a humble login": humble.String()} {
		db := storagetest.OpenURL(t, at)
		desk := storagetest.DeskWith(t, db, core.Options{})
		if name == "an owner's login" {
			storagetest.CampusOn(t, desk)
			if _, err := desk.SealHistory(t.Context(), core.System()); err != nil {
				t.Fatal(err)
			}
		} else if _, err := desk.AddQueue(t.Context(), core.Operator(), core.Queue{Code: "new", Name: "New"}); err != nil {
			t.Errorf("with %s the program does not work: %v", name, err)
		}
		for _, sql := range slices.Concat(history, []string{`create table mine (x int)`, `create extension dblink`, `alter role helpdesk_app superuser`, `copy events to program 'cat'`, `select pg_read_file('/etc/passwd')`}) {
			_, err := db.Pool().Exec(t.Context(), sql)
			if refusal, ok := errors.AsType[*pgconn.PgError](err); !ok || refusal.Code != "42501" && refusal.Code != "42P01" {
				t.Errorf("%s: %s: %v", name, sql, err)
			}
		}
		if report, err := desk.VerifyHistory(t.Context(), core.Operator()); err != nil || len(report.Faults) > 0 {
			t.Errorf("%s: afterwards the history is %+v (%v)", name, report, err)
		}
	}
}

// TestAttackReadingWhatIsConfidentialByHavingItReportedAgain says of a confidential report that it is about something else, which
// another team looks after: it stays with the team that read it, and so does what its reporter reports again.
func TestAttackReadingWhatIsConfidentialByHavingItReportedAgain(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx, ana, cora, ines := t.Context(), storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Cora, core.DoorSSH), storagetest.As(c.Ines, core.DoorSSH)
	old := c.ReportIn(t, c.Ana, "Followed to the pool", c.Abuse)
	if _, err := c.Desk.Correct(ctx, ana, old, 0, core.Correction{Category: &c.Network.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(ctx, cora, old, 0, core.Closing{Resolution: core.Answered}); err != nil {
		t.Fatal(err)
	}
	key, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Desk.ReportAgain(ctx, ana, old, core.NewAgain{Key: key, Title: "Followed to the pool, again"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Ticket(ctx, ines, again.Ticket); core.KindOf(err) != core.NotFound {
		t.Errorf("the team of the other kind of issue: %v", err)
	}
	view, err := c.Desk.Ticket(ctx, cora, again.Ticket)
	if err != nil || !view.Ticket.Confidential || view.Ticket.Queue.ID != c.Abuse.Queue {
		t.Errorf("the team that read it: %+v, %v", view.Ticket, err)
	}
}

// TestAttackLearningOfAnotherTeamsTicketByTheHistory reads the history of a ticket whose reporter has reported it again where its
// team may not look: the number of that ticket is not in it.
func TestAttackLearningOfAnotherTeamsTicketByTheHistory(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx, ana, ines, admin := t.Context(), storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ada, core.DoorSSH)
	old := c.ReportIn(t, c.Ana, "No heating", c.Heating)
	if _, err := c.Desk.Change(ctx, admin, old, 0, core.Change{Queue: &c.Network.Queue}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(ctx, ines, old, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	key, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.ReportAgain(ctx, ana, old, core.NewAgain{Key: key, Title: "No heating again"}); err != nil {
		t.Fatal(err)
	}
	says := func(who core.Actor) bool {
		view, err := c.Desk.Ticket(ctx, who, old)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(view.Events, func(e core.Event) bool { return e.Kind == core.EventRepeated })
	}
	if !says(admin) || says(ines) {
		t.Errorf("told to whoever works on both: %t; to whoever works on the old one alone: %t", says(admin), says(ines))
	}
}
