package verb_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// pipe runs a command with a text on its standard input.
func pipe(t *testing.T, client *gossh.Client, command string, input io.Reader) (complaints string, status int) {
	t.Helper()
	session, err := client.NewSession()
	fatal(t, err)
	defer func() { _ = session.Close() }()
	var errors bytes.Buffer
	session.Stdin, session.Stderr = input, &errors
	status = sshtest.Status(session.Run(command))
	return errors.String(), status
}

func messages(t *testing.T, c *campus, id core.TicketID) []core.Message {
	t.Helper()
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	fatal(t, err)
	return view.Messages
}

func TestLongTextIsRefusedInWords(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	client := c.dial(t, "ines")
	for name, text := range map[string]string{
		"one character too many": strings.Repeat("ñ", core.MaxBody+1),
		"10 MB":                  strings.Repeat("x", 10<<20),
	} {
		complaints, status := pipe(t, client, fmt.Sprintf("note %d", id), strings.NewReader(text))
		if status != 65 || complaints != "helpdesk: This text is too long; 20000 characters are the most.\n" {
			t.Errorf("%s: %d, %q", name, status, complaints)
		}
	}
	complaints, status := pipe(t, client, fmt.Sprintf("note %d", id), strings.NewReader(strings.Repeat("😀", core.MaxBody)))
	if status != 0 || complaints != "" {
		t.Errorf("the longest text: %d, %q", status, complaints)
	}
	if n := len(messages(t, c, id)); n != 2 {
		t.Errorf("%d messages were kept, want 2", n)
	}
}

func TestMegabyteOfArgumentsIsRefused(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	for _, command := range []string{
		fmt.Sprintf("note %d --message %s", id, strings.Repeat("x", 200_000)),
		"ls " + strings.Repeat("status:open ", 17_000),
		"show " + strings.Repeat("1", 200_000),
		strings.Repeat("\x1b]0;x\a", 30_000),
		"new " + strings.Repeat("'", 200_000),
		"search " + strings.Repeat("\xff", 200_000),
	} {
		out, complaints, status := sshtest.Run(t, c.dial(t, "ines"), command)
		if status != 64 && status != 65 || out != "" || len(complaints) > 1000 || !utf8.ValidString(complaints) || strings.ContainsAny(complaints, "\x1b\a") {
			t.Errorf("%.20q: %d, %.200q, %.200q", command, status, out, complaints)
		}
	}
	// A packet above the protocol's bound ends that connection, and nothing else.
	session, err := c.dial(t, "ines").NewSession()
	fatal(t, err)
	if session.Run("note 1 --message "+strings.Repeat("x", 1<<20)) == nil {
		t.Error("a megabyte of arguments was taken")
	}
	if _, _, status := sshtest.Run(t, c.dial(t, "ines"), "me"); status != 0 {
		t.Errorf("afterwards, me ended with %d", status)
	}
}

func TestHalfATextIsNotSent(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	for _, cut := range []func(*gossh.Client, *gossh.Session) error{
		func(client *gossh.Client, _ *gossh.Session) error { return client.Close() },
		func(_ *gossh.Client, session *gossh.Session) error { return session.Close() },
	} {
		client := c.dial(t, "ines")
		session, err := client.NewSession()
		fatal(t, err)
		keys, err := session.StdinPipe()
		fatal(t, err)
		fatal(t, session.Start(fmt.Sprintf("reply %d", id)))
		_, err = io.WriteString(keys, "The first half of")
		fatal(t, err)
		fatal(t, cut(client, session))
	}
	// What comes later on the ticket shows that nothing of it came before.
	if _, complaints, status := sshtest.Run(t, c.dial(t, "ines"), fmt.Sprintf("reply %d --message Whole", id)); status != 0 {
		t.Fatal(status, complaints)
	}
	for _, m := range messages(t, c, id) {
		if strings.Contains(m.Body, "first half") {
			t.Errorf("half a text was sent: %q", m.Body)
		}
	}
}

func TestTextTypedOnATerminal(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	client := c.dial(t, "ines")
	tm := sshtest.OpenCommand(t, client, 80, 24, fmt.Sprintf("reply %d", id))
	tm.Type("Hellö\x7fo\x1b there\rBye\r\x04")
	if status := tm.Exit(); status != 0 || !strings.Contains(tm.Screen(), "Hello there") {
		t.Errorf("%d, %q", status, tm.Screen())
	}
	tm = sshtest.OpenCommand(t, client, 80, 24, fmt.Sprintf("reply %d", id))
	tm.Type("Never mind\x03")
	if status := tm.Exit(); status != 130 || !strings.Contains(tm.Errors(), "Nothing has been sent") {
		t.Errorf("%d, %q", status, tm.Errors())
	}
	said := messages(t, c, id)
	if len(said) != 2 || said[1].Body != "Hello there\nBye" {
		t.Errorf("the messages are %v", said)
	}
}

