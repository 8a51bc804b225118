package sshserver_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// helpdesk is a server on a port of its own over a database of its own.
type helpdesk struct {
	desk   *core.Desk
	server *sshserver.Server
	addr   string
	log    *journal
	words  *text.Catalogue
	stop   context.CancelFunc
	served chan error
}

func newHelpdesk(t *testing.T, change ...func(*sshserver.Options)) *helpdesk {
	t.Helper()
	return newHelpdeskOn(t, storagetest.Desk(t), change...)
}

func newHelpdeskOn(t *testing.T, desk *core.Desk, change ...func(*sshserver.Options)) *helpdesk {
	t.Helper()
	h := &helpdesk{desk: desk, log: &journal{}, words: catalogue(t), served: make(chan error, 1)}
	key, err := sshserver.NewHostKey()
	fatal(t, err)
	opts := sshserver.Options{
		HostKeys: [][]byte{key}, PublicURL: "https://helpdesk.example.edu", Version: "1.2.3",
		Console: newProbe, Logger: slog.New(slog.NewJSONHandler(h.log, nil)),
		FailurePause: time.Millisecond, Notice: 50 * time.Millisecond, Grace: 500 * time.Millisecond,
		Startups: sshserver.Startups{Start: 1000, Full: 1000}, PerSource: 1000, Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}
	for _, c := range change {
		c(&opts)
	}
	h.server, err = sshserver.New(h.desk, h.words, opts)
	fatal(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	h.addr = listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	go func() { h.served <- h.server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("the server logged\n%s", h.log)
		}
		select {
		case err := <-h.served:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the server did not close")
		}
	})
	return h
}

func catalogue(t testing.TB) *text.Catalogue {
	t.Helper()
	words, err := text.New()
	fatal(t, err)
	return words
}

// person has an account, with a key and a password.
type person struct {
	id       core.UserID
	email    string
	password string
	key      gossh.Signer
	private  ed25519.PrivateKey // the same key, for programs
}

func (h *helpdesk) staff(t *testing.T, name string) person { return h.person(t, name, core.RoleStaff) }

func (h *helpdesk) person(t *testing.T, name string, role core.Role) person {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	fatal(t, err)
	signer, err := gossh.NewSignerFromKey(private)
	fatal(t, err)
	p := person{email: name + "@example.edu", password: "correct horse " + name, key: signer, private: private}
	user, err := h.desk.AddUser(t.Context(), core.Operator(), core.NewUser{
		Username: name, Name: "Dr " + name, Email: p.email, Role: role, Password: p.password,
	})
	fatal(t, err)
	p.id = user.ID
	_, err = h.desk.AddKey(t.Context(), core.Operator(), p.id, string(gossh.MarshalAuthorizedKey(p.key.PublicKey())), "laptop")
	fatal(t, err)
	return p
}

func (h *helpdesk) issueCode(t *testing.T, p person) string {
	t.Helper()
	code, _, err := h.desk.IssueCode(t.Context(), core.Operator(), p.id)
	fatal(t, err)
	return code
}

// dial signs somebody in with their key.
func (h *helpdesk) dial(t *testing.T, p person) *gossh.Client {
	t.Helper()
	return sshtest.Dial(t, h.addr, "whoever", gossh.PublicKeys(p.key))
}

// open opens a console and waits for it.
func (h *helpdesk) open(t *testing.T, p person) *sshtest.Terminal {
	t.Helper()
	tm := sshtest.Open(t, h.dial(t, p), 80, 24)
	tm.Wait("Console of")
	return tm
}

// journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

var _ io.Writer = (*journal)(nil)

// eventually waits for a condition that nothing announces.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(sshtest.Patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for " + what)
		}
	}
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
