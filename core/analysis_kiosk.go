package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core/query"
)

type kioskStore interface {
	KioskKeys(ctx context.Context) ([]KioskKey, error)
	InsertKioskKey(ctx context.Context, key KioskKey, authorized string) (int64, error)
	RevokeKioskKey(ctx context.Context, id int64, now time.Time) (bool, error)
	// KioskKey finds a key that opens the wall; ErrNoRow if it does not or no more.
	KioskKey(ctx context.Context, fingerprint string) (KioskKey, error)
	TouchKioskKey(ctx context.Context, id int64, now time.Time) error
}

// KioskKey is an SSH key that opens the wall and nothing else.
type KioskKey struct {
	ID          int64
	Fingerprint string
	Name        string
	CreatedAt   time.Time
	LastUsedAt  time.Time // zero: never
	RevokedAt   time.Time // zero: it opens
}

// Kiosk is a wall that shows figures, by the fingerprint of its key.
func Kiosk(fingerprint, address string) Actor {
	return Actor{Kind: ActorKiosk, Door: DoorSSH, Key: fingerprint, Address: address}
}

// KioskKeys lists the keys that open the wall or did. Admins may.
func (d *Desk) KioskKeys(ctx context.Context, who Actor) ([]KioskKey, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	keys, err := d.store.KioskKeys(ctx)
	return keys, wrap("list kiosk keys", err)
}

// AddKioskKey lets an SSH key, as it stands in an authorized_keys file, open the wall. Its name is the key's own
// comment unless one is given. A key that signs somebody in cannot do both.
func (d *Desk) AddKioskKey(ctx context.Context, who Actor, authorized, name string) (KioskKey, error) {
	parsed, err := parseKey(authorized)
	if err != nil {
		return KioskKey{}, err
	}
	key := KioskKey{Fingerprint: parsed.Fingerprint, Name: parsed.Name, CreatedAt: d.Now()}
	if name = cleanLine(name); name != "" {
		key.Name = truncate(name, maxName)
	}
	err = d.administer(ctx, who, "add kiosk key", Dirty{}, func(ctx context.Context, tx Tx, p *principal) error {
		if err := notOfWall(ctx, tx, key.Fingerprint); err != nil {
			return err
		}
		switch _, err := tx.KeyOwner(ctx, key.Fingerprint); {
		case err == nil:
			return problems{{Field: "key", Code: "key_taken"}}.err()
		case !errors.Is(err, ErrNoRow):
			return fmt.Errorf("look up key: %w", err)
		}
		var err error
		if key.ID, err = tx.InsertKioskKey(ctx, key, strings.TrimSpace(authorized)); err != nil {
			return taken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventKeyAdded, "kiosk_key", "", key.Fingerprint)
	})
	return key, err
}

// notOfWall refuses a key that opens the wall already: a key opens one thing.
func notOfWall(ctx context.Context, tx Tx, fingerprint string) error {
	switch _, err := tx.KioskKey(ctx, fingerprint); {
	case err == nil:
		return problems{{Field: "key", Code: "kiosk_key_taken"}}.err()
	case !errors.Is(err, ErrNoRow):
		return fmt.Errorf("look up kiosk key: %w", err)
	}
	return nil
}

// RevokeKioskKey takes a key away from the wall; what it opened goes dark within seconds. Admins may.
func (d *Desk) RevokeKioskKey(ctx context.Context, who Actor, id int64) error {
	return d.administer(ctx, who, "revoke kiosk key", Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		gone, err := tx.RevokeKioskKey(ctx, id, d.Now())
		if err != nil {
			return fmt.Errorf("write kiosk key: %w", err)
		}
		if !gone {
			return Missing("key")
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, "kiosk_key", fmt.Sprint(id), "")
	})
}

// OpenWall answers whether a key opens the wall now, and notes that it was used.
func (d *Desk) OpenWall(ctx context.Context, fingerprint string) (KioskKey, error) {
	key, err := d.store.KioskKey(ctx, fingerprint)
	if errors.Is(err, ErrNoRow) {
		return KioskKey{}, &Error{Kind: Unauthenticated, Code: "sign_in_first"}
	}
	if err != nil {
		return KioskKey{}, fmt.Errorf("look up kiosk key: %w", err)
	}
	return key, wrap("note its use", d.store.TouchKioskKey(ctx, key.ID, d.Now()))
}

// kioskAnalyst is the analyst of a wall: figures of everything that is not confidential. It asks for nothing in
// particular, since how many tickets have a word in them says what they say.
func (d *Desk) kioskAnalyst(ctx context.Context, who Actor, q query.Query) (*principal, Scope, Filter, error) {
	switch _, err := d.store.KioskKey(ctx, who.Key); {
	case errors.Is(err, ErrNoRow):
		return nil, Scope{}, Filter{}, &Error{Kind: Unauthenticated, Code: "session_ended"}
	case err != nil:
		return nil, Scope{}, Filter{}, fmt.Errorf("look up kiosk key: %w", err)
	case len(q.Terms) > 0:
		return nil, Scope{}, Filter{}, forbidden("staff_only")
	}
	p := &principal{Actor: who, scope: Scope{}}
	filter, err := d.filter(ctx, p, q)
	return p, Scope{AllQueues: true}, filter, err
}
