package sshserver_test

import (
	"errors"
	"io"
	"math/big"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver/sshtest"
)

// enormous offers an RSA key whose modulus alone would take the server minutes to work with.
type enormous struct{ bits uint }

func (e enormous) PublicKey() gossh.PublicKey { return e }
func (e enormous) Type() string               { return gossh.KeyAlgoRSA }
func (e enormous) Verify([]byte, *gossh.Signature) error {
	return errors.New("nobody asks")
}

func (e enormous) Sign(io.Reader, []byte) (*gossh.Signature, error) {
	return &gossh.Signature{Format: gossh.KeyAlgoRSASHA256, Blob: make([]byte, 64)}, nil
}

func (e enormous) Marshal() []byte {
	modulus := new(big.Int).Lsh(big.NewInt(1), e.bits)
	modulus.Add(modulus, big.NewInt(1))
	exponent := new(big.Int).Lsh(big.NewInt(1), 24)
	exponent.Add(exponent, big.NewInt(1))
	return gossh.Marshal(struct {
		Type string
		E, N *big.Int
	}{gossh.KeyAlgoRSA, exponent, modulus})
}

// TestAttackAnEnormousKey: keys of a size that nobody has cost the server nothing, and the next one signs in.
func TestAttackAnEnormousKey(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	for _, bits := range []uint{16 << 10, 64 << 10, 512 << 10} {
		began := time.Now()
		_, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(enormous{bits})))
		if err == nil {
			t.Fatal("it signs in")
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("a key of %d bits took %s", bits, took)
		}
	}
	_ = h.dial(t, ana)
}
