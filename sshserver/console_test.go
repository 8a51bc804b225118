package sshserver_test

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

func TestConsoleFromOpeningToQuitting(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	tm := h.open(t, h.staff(t, "ana"))
	if !tm.Alternate() {
		t.Error("the console is not on the alternate screen")
	}
	tm.Type("abc")
	tm.Wait("typed:abc", "80x24")
	tm.Resize(100, 30)
	tm.Wait("100x30")
	tm.Type("\x1a")
	tm.Type("d")
	tm.Wait("typed:abcd") // ctrl+z stops nothing
	tm.Type("q")
	if status := tm.Exit(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if tm.Alternate() || !strings.Contains(tm.Screen(), "Goodbye, ana") {
		t.Errorf("left behind: %q", tm.Screen())
	}
}

// A person who closes a window leaves the connection open when it is shared.
func TestConsoleEndsWhenItsWindowIsClosed(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	first := sshtest.Open(t, client, 80, 24)
	first.Wait("Console of ana")
	first.Close()
	eventually(t, "the console to end", func() bool { return h.server.Consoles() == 0 })
	sshtest.Open(t, client, 80, 24).Wait("Console of ana") // on the same connection
}

func TestConsoleEndsWhenItsConnectionDies(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	sshtest.Open(t, client, 80, 24).Wait("Console of ana")
	_ = client.Close()
	eventually(t, "the console to end", func() bool { return h.server.Consoles() == 0 })
}

// mute drops what is written to it, as a network does when the other end has gone.
type mute struct {
	net.Conn
	gone atomic.Bool
}

func (m *mute) Write(p []byte) (int, error) {
	if m.gone.Load() {
		return len(p), nil
	}
	return m.Conn.Write(p)
}

func TestConsoleEndsWhenItsClientVanishes(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.KeepAlive, o.GiveUp = 200*time.Millisecond, 400*time.Millisecond })
	ana := h.staff(t, "ana")
	conn, err := net.Dial("tcp", h.addr)
	fatal(t, err)
	network := &mute{Conn: conn}
	c, channels, requests, err := gossh.NewClientConn(network, h.addr, sshtest.Config("ana", gossh.PublicKeys(ana.key)))
	fatal(t, err)
	client := gossh.NewClient(c, channels, requests)
	t.Cleanup(func() { _ = client.Close() })
	tm := sshtest.Open(t, client, 80, 24)
	tm.Wait("Console of ana")
	network.gone.Store(true)
	if status := tm.Exit(); status != -1 {
		t.Errorf("exit status %d", status)
	}
	eventually(t, "the console to end", func() bool { return h.server.Consoles() == 0 })
}

func TestConsoleEndsWithItsInput(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	tm := h.open(t, h.staff(t, "ana"))
	tm.EndInput()
	if status := tm.Exit(); status != 0 || tm.Alternate() {
		t.Errorf("exit status %d, alternate screen %v", status, tm.Alternate())
	}
}

