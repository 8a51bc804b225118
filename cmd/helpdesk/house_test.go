package main

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// house is the whole product running in the test's own process, over a database of its own.
type house struct {
	*storagetest.Campus

	db   *storage.DB
	page string
	ssh  string
	log  *programtest.Buffer // all that the services log, down to the smallest
}

// newHouse is the product with the small campus in it.
func newHouse(t testing.TB) *house {
	t.Helper()
	db := storagetest.Open(t)
	return open(t, db, storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{})))
}

// open starts the services over a database.
func open(t testing.TB, db *storage.DB, people *storagetest.Campus) *house {
	t.Helper()
	h := &house{db: db, Campus: people, log: &programtest.Buffer{}}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	listening, ended := make(chan addresses, 1), make(chan error, 1)
	s := &serveCommand{WebAddr: "127.0.0.1:0", SSHAddr: "127.0.0.1:0", campus: campus{Name: "Northfield helpdesk", Zone: zoneFlag{time.UTC}}}
	s.Exempt = exemptFlag{netip.MustParsePrefix("127.0.0.0/8")}
	o := &output{out: &programtest.Buffer{}, err: &programtest.Buffer{}, log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	go func() {
		ended <- s.services(ctx, o, db, h.Desk, newMetrics(), false, func(at addresses) { listening <- at })
	}()
	select {
	case at := <-listening:
		h.page, h.ssh = "http://"+at.web.String(), at.ssh.String()
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		h.logHolds(t, storagetest.Password, "\x1b", "\u009b", "\u202e")
	})
	return h
}

// logHolds fails the test for each text that the log should not hold.
func (h *house) logHolds(t testing.TB, forbidden ...string) {
	t.Helper()
	for line := range strings.Lines(h.log.String()) {
		for _, text := range forbidden {
			if strings.Contains(line, text) {
				t.Errorf("the log holds %q: %q", text, line)
			}
		}
	}
}

// console opens somebody's console with a key of theirs, on a terminal of the size given.
func (h *house) console(t testing.TB, u core.User, width, height int) *sshtest.Terminal {
	t.Helper()
	key := sshtest.NewKey(t)
	authorized := string(gossh.MarshalAuthorizedKey(key.PublicKey()))
	if _, err := h.Desk.AddKey(t.Context(), core.Operator(), u.ID, authorized, "test"); err != nil {
		t.Fatal(err)
	}
	return sshtest.Open(t, sshtest.Dial(t, h.ssh, "whoever", gossh.PublicKeys(key)), width, height)
}
