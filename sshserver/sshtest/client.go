package sshtest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// NewKey makes a person's key.
func NewKey(t testing.TB) gossh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err, "make a key")
	signer, err := gossh.NewSignerFromKey(key)
	must(t, err, "make a key")
	return signer
}

// Config is how a client signs in as user, by the methods given, in their order. It believes any
// host key: the tests talk to themselves.
func Config(user string, methods ...gossh.AuthMethod) *gossh.ClientConfig {
	return &gossh.ClientConfig{
		User: user, Auth: methods, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: Patience,
	}
}

// Dial signs in, and closes the connection when the test ends.
func Dial(t testing.TB, addr, user string, methods ...gossh.AuthMethod) *gossh.Client {
	t.Helper()
	client, err := gossh.Dial("tcp", addr, Config(user, methods...))
	must(t, err, "sign in as "+user)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// Answers answers the questions of a sign-in by keyboard in their order, and "" when they run out.
func Answers(answers ...string) gossh.AuthMethod {
	return gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		given := make([]string, len(questions))
		answers = answers[copy(given, answers):]
		return given, nil
	})
}

// Run runs a command without a terminal, or the console if the command is empty.
func Run(t testing.TB, client *gossh.Client, command string) (output, errors string, status int) {
	t.Helper()
	session, err := client.NewSession()
	must(t, err, "open a session")
	defer func() { _ = session.Close() }()
	var out, complaints bytes.Buffer
	session.Stdout, session.Stderr = &out, &complaints
	if command == "" {
		must(t, session.Shell(), "open the console")
		err = session.Wait()
	} else {
		err = session.Run(command)
	}
	return out.String(), complaints.String(), Status(err)
}
