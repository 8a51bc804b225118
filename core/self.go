package core

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

type selfStore interface {
	// LockUser has whoever else changes what belongs to an account, in a number that is limited, wait until the transaction ends.
	LockUser(ctx context.Context, user UserID) error
	SetLanguage(ctx context.Context, user UserID, language string) error
	// Sessions lists the sign-ins of a user that live at now, the one used last first.
	Sessions(ctx context.Context, user UserID, now time.Time) ([]Session, error)
	// EndSessionOf ends one sign-in of a user; false if they have none like it.
	EndSessionOf(ctx context.Context, user UserID, id SessionID, now time.Time) (bool, error)
	Notices(ctx context.Context, user UserID) (Notices, error)
	SaveNotices(ctx context.Context, user UserID, n Notices) error
	// SetReporter gives a ticket without a reporter to one.
	SetReporter(ctx context.Context, id TicketID, user UserID) error
}

// Notices are what somebody wants to hear of by mail. They are kept for the day when mail is sent.
type Notices struct {
	Answers  bool // the helpdesk wrote something, or waits for an answer
	Progress bool // somebody took the ticket on, or it changed hands
	Closed   bool // the work ended
}

// DefaultNotices are those of somebody who has chosen none.
func DefaultNotices() Notices { return Notices{Answers: true, Closed: true} }

