package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// TestHostileTextsReachNoTerminal files tickets with every hostile text in every field that people
// write, walks the console's screens, and looks at the raw bytes that came over SSH: they hold
// nothing but the program's own sequences.
func TestHostileTextsReachNoTerminal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	payloads := plaintest.Payloads()
	ids := make([]core.TicketID, len(payloads))
	ines := storagetest.As(h.Ines, core.DoorSSH)
	for i, p := range payloads {
		guest := core.Anonymous(core.DoorSSH, "127.0.0.1")
		receipt, err := h.Desk.Report(t.Context(), guest, core.NewTicket{
			Title: p.Text + " " + p.Name, Description: p.Text, Category: h.Network.ID, Where: core.Where{Words: "at " + p.Text},
			Contact: core.Contact{Name: p.Text, Phone: "0123456"},
		})
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		ids[i] = receipt.Ticket
		if _, err := h.Desk.Note(t.Context(), ines, receipt.Ticket, core.NewMessage{Body: p.Text}); err != nil {
			t.Fatal(err)
		}
		for _, who := range []core.User{h.Ines, h.Ivan} {
			if _, err := h.Desk.KeepDraft(t.Context(), storagetest.As(who, core.DoorSSH), receipt.Ticket, core.Typed{Kind: core.DraftReply, Body: "draft " + p.Text}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, size := range []struct {
		who           core.User // a console opens as it was left: each size has somebody of its own
		width, height int
	}{{h.Ines, 80, 24}, {h.Ivan, 140, 40}} {
		console := h.console(t, size.who, size.width, size.height)
		console.Wait(size.who.Name, "Open")
		for i, id := range ids {
			walk(console, id)
			for _, foreign := range plaintest.Foreign(console.Raw()) {
				t.Fatalf("after %s (%s), at %dx%d: %s", id, payloads[i].Name, size.width, size.height, foreign)
			}
		}
		console.Close()
	}
}

// rowPattern finds the rows of a queue: number, age and priority.
var rowPattern = regexp.MustCompile(`(?m)^\s+#(\d+)\s+\S+(?: \S+)?\s+normal`)

// walk finds a ticket, opens it, reads everything of it and goes back.
func walk(console *sshtest.Terminal, id core.TicketID) {
	console.Type("/")
	console.Type(fmt.Sprintf("#%d\r", int64(id)))
	console.WaitFor("the one ticket", func(screen string) bool {
		rows := rowPattern.FindAllStringSubmatch(screen, -1)
		return strings.Contains(screen, "esc clears") && len(rows) == 1 && rows[0][1] == fmt.Sprint(int64(id))
	})
	console.Type("\r")
	console.Wait("NOTE")
	console.Type("h") // history
	console.Type("G")
	console.Type("r") // the draft
	console.WaitFor("the draft in the editor", func(screen string) bool {
		_, editor, open := strings.Cut(screen, "── Reply")
		return open && strings.Contains(editor, plaintest.Secret)
	})
	escape(console, func() { console.Gone("ctrl+s send") })
	escape(console, func() { console.Wait("Open") })
	escape(console, func() { console.Gone("esc clears") })
}

// escape presses esc alone, and goes on when it has been understood: with a key right behind it, it
// would be read as alt and that key.
func escape(console *sshtest.Terminal, understood func()) {
	console.Type("\x1b")
	understood()
}

// TestAttackEscapeSequencesForWhoeverRunsIt puts hostile texts where people and lists from elsewhere can, and has the commands on the
// host tell of them: that terminal obeys nothing either.
func TestAttackEscapeSequencesForWhoeverRunsIt(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	hostile := "all\x1b]0;owned\a\u009b2J\u202eof it"
	if _, err := c.Desk.EditUser(t.Context(), core.Operator(), c.Ana.ID, core.UserEdit{Name: &hostile}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, roll := filepath.Join(folder, "wall.pub"), filepath.Join(folder, "roll.csv")
	public := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(sshtest.NewKey(t).PublicKey())))
	for path, text := range map[string]string{key: public + " " + hostile, roll: "username,name,role,queues\nbob,Bob,staff," + hostile + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range [][]string{
		{"user", "edit", "ana", "--email", "ana@campus.example"},
		{"kiosk", "add", "--key", key},
		{"kiosk", "list"},
		{"kiosk", "list", "--csv"},
		{"setting", "set", "emergency_note", hostile},
		{"setting", "get", "emergency_note"},
		{"queue", "edit", "it", "--name", hostile},
		{"user", "import", roll},
		{"user", "import", "--dry-run", roll},
		{"category", "edit", "network", "--name", hostile},
		{"user", "show", hostile},
		{"queue", "add", hostile, "x"},
	} {
		var out, errs bytes.Buffer
		run(t.Context(), append(command, "--database-url="+url, "--unsafe"), &out, &errs)
		said := out.String() + errs.String()
		if strings.ContainsAny(said, "\x1b\a\u009b\u202e") || said == "" {
			t.Errorf("helpdesk %s %s says %q", command[0], command[1], said)
		}
	}
}
