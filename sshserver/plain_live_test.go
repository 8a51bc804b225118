package sshserver_test

import (
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
)

// plainly has somebody's console be the plain one on any terminal.
func (c *plainCampus) plainly(t *testing.T, who core.User) {
	t.Helper()
	p := core.DefaultPreferences()
	p.Plain, p.HoldReplies = true, false
	fatal(t, c.Desk.SetPreferences(t.Context(), as(who), p))
}

func TestPlainWhoElseWritesIsSaidBeforeSending(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.atOnce(t, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := c.lines(t, c.Ines), c.lines(t, c.Ivan)
	ines.Say("open 1001", "reply", "We are on our way.")
	ines.Hear("full stop")
	eventually(t, "Ines to be seen writing", func() bool {
		there, err := c.Desk.Present(t.Context(), as(c.Ivan), nil)
		fatal(t, err)
		return len(there) == 1 && there[0].Doing == core.WritingReply
	})
	ivan.Say("open 1001")
	ivan.Hear("Ines Itani is writing a reply.", "1001> ")
	ivan.Say("reply", "I am there.", ".")
	ivan.Hear("Ines Itani is writing a reply at this moment.", "full stop", "Ines Itani is writing a reply at this moment.", "Send it all the same? Yes or no: ")
	ivan.Say("no")
	ivan.Hear("It is not sent. What you have written is kept.")
	_, err := c.Desk.Reply(t.Context(), as(c.Ivan), id, core.NewMessage{Body: "I am there."})
	fatal(t, err)
	ines.Say(".")
	ines.Hear("News on 1001: Ivan Iota, staff writes: I am there.", "Send it all the same?")
	ines.Say("yes")
	ines.Hear("Reply sent.")
	if m := c.view(t, id).Messages; len(m) != 3 || m[2].Body != "We are on our way." {
		t.Errorf("%+v", m)
	}
}

func TestPlainNewsLeaveWhatIsTypedWhole(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.plainly(t, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	other := c.Report(t, c.Ben, "Printer jam")
	tm := sshtest.Open(t, c.dial(t, c.Ines), 80, 40)
	tm.Wait("helpdesk>")
	tm.Type("open #1001\r")
	tm.Wait("1001>")
	tm.Type("priority ur")
	tm.Wait("1001> priority ur")
	_, err := c.Desk.Reply(t.Context(), as(c.Ana), id, core.NewMessage{Body: "Still nothing."})
	fatal(t, err)
	tm.Wait("1001> priority ur\nNews on 1001: Ana Ruiz, reporter writes: Still nothing.\n1001> priority ur")
	_, err = c.Desk.Note(t.Context(), as(c.Ivan), other, core.NewMessage{Body: "What do you think, @ines?"})
	fatal(t, err)
	tm.Wait("You are mentioned on 1002, Printer jam.\n1001> priority ur")
	tm.Type("gent\r")
	tm.Wait("of priority urgent now.")
	c.has(t, id, "urgent", func(k *core.Ticket) bool { return k.Priority == core.Urgent })
	tm.Type("mentions\r")
	tm.Wait("Tickets that mention you: 1 ticket.")
}

func TestPlainNewsWithoutATerminalWaitForEnter(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001")
	ines.Hear("1001> ")
	_, err := c.Desk.Reply(t.Context(), as(c.Ana), id, core.NewMessage{Body: "Still nothing."})
	fatal(t, err)
	eventually(t, "the news", func() bool {
		ines.Say("")
		return strings.Contains(ines.All(), "News on 1001: Ana Ruiz, reporter writes: Still nothing.\n1001> ")
	})
}

func TestPlainRevokedInMidSession(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t, func(o *sshserver.Options) { o.Recheck = 100 * time.Millisecond })
	ines := c.lines(t, c.Ines)
	fatal(t, c.Desk.Disable(t.Context(), core.Operator(), c.Ines.ID, true))
	if status := ines.Exit(); status != 77 || !strings.Contains(ines.All(), "Your sign-in to this console has ended.") {
		t.Errorf("%d, %q", status, ines.All())
	}
}

func TestPlainIdle(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t, func(o *sshserver.Options) { o.Idle = 2 * time.Second })
	ines := c.lines(t, c.Ines)
	ines.Hear("Nothing was typed for a while: signing out in", "Signed out after 2 s without a key. Drafts are kept.")
	if status := ines.Exit(); status != 0 {
		t.Errorf("%d", status)
	}
}

func TestPlainShutdownKeepsWhatIsWritten(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "reply", "Dear Ana,", "we")
	ines.Hear("full stop")
	c.h.stop()
	ines.Hear("The helpdesk restarts in a few seconds.", "The helpdesk restarts now.")
	if status := ines.Exit(); status != 0 {
		t.Errorf("%d", status)
	}
	drafts, err := c.Desk.Drafts(t.Context(), as(c.Ines), id)
	if err != nil || len(drafts) != 1 || !strings.HasPrefix(drafts[0].Body, "Dear Ana,") {
		t.Errorf("%+v, %v", drafts, err)
	}
}

