package core

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

type signInStore interface {
	// Login finds an account by username or e-mail, with its password hash.
	Login(ctx context.Context, login string) (User, string, error)
	// KeyOwner finds whom an SSH key signs in.
	KeyOwner(ctx context.Context, fingerprint string) (UserID, error)
	// UseKey is KeyOwner that marks the key as used, and keeps others from revoking it until the transaction ends.
	UseKey(ctx context.Context, fingerprint string, now time.Time) (UserID, error)
	InsertSession(ctx context.Context, s Session, tokenHash []byte, agent string) (SessionID, error)
	// SessionByHash finds a sign-in that still lives at now and was used since, and marks it as seen.
	SessionByHash(ctx context.Context, door Door, tokenHash []byte, now, since time.Time) (Session, error)
	EndSession(ctx context.Context, id SessionID, now time.Time) error
	// EndSessions ends all of a user's sign-ins but one.
	EndSessions(ctx context.Context, user UserID, except SessionID, now time.Time) error
	// Attempt counts one try for a subject before it is made; the answer is when the next may be, or a
	// time not after now if this one may go on. The first free tries cost no waiting; each further one
	// doubles it.
	Attempt(ctx context.Context, subject string, free int, now time.Time) (time.Time, error)
	// ForgetAttempts starts the count anew after a success.
	ForgetAttempts(ctx context.Context, subject string) error
	// ForgiveAttempt takes back one counted try, because it succeeded.
	ForgiveAttempt(ctx context.Context, subject string) error
	SetPassword(ctx context.Context, user UserID, hash string) error
	InsertCode(ctx context.Context, user UserID, hash string, by UserID, now, expires time.Time) error
	// Codes reads the codes of an account that hold at now, the newest first.
	Codes(ctx context.Context, user UserID, now time.Time, limit int) ([]OneTimeCode, error)
	// UseCode uses up a code that still holds, and all others of the account; false if it holds no more.
	UseCode(ctx context.Context, user UserID, id int64, now time.Time) (bool, error)
	// CleanUp removes what has run out: sessions, codes, counts and keys of commands.
	CleanUp(ctx context.Context, now time.Time) (int64, error)
}

const (
	webSessionLife = 30 * 24 * time.Hour
	webSessionIdle = 7 * 24 * time.Hour // without a request
	sshSessionLife = 24 * time.Hour
	codeLife       = 10 * time.Minute
	firstCodeLife  = 24 * time.Hour // of one that sets an account's first password: it may be handed over with the account

	freeTriesAccount = 5  // then 2 s, 4 s, 8 s … up to a quarter of an hour
	freeTriesAddress = 50 // a whole campus may come from one address
)

// SignedIn is the result of a sign-in.
type SignedIn struct {
	User    User
	Actor   Actor
	Token   string // for the cookie; only its hash is stored
	Session Session
}

// OneTimeCode is a code as it is kept.
type OneTimeCode struct {
	ID   int64
	Hash string // as of a password: a code is short enough to be said
}

// maxCodes is how many of the newest codes of an account are tried: each costs as much as a password.
const maxCodes = 3

func errWrongSignIn() error { return &Error{Kind: Unauthenticated, Code: "sign_in_wrong"} }

// SignIn signs somebody in by username or e-mail and password. An unknown name, a wrong password
// and a disabled account get the same answer, in the same time. Guessing is slowed per account and
// per address, over all doors together; keys are never slowed by it.
func (d *Desk) SignIn(ctx context.Context, who Actor, login, password, agent string) (SignedIn, error) {
	user, hash, account, err := d.tryLogin(ctx, who, login)
	if err != nil {
		return SignedIn{}, err
	}
	if hash == "" {
		hash = d.dummyHash
		user = User{}
	}
	ok, stale, err := d.checkHash(ctx, password, hash)
	if err != nil {
		return SignedIn{}, fmt.Errorf("check password: %w", err)
	}
	if !ok || user.ID == 0 || user.Disabled {
		return SignedIn{}, errWrongSignIn()
	}
	if stale {
		if fresh, err := d.hashPassword(ctx, password); err == nil {
			_ = d.store.SetPassword(ctx, user.ID, fresh) // the next sign-in will try again
		}
	}
	if err := d.forgive(ctx, account, who.Address); err != nil {
		return SignedIn{}, err
	}
	return d.startSession(ctx, d.store, who, user, "", agent)
}

