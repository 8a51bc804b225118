package verb_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// soon is how quickly what was taken away has to end.
const soon = 5 * time.Second

// full is a ticket on which there is more to put out than a connection takes unread.
func full(t *testing.T, c *campus) core.TicketID {
	t.Helper()
	id, ines := c.Report(t, c.Ana, "No signal"), storagetest.As(c.Ines, core.DoorSSH)
	for range 250 { // 5 MB
		_, err := c.Desk.Note(t.Context(), ines, id, core.NewMessage{Body: "many words" + strings.Repeat("!", core.MaxBody-10)})
		fatal(t, err)
	}
	log := strings.Repeat("Nov 25 03:00:00 ap-17 kernel: radio reset\n", 200_000) // 8 MB
	_, err := c.Desk.Upload(t.Context(), ines, "log", "ap-17.log", strings.NewReader(log))
	fatal(t, err)
	_, err = c.Desk.Note(t.Context(), ines, id, core.NewMessage{Key: "log"})
	fatal(t, err)
	return id
}

// under is a command that is under way.
type under struct {
	*gossh.Session

	in     io.WriteCloser
	out    io.Reader
	errors bytes.Buffer
}

func begin(t *testing.T, client *gossh.Client, command string) *under {
	t.Helper()
	session, err := client.NewSession()
	fatal(t, err)
	u := &under{Session: session}
	session.Stderr = &u.errors
	u.in, err = session.StdinPipe()
	fatal(t, err)
	u.out, err = session.StdoutPipe()
	fatal(t, err)
	fatal(t, session.Start(command))
	return u
}

func TestAKeyRevokedInTheMiddleEndsWhatItBegan(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := full(t, c)
	client := c.dial(t, "ivan")
	attach := begin(t, client, fmt.Sprintf("attach %d half.log", id))
	_, err := io.WriteString(attach.in, strings.Repeat("half of a log\n", 250_000)) // more than is taken before it is read
	fatal(t, err)
	running := []*under{attach}
	for _, command := range []string{"watch number:%d --cursor start", "get %d ap-17.log", "export number:%d"} {
		u := begin(t, client, fmt.Sprintf(command, id))
		_, err := io.ReadFull(u.out, make([]byte, 300)) // and the rest is held back until it is read
		fatal(t, err)
		running = append(running, u)
	}

	fingerprint, err := fingerprintOf(c.keys["ivan"])
	fatal(t, err)
	revoked := time.Now()
	fatal(t, c.Desk.RevokeKey(t.Context(), core.Operator(), c.Ivan.ID, fingerprint))
	for _, u := range running {
		for pace := time.NewTicker(20 * time.Millisecond); ; <-pace.C { // as over a line that is slower than the bell
			if _, err := io.CopyN(io.Discard, u.out, 64<<10); err != nil {
				pace.Stop()
				break
			}
		}
		if status := sshtest.Status(u.Wait()); status != 77 || !strings.HasPrefix(u.errors.String(), "helpdesk: ") {
			t.Errorf("ended with %d and %q", status, &u.errors)
		}
	}
	if took := time.Since(revoked); took > soon {
		t.Errorf("it took %v", took)
	}
	for _, m := range messages(t, c, id) {
		for _, f := range m.Files {
			if f.Name == "half.log" {
				t.Error("half a file was kept")
			}
		}
	}
}

func TestAKeyRevokedWhileNothingIsReadEndsWhatItBegan(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := full(t, c)
	u := begin(t, c.dial(t, "ivan"), fmt.Sprintf("get %d ap-17.log", id))
	_, err := io.ReadFull(u.out, make([]byte, 1<<10)) // and nothing more
	fatal(t, err)
	fingerprint, err := fingerprintOf(c.keys["ivan"])
	fatal(t, err)
	fatal(t, c.Desk.RevokeKey(t.Context(), core.Operator(), c.Ivan.ID, fingerprint))
	gone := make(chan struct{})
	go func() { _ = u.Wait(); close(gone) }() // with its status if there is room left for words, else with its connection
	select {
	case <-gone:
	case <-time.After(soon):
		t.Error("it goes on")
	}
}

func TestARoleTakenInTheMiddleEndsWhatItBegan(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	u := begin(t, c.dial(t, "ivan"), "watch")
	fatal(t, c.Desk.SetRole(t.Context(), core.Operator(), c.Ivan.ID, core.RoleReporter))
	_, err := io.Copy(io.Discard, u.out)
	fatal(t, err)
	if status := sshtest.Status(u.Wait()); status != 77 || !strings.Contains(u.errors.String(), "Only staff") {
		t.Errorf("ended with %d and %q", status, &u.errors)
	}
}

// Whoever takes away the key that they came by is told that it is done.
func TestOnesOwnKeyIsRevokedInWords(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	fingerprint, err := fingerprintOf(c.keys["ivan"])
	fatal(t, err)
	out, complaints, status := sshtest.Run(t, c.dial(t, "ivan"), "keys revoke --yes -q "+fingerprint)
	if status != 0 || complaints != "" || out != fingerprint+"\n" {
		t.Errorf("%d, %q, %q", status, out, complaints)
	}
}
