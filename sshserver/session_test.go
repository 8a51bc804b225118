package sshserver_test

import (
	"fmt"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
)

func TestReporterIsToldWhereThePageIs(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	rosa := h.person(t, "rosa", core.RoleReporter)

	out, complaints, status := sshtest.Run(t, h.dial(t, rosa), "")
	if status != 0 || complaints != "" || !strings.Contains(out, "Hello Dr rosa") || !strings.Contains(out, "https://helpdesk.example.edu") {
		t.Errorf("without a terminal: %d, %q, %q", status, out, complaints)
	}
	tm := sshtest.Open(t, h.dial(t, rosa), 80, 24)
	if status := tm.Exit(); status != 0 || !strings.Contains(tm.Screen(), "https://helpdesk.example.edu") || tm.Alternate() {
		t.Errorf("with a terminal: %d, %q", status, tm.Screen())
	}
}

func TestConsoleWithoutATerminalIsThePlainOne(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	out, complaints, status := sshtest.Run(t, h.dial(t, h.staff(t, "ana")), "")
	if status != 0 || complaints != "" || !strings.Contains(out, "plain console. You are Dr ana.") {
		t.Errorf("%d, %q, %q", status, out, complaints)
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	for name, c := range map[string]struct {
		command, out, complaint string
		status                  int
	}{
		"help":          {"help version", "ssh helpdesk.example.edu version", "", 0},
		"version":       {"version", "helpdesk 1.2.3\n", "", 0},
		"no such verb":  {"cat /etc/passwd", "", "helpdesk: There is no verb 'cat'. To see them all: ssh helpdesk.example.edu help\n", 64},
		"hostile verb":  {"\x1b]0;owned\a\u202e\x9b", "", "helpdesk: There is no verb '␛]0;owned", 64},
		"endless verb":  {strings.Repeat("x", 5000), "", "xxx", 64},
		"an open quote": {"'", "", "helpdesk: There is no verb '''.", 64},
		"scp":           {"scp -t /tmp", "", "There is no verb 'scp'", 64},
	} {
		t.Run(name, func(t *testing.T) {
			out, complaints, status := sshtest.Run(t, client, c.command)
			if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(complaints, c.complaint) {
				t.Errorf("%d, %q, %q", status, out, complaints)
			}
			if len(out+complaints) > 400 || strings.ContainsAny(out+complaints, "\x1b\a\u202e\u009b") {
				t.Errorf("answered %q", out+complaints)
			}
		})
	}
}

func TestNothingButSessions(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	t.Run("sftp", func(t *testing.T) {
		session, err := client.NewSession()
		fatal(t, err)
		defer func() { _ = session.Close() }()
		if session.RequestSubsystem("sftp") == nil {
			t.Error("sftp was opened")
		}
	})
	t.Run("local forwarding", func(t *testing.T) {
		if conn, err := client.Dial("tcp", h.addr); err == nil {
			_ = conn.Close()
			t.Error("a port was forwarded")
		}
	})
	t.Run("remote forwarding", func(t *testing.T) {
		if l, err := client.Listen("tcp", "127.0.0.1:0"); err == nil {
			_ = l.Close()
			t.Error("a port was opened")
		}
	})
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req"} {
		t.Run(request, func(t *testing.T) {
			session, err := client.NewSession()
			fatal(t, err)
			defer func() { _ = session.Close() }()
			if ok, err := session.SendRequest(request, true, nil); ok || err != nil {
				t.Errorf("%v, %v", ok, err)
			}
		})
	}
	t.Run("an odd channel", func(t *testing.T) {
		if _, _, err := client.OpenChannel("shell@example.edu", nil); err == nil {
			t.Error("opened")
		}
	})
}

func TestFourSessionsAConnection(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	var open []*gossh.Session
	for range 4 {
		session, err := client.NewSession()
		fatal(t, err)
		open = append(open, session)
	}
	if _, err := client.NewSession(); err == nil {
		t.Fatal("opened a fifth session")
	}
	fatal(t, open[0].Close())
	eventually(t, "room for another session", func() bool {
		session, err := client.NewSession()
		if err == nil {
			_ = session.Close()
		}
		return err == nil
	})
}

func TestEnvironmentIsBounded(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	session, err := h.dial(t, h.staff(t, "ana")).NewSession()
	fatal(t, err)
	defer func() { _ = session.Close() }()
	if session.Setenv("LONG", strings.Repeat("x", 2000)) == nil {
		t.Error("a variable of 2,000 bytes was accepted")
	}
	for i := range 31 {
		fatal(t, session.Setenv(fmt.Sprint("V", i), "x"))
	}
	if session.Setenv("ANOTHER", "x") == nil {
		t.Error("a 33rd variable was accepted")
	}
}

func TestSignInsAreLogged(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	client := h.dial(t, ana)
	_ = client.Close()
	eventually(t, "the sign-out to be logged", func() bool { return strings.Contains(h.log.String(), `"signed out"`) })
	questions(t, h.addr, "a secret typed as a name", "another", 1)
	log := h.log.String()
	for _, want := range []string{
		`"msg":"signed in"`, `"method":"key"`, gossh.FingerprintSHA256(ana.key.PublicKey()), `"address":"127.0.0.1"`,
		fmt.Sprintf(`"user":%d`, ana.id), `"msg":"sign-in refused"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s:\n%s", want, log)
		}
	}
	for _, secret := range []string{"a secret", "another", "mistyped"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}

func TestWhatIsSaidAboutSSHNamesItsPort(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.Port = 2222 })
	client := h.dial(t, h.staff(t, "ana"))
	for command, want := range map[string]string{
		"help":            "ssh -p 2222 helpdesk.example.edu VERB",
		"frobnicate":      "To see them all: ssh -p 2222 helpdesk.example.edu help",
		"show":            "It is written: ssh -p 2222 helpdesk.example.edu show TICKET",
		"help attach":     "ssh -p 2222 helpdesk.example.edu attach TICKET NAME",
		"completion bash": `: "${HELPDESK_SSH:=ssh -p 2222 helpdesk.example.edu}"`,
	} {
		out, complaints, _ := sshtest.Run(t, client, command)
		if !strings.Contains(out+complaints, want) {
			t.Errorf("%s says %q, %q", command, out, complaints)
		}
	}
	rosa := h.person(t, "rosa", core.RoleReporter)
	if out, _, _ := sshtest.Run(t, h.dial(t, rosa), ""); !strings.Contains(out, "ssh -p 2222 helpdesk.example.edu help") {
		t.Errorf("a reporter hears %q", out)
	}
}
