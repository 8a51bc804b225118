package battery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/cmd/helpdesk/programtest"
)

// takeBack undoes the newest migrations of the tables that people work on, so that they can be made again under load. An index
// that was left unfinished stands in the way of the first, as after a migration that was killed.
const takeBack = `
	begin;
	set local lock_timeout = '400ms';
	delete from goose_db_version where version_id >= 20261125051800;
	drop index events_load, tickets_same, bulks_unfinished;
	alter table bulks drop column plan, drop column beat_at;
	drop table packed_ratings, packed_loads;
	alter table packed_days drop column edition;
	commit`

// While people report and reply, the schema is migrated by two who do it at once, and somebody has a table open whom the migration
// has to wait for. Nobody is refused anything, and nobody waits longer than a moment.
func TestTheSchemaIsMigrated(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	times, held := scale(1, 10), scale(3*time.Second, 10*time.Second)
	r := begin(t, fmt.Sprintf("helpdesk migrate twice at once while somebody reads the tickets for %s, %d times", held, times), "2 web processes, 6 people at the form, a program at the API; an SSH process with 2 who reply")
	w := newTown(t)
	pages, console := newFleet(t, 2, "web", w.url), launch(t, "ssh", w.url)
	key, tickets := w.key(t, w.Ines), w.tickets(t, 2)
	l, said := newLoad(t), newLoad(t)
	conn, reader := connect(t, w.url), connect(t, w.url)
	undo := func() error {
		_, err := conn.Exec(t.Context(), takeBack)
		if err != nil {
			_, _ = conn.Exec(t.Context(), "rollback")
		}
		return err
	}
	token := w.token(t)
	if err := undo(); err != nil {
		t.Fatal(err)
	}
	l.pages(6, w.Network.ID, pages.pick)
	l.api(1, token, w.Network, pages.pick)
	said.replies(2, key, tickets, func() string { return console.address })
	for n := range times {
		l.until(l.ledger.acknowledged() + 20)
		for n > 0 { // it gives way to people, as a migration does
			err := undo()
			if err == nil {
				break
			}
			if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "55P03" && e.Code != "40P01" {
				t.Fatal(err)
			}
			l.until(l.ledger.acknowledged() + 5)
		}
		if _, err := reader.Exec(t.Context(), "begin; select count(*) from tickets"); err != nil {
			t.Fatal(err)
		}
		var runs []*programtest.Process
		for range 2 {
			runs = append(runs, programtest.Start(t, []string{"HELPDESK_DATABASE_URL=" + w.url}, "migrate"))
		}
		time.Sleep(held)
		if _, err := reader.Exec(t.Context(), "rollback"); err != nil {
			t.Fatal(err)
		}
		for _, run := range runs {
			select {
			case <-run.Ended:
			case <-time.After(patience):
				t.Fatalf("a migration does not end:\n%s", run.Output)
			}
			if code := run.Cmd.ProcessState.ExitCode(); code != 0 {
				t.Fatalf("a migration ends with %d:\n%s", code, run.Output)
			}
		}
		l.until(l.ledger.acknowledged() + 20)
	}
	said.until(said.ledger.acknowledged() + 5)
	l.finish()
	said.finish()
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	var valid bool
	const made = `select count(*) = 4 and bool_and(indisvalid) from pg_index
		where indexrelid::regclass::text in ('tickets_load', 'events_load', 'tickets_same', 'bulks_unfinished')`
	if err := conn.QueryRow(t.Context(), made).Scan(&valid); err != nil || !valid {
		t.Errorf("an index is missing or not whole, %v", err)
	}
	if len(r.Errors) > 0 || r.Outage > 2*time.Second { // a second is the goal; machines that do other things too need another
		t.Errorf("people saw %v, and waited %s", r.Errors, r.Outage)
	}
	hold(t, w.url)
}

// While people report and reply, every process is told to stop and started anew, one after another. No request is lost, and who
// writes a reply in a console is told of it and finds it again.
func TestProcessesAreRenewed(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	rounds := scale(1, 10)
	r := begin(t, fmt.Sprintf("every process stopped and started anew, %d times", rounds), "2 web processes, 6 people at the form and 2 programs at the API; 2 SSH processes, 2 who reply by verbs, one who types in the console")
	w := newTown(t)
	pages, consoles := newFleet(t, 2, "web", w.url), newFleet(t, 2, "ssh", w.url)
	key, tickets := w.key(t, w.Ines), w.tickets(t, 3)
	conn := connect(t, w.url)
	l, said := newLoad(t), newLoad(t)
	l.pages(6, w.Network.ID, pages.pick)
	l.api(2, w.token(t), w.Network, pages.pick)
	said.replies(2, key, tickets[:2], consoles.pick)
	ivan := w.drafter(t, conn, 2)
	for n := range rounds * len(consoles) {
		l.until(l.ledger.acknowledged() + 20)
		pages[n%len(pages)].renew(t)
		victim := consoles[n%len(consoles)]
		console := ivan.goesOn(t, victim.address)
		victim.renew(t)
		if notice := console.Screen() + console.Errors() + string(console.Raw()); !strings.Contains(notice, "The helpdesk restarts") {
			t.Errorf("who writes is not told that the helpdesk restarts:\n%s", console.Screen())
		}
	}
	said.until(said.ledger.acknowledged() + 5)
	l.finish()
	said.finish()
	ivan.check(t)
	r.Notef("a draft found again %d times", rounds*len(consoles))
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	for kind := range r.Errors { // that somebody was not taken on: no balancer picks who is ready. What was taken on is done
		if !slices.Contains([]string{"connection refused", "connection reset", "EOF", `ssh: rejected: resource shortage ("the helpdesk is closing")`}, kind) {
			t.Errorf("people saw %q", kind)
		}
	}
	hold(t, w.url)
}
