package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// serveConsoles runs a process of its own that serves consoles alone, over a database of the tests.
func serveConsoles(t testing.TB, databaseURL string) (p *programtest.Process, addr string) {
	t.Helper()
	p = programtest.Start(t, []string{"HELPDESK_DATABASE_URL=" + databaseURL, "HELPDESK_PUBLIC_URL=http://127.0.0.1"},
		"serve", "--only=ssh", "--ssh-addr=127.0.0.1:0", "--unsafe")
	addr = p.Find(`ssh=(127\.0\.0\.1:\d+)`)
	return p, addr
}

// signer gives somebody a key.
func signer(t testing.TB, desk *core.Desk, u core.User) gossh.AuthMethod {
	t.Helper()
	key := sshtest.NewKey(t)
	if _, err := desk.AddKey(t.Context(), core.Operator(), u.ID, string(gossh.MarshalAuthorizedKey(key.PublicKey())), "test"); err != nil {
		t.Fatal(err)
	}
	return gossh.PublicKeys(key)
}

// within waits for a condition that nothing announces.
func within(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", limit, what)
		}
	}
}

// A process that is killed takes nobody's words with it: the next one, whichever it is, opens the console
// where it was, and within ten seconds nobody is said to be there who is not.
func TestAKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	key := signer(t, c.Desk, c.Ines)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	seat := c.Desk.Sit(t.Context(), ivan)
	writes := func() bool {
		there, err := c.Desk.Present(t.Context(), ivan, seat)
		return err == nil && slices.Contains(there, core.Present{Ticket: id, Person: c.Ines.Person(), Doing: core.WritingReply})
	}

	first, addr := serveConsoles(t, url)
	console := sshtest.Open(t, sshtest.Dial(t, addr, "whoever", key), 100, 30)
	console.Wait("No signal")
	console.Type("\r")
	console.Wait("What happened")
	console.Type("r")
	console.Wait("Reply — the reporter reads this")
	console.Type("Half a sentence")
	console.Wait("Draft kept.")
	within(t, sshtest.Patience, "the place to be kept", func() bool {
		state, err := c.Desk.Place(t.Context(), ines)
		return err == nil && strings.Contains(string(state), `"cursor": 15`)
	})
	within(t, sshtest.Patience, "a colleague on another process to see who writes", writes)

	first.Kill()
	within(t, 10*time.Second, "nobody to be there", func() bool { return !writes() })
	_, addr = serveConsoles(t, url)
	console = sshtest.Open(t, sshtest.Dial(t, addr, "whoever", key), 100, 30)
	console.Wait("Reply — the reporter reads this", "Half a sentence")
	console.Type(" and the rest.")
	console.Wait("Half a sentence and the rest.")
}

func TestTwoPeopleAtOneTicketOverSSH(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.Report(t, h.Ana, "No signal")
	ines, ivan := h.console(t, h.Ines, 100, 30), h.console(t, h.Ivan, 100, 30)
	for _, c := range []*sshtest.Terminal{ines, ivan} {
		c.Wait("No signal")
		c.Type("\r")
		c.Wait("What happened")
	}
	ines.Wait("Ivan Iota is looking")
	ines.Type("n")
	ivan.Wait("Ines Itani is typing a note")
	ines.Type("\x1b")
	ivan.Wait("Ines Itani is looking")

	// Both take it on what they see; the second is shown who was faster, and decides.
	ivan.Type("p") // a dialog that is open while the other one is faster
	ivan.Wait("Priority of")
	ines.Type("t")
	ines.Wait(id.String() + " is yours now.")
	ivan.Type("\x1b")
	ivan.Gone("Priority of")
	ivan.Wait("with Ines Itani")

	ivan.Close() // the window, as a terminal is closed
	ines.Gone("Ivan Iota is looking")
}

// keysOfWork is what people type all day, each as a terminal sends it.
func keysOfWork() []string {
	return []string{
		"j", "j", "k", "\r", "\x1b", "t", "s", "u", "\t", "n", "w", "ords", "\x1b", "r", "hello", "\x1b", "/", "report", "\r", "\x1b", "h", "\x1b",
		"G", "g", "g", "D", "2", "\x1b", "?", "\x1b", " ", "\x1b", "p", "\x1b",
	}
}

// TestFiftyConsolesAtWork is for the race detector: fifty people type for some seconds while reports come
// in, and all of them are still there afterwards.
func TestFiftyConsolesAtWork(t *testing.T) { //nolint:paralleltest // it takes the whole machine
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	h := open(t, db, storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{})))
	elsewhere := *h.Campus // reports come in at another process, with connections of its own
	elsewhere.Desk = storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	for n := range 20 {
		elsewhere.Report(t, h.Ana, fmt.Sprintf("The report before, number %d", n))
	}
	var keys []gossh.AuthMethod
	for _, u := range []core.User{h.Ines, h.Ivan, h.Ada, h.Fay} {
		keys = append(keys, signer(t, h.Desk, u))
	}
	const people = 50
	consoles := make([]*sshtest.Terminal, people)
	for n := range consoles {
		consoles[n] = sshtest.Open(t, sshtest.Dial(t, h.ssh, "whoever", keys[n%len(keys)]), 80+n%60, 24+n%20)
	}
	for _, c := range consoles {
		c.WaitFor("the console", func(string) bool { return c.Alternate() })
	}
	const lasting = 8 * time.Second
	until := time.Now().Add(lasting)
	var typing sync.WaitGroup
	for n, c := range consoles {
		typing.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			work := keysOfWork()
			for time.Now().Before(until) {
				c.Type(work[random.IntN(len(work))])
				time.Sleep(time.Duration(60+random.IntN(120)) * time.Millisecond) // as people type; esc alone is no alt
			}
		})
	}
	for n := 0; time.Now().Before(until); n++ {
		elsewhere.Report(t, h.Ben, fmt.Sprintf("A report meanwhile, number %d", n))
		time.Sleep(200 * time.Millisecond)
	}
	typing.Wait()
	for n, c := range consoles {
		select {
		case <-c.Ended():
			t.Errorf("console %d has ended: %s", n, c.Screen())
		default:
			before := len(c.Raw())
			c.Resize(101, 31)
			c.WaitFor("it to draw itself anew", func(string) bool { return len(c.Raw()) > before })
		}
	}
}