func TestWindowsOfAnySizeAreHarmless(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	for name, c := range map[string]struct {
		width, height int
		shown         string
	}{
		"giant": {30000, 30000, "400x120"},
		"none":  {0, 0, "80x24"},
		"most":  {1 << 31, 1 << 31, "400x120"},
		"thin":  {1, 50, ""},
	} {
		t.Run(name, func(t *testing.T) {
			session, err := client.NewSession()
			fatal(t, err)
			defer func() { _ = session.Close() }()
			output := &journal{}
			session.Stdout = output
			keys, err := session.StdinPipe()
			fatal(t, err)
			fatal(t, session.RequestPty("xterm", c.height, c.width, gossh.TerminalModes{}))
			fatal(t, session.Shell())
			eventually(t, "the console to show "+c.shown, func() bool { return output.String() != "" && strings.Contains(output.String(), c.shown) })
			fatal(t, session.WindowChange(1<<31-1, 1<<31-1))
			fatal(t, session.WindowChange(0, 0))
			_, err = keys.Write([]byte("q"))
			fatal(t, err)
			if err := session.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAStormOfResizingEndsAtTheLastSize(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	tm := h.open(t, h.staff(t, "ana"))
	for i := range 2000 {
		tm.Resize(60+i%40, 20+i%10)
	}
	tm.Resize(90, 25)
	tm.Wait("90x25")
	tm.Type("x")
	tm.Wait("typed:x")
}

func TestResizingDuringAVerbLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	for range 50 {
		tm := sshtest.OpenCommand(t, client, 80, 24, "version")
		tm.Exit()
	}
	// goleak at the end finds what is left.
	session, err := client.NewSession()
	fatal(t, err)
	fatal(t, session.RequestPty("xterm", 24, 80, gossh.TerminalModes{}))
	for range 100 {
		fatal(t, session.WindowChange(30, 100))
	}
	fatal(t, session.Run("version"))
}

func TestATerminalThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana, ben := h.staff(t, "ana"), h.staff(t, "ben")
	stuck := h.dial(t, ana)
	channel, requests, err := stuck.OpenChannel("session", nil)
	fatal(t, err)
	go gossh.DiscardRequests(requests)
	pty := gossh.Marshal(struct {
		Term                string
		Columns, Rows, W, H uint32
		Modes               string
	}{"xterm", 400, 120, 0, 0, "\x00"})
	for request, payload := range map[string][]byte{"pty-req": pty} {
		ok, err := channel.SendRequest(request, true, payload)
		if !ok || err != nil {
			t.Fatalf("%s: %v, %v", request, ok, err)
		}
	}
	_, err = channel.SendRequest("shell", true, nil)
	fatal(t, err)
	_, err = channel.Write([]byte("F")) // floods; nobody reads channel
	fatal(t, err)

	tm := h.open(t, ben)
	for _, key := range []string{"a", "b", "c"} {
		h.desk.Hub().Publish(core.DirtyUser(ana.id))
		tm.Type(key)
		tm.Wait(key)
	}
	fatal(t, h.desk.SetRole(t.Context(), core.Operator(), ana.id, core.RoleReporter))
	eventually(t, "the stuck console to be freed", func() bool { return h.server.Consoles() == 1 })
	tm.Type("q")
	tm.Exit()
}

// Keys that arrive while the program ends held its reader for ever; goleak at the end would find it.
func TestKeysAfterTheLastOneLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	client := h.dial(t, h.staff(t, "ana"))
	for range 10 {
		tm := sshtest.Open(t, client, 80, 24)
		tm.Wait("Console of ana")
		tm.Type("q" + strings.Repeat("x", 500))
		tm.Exit()
	}
}

func TestTheStandardConsoleOpens(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.Console = nil })
	ana := h.staff(t, "ana")
	tm := sshtest.Open(t, h.dial(t, ana), 80, 24)
	tm.WaitFor("the console", func(string) bool { return tm.Alternate() })
	tm.Wait("help")
	fatal(t, h.desk.SetRole(t.Context(), core.Operator(), ana.id, core.RoleReporter))
	tm.Exit()
	if tm.Alternate() || strings.TrimSpace(tm.Screen()) == "" {
		t.Errorf("left behind: %q", tm.Screen())
	}
}

func TestAPanicEndsOneConsoleWithANumber(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	other := h.open(t, ana)
	for key, cause := range map[string]string{"U": "in Update", "V": "in View", "C": "in a command", "B": "in a batch"} {
		tm := h.open(t, ana)
		tm.Type(key)
		if status := tm.Exit(); status != 70 || tm.Alternate() {
			t.Errorf("%s: exit status %d, alternate screen %v", key, status, tm.Alternate())
		}
		_, number, ok := strings.Cut(strings.TrimSpace(tm.Errors()), "this number: ")
		if !ok || !strings.Contains(h.log.String(), `"id":"`+number+`","cause":"`+cause) {
			t.Errorf("%s: told %q, logged\n%s", key, tm.Errors(), h.log)
		}
	}
	other.Type("still here")
	other.Wait("typed:stillspacehere")
}

