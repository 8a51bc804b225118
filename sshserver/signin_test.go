package sshserver_test

import (
	"crypto/rand"
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
)

func TestKeySignsInWhateverTheLoginName(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	tm := sshtest.Open(t, sshtest.Dial(t, h.addr, "somebody-else", gossh.PublicKeys(ana.key)), 80, 24)
	tm.Wait("Console of ana")
}

func TestTheRightKeyMayComeLast(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	var keys []gossh.Signer
	for range 12 {
		keys = append(keys, sshtest.NewKey(t))
	}
	tm := sshtest.Open(t, sshtest.Dial(t, h.addr, "ana", gossh.PublicKeys(append(keys, ana.key)...)), 80, 24)
	tm.Wait("Console of ana")
}

func TestPasswordSignsIn(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	for name, c := range map[string]struct {
		user    string
		answers []string
	}{
		"the login name is the account":  {"ana", []string{"", ana.password}},
		"the login name is the laptop's": {"annas-laptop", []string{"ana", ana.password}},
		"by e-mail":                      {"annas-laptop", []string{ana.email, ana.password}},
	} {
		t.Run(name, func(t *testing.T) {
			tm := sshtest.Open(t, sshtest.Dial(t, h.addr, c.user, sshtest.Answers(c.answers...)), 80, 24)
			tm.Wait("Console of ana")
		})
	}
}

func TestOneTimeCodeSetsANewPassword(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	code := h.issueCode(t, ana)
	const fresh = "a fresh and longer password"

	client := sshtest.Dial(t, h.addr, "ana", sshtest.Answers("", code, fresh, "mistyped", "short", "short", fresh, fresh))
	sshtest.Open(t, client, 80, 24).Wait("Console of ana")

	sshtest.Open(t, sshtest.Dial(t, h.addr, "ana", sshtest.Answers("", fresh)), 80, 24).Wait("Console of ana")
	if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", sshtest.Answers("", code, fresh, fresh))); err == nil {
		t.Error("the code worked twice")
	}
}

// shifter offers one key, and when the server would have it, signs with another.
type shifter struct {
	gossh.Signer // the key that signs
	offered      gossh.PublicKey
}

func (s shifter) PublicKey() gossh.PublicKey {
	return &shifted{PublicKey: s.Signer.PublicKey(), offered: s.offered}
}

type shifted struct {
	gossh.PublicKey
	offered gossh.PublicKey
	asked   int
}

func (s *shifted) Marshal() []byte {
	if s.asked++; s.asked <= 2 { // to ask whether the key would do, and to read the answer
		return s.offered.Marshal()
	}
	return s.PublicKey.Marshal()
}

func TestAKeyThatWasOnlyOfferedSaysNothing(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	boss, mila := h.staff(t, "boss"), h.staff(t, "mila")
	offersBoss := func(signer gossh.Signer) gossh.AuthMethod {
		return gossh.PublicKeys(shifter{Signer: signer, offered: boss.key.PublicKey()})
	}
	for name, methods := range map[string][]gossh.AuthMethod{
		"then a password":         {offersBoss(sshtest.NewKey(t)), sshtest.Answers("mila", mila.password)},
		"then another key":        {offersBoss(mila.key)},
		"and again, then another": {gossh.PublicKeys(shifter{sshtest.NewKey(t), boss.key.PublicKey()}, shifter{sshtest.NewKey(t), boss.key.PublicKey()}, mila.key)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tm := sshtest.Open(t, sshtest.Dial(t, h.addr, "boss", methods...), 80, 24)
			tm.Wait("Console of mila")
		})
	}
	t.Run("then nothing", func(t *testing.T) {
		t.Parallel()
		_, err := gossh.Dial("tcp", h.addr, sshtest.Config("boss", offersBoss(sshtest.NewKey(t))))
		if err == nil {
			t.Fatal("signed in with the public half of a key")
		}
	})
	t.Run("then a forged signature", func(t *testing.T) {
		t.Parallel()
		_, err := gossh.Dial("tcp", h.addr, sshtest.Config("boss", gossh.PublicKeys(forger{sshtest.NewKey(t), boss.key.PublicKey()})))
		if err == nil {
			t.Fatal("signed in with somebody else's signature")
		}
	})
}

// forger claims a key and signs with its own.
type forger struct {
	own     gossh.Signer
	claimed gossh.PublicKey
}

