package battery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A page that is killed has lost nothing that it confirmed, and whoever saw an error sends the form again and has one ticket.
func TestPagesAreKilled(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	kills, reports := scale(5, 100), scale(400, 20_000)
	r := begin(t, fmt.Sprintf("kill -9 of a web process, %d times", kills), "3 web processes, 6 people at the form and 2 programs at the API, on end")
	w := newTown(t)
	pages := newFleet(t, 3, "web", w.url)
	l := newLoad(t)
	l.pages(6, w.Network.ID, pages.pick)
	l.api(2, w.token(t), w.Network, pages.pick)
	for range kills {
		l.until(l.ledger.acknowledged() + 10)
		time.Sleep(time.Duration(200+rand.IntN(800)) * time.Millisecond)
		pages[rand.IntN(len(pages))].restart(t)
	}
	l.until(reports)
	l.finish()
	l.ledger.check(t, r, connect(t, w.url), reportsKept)
	hold(t, w.url)
}

// A console's process that is killed has lost no reply that it acknowledged, and no draft that it said was kept.
func TestConsolesAreKilled(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	kills, replies := scale(4, 60), scale(150, 10_000)
	r := begin(t, fmt.Sprintf("kill -9 of an SSH process, %d times", kills), "2 SSH processes, 4 people who reply by verbs with keys, one who types a draft in the console")
	w := newTown(t)
	consoles, tickets := newFleet(t, 2, "ssh", w.url), w.tickets(t, 5)
	l := newLoad(t)
	l.replies(4, w.key(t, w.Ines), tickets[:4], consoles.pick)
	conn := connect(t, w.url)
	ivan := w.drafter(t, conn, 4)
	for n := range kills {
		victim := consoles[n%len(consoles)]
		ivan.goesOn(t, victim.address)
		l.until(l.ledger.acknowledged() + 5)
		victim.restart(t)
		ivan.check(t)
	}
	r.Notef("%d drafts found again", kills)
	l.until(replies)
	l.finish()
	l.ledger.check(t, r, conn, repliesKept)
	hold(t, w.url)
}

// The database's server that is killed has lost nothing. Somebody starts it again, as systemd does; nobody starts ours.
func TestTheDatabaseIsKilled(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	kills := scale(2, 20)
	r := begin(t, fmt.Sprintf("kill -9 of the postmaster, %d times", kills), "2 web processes, 6 people at the form and 2 programs at the API; an SSH process with 2 who reply")
	w := newTown(t)
	pages, consoles := newFleet(t, 2, "web", w.url), newFleet(t, 1, "ssh", w.url)
	token, key, tickets := w.token(t), w.key(t, w.Ines), w.tickets(t, 2)
	l, said := newLoad(t), newLoad(t)
	l.pages(6, w.Network.ID, pages.pick)
	l.api(2, token, w.Network, pages.pick)
	said.replies(2, key, tickets, consoles.pick)
	keeping, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go w.server.Keep(keeping)
	conn := connect(t, w.url)
	if _, err := conn.Exec(t.Context(), "checkpoint"); err != nil { // as a server does every five minutes: the town was made a moment ago
		t.Fatal(err)
	}
	conn.Close(t.Context())
	var recovery time.Duration
	for range kills {
		l.until(l.ledger.acknowledged() + 100)
		if err := syscall.Kill(w.server.PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		recovery = max(recovery, recovered(t, w.url))
		l.until(l.ledger.acknowledged() + 100)
	}
	said.until(said.ledger.acknowledged() + 10)
	l.finish()
	said.finish()
	conn = connect(t, w.url)
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	r.Notef("PostgreSQL itself was away for %s at most", recovery.Round(10*time.Millisecond))
	if r.Outage > 10*time.Second || r.Outage > recovery+3*time.Second {
		t.Errorf("nothing is acknowledged for %s, of which PostgreSQL needed %s to recover", r.Outage, recovery)
	}
	for _, m := range append(pages, consoles...) {
		select {
		case <-m.process.Ended:
			t.Errorf("a process has ended with its database:\n%s", m.process.Output)
		default:
		}
	}
	hold(t, w.url)
}

// recovered waits until a database that was killed answers again, and returns how long that took.
func recovered(t *testing.T, url string) time.Duration {
	t.Helper()
	for killed := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), url)
		if err == nil {
			conn.Close(t.Context())
			return time.Since(killed)
		}
		if time.Since(killed) > patience {
			t.Fatalf("the database does not come back: %v", err)
		}
	}
}