// tryLogin finds whose name or e-mail this is, and counts the try before anything is made of it. The account
// is that under which it was counted.
func (d *Desk) tryLogin(ctx context.Context, who Actor, login string) (user User, hash, account string, err error) {
	login = strings.ToLower(cleanLine(login))
	user, hash, err = d.store.Login(ctx, login)
	switch {
	case err == nil:
		account = accountSubject(user.ID)
	case !errors.Is(err, ErrNoRow):
		return User{}, "", "", fmt.Errorf("look up sign-in: %w", err)
	default:
		if account, err = d.strangerSubject(ctx, login); err != nil {
			return User{}, "", "", err
		}
	}
	return user, hash, account, d.attempt(ctx, account, who.Address)
}

// accountSubject is the name under which tries at an account are counted, by whichever name it is called.
func accountSubject(user UserID) string { return fmt.Sprint("account:", user) }

// strangerSubject is the name under which tries at a name that nobody has are counted. It is sealed: people
// type passwords into that field too.
func (d *Desk) strangerSubject(ctx context.Context, login string) (string, error) {
	salt, err := d.saltOfDay(ctx)
	if err != nil {
		return "", err
	}
	return "name:" + tokenEncoding.EncodeToString(sealWith(salt, "name", login)[:16]), nil
}

// countedNetwork counts an IPv6 network of 64 bits as one address: whoever has one has them all.
func countedNetwork(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if a = a.Unmap(); a.Is6() {
		if prefix, err := a.WithZone("").Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return a.String()
}

// attempt counts a try to sign in before it is made, so that many at once get no more than their share.
func (d *Desk) attempt(ctx context.Context, account, address string) error {
	now := d.Now()
	from, err := d.addressSubject(ctx, address)
	if err != nil {
		return err
	}
	tries := []struct {
		subject string
		free    int
	}{{account, freeTriesAccount}, {from, freeTriesAddress}}
	for _, try := range tries {
		if try.subject == "" {
			continue
		}
		until, err := d.store.Attempt(ctx, try.subject, try.free, now)
		if err != nil {
			return fmt.Errorf("count sign-in: %w", err)
		}
		if until.After(now) {
			return limited("sign_in_limited", until.Sub(now))
		}
	}
	return nil
}

// forgive sets the counts right after a success: the account's begins anew; the address's loses this
// one try only, or an account of one's own would reset the count for guessing at others.
func (d *Desk) forgive(ctx context.Context, account, address string) error {
	if err := d.store.ForgetAttempts(ctx, account); err != nil {
		return fmt.Errorf("reset sign-in count: %w", err)
	}
	from, err := d.addressSubject(ctx, address)
	if err != nil {
		return err
	}
	if err := d.store.ForgiveAttempt(ctx, from); err != nil {
		return fmt.Errorf("reset sign-in count: %w", err)
	}
	return nil
}

func (d *Desk) startSession(ctx context.Context, tx Tx, who Actor, user User, key, agent string) (SignedIn, error) {
	raw, err := d.bytes(32)
	if err != nil {
		return SignedIn{}, err
	}
	life := webSessionLife
	if who.Door == DoorSSH {
		life = sshSessionLife
	}
	now := d.Now()
	s := Session{User: user.ID, Door: who.Door, Key: key, Address: who.Address, CreatedAt: now, ExpiresAt: now.Add(life)}
	token := tokenEncoding.EncodeToString(raw)
	if s.ID, err = tx.InsertSession(ctx, s, hashToken(token), truncate(cleanLine(agent), 200)); err != nil {
		return SignedIn{}, fmt.Errorf("start session: %w", err)
	}
	return SignedIn{User: user, Actor: sessionActor(s, who.Door, who.Address), Token: token, Session: s}, nil
}

func sessionActor(s Session, door Door, address string) Actor {
	return Actor{Kind: ActorUser, User: s.User, Session: s.ID, Door: door, Key: s.Key, Address: address}
}

func truncate(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes])
}

