package sshserver_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// plainCampus is the small campus with a server before it, for people at the plain console.
type plainCampus struct {
	*storagetest.Campus

	h    *helpdesk
	keys map[core.UserID]gossh.Signer
}

func newPlainCampus(t *testing.T, change ...func(*sshserver.Options)) *plainCampus {
	t.Helper()
	return plainCampusOn(t, storagetest.Desk(t), change...)
}

func plainCampusOn(t *testing.T, desk *core.Desk, change ...func(*sshserver.Options)) *plainCampus {
	t.Helper()
	return &plainCampus{Campus: storagetest.CampusOn(t, desk), h: newHelpdeskOn(t, desk, change...), keys: map[core.UserID]gossh.Signer{}}
}

// dial signs somebody of the campus in with a key of theirs.
func (c *plainCampus) dial(t *testing.T, who core.User) *gossh.Client {
	t.Helper()
	if c.keys[who.ID] == nil {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		fatal(t, err)
		signer, err := gossh.NewSignerFromKey(private)
		fatal(t, err)
		_, err = c.Desk.AddKey(t.Context(), core.Operator(), who.ID, string(gossh.MarshalAuthorizedKey(signer.PublicKey())), "laptop")
		fatal(t, err)
		c.keys[who.ID] = signer
	}
	return sshtest.Dial(t, c.h.addr, "whoever", gossh.PublicKeys(c.keys[who.ID]))
}

// lines opens somebody's plain console, without a terminal.
func (c *plainCampus) lines(t *testing.T, who core.User) *sshtest.Lines {
	t.Helper()
	l := sshtest.OpenLines(t, c.dial(t, who))
	l.Hear("plain console", "helpdesk> ")
	return l
}

// atOnce has somebody's replies go when they are sent.
func (c *plainCampus) atOnce(t *testing.T, who core.User) {
	t.Helper()
	p := core.DefaultPreferences()
	p.HoldReplies = false
	fatal(t, c.Desk.SetPreferences(t.Context(), as(who), p))
}

func as(who core.User) core.Actor { return storagetest.As(who, core.DoorSSH) }

func (c *plainCampus) view(t *testing.T, id core.TicketID) core.TicketView {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), as(c.Ines), id)
	fatal(t, err)
	return view
}

func TestWithoutATerminalTheConsoleIsPlain(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.atOnce(t, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("list")
	ines.Hear("Tickets that are not closed: 1 ticket.\n", "1. Ticket 1001, No signal. Open, with nobody.", "helpdesk> ")
	ines.Say("open 1")
	ines.Hear("Ticket 1001, open, priority normal.\n", "Title: No signal.\n", "From Ana Ruiz", "Message 1 of 1, from Ana Ruiz, reporter", "1 line:\n  What happened: No signal\n", "1001> ")
	ines.Say("reply")
	ines.Hear("The reporter reads it.", "full stop")
	ines.Say("Dear Ana,", "", "..profile was the reason.", ".")
	ines.Hear("Reply sent. The reporter can read it.\n1001> ")
	if m := c.view(t, id).Messages; len(m) != 2 || m[1].Body != "Dear Ana,\n\n.profile was the reason." {
		t.Errorf("said: %+v", m)
	}
	ines.Say("quit")
	if status := ines.Exit(); status != 0 || strings.ContainsAny(ines.All(), "\x1b\r") {
		t.Errorf("%d, %q", status, ines.All())
	}
}

func TestADraftOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	client := c.dial(t, c.Ines)
	ines := sshtest.OpenLines(t, client)
	ines.Hear("helpdesk> ")
	ines.Say("open 1001", "reply", "Dear Ana,", "we are on")
	eventually(t, "the draft to be kept", func() bool {
		drafts, err := c.Desk.Drafts(t.Context(), as(c.Ines), id)
		fatal(t, err)
		return len(drafts) == 1 && drafts[0].Body == "Dear Ana,\nwe are on"
	})
	_ = client.Close()
	eventually(t, "the cut to be noticed", func() bool {
		there, err := c.Desk.Present(t.Context(), as(c.Ines), nil)
		fatal(t, err)
		return len(there) == 0
	})
	again := sshtest.OpenLines(t, c.dial(t, c.Ines))
	again.Hear("You were cut off while you were writing.", "Ticket 1001", "You have begun a reply of 2 lines", "1001> ")
	again.Say("reply")
	again.Hear("You began this", "  Dear Ana,\n  we are on\n")
	again.Say("our way.", ".")
	again.Hear("Your reply goes in 20 seconds.", "1001> ")
	if held := c.view(t, id).Held; len(held) != 1 || held[0].Body != "Dear Ana,\nwe are on\nour way." {
		t.Errorf("held: %+v", held)
	}
	again.Say("take back")
	again.Hear("Taken back. It is a draft again", "our way.")
}

func TestOnATerminalThePlainConsoleEditsLines(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	p := core.DefaultPreferences()
	p.Plain = true
	fatal(t, c.Desk.SetPreferences(t.Context(), as(c.Ines), p))
	c.Report(t, c.Ana, "No signal")
	tm := sshtest.Open(t, c.dial(t, c.Ines), 80, 24)
	tm.Wait("plain console", "helpdesk>")
	if tm.Alternate() {
		t.Error("it is on the alternate screen")
	}
	tm.Type("lxx\x7f\x7fist cafe\u0301\x7f\x17\x1b[A\r")
	tm.Wait("helpdesk> list", "1. Ticket 1001, No signal.")
	tm.Type("open 99\x15open 1\r")
	tm.Wait("helpdesk> open 1", "Title: No signal.", "1001>")
	tm.Type("reply\rDear Ana,\r\x04")
	tm.Wait("It is kept. Type reply to go on with it.", "1001>")
	tm.Type("\x03")
	tm.Wait("To leave, type quit.")
	tm.Type("\x04")
	if status := tm.Exit(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
