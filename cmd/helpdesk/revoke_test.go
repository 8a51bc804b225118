package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
)

// TestAttackGoingOnWithARightThatWasTakenAway takes rights away in each of the ways there are from people who have a
// hundred sessions open, consoles and verbs that watch: all of them end within five seconds, and nobody else notices.
func TestAttackGoingOnWithARightThatWasTakenAway(t *testing.T) { //nolint:paralleltest // it takes the whole machine
	each := 25 // sessions of each of five people
	if raced {
		each = 4
	}
	h := newHouse(t)
	h.Report(t, h.Ana, "No signal")
	ivans := sshtest.NewKey(t)
	ivansKey := gossh.PublicKeys(ivans)
	if _, err := h.Desk.AddKey(t.Context(), core.Operator(), h.Ivan.ID, string(gossh.MarshalAuthorizedKey(ivans.PublicKey())), "stolen"); err != nil {
		t.Fatal(err)
	}
	people := []struct {
		who     core.User
		key     gossh.AuthMethod
		takenBy func() error // nil: from nobody
	}{
		{h.Ines, signer(t, h.Desk, h.Ines), func() error { return h.Desk.SetRole(t.Context(), core.Operator(), h.Ines.ID, core.RoleReporter) }},
		{h.Ivan, ivansKey, func() error {
			return h.Desk.RevokeKey(t.Context(), core.Operator(), h.Ivan.ID, gossh.FingerprintSHA256(ivans.PublicKey()))
		}},
		{h.Fay, signer(t, h.Desk, h.Fay), func() error { return h.Desk.Disable(t.Context(), core.Operator(), h.Fay.ID, true) }},
		{h.Cora, signer(t, h.Desk, h.Cora), func() error { return endSessions(t, h, h.Cora) }},
		{h.Ada, signer(t, h.Desk, h.Ada), nil},
	}
	var open, doomed sync.WaitGroup
	var ended, untouched atomic.Int64
	for _, p := range people {
		gone := &ended
		if p.takenBy == nil {
			gone = &untouched
		}
		for n := range each {
			client := sshtest.Dial(t, h.ssh, "whoever", p.key)
			open.Go(func() {
				over := session(t, client, n%2 == 0)
				if p.takenBy == nil {
					go func() { <-over; gone.Add(1) }()
					return
				}
				doomed.Go(func() { <-over; gone.Add(1) })
			})
		}
	}
	open.Wait()

	began := time.Now()
	for _, p := range people {
		if p.takenBy == nil {
			continue
		}
		if err := p.takenBy(); err != nil {
			t.Fatal(err)
		}
	}
	within(t, 5*time.Second, "the sessions to end", func() bool { return int(ended.Load()) == each*(len(people)-1) })
	t.Logf("%d sessions ended %s after the first right was taken away", ended.Load(), time.Since(began))
	doomed.Wait()
	if n := untouched.Load(); n > 0 {
		t.Errorf("%d sessions of somebody else ended too", n)
	}
	if _, err := gossh.Dial("tcp", h.ssh, sshtest.Config("ivan", ivansKey)); err == nil {
		t.Error("the revoked key signs in")
	}
}

// session opens a console or a verb that watches, and returns a channel that is closed when it has ended.
func session(t *testing.T, client *gossh.Client, console bool) <-chan struct{} {
	t.Helper()
	if console {
		terminal := sshtest.Open(t, client, 80, 24)
		terminal.WaitFor("the console", func(string) bool { return terminal.Alternate() })
		return terminal.Ended()
	}
	over := make(chan struct{})
	watching, err := client.NewSession()
	if err == nil {
		err = watching.Start("watch")
	}
	if err != nil {
		t.Errorf("watch: %v", err)
		close(over)
		return over
	}
	go func() {
		defer close(over)
		_ = watching.Wait()
	}()
	return over
}

// endSessions ends every sign-in of somebody, as an admin does.
func endSessions(t *testing.T, h *house, who core.User) error {
	t.Helper()
	dossier, err := h.Desk.Dossier(t.Context(), core.Operator(), who.ID)
	if err != nil {
		return err
	}
	for _, s := range dossier.Sessions {
		if err := h.Desk.EndSessionFor(t.Context(), core.Operator(), who.ID, s.ID); err != nil {
			return err
		}
	}
	return nil
}
