package battery

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/sshserver/sshtest"
)

// The line to the database is cut at one message after another, the answer to COMMIT among them: what is sent again with its key
// is there once, and answered alike.
func TestTheLineIsCutAtEveryMessage(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	points := scale(60, 1000)
	r := begin(t, "the line to the database cut at the n-th message, either way", "one who reports through the form, one who replies over SSH")
	w := newTown(t)
	key, to := w.key(t, w.Ines), w.tickets(t, 1)[0]
	wire, sshWire := intercept(t, w.url), intercept(t, w.url)
	page, console := launch(t, "web", wire.url, "--database-conns=2"), launch(t, "ssh", sshWire.url, "--database-conns=2")
	reports, replies := newLedger(), newLedger()
	b := programtest.NewBrowser(t, "http://"+page.address)
	var conn *gossh.Client
	sweeps := []struct {
		wire   *proxy
		ledger *ledger
		name   string
		open   func() (func(text string) (string, error), error)
	}{
		{wire, reports, "report", func() (func(string) (string, error), error) {
			key, err := b.Form()
			return func(text string) (string, error) {
				ref, _, err := b.Send(key, text, w.Network.ID)
				return string(ref), err
			}, err
		}},
		{sshWire, replies, "reply", func() (func(string) (string, error), error) {
			var err error
			if conn == nil {
				conn, err = gossh.Dial("tcp", console.address, sshtest.Config("whoever", gossh.PublicKeys(key)))
			}
			return func(text string) (string, error) { return string(to.ref), sayOver(conn, to.id, text) }, err
		}},
	}
	cuts, reached := 0, map[string]int{}
	for cuts < points && !t.Failed() {
		for _, s := range sweeps {
			for _, toward := range []direction{toClient, toServer} {
				for n := 1; cuts < points && !t.Failed(); n += scale(1+rand.IntN(5), 1) {
					text := fmt.Sprintf("battery %s %s %d at %d", s.name, toward, cuts, n)
					s.ledger.attempt(text)
					if !sendCut(t, s.wire, n, toward, s.ledger, text, s.open) {
						break // there is no n-th message any more
					}
					cuts++
					reached[s.name+" "+string(toward)] = max(reached[s.name+" "+string(toward)], n)
				}
			}
		}
	}
	r.Notef("%d cuts, up to message %v", cuts, reached)
	own := connect(t, w.url)
	reports.check(t, r, own, reportsKept)
	replies.check(t, r, own, repliesKept)
	r.Outage = 0 // there is one client, who waits
	hold(t, w.url)
}

// sendCut sends one thing over a line that is cut, again until it is acknowledged, and once more. It tells whether the line
// was cut.
func sendCut(t *testing.T, wire *proxy, n int, toward direction, l *ledger, text string, open func() (func(string) (string, error), error)) bool {
	t.Helper()
	var send func(string) (string, error)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var err error
		if send, err = open(); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing can be sent before message %d %s: %v", n, toward, err)
		}
	}
	wire.arm(n, toward)
	answer := insist(t, l, text, send)
	cut := wire.disarm()
	l.acknowledge(text, answer, 0)
	if again := insist(t, l, text, send); again != answer {
		t.Errorf("message %d %s: answered with %s, and sent again with %s", n, toward, answer, again)
	}
	return cut
}

// insist sends something again and again until it is acknowledged.
func insist(t *testing.T, l *ledger, text string, send func(string) (string, error)) string {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		answer, err := send(text)
		if err == nil {
			return answer
		}
		l.failed(describe(err))
		if time.Now().After(deadline) {
			t.Fatalf("%q cannot be sent again: %v", text, err)
		}
	}
}
