package verb_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// campus is the small helpdesk with a server before it, and a key for everybody.
type campus struct {
	*storagetest.Campus
	addr string
	keys map[string]ed25519.PrivateKey
	stop context.CancelFunc
}

func newCampus(t testing.TB) *campus {
	t.Helper()
	c := withKeys(t, storagetest.NewCampus(t))
	c.serve(t)
	return c
}

// withKeys gives everybody of a campus a key.
func withKeys(t testing.TB, on *storagetest.Campus) *campus {
	t.Helper()
	c := &campus{Campus: on, keys: map[string]ed25519.PrivateKey{}}
	for _, u := range []core.User{c.Ada, c.Ines, c.Ivan, c.Fay, c.Cora, c.Ana, c.Ben} {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		fatal(t, err)
		c.keys[u.Username] = private
		_, err = c.Desk.AddKey(t.Context(), core.Operator(), u.ID, string(gossh.MarshalAuthorizedKey(c.signer(t, u.Username).PublicKey())), "laptop")
		fatal(t, err)
	}
	return c
}

// serve answers for the campus in this process.
func (c *campus) serve(t testing.TB) {
	t.Helper()
	words, err := text.New()
	fatal(t, err)
	hostKey, err := sshserver.NewHostKey()
	fatal(t, err)
	server, err := sshserver.New(c.Desk, words, sshserver.Options{
		HostKeys: [][]byte{hostKey}, PublicURL: "https://helpdesk.example.edu", Version: "1.2.3",
		Recheck: 100 * time.Millisecond, Notice: 50 * time.Millisecond, Grace: 2 * time.Second,
	})
	fatal(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	c.addr = listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	c.stop = stop
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func (c *campus) signer(t testing.TB, name string) gossh.Signer {
	t.Helper()
	signer, err := gossh.NewSignerFromKey(c.keys[name])
	fatal(t, err)
	return signer
}

// dial signs somebody in with their key.
func (c *campus) dial(t testing.TB, name string) *gossh.Client {
	t.Helper()
	return sshtest.Dial(t, c.addr, name, gossh.PublicKeys(c.signer(t, name)))
}

// writeKeys writes everybody's key into a folder, as files that the program ssh reads.
func (c *campus) writeKeys(folder string) error {
	for name, key := range c.keys {
		block, err := gossh.MarshalPrivateKey(key, name)
		if err != nil {
			return fmt.Errorf("write the key of %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func fingerprintOf(key ed25519.PrivateKey) (string, error) {
	signer, err := gossh.NewSignerFromKey(key)
	if err != nil {
		return "", fmt.Errorf("read a key: %w", err)
	}
	return gossh.FingerprintSHA256(signer.PublicKey()), nil
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
