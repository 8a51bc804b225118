package battery

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/sshserver/sshtest"
)

// While every answer of the database comes half a second late, and then five seconds, nothing is lost, everybody is answered
// in words, a console's keys that need no database work at once, and nothing piles up. When it is over, all is as before
// within five seconds.
func TestTheDatabaseIsSlow(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	lasts := scale(6*time.Second, time.Minute)
	r := begin(t, fmt.Sprintf("every answer of the database 0.5 s late for %s, then 5 s late for %s", lasts, lasts), "a web process, 4 people at the form, a program at the API; an SSH process with a console")
	w := newTown(t)
	w.tickets(t, 8)
	wire := intercept(t, w.url)
	page, ssh := launch(t, "web", wire.url), launch(t, "ssh", wire.url)
	l := newLoad(t)
	l.pause = 20 * time.Millisecond
	l.pages(4, w.Network.ID, func() string { return page.address })
	l.api(1, w.token(t), w.Network, func() string { return page.address })
	console := sshtest.Open(t, sshtest.Dial(t, ssh.address, "whoever", gossh.PublicKeys(w.key(t, w.Ines))), 100, 30)
	console.Wait("Lamp 7", "1 of ")
	conn := connect(t, w.url)
	b := programtest.NewBrowser(t, "http://"+page.address)
	for _, late := range []time.Duration{500 * time.Millisecond, 5 * time.Second} {
		l.until(l.ledger.acknowledged() + 20)
		form, err := b.Form()
		if err != nil {
			t.Fatal(err)
		}
		before := census(t, page)
		wire.delay(late)
		key := pressed(console)
		var slowest time.Duration
		most, lines := 0, 0
		for end := time.Now().Add(lasts); time.Now().Before(end); {
			var p probe
			p.report(t, b, form, "Typed while the database is slow", w.Network.ID)
			p.says(t, 13*time.Second)
			slowest, most, lines = max(slowest, p.took), max(most, census(t, page)), max(lines, connections(t, conn))
			key = max(key, pressed(console))
		}
		wire.delay(0)
		back := time.Now()
		l.until(l.ledger.acknowledged() + 5)
		returned := time.Since(back)
		r.Notef("%s late: people are answered within %s, a key within %s; %d goroutines of at most %d before; %d connections; back after %s", late,
			slowest.Round(time.Millisecond), key.Round(time.Millisecond), most, before, lines, returned.Round(time.Millisecond))
		if key > time.Second || returned > 5*time.Second {
			t.Errorf("%s late: a key that needs no database takes %s, and it takes %s until all goes on", late, key, returned)
		}
		// A pool and a listener each, and for a while as many that were given up and of which the server has yet to hear.
		if most > before+100 || lines > 2*2*(8+1) {
			t.Errorf("%s late: %d goroutines after %d, and %d connections", late, most, before, lines)
		}
	}
	l.finish()
	l.ledger.check(t, r, conn, reportsKept)
	hold(t, w.url)
}

// pressed moves a console's cursor down and up again, and says how long that took to be seen.
func pressed(console *sshtest.Terminal) time.Duration {
	began := time.Now()
	console.Type("j")
	console.Wait("2 of ")
	console.Type("k")
	console.Wait("1 of ")
	return time.Since(began) / 2
}

// connections counts those that the program's processes have to the database of a connection.
func connections(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	const count = `select count(*) from pg_stat_activity where datname = current_database() and application_name like 'helpdesk %' and application_name <> 'helpdesk '`
	if err := conn.QueryRow(t.Context(), count).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// census counts the goroutines of a process.
func census(t *testing.T, m *member) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+m.admin+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), "go_goroutines "); found {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the process does not count its goroutines")
	return 0
}