func (f forger) PublicKey() gossh.PublicKey { return f.claimed }
func (f forger) Sign(_ io.Reader, data []byte) (*gossh.Signature, error) {
	return f.own.Sign(rand.Reader, data)
}

func TestNobodyComesInWithoutSigningIn(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	h.staff(t, "ana")
	for name, methods := range map[string][]gossh.AuthMethod{
		"nothing":          nil,
		"an unknown key":   {gossh.PublicKeys(sshtest.NewKey(t))},
		"plain password":   {gossh.Password("whatever")},
		"a wrong password": {sshtest.Answers("ana", "wrong")},
		"no account":       {sshtest.Answers("nobody", "wrong")},
		"an empty answer":  {sshtest.Answers("", "")},
		"a wrong code":     {sshtest.Answers("ana", "AAAA-2222", "a long enough password", "a long enough password")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", methods...)); err == nil {
				t.Fatal("signed in")
			}
		})
	}
}

// questions signs in with a wrong password as user and returns all that was asked and said.
func questions(t *testing.T, addr, user, login string, tries int) string {
	t.Helper()
	var asked strings.Builder
	_, err := gossh.Dial("tcp", addr, sshtest.Config(user, gossh.RetryableAuthMethod(gossh.KeyboardInteractive(
		func(name, instruction string, questions []string, _ []bool) ([]string, error) {
			asked.WriteString(name + instruction + strings.Join(questions, "") + "\n")
			answers := make([]string, len(questions))
			copy(answers, []string{login, "mistyped secret"})
			return answers, nil
		}), tries)))
	if err == nil {
		t.Fatal("signed in")
	}
	return asked.String()
}

func TestAStrangerIsAskedWhatAMemberIs(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.FailurePause = 500 * time.Millisecond })
	h.staff(t, "ana")
	started := time.Now()
	member := questions(t, h.addr, "laptop", "ana", 1)
	if took := time.Since(started); took < 500*time.Millisecond {
		t.Errorf("a wrong password took %s", took)
	}
	if stranger := questions(t, h.addr, "laptop", "nobody", 1); member != stranger {
		t.Errorf("a member is asked\n%s\na stranger\n%s", member, stranger)
	}
	if !strings.Contains(member, "Username or e-mail [laptop]: ") || strings.Count(member, "\n") < 2 {
		t.Errorf("asked %q", member)
	}
}

func TestPromptsRepeatNothingRaw(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	for _, user := range []string{"\x1b]0;owned\a", "a\u202eb", "a b", strings.Repeat("a", 100), "", "a\x9bb"} {
		if asked := questions(t, h.addr, user, "nobody", 1); !strings.Contains(asked, "Username or e-mail: ") {
			t.Errorf("%q is asked %q", user, asked)
		}
	}
}

func TestThreePasswordsAConnection(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	if asked := strings.Count(questions(t, h.addr, "nobody", "", 10), "Password: "); asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

func TestThrottledPasswordLeavesTheKey(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	said := ""
	for range 4 {
		said += questions(t, h.addr, "ana", "", 3)
	}
	if !strings.Contains(said, "Too many attempts.") {
		t.Errorf("nobody was told of the limit, only\n%s", said)
	}
	if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", sshtest.Answers("", ana.password))); err == nil {
		t.Error("the right password worked while throttled")
	}
	sshtest.Open(t, sshtest.Dial(t, h.addr, "ana", gossh.PublicKeys(ana.key)), 80, 24).Wait("Console of ana")
}

func TestWeakAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	ana := h.staff(t, "ana")
	for name, weaken := range map[string]func(*gossh.ClientConfig){
		"SHA-1 key exchange": func(c *gossh.ClientConfig) { c.KeyExchanges = []string{gossh.InsecureKeyExchangeDH14SHA1} },
		"NIST curves":        func(c *gossh.ClientConfig) { c.KeyExchanges = []string{gossh.KeyExchangeECDHP256} },
		"SHA-1 MAC": func(c *gossh.ClientConfig) {
			c.Ciphers, c.MACs = []string{gossh.CipherAES128CTR}, []string{gossh.HMACSHA1}
		},
		"another host key": func(c *gossh.ClientConfig) { c.HostKeyAlgorithms = []string{gossh.KeyAlgoRSASHA256} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := sshtest.Config("ana", gossh.PublicKeys(ana.key))
			weaken(config)
			if _, err := gossh.Dial("tcp", h.addr, config); err == nil {
				t.Fatal("accepted")
			}
		})
	}
}
