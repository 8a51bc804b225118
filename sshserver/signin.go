package sshserver

import (
	"context"
	"errors"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

const (
	maxTries     = 20 // of all kinds: an agent may hold many keys before the right one
	maxPasswords = 3  // on one connection

	maxNewPasswords = 5 // how often a new one may be refused
	maxAgent        = 100
)

var (
	errTooMany    = errors.New("too many passwords on one connection")
	errUnknownKey = errors.New("unknown key")
	errClosing    = errors.New("the server is closing")
)

// visitorKey is where a connection's context keeps its visitor; identityKey is where the permissions
// of a successful attempt keep who signed in.
type (
	visitorKey  struct{}
	identityKey struct{}
)

// identity is who signed in.
type identity struct {
	actor core.Actor
}

// signIn is one connection while it signs in.
type signIn struct {
	server    *Server
	ctx       context.Context // the connection's; the library's callbacks have none of their own
	visitor   *visitor
	passwords int   // asked for so far
	outage    error // why nobody can be told from anybody at present; the client has been told
}

// config is how one connection may sign in, and the algorithms it may use: no SHA-1, no NIST curves
// in the key exchange. Only people's own keys may be on NIST curves.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	visitor, _ := ctx.Value(visitorKey{}).(*visitor)
	in := &signIn{server: s, ctx: core.OfMany(ctx), visitor: visitor}
	return &gossh.ServerConfig{
		Config: gossh.Config{
			KeyExchanges: []string{gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519},
			Ciphers: []string{
				gossh.CipherChaCha20Poly1305, gossh.CipherAES256GCM, gossh.CipherAES128GCM,
				gossh.CipherAES256CTR, gossh.CipherAES128CTR,
			},
			MACs: []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM},
		},
		PublicKeyAuthAlgorithms: []string{
			gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoSKECDSA256,
			gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521,
			gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512,
		},
		MaxAuthTries:                maxTries,
		PublicKeyCallback:           in.offer,
		VerifiedPublicKeyCallback:   in.prove,
		KeyboardInteractiveCallback: in.ask,
	}
}

// offer answers whether a key could sign somebody in. The client has shown only its public half, so
// nothing is kept.
func (in *signIn) offer(conn gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
	if in.outage != nil {
		return nil, in.outage // once is enough, and an agent has many keys
	}
	defer in.visitor.work()()
	known, err := in.server.desk.KeyKnown(in.ctx, gossh.FingerprintSHA256(key))
	switch {
	case err != nil:
		return nil, in.refuse(conn, "key", err)
	case !known:
		return nil, errUnknownKey
	}
	return nil, nil
}

// prove signs in whoever has just proved to hold the key. The login name plays no part.
func (in *signIn) prove(conn gossh.ConnMetadata, key gossh.PublicKey, _ *gossh.Permissions, _ string) (*gossh.Permissions, error) {
	defer in.visitor.work()()
	signed, err := in.server.desk.SignInByKey(in.ctx, in.anonymous(conn), gossh.FingerprintSHA256(key))
	if core.KindOf(err) == core.Unauthenticated {
		if _, notWall := in.server.desk.OpenWall(in.ctx, gossh.FingerprintSHA256(key)); notWall == nil {
			return in.admit(conn, core.SignedIn{Actor: core.Kiosk(gossh.FingerprintSHA256(key), address(conn.RemoteAddr()))}, "kiosk key")
		}
	}
	if err != nil {
		return nil, in.refuse(conn, "key", err)
	}
	return in.admit(conn, signed, "key")
}

// ask signs in by password, or by a one-time code in its place. It asks the same questions whoever
// calls, and a failure takes the same time, so that nobody learns which accounts exist.
func (in *signIn) ask(conn gossh.ConnMetadata, challenge gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	if in.outage != nil { // a password would help no more than the key
		_ = in.visitor.Close()
		return nil, in.outage
	}
	if in.passwords++; in.passwords > maxPasswords {
		_ = in.visitor.Close()
		return nil, errTooMany
	}
	in.visitor.ask()
	login, password, err := in.askPassword(conn, challenge)
	if err != nil {
		return nil, err
	}
	asked, method := time.Now(), "password"
	signed, err := in.server.desk.SignIn(in.ctx, in.anonymous(conn), login, password, agent(conn))
	if retry := core.KindOf(err); isCode(password) && (retry == core.Unauthenticated || retry == core.Limited) {
		method = "code"
		signed, err = in.redeem(conn, challenge, login, password)
	}
	if err != nil {
		if kind := core.KindOf(err); kind == core.Unauthenticated || kind == core.Limited {
			in.visitor.wrongPassword()
		}
		in.pause(asked)
		_, _ = challenge("", in.server.words.failure(err), nil, nil)
		return nil, in.refuse(conn, method, err)
	}
	return in.admit(conn, signed, method)
}