// SessionActor makes the actor whose cookie this is. A sign-in that is unknown, ended, too old, unused for
// too long, or of an account that was disabled, is Unauthenticated.
func (d *Desk) SessionActor(ctx context.Context, door Door, token, address string) (Actor, User, error) {
	now := d.Now()
	s, err := d.store.SessionByHash(ctx, door, hashToken(token), now, now.Add(-webSessionIdle))
	if errors.Is(err, ErrNoRow) {
		return Actor{}, User{}, &Error{Kind: Unauthenticated, Code: "session_ended"}
	}
	if err != nil {
		return Actor{}, User{}, fmt.Errorf("look up session: %w", err)
	}
	who := sessionActor(s, door, address)
	user, err := d.Me(ctx, who)
	return who, user, err
}

// SignOut ends the sign-in that the actor came by.
func (d *Desk) SignOut(ctx context.Context, who Actor) error {
	if who.Session == 0 {
		return nil
	}
	if err := d.store.EndSession(ctx, who.Session, d.Now()); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	d.store.Ring(DirtyUser(who.User))
	return nil
}

// KeyKnown reports whether a key would sign somebody in, or open the wall. It is for keys that are merely
// offered: it proves nothing, and so nothing is noted.
func (d *Desk) KeyKnown(ctx context.Context, fingerprint string) (bool, error) {
	_, err := d.store.KeyOwner(ctx, fingerprint)
	if errors.Is(err, ErrNoRow) {
		_, err = d.store.KioskKey(ctx, fingerprint)
	}
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up key: %w", err)
	}
	return true, nil
}

// SignInByKey signs in the owner of a key whose possession has been proven. Whoever revokes the key at that moment
// either comes first, and nobody signs in, or finds the session and ends it.
func (d *Desk) SignInByKey(ctx context.Context, who Actor, fingerprint string) (SignedIn, error) {
	var signed SignedIn
	err := d.store.InTx(ctx, func(tx Tx) error {
		id, err := tx.UseKey(ctx, fingerprint, d.Now())
		if errors.Is(err, ErrNoRow) {
			return errWrongSignIn()
		}
		if err != nil {
			return fmt.Errorf("look up key: %w", err)
		}
		account, err := tx.Account(ctx, id, 0, d.Now())
		if err != nil {
			return fmt.Errorf("look up the key's owner: %w", err)
		}
		if account.User.Disabled {
			return errWrongSignIn()
		}
		signed, err = d.startSession(ctx, tx, who, account.User, fingerprint, "")
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in by key: %w", err)
	}
	return signed, nil
}

// IssueCode makes a one-time code with which somebody who cannot sign in sets a new password. Staff
// may make one for a reporter they have recognised; for staff it takes an admin, and for an admin
// the command line on the host or another admin. It holds for ten minutes, for whoever gets it is there or on the telephone; the one
// that sets an account's first password for a day. It replaces none before it.
// The teams of the account's confidential tickets see in their history that it was made, and by whom.
func (d *Desk) IssueCode(ctx context.Context, who Actor, user UserID) (string, time.Time, error) {
	if who.Token != 0 {
		return "", time.Time{}, forbidden("token_own")
	}
	letters, err := NewReference(d.random)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("draw a code: %w", err)
	}
	code := string(letters)
	hash, err := d.hashPassword(ctx, code)
	if err != nil {
		return "", time.Time{}, err
	}
	now := d.Now()
	expires := now.Add(codeLife)
	var told Dirty
	err = d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.staff(ctx, tx, who)
		if err != nil {
			return err
		}
		account, err := tx.Account(ctx, user, 0, now)
		if errors.Is(err, ErrNoRow) {
			return Missing("user")
		}
		if err != nil {
			return fmt.Errorf("look up user: %w", err)
		}
		if account.User.IsStaff() && !p.scope.Everything && p.role != RoleAdmin {
			return forbidden("admin_only")
		}
		if _, password, err := tx.Login(ctx, account.User.Username); err != nil {
			return fmt.Errorf("look up password: %w", err)
		} else if password == "" {
			expires = now.Add(firstCodeLife)
		}
		if err := tx.InsertCode(ctx, user, hash, p.user.ID, now, expires); err != nil {
			return fmt.Errorf("store code: %w", err)
		}
		if told, err = d.recordCode(ctx, tx, p, user); err != nil {
			return err
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventCode, "", "", "")
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("issue code for user %d: %w", user, err)
	}
	if !told.Empty() {
		d.store.Ring(told)
	}
	return code, expires, nil
}