// code names the notices for history.
func (n Notices) code() string {
	var names []string
	for name, wanted := range map[string]bool{"answers": n.Answers, "progress": n.Progress, "closed": n.Closed} {
		if wanted {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// languagePattern is what a language's tag looks like (RFC 5646, without its rarities).
var languagePattern = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)

// self is principal for what only somebody with an account may do.
func (d *Desk) self(ctx context.Context, tx Tx, who Actor) (*principal, error) {
	p, err := d.principal(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if p.Kind != ActorUser {
		return nil, &Error{Kind: Unauthenticated, Code: "sign_in_first"}
	}
	return p, nil
}

// own runs one change that somebody makes to their own account. The bell wakes their other sessions,
// which look whether they still live.
// A token does not change the account that it belongs to: whoever found one would be in for good.
func (d *Desk) own(ctx context.Context, who Actor, doing string, work func(context.Context, Tx, *principal) error) error {
	if who.Token != 0 {
		return forbidden("token_own")
	}
	return d.alter(ctx, who, doing, work)
}

func (d *Desk) alter(ctx context.Context, who Actor, doing string, work func(context.Context, Tx, *principal) error) error {
	err := d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.self(ctx, tx, who)
		if err != nil {
			return err
		}
		return work(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	d.store.Ring(DirtyUser(who.User))
	return nil
}

// recordOwn writes one line of history of the actor's own account.
func (d *Desk) recordOwn(ctx context.Context, tx Tx, p *principal, kind EventKind, field, from, to string) error {
	return d.recordAdmin(ctx, tx, p, StreamUser, int64(p.user.ID), kind, field, from, to)
}

// SetLanguage chooses the language in which the actor reads the helpdesk.
func (d *Desk) SetLanguage(ctx context.Context, who Actor, tag string) error {
	if !languagePattern.MatchString(tag) {
		return problems{{Field: "language", Code: "language_unknown"}}.err()
	}
	return d.own(ctx, who, "set language", func(ctx context.Context, tx Tx, p *principal) error {
		if p.user.Language == tag {
			return nil
		}
		if err := tx.SetLanguage(ctx, p.user.ID, tag); err != nil {
			return fmt.Errorf("write language: %w", err)
		}
		return d.recordOwn(ctx, tx, p, EventChanged, FieldLanguage, p.user.Language, tag)
	})
}

// Notices tells what the actor wants to hear of.
func (d *Desk) Notices(ctx context.Context, who Actor) (Notices, error) {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return Notices{}, err
	}
	n, err := d.store.Notices(ctx, p.user.ID)
	if err != nil {
		return Notices{}, fmt.Errorf("read notices: %w", err)
	}
	return n, nil
}

// SetNotices chooses what the actor wants to hear of.
func (d *Desk) SetNotices(ctx context.Context, who Actor, n Notices) error {
	return d.own(ctx, who, "set notices", func(ctx context.Context, tx Tx, p *principal) error {
		before, err := tx.Notices(ctx, p.user.ID)
		if err != nil {
			return fmt.Errorf("read notices: %w", err)
		}
		if err := tx.SaveNotices(ctx, p.user.ID, n); err != nil || before == n {
			return err
		}
		return d.recordOwn(ctx, tx, p, EventChanged, FieldNotices, before.code(), n.code())
	})
}

// ChangePassword sets a new password for somebody who knows the old one, and ends their tokens and all their sign-ins
// but the one they came by. Guessing the old one is slowed as guessing at the door is.
func (d *Desk) ChangePassword(ctx context.Context, who Actor, old, password string) error {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return err
	}
	if !p.user.HasPassword {
		return forbidden("password_unset")
	}
	var wrong problems
	d.checkPassword(&wrong, password, p.user)
	if err := wrong.err(); err != nil {
		return err
	}
	if err := d.proveSelf(ctx, who, p.user, "old", old); err != nil {
		return err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	err = d.own(ctx, who, "change password", func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.SetPassword(ctx, p.user.ID, hash); err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		if err := tx.EndSessions(ctx, p.user.ID, who.Session, d.Now()); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		if err := d.endTokens(ctx, tx, p); err != nil {
			return err
		}
		return d.recordOwn(ctx, tx, p, EventPassword, "", "", "")
	})
	if err != nil {
		return err
	}
	return d.forgive(ctx, proofSubject(p.user.ID), who.Address)
}

// proofSubject is the name under which tries of those who are signed in at their own password are counted. They are not those at
// the door: a stranger who guesses there keeps nobody from their own account. Those at the door count what is guessed here.
func proofSubject(user UserID) string { return fmt.Sprint("proof:", user) }

// proveSelf checks that somebody knows the password of their own account, which was typed into a field. Guessing it is slowed as
// guessing at the door is; who has got on forgives what was guessed wrong.
func (d *Desk) proveSelf(ctx context.Context, who Actor, user User, field, password string) error {
	if err := d.attempt(ctx, proofSubject(user.ID), who.Address); err != nil {
		return err
	}
	_, hash, err := d.store.Login(ctx, user.Username)
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	switch ok, _, err := d.checkHash(ctx, password, hash); {
	case err != nil:
		return fmt.Errorf("check password: %w", err)
	case !ok:
		_ = d.attempt(ctx, accountSubject(user.ID), who.Address) // whoever guesses here guesses on at the door
		return problems{{Field: field, Code: "old_password_wrong"}}.err()
	}
	return nil
}

// proveAgain has somebody who came by the page type their password once more before anything is added that signs them in (ASVS 5.0,
// 7.5.1): a page may lie open, and its cookie be stolen. A connection over SSH belongs to whoever signed in on it.
func (d *Desk) proveAgain(ctx context.Context, who Actor, password string) error {
	if who.Door != DoorWeb {
		return nil
	}
	p, err := d.self(ctx, d.store, who)
	switch {
	case err != nil:
		return err
	case !p.user.HasPassword:
		return forbidden("password_unset")
	case password == "":
		return problems{{Field: "password", Code: "password_needed"}}.err()
	}
	if err := d.proveSelf(ctx, who, p.user, "password", password); err != nil {
		return err
	}
	return d.forgive(ctx, proofSubject(p.user.ID), who.Address)
}

// Sessions lists the actor's sign-ins on all doors, the one used last first.
func (d *Desk) Sessions(ctx context.Context, who Actor) ([]Session, error) {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	list, err := d.store.Sessions(ctx, p.user.ID, d.Now())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// EndSession ends one sign-in of the actor's own.
func (d *Desk) EndSession(ctx context.Context, who Actor, id SessionID) error {
	return d.own(ctx, who, "end session", func(ctx context.Context, tx Tx, p *principal) error {
		ended, err := tx.EndSessionOf(ctx, p.user.ID, id, d.Now())
		if err != nil {
			return fmt.Errorf("write session: %w", err)
		}
		if !ended {
			return Missing("session")
		}
		return d.recordOwn(ctx, tx, p, EventSignedOut, "", fmt.Sprint(id), "")
	})
}

// SignOutEverywhere ends all sign-ins of the actor, the one they came by too.
func (d *Desk) SignOutEverywhere(ctx context.Context, who Actor) error {
	return d.own(ctx, who, "sign out everywhere", func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.EndSessions(ctx, p.user.ID, 0, d.Now()); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		return d.recordOwn(ctx, tx, p, EventSignedOut, "", "all", "")
	})
}

// OwnKeys lists the SSH keys that sign the actor in.
func (d *Desk) OwnKeys(ctx context.Context, who Actor) ([]Key, error) {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	keys, err := d.store.Keys(ctx, p.user.ID)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// maxKeys is how many SSH keys one person may have.
const maxKeys = 20

// NewOwnKey is an SSH key that somebody adds to their account.
type NewOwnKey struct {
	Authorized string // as it stands in an authorized_keys file
	Name       string // the key's own comment if ""

	Password string // the actor's own; for the page alone
}

// AddOwnKey lets an SSH key sign the actor in. On the page the password is asked for once more.
func (d *Desk) AddOwnKey(ctx context.Context, who Actor, in NewOwnKey) (Key, error) {
	key, err := parseKey(in.Authorized)
	if err != nil {
		return Key{}, err
	}
	if err := d.proveAgain(ctx, who, in.Password); err != nil {
		return Key{}, err
	}
	if name := cleanLine(in.Name); name != "" {
		key.Name = truncate(name, maxName)
	}
	err = d.own(ctx, who, "add own key", func(ctx context.Context, tx Tx, p *principal) error {
		key.User, key.CreatedAt = p.user.ID, d.Now()
		if err := tx.LockUser(ctx, p.user.ID); err != nil { // so that two at once are counted one after the other
			return fmt.Errorf("lock account: %w", err)
		}
		keys, err := tx.Keys(ctx, p.user.ID)
		if err != nil {
			return fmt.Errorf("list keys: %w", err)
		}
		if len(keys) >= maxKeys {
			return forbidden("keys_too_many")
		}
		if err := notOfWall(ctx, tx, key.Fingerprint); err != nil {
			return err
		}
		if key.ID, err = tx.InsertKey(ctx, key, strings.TrimSpace(in.Authorized)); err != nil {
			return taken(err)
		}
		return d.recordOwn(ctx, tx, p, EventKeyAdded, "key", "", key.Fingerprint)
	})
	return key, err
}

// RevokeOwnKey takes one of the actor's SSH keys away. Sessions that it opened end with it.
func (d *Desk) RevokeOwnKey(ctx context.Context, who Actor, id int64) error {
	return d.own(ctx, who, "revoke own key", func(ctx context.Context, tx Tx, p *principal) error {
		keys, err := tx.Keys(ctx, p.user.ID)
		if err != nil {
			return fmt.Errorf("list keys: %w", err)
		}
		at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id })
		if at < 0 {
			return Missing("key")
		}
		gone, err := tx.RevokeKey(ctx, p.user.ID, keys[at].Fingerprint, d.Now())
		if err != nil {
			return fmt.Errorf("write key: %w", err)
		}
		if !gone {
			return Missing("key")
		}
		return d.recordOwn(ctx, tx, p, EventChanged, "key", keys[at].Fingerprint, "")
	})
}

// Adopt adds the ticket that a guest's private link opens to the account of the actor, who becomes its
// reporter. What was sent anonymously stays so, and what has a reporter keeps them.
func (d *Desk) Adopt(ctx context.Context, who, guest Actor) (Ticket, error) {
	var adopted Ticket
	err := d.store.InTx(ctx, func(tx Tx) error {
		if _, err := d.self(ctx, tx, who); err != nil {
			return err
		}
		holder, err := d.principal(ctx, tx, guest)
		if err != nil {
			return err
		}
		c, err := d.begin(ctx, tx, who, order{ticket: holder.guestOf})
		if err != nil {
			return err
		}
		adopted = c.who.reads(c.ticket)
		if c.before.Reporter.ID == c.who.user.ID {
			return nil // pressed twice
		}
		if refused := mayAdopt(&c.before); refused != nil {
			return refused
		}
		if err := tx.SetReporter(ctx, c.ticket.ID, c.who.user.ID); err != nil {
			return fmt.Errorf("write reporter: %w", err)
		}
		c.ticket.Reporter = c.who.user.Person()
		c.changed(FieldReporter, "", personCode(c.ticket.Reporter))
		adopted = c.who.reads(c.ticket)
		return c.save(ctx)
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("add ticket to account: %w", err)
	}
	d.store.Ring(DirtyTicket(adopted.ID))
	return adopted, nil
}
