package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

type accountStore interface {
	// InsertUser makes an account; [ErrTaken] with the field if username or e-mail belong to somebody.
	InsertUser(ctx context.Context, u User, passwordHash string) (UserID, error)
	UpdateRole(ctx context.Context, user UserID, role Role) error
	SetDisabled(ctx context.Context, user UserID, disabled bool, now time.Time) error
	InsertKey(ctx context.Context, k Key, authorized string) (int64, error)
	RevokeKey(ctx context.Context, user UserID, fingerprint string, now time.Time) (bool, error)
	Keys(ctx context.Context, user UserID) ([]Key, error)
	Members(ctx context.Context, queue QueueID) ([]Person, error)
	Join(ctx context.Context, user UserID, queue QueueID, lead bool, now time.Time) error
	Leave(ctx context.Context, user UserID, queue QueueID) (bool, error)
}

// TakenError is what a store answers when a value that must be its owner's alone is somebody else's.
type TakenError struct{ Field string }

// Error names the field.
func (e *TakenError) Error() string { return e.Field + " is taken" }

// taken turns a store's answer into a problem of the field, and leaves other errors as they are.
func taken(err error) error {
	if t, ok := errors.AsType[*TakenError](err); ok {
		return problems{{Field: t.Field, Code: t.Field + "_taken"}}.err()
	}
	return err
}

// NewAccount is what somebody signs up with.
type NewAccount struct {
	Name     string
	Username string
	Email    string
	Password string
	Language string
	Agent    string // the browser, shown in the list of sessions
}

// SignUp makes a reporter's account and signs it in.
func (d *Desk) SignUp(ctx context.Context, who Actor, in NewAccount) (SignedIn, error) {
	u := User{
		Name: cleanLine(in.Name), Username: strings.ToLower(cleanLine(in.Username)),
		Email: strings.ToLower(cleanLine(in.Email)), Role: RoleReporter, Language: cleanLine(in.Language), CreatedAt: d.Now(),
	}
	var wrong problems
	checkName(&wrong, u.Name)
	checkUsername(&wrong, u.Username)
	checkEmail(&wrong, u.Email)
	d.checkPassword(&wrong, in.Password, u)
	if err := wrong.err(); err != nil {
		return SignedIn{}, err
	}
	subject, err := d.addressSubject(ctx, who.Address)
	if err != nil {
		return SignedIn{}, err
	}
	if subject != "" {
		now := d.Now()
		until, err := d.store.Attempt(ctx, "sign-up:"+subject, freeTriesAddress, now)
		if err != nil {
			return SignedIn{}, fmt.Errorf("count sign-up: %w", err)
		}
		if until.After(now) {
			return SignedIn{}, limited("sign_up_limited", until.Sub(now))
		}
	}
	hash, err := d.hashPassword(ctx, in.Password)
	if err != nil {
		return SignedIn{}, err
	}
	var signed SignedIn
	err = d.store.InTx(ctx, func(tx Tx) error {
		p := &principal{Actor: Anonymous(who.Door, who.Address)}
		if err := d.insertUser(ctx, tx, p, &u, hash); err != nil {
			return err
		}
		signed, err = d.startSession(ctx, tx, who, u, "", in.Agent)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign up: %w", err)
	}
	return signed, nil
}

func (d *Desk) insertUser(ctx context.Context, tx Tx, p *principal, u *User, hash string) error {
	id, err := tx.InsertUser(ctx, *u, hash)
	if err != nil {
		return taken(err)
	}
	u.ID, u.HasPassword, u.Preferences = id, hash != "", DefaultPreferences()
	return d.recordAdmin(ctx, tx, p, StreamUser, int64(id), EventCreated, FieldRole, "", string(u.Role))
}

// recordAdmin writes one line of history of something that is not a ticket. All that one use-case records is one command.
func (d *Desk) recordAdmin(ctx context.Context, tx Tx, p *principal, stream Stream, id int64, kind EventKind, field, from, to string) error {
	seq, end, err := tx.NextSeq(ctx, stream, id)
	if err != nil {
		return fmt.Errorf("number event: %w", err)
	}
	if p.command == "" {
		if p.command, err = d.newCommand(); err != nil {
			return err
		}
	}
	events := []Event{{
		Stream: stream, StreamID: id, Seq: seq, Command: p.command, Undoes: p.undoes, Kind: kind, Field: field, From: from, To: to,
		Actor: p.Kind, User: p.user.Person(), Key: p.Key, Door: p.Door, At: d.Now(),
	}}
	end = chain(end, events)
	if err := tx.AppendEvents(ctx, events); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	if err := tx.SaveChain(ctx, stream, id, end); err != nil {
		return fmt.Errorf("end history: %w", err)
	}
	return nil
}

// FindUser finds an account by username or e-mail.
func (d *Desk) FindUser(ctx context.Context, who Actor, login string) (User, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return User{}, err
	}
	user, _, err := d.store.Login(ctx, strings.ToLower(cleanLine(login)))
	if errors.Is(err, ErrNoRow) {
		return User{}, Missing("user")
	}
	if err != nil {
		return User{}, fmt.Errorf("find user: %w", err)
	}
	return user, nil
}

// Keys lists the SSH keys that sign the actor in.
func (d *Desk) Keys(ctx context.Context, who Actor) ([]Key, error) {
	me, err := d.Me(ctx, who)
	if err != nil {
		return nil, err
	}
	keys, err := d.store.Keys(ctx, me.ID)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return keys, nil
}

// parseKey reads a public key as it stands in an authorized_keys file. What such a file says besides is refused: it would not hold
// here.
func parseKey(authorized string) (Key, error) {
	public, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(authorized))
	switch {
	case err != nil:
		return Key{}, problems{{Field: "key", Code: "key_form"}}.err()
	case len(options) > 0:
		return Key{}, problems{{Field: "key", Code: "key_options"}}.err()
	case len(bytes.TrimSpace(rest)) > 0:
		return Key{}, problems{{Field: "key", Code: "key_several"}}.err()
	}
	switch public.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
	case ssh.KeyAlgoRSA:
		if len(public.Marshal()) < 256 { // a modulus of 2048 bits, and its frame
			return Key{}, problems{{Field: "key", Code: "key_weak"}}.err()
		}
	default:
		return Key{}, problems{{Field: "key", Code: "key_weak"}}.err()
	}
	return Key{Fingerprint: ssh.FingerprintSHA256(public), Name: truncate(cleanLine(comment), maxName)}, nil
}