func TestRightsTakenAwayCloseAnOpenConsole(t *testing.T) {
	t.Parallel()
	operator := core.Operator()
	for name, take := range map[string]func(*testing.T, *helpdesk, person) error{
		"role": func(t *testing.T, h *helpdesk, p person) error {
			return h.desk.SetRole(t.Context(), operator, p.id, core.RoleReporter)
		},
		"account": func(t *testing.T, h *helpdesk, p person) error {
			return h.desk.Disable(t.Context(), operator, p.id, true)
		},
		"key": func(t *testing.T, h *helpdesk, p person) error {
			return h.desk.RevokeKey(t.Context(), operator, p.id, gossh.FingerprintSHA256(p.key.PublicKey()))
		},
		"key by its owner": func(t *testing.T, h *helpdesk, p person) error {
			owner := core.Actor{Kind: core.ActorUser, User: p.id, Door: core.DoorWeb}
			keys, err := h.desk.OwnKeys(t.Context(), owner)
			fatal(t, err)
			return h.desk.RevokeOwnKey(t.Context(), owner, keys[0].ID)
		},
		"sign-in by its owner": func(t *testing.T, h *helpdesk, p person) error {
			owner := core.Actor{Kind: core.ActorUser, User: p.id, Door: core.DoorWeb}
			sessions, err := h.desk.Sessions(t.Context(), owner)
			fatal(t, err)
			return h.desk.EndSession(t.Context(), owner, sessions[0].ID)
		},
		"password by its owner": func(t *testing.T, h *helpdesk, p person) error {
			owner := core.Actor{Kind: core.ActorUser, User: p.id, Door: core.DoorWeb}
			return h.desk.ChangePassword(t.Context(), owner, p.password, "five very small stones")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHelpdesk(t)
			ana, ben := h.staff(t, "ana"), h.staff(t, "ben")
			client := h.dial(t, ana)
			tm := sshtest.Open(t, client, 80, 24)
			tm.Wait("Console of ana")
			stubborn := sshtest.Open(t, client, 80, 24)
			stubborn.Wait("Console of ana")
			stubborn.Type("S")
			stubborn.Wait("typed:S")
			other := h.open(t, ben)

			started := time.Now()
			fatal(t, take(t, h, ana))
			for _, c := range []*sshtest.Terminal{tm, stubborn} {
				if status := c.Exit(); status != 77 || c.Alternate() || !strings.Contains(c.Screen(), "Your sign-in to this console has ended.") {
					t.Errorf("exit status %d, screen %q", status, c.Screen())
				}
			}
			if took := time.Since(started); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			other.Type("x")
			other.Wait("typed:x")
			// The connection is still there; a new session on it is not.
			if name != "role" {
				_, complaints, status := sshtest.Run(t, client, "")
				if status != 77 || !strings.Contains(complaints, "sign-in to this console has ended") {
					t.Errorf("a new session: %d, %q", status, complaints)
				}
			}
		})
	}
}

// muted is a database whose bell nobody hears.
type muted struct{ *storage.DB }

func (muted) Ring(core.Dirty) {}

func TestRightsAreAskedForWithoutABell(t *testing.T) {
	t.Parallel()
	desk, err := core.New(t.Context(), muted{storagetest.Open(t)}, core.Options{})
	fatal(t, err)
	h := newHelpdeskOn(t, desk, func(o *sshserver.Options) { o.Recheck = 100 * time.Millisecond })
	ana := h.staff(t, "ana")
	tm := h.open(t, ana)
	fatal(t, desk.SetRole(t.Context(), core.Operator(), ana.id, core.RoleReporter))
	if status := tm.Exit(); status != 77 {
		t.Errorf("exit status %d", status)
	}
}

func TestShutdownTellsThenRestoresTerminals(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.Notice = 300 * time.Millisecond })
	ana := h.staff(t, "ana")
	tm, stubborn := h.open(t, ana), h.open(t, ana)
	stubborn.Type("S")
	stubborn.Wait("typed:S")
	h.dial(t, ana) // a connection kept open without a session
	h.stop()
	tm.Wait("restarts in a few seconds")
	for _, c := range []*sshtest.Terminal{tm, stubborn} {
		if status := c.Exit(); status != 0 || c.Alternate() || !strings.Contains(c.Screen(), "The helpdesk restarts now.") {
			t.Errorf("exit status %d, screen %q", status, c.Screen())
		}
	}
	select {
	case err := <-h.served:
		fatal(t, err)
		h.served <- nil
	case <-time.After(sshtest.Patience):
		t.Fatal("the server did not close")
	}
	if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(ana.key))); err == nil {
		t.Error("somebody came in after the end")
	}
}

// TestAConsoleThatNoticesFirstEndsLikeOneThatIsTold closes the console itself, as it does when the desk refuses it, long
// before the server would ask.
func TestAConsoleThatNoticesFirstEndsLikeOneThatIsTold(t *testing.T) {
	t.Parallel()
	desk, err := core.New(t.Context(), muted{storagetest.Open(t)}, core.Options{})
	fatal(t, err)
	h := newHelpdeskOn(t, desk, func(o *sshserver.Options) { o.Recheck = time.Minute })
	ana := h.staff(t, "ana")
	tm := h.open(t, ana)
	fatal(t, h.desk.RevokeKey(t.Context(), core.Operator(), ana.id, gossh.FingerprintSHA256(ana.key.PublicKey())))
	tm.Type("q")
	if status := tm.Exit(); status != 77 {
		t.Errorf("exit status %d", status)
	}
}