func TestPlainHostileTextIsOnlyText(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	for _, payload := range plaintest.Payloads() {
		_, err := c.Desk.Report(t.Context(), as(c.Ana), core.NewTicket{Title: "T " + payload.Text, Description: payload.Text, Category: c.Network.ID, Where: core.Where{Words: payload.Text + " x"}})
		if core.KindOf(err) != "" && core.KindOf(err) != core.Invalid {
			t.Fatal(err)
		}
	}
	_, err := c.Desk.Report(t.Context(), as(c.Ana), core.NewTicket{
		Title: "Honest", Description: "one\nMessage 2 of 2, from Ivan Iota, staff, just now, 1 line:\n  Give Ana the key.", Category: c.Network.ID, Where: core.Where{Words: "here"},
	})
	fatal(t, err)
	ines := c.lines(t, c.Ines)
	ines.Say("find honest", "open 1")
	ines.Hear("Message 1 of 1, from Ana Ruiz, reporter", "3 lines:\n  one\n  Message 2")
	ines.Say("list", "open 3", "show", "history", "take \x1b]0;owned\a\u202e", "\x1b]0;owned\a\u202e\x9b", "find \x1b[31m", "quit")
	if status := ines.Exit(); status != 0 {
		t.Errorf("%d", status)
	}
	plaintest.AssertClean(t, []byte(ines.All()))
}

func TestPlainLongLines(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say(strings.Repeat("x", 1<<20))
	ines.Hear("is no command.")
	ines.Say("open 1001", "reply", strings.Repeat("y", 1<<20-100), ".")
	ines.Hear("It is not sent. What you have written is kept.\nThis text is too long; 20000 characters are the most.")
	drafts, err := c.Desk.Drafts(t.Context(), as(c.Ines), id)
	if err != nil || len(drafts) != 1 || len(drafts[0].Body) != 1<<20-100 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
	ines.Say("help reply", strings.Repeat("z", 3<<20))
	ines.Hear("That line was longer than 1048576 characters.", "is no command.")
	if len(ines.All()) > 20000 {
		t.Errorf("it answered %d bytes", len(ines.All()))
	}
}

func TestPlainOnAnyTerminal(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.plainly(t, c.Ines)
	c.Report(t, c.Ana, "No signal")
	tm := sshtest.Open(t, c.dial(t, c.Ines), 10, 3)
	tm.Wait("helpdesk>")
	tm.Type("listen to this\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\r")
	tm.Wait("helpdesk>")
	for i := range 50 {
		tm.Resize(10+i, 3+i%20)
	}
	tm.Resize(60, 20)
	tm.Type("help list\r")
	tm.WaitFor("lines as long as the window is wide, broken between words", func(screen string) bool {
		if strings.Contains(screen, "Words are looked for in titles, messages, people and\nplaces. Fields") {
			return true
		}
		if strings.HasSuffix(strings.TrimRight(screen, " \n"), "\nhelpdesk>") { // keys may overtake a new size, which goes beside them
			tm.Type("help list\r")
		}
		return false
	})
	tm.Type("show\x15open 日本語\x7f\x7f\x7f1\r")
	tm.Wait("Title: No signal.", "1001>")
	if raw := string(tm.Raw()); strings.ContainsAny(raw, "\x1b\a") || tm.Alternate() {
		t.Errorf("it drew: %q", raw)
	}
}

func TestADumbTerminalGetsThePlainConsole(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	session, err := c.dial(t, c.Ines).NewSession()
	fatal(t, err)
	out := &journal{}
	session.Stdout = out
	keys, err := session.StdinPipe()
	fatal(t, err)
	fatal(t, session.RequestPty("dumb", 24, 80, gossh.TerminalModes{}))
	fatal(t, session.Shell())
	eventually(t, "the plain console", func() bool { return strings.Contains(out.String(), "plain console") })
	_, err = io.WriteString(keys, "quit\r")
	fatal(t, err)
	if err := session.Wait(); err != nil {
		t.Error(err)
	}
}

// A client that reads nothing holds up itself alone, and a shutdown ends it.
func TestPlainClientThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	for range 30 {
		c.Report(t, c.Ana, strings.Repeat("long ", 30))
	}
	channel, requests, err := c.dial(t, c.Ines).OpenChannel("session", nil)
	fatal(t, err)
	go gossh.DiscardRequests(requests)
	_, err = channel.SendRequest("shell", true, nil)
	fatal(t, err)
	go func() { _, _ = io.WriteString(channel, strings.Repeat("list\nmore\n", 2000)) }()
	eventually(t, "the console", func() bool { return c.h.server.Consoles() == 1 })
	ivan := c.lines(t, c.Ivan)
	ivan.Say("list")
	ivan.Hear("helpdesk> ")
	c.h.stop()
	select {
	case err := <-c.h.served:
		c.h.served <- err
	case <-time.After(20 * time.Second):
		t.Error("the server does not close")
	}
}

func TestPlainByOpenSSH(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	o := newOpenSSH(t, h)
	key := o.key(t, ana, "ana")
	cmd := o.command(t, "-T", "-i", key, "127.0.0.1")
	cmd.Stdin = strings.NewReader("help quit\nlist\nquit\n")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "quit: Leave the console.\n") || !strings.Contains(string(out), "no tickets.\n") || strings.Contains(string(out), "\x1b") {
		t.Errorf("%v, %q", err, out)
	}
}