// SignInWithCode signs somebody in with a one-time code and sets their new password. Every other
// sign-in of theirs ends. Guessing codes counts as guessing passwords.
func (d *Desk) SignInWithCode(ctx context.Context, who Actor, login, code, password, agent string) (SignedIn, error) {
	var wrong problems
	d.checkPassword(&wrong, password, User{Username: strings.ToLower(cleanLine(login))})
	if err := wrong.err(); err != nil {
		return SignedIn{}, err
	}
	user, _, account, err := d.tryLogin(ctx, who, login)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	id, err := d.findCode(ctx, user, code)
	if err != nil {
		return SignedIn{}, err
	}
	var signed SignedIn
	err = d.store.InTx(ctx, func(tx Tx) error {
		if user.ID == 0 || user.Disabled || id == 0 {
			return &Error{Kind: Unauthenticated, Code: "code_wrong"}
		}
		used, err := tx.UseCode(ctx, user.ID, id, d.Now())
		if err != nil {
			return fmt.Errorf("use code: %w", err)
		}
		if !used {
			return &Error{Kind: Unauthenticated, Code: "code_wrong"}
		}
		// Only now is it proven whose names the password must not be made of. The code is not used up.
		if d.checkPassword(&wrong, password, user); len(wrong) > 0 {
			return wrong.err()
		}
		if err := d.replacePassword(ctx, tx, user, hash, who.Door); err != nil {
			return err
		}
		signed, err = d.startSession(ctx, tx, who, user, "", agent)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in with code: %w", err)
	}
	if err := d.forgive(ctx, account, who.Address); err != nil {
		return SignedIn{}, err
	}
	d.store.Ring(DirtyUser(signed.User.ID))
	return signed, nil
}

// findCode is the account's code that somebody typed; 0 if it has none like it. For an account that there is not, or that has no code, it
// takes as long.
func (d *Desk) findCode(ctx context.Context, user User, typed string) (int64, error) {
	codes, err := d.store.Codes(ctx, user.ID, d.Now(), maxCodes)
	if err != nil {
		return 0, fmt.Errorf("read codes: %w", err)
	}
	if len(codes) == 0 {
		codes = []OneTimeCode{{Hash: d.dummyHash}}
	}
	ref, formed := ParseReference(typed)
	for _, c := range codes {
		ok, _, err := d.checkHash(ctx, string(ref), c.Hash)
		if err != nil && !errors.Is(err, errHashForm) { // one of an earlier version of this program
			return 0, fmt.Errorf("check code: %w", err)
		}
		if ok && formed {
			return c.ID, nil
		}
	}
	return 0, nil
}

func (d *Desk) replacePassword(ctx context.Context, tx Tx, user User, hash string, door Door) error {
	if err := tx.SetPassword(ctx, user.ID, hash); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := tx.EndSessions(ctx, user.ID, 0, d.Now()); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	p := &principal{Actor: Actor{Kind: ActorUser, User: user.ID, Door: door}, user: user}
	if err := d.endTokens(ctx, tx, p); err != nil {
		return err
	}
	return d.recordAdmin(ctx, tx, p, StreamUser, int64(user.ID), EventPassword, "", "", "")
}

// CleanUp removes what has run out. A timer calls it.
func (d *Desk) CleanUp(ctx context.Context, who Actor) (int64, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return 0, err
	}
	if !p.scope.Everything {
		return 0, forbidden("not_yours")
	}
	n, err := d.store.CleanUp(ctx, d.Now())
	if err != nil {
		return 0, fmt.Errorf("clean up: %w", err)
	}
	return n, nil
}