func TestHostileTextOnATerminalStaysText(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	c.Report(t, c.Ana, "Slow\x1b]0;owned\a \u202egnihtyreve\u202c\nTICKET")
	tm := sshtest.OpenCommand(t, c.dial(t, "ines"), 120, 24, "ls")
	if tm.Exit() != 0 || bytes.ContainsAny(tm.Raw(), "\x1b\a\u202e") || strings.Count(tm.Screen(), "TICKET") != 2 {
		t.Errorf("%q", tm.Raw())
	}
}

// follower reads what a watch puts out.
type follower struct {
	t       *testing.T
	session *gossh.Session
	lines   *bufio.Scanner
	errors  bytes.Buffer
}

type seen struct {
	Ticket int64
	Kind   string
	Field  string
	Cursor string
}

func follow(t *testing.T, client *gossh.Client, command string) *follower {
	t.Helper()
	session, err := client.NewSession()
	fatal(t, err)
	t.Cleanup(func() { _ = session.Close() })
	f := &follower{t: t, session: session}
	session.Stderr = &f.errors
	out, err := session.StdoutPipe()
	fatal(t, err)
	f.lines = bufio.NewScanner(out)
	fatal(t, session.Start(command))
	return f
}

// next waits for an event; ok is false when the watch has ended.
func (f *follower) next() (e seen, ok bool) {
	f.t.Helper()
	late := time.AfterFunc(sshtest.Patience, func() { _ = f.session.Close() })
	defer late.Stop()
	if !f.lines.Scan() {
		return seen{}, false
	}
	fatal(f.t, json.Unmarshal(f.lines.Bytes(), &e))
	return e, true
}

func (f *follower) want(ticket core.TicketID, kind, field string) seen {
	f.t.Helper()
	e, ok := f.next()
	if !ok || e.Ticket != int64(ticket) || e.Kind != kind || e.Field != field || e.Cursor == "" {
		f.t.Fatalf("got %+v (%v), want %s %s of %d; %s", e, ok, kind, field, ticket, &f.errors)
	}
	return e
}

func TestWatchPutsOutEventsAsTheyHappen(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := c.dial(t, "ines"), storagetest.As(c.Ivan, core.DoorSSH)
	all := follow(t, ines, "watch --cursor start")
	first := all.want(id, "created", "")

	printing := follow(t, ines, "watch category:printing --cursor "+first.Cursor)
	_, err := c.Desk.Take(t.Context(), ivan, id, 0)
	fatal(t, err)
	jam := c.ReportIn(t, c.Ben, "Printer jams", c.Printing)
	c.ReportIn(t, c.Ben, "Radiator is cold", c.Heating) // another team's
	_, err = c.Desk.Note(t.Context(), ivan, jam, core.NewMessage{Body: "Looking"})
	fatal(t, err)

	assigned := all.want(id, "changed", "assignee")
	all.want(id, "changed", "status")
	all.want(jam, "created", "")
	all.want(jam, "noted", "")
	printing.want(jam, "created", "")
	printing.want(jam, "noted", "")

	t.Run("a cursor goes on within a command", func(t *testing.T) {
		again := follow(t, ines, "watch --once --cursor "+assigned.Cursor)
		again.want(id, "changed", "status")
		again.want(jam, "created", "")
		again.want(jam, "noted", "")
		if e, more := again.next(); more {
			t.Errorf("one event too many: %+v", e)
		}
		fatal(t, again.session.Wait())
	})
	t.Run("without a cursor it begins now", func(t *testing.T) {
		fresh := follow(t, ines, "watch --once")
		if e, more := fresh.next(); more {
			t.Errorf("an event from before: %+v", e)
		}
	})
	t.Run("a reader that stops reading holds up nobody", func(t *testing.T) {
		idle := follow(t, c.dial(t, "ines"), "watch --cursor start")
		for range 40 {
			_, err := c.Desk.Note(t.Context(), ivan, jam, core.NewMessage{Body: strings.Repeat("words ", 100)})
			fatal(t, err)
			all.want(jam, "noted", "")
		}
		fatal(t, idle.session.Close())
	})
	t.Run("ctrl-c on a terminal ends it", func(t *testing.T) {
		tm := sshtest.OpenCommand(t, c.dial(t, "ines"), 120, 24, "watch --cursor start")
		tm.Wait(`"kind":"noted"`)
		tm.Type("\x03")
		if status := tm.Exit(); status != 0 {
			t.Errorf("ended with %d", status)
		}
	})
	t.Run("a key that is taken away ends it", func(t *testing.T) {
		fingerprint, err := fingerprintOf(c.keys["ivan"])
		fatal(t, err)
		watched := follow(t, c.dial(t, "ivan"), "watch")
		fatal(t, c.Desk.RevokeKey(t.Context(), core.Operator(), c.Ivan.ID, fingerprint))
		if e, more := watched.next(); more {
			t.Errorf("an event: %+v", e)
		}
		if status := sshtest.Status(watched.session.Wait()); status != 77 {
			t.Errorf("ended with %d, %s", status, &watched.errors)
		}
	})
	t.Run("a restart says where to go on", func(t *testing.T) {
		c.stop()
		for all.lines.Scan() {
			t.Errorf("an event: %s", all.lines.Bytes())
		}
		if status := sshtest.Status(all.session.Wait()); status != 75 || !strings.Contains(all.errors.String(), "--cursor ") {
			t.Errorf("ended with %d, %s", status, &all.errors)
		}
	})
}