func (in *signIn) askPassword(conn gossh.ConnMetadata, challenge gossh.KeyboardInteractiveChallenge) (login, password string, err error) {
	words, instruction := in.server.words, ""
	if in.passwords == 1 {
		instruction = words.signingIn()
	}
	answers, err := challenge("", instruction, []string{words.askLogin(conn.User()), words.askPassword()}, []bool{true, false})
	if err != nil {
		return "", "", err
	}
	if login = answers[0]; login == "" {
		login = conn.User()
	}
	return login, answers[1], nil
}

// redeem uses a one-time code, which sets a new password.
func (in *signIn) redeem(conn gossh.ConnMetadata, challenge gossh.KeyboardInteractiveChallenge, login, code string) (core.SignedIn, error) {
	words := in.server.words
	instruction, last := words.newPassword(), errTooMany
	for range maxNewPasswords {
		answers, err := challenge("", instruction, words.askNewPassword(), []bool{false, false})
		switch {
		case err != nil:
			return core.SignedIn{}, err
		case answers[0] != answers[1]:
			instruction = words.passwordsDiffer()
			continue
		}
		signed, err := in.server.desk.SignInWithCode(in.ctx, in.anonymous(conn), login, code, answers[0], agent(conn))
		if core.KindOf(err) != core.Invalid {
			return signed, err
		}
		instruction, last = words.failure(err), err
	}
	return core.SignedIn{}, last
}

// admit lets somebody in: they leave the gate, and the sign-in ends with the connection.
func (in *signIn) admit(conn gossh.ConnMetadata, signed core.SignedIn, method string) (*gossh.Permissions, error) {
	s, who := in.server, signed.Actor
	if !s.begin() {
		return nil, errClosing
	}
	in.visitor.leave()
	s.opts.Observer.SignedIn(method)
	s.logger.Info("signed in", "door", "ssh", "user", int64(signed.User.ID), "method", method, "key", who.Key,
		"address", address(conn.RemoteAddr()))
	context.AfterFunc(in.ctx, func() {
		defer s.running.Done()
		s.signOut(who)
	})
	return &gossh.Permissions{ExtraData: map[any]any{identityKey{}: identity{actor: who}}}, nil
}

// refuse records a failure. Whoever shows a key, known or not, is told in words why that did not do, unless it is the key. The log
// has no login name: people type passwords into that field too.
func (in *signIn) refuse(conn gossh.ConnMetadata, method string, err error) error {
	s := in.server
	kind := core.KindOf(err)
	s.opts.Observer.Refused(method, kind)
	level := s.logger.Info
	if kind == core.Internal || kind == core.Unavailable {
		level = s.logger.Error
	}
	level("sign-in refused", "door", "ssh", "method", method, "kind", string(kind), "address", address(conn.RemoteAddr()), "error", err)
	if kind == core.Unavailable {
		in.visitor.excuse()
	}
	if kind == core.Unauthenticated || method != "key" {
		return err
	}
	if kind == core.Unavailable {
		in.outage = err
	}
	return &gossh.BannerError{Err: err, Message: s.words.failure(err) + "\r\n"}
}

// pause makes a failure last at least as long as the least allowed.
func (in *signIn) pause(since time.Time) {
	select {
	case <-time.After(time.Until(since.Add(in.server.opts.FailurePause))):
	case <-in.ctx.Done():
	}
}

func (in *signIn) anonymous(conn gossh.ConnMetadata) core.Actor {
	return core.Anonymous(core.DoorSSH, address(conn.RemoteAddr()))
}

// isCode reports whether what was typed as a password has the form of a one-time code.
func isCode(text string) bool {
	_, ok := core.ParseReference(text)
	return ok
}

// agent is what the client's program calls itself, made safe to show.
func agent(conn gossh.ConnMetadata) string {
	return plain.Truncate(plain.Line(string(conn.ClientVersion())), maxAgent).String()
}