func TestWhoNamesTheColleaguesWhoAreHere(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	sshtest.Open(t, c.dial(t, "ivan"), 80, 24)
	client := c.dial(t, "ines")
	for deadline := time.Now().Add(sshtest.Patience); ; time.Sleep(50 * time.Millisecond) {
		out, complaints, status := sshtest.Run(t, client, "who --json")
		if status != 0 {
			t.Fatal(status, complaints)
		}
		if out == `{"username":"ivan","name":"`+c.Ivan.Name+`","ticket":null,"doing":"here"}`+"\n" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("who says %q", out)
		}
	}
	for form, want := range map[string]string{"-q": "ivan\n", "--csv": "username,name,ticket,doing\nivan," + c.Ivan.Name + ",,here\n", "": "ivan\t" + c.Ivan.Name + "\t\there\n"} {
		if out, _, _ := sshtest.Run(t, client, "who "+form); out != want {
			t.Errorf("who %s puts out %q, want %q", form, out, want)
		}
	}
}

func TestManyTicketsComePageByPage(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	const many = 430
	for i := range many {
		c.Report(t, c.Ana, fmt.Sprint("Report ", i))
	}
	client := c.dial(t, "ines")
	for command, want := range map[string]int{"ls -q": many, "ls -q --limit 250": 250, "ls -q --limit 0": many, "ls -q status:closed": 0} {
		out, complaints, status := sshtest.Run(t, client, command)
		numbers := map[string]bool{}
		for n := range strings.FieldsSeq(out) {
			numbers[n] = true
		}
		if status != 0 || complaints != "" || len(numbers) != want {
			t.Errorf("%s: %d, %q, %d tickets, want %d", command, status, complaints, len(numbers), want)
		}
	}
	tm := sshtest.OpenCommand(t, client, 100, 80, "ls")
	if tm.Exit() != 0 || strings.Count(tm.Screen(), "Report ") != 50 || !strings.Contains(tm.Errors(), "50 are shown") {
		t.Errorf("on a terminal:\n%s", tm.Screen())
	}
}

func TestCtrlCEndsAnExportOnATerminal(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for range 250 { // in all, far more than an SSH channel's window: 5 MB
		_, err := c.Desk.Note(t.Context(), ines, id, core.NewMessage{Body: "many words" + strings.Repeat("!", core.MaxBody-10)})
		fatal(t, err)
	}
	for range 60 { // more than one page
		c.Report(t, c.Ana, "No signal again")
	}
	session, err := c.dial(t, "ines").NewSession() // bare: a terminal that draws all of it takes longer than the test
	fatal(t, err)
	fatal(t, session.RequestPty("xterm-256color", 24, 120, gossh.TerminalModes{}))
	keys, err := session.StdinPipe()
	fatal(t, err)
	out, err := session.StdoutPipe()
	fatal(t, err)
	fatal(t, session.Start("export"))
	_, err = io.ReadFull(out, make([]byte, 64<<10))
	fatal(t, err)
	_, err = io.WriteString(keys, "\x03")
	fatal(t, err)
	rest, err := io.Copy(io.Discard, out)
	fatal(t, err)
	if status := sshtest.Status(session.Wait()); status != 130 {
		t.Errorf("ended with %d", status)
	}
	if rest > 4<<20 {
		t.Errorf("it put out the ticket to its end, %d bytes", rest)
	}
	if _, complaints, status := sshtest.Run(t, c.dial(t, "ines"), "me"); status != 0 {
		t.Errorf("afterwards: %d, %s", status, complaints)
	}
}
