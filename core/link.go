package core

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// LinkID numbers the private links.
type LinkID int64

// FormKey and link tokens are 16 bytes of randomness or digest, written in this alphabet.
var tokenEncoding = base64.RawURLEncoding

// linkToken derives a ticket's private link from the key of the form it was sent with, so that a
// form that is sent twice is answered with the same link although only its hash is stored. It is 128
// bits of HMAC-SHA256 under the desk's secret.
func (d *Desk) linkToken(key string) string {
	return tokenEncoding.EncodeToString(d.seal("link", key)[:16])
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Guest makes the actor who holds a ticket's private link, and says which ticket it opens. An
// unknown, altered or revoked link is not found.
func (d *Desk) Guest(ctx context.Context, door Door, token, address string) (Actor, TicketID, error) {
	if raw, err := tokenEncoding.DecodeString(token); err != nil || len(raw) != 16 {
		return Actor{}, 0, Missing("ticket")
	}
	link, ticket, err := d.store.LinkByHash(ctx, hashToken(token))
	if errors.Is(err, ErrNoRow) {
		return Actor{}, 0, Missing("ticket")
	}
	if err != nil {
		return Actor{}, 0, fmt.Errorf("look up link: %w", err)
	}
	return Actor{Kind: ActorGuest, Link: link, Door: door, Address: address}, ticket, nil
}

// NewFormKey makes the key that a form carries from when it is shown: sending the form twice does
// its work once, and nobody can make one for somebody else's session, which is what keeps another
// site's forms out.
func (d *Desk) NewFormKey(who Actor) (string, error) {
	random, err := d.bytes(16)
	if err != nil {
		return "", err
	}
	key := tokenEncoding.EncodeToString(random)
	return key + "." + d.formSeal(who, key), nil
}

func (d *Desk) formSeal(who Actor, key string) string {
	owner := fmt.Sprintf("%s %d %d %d", who.Kind, who.User, who.Session, who.Link)
	return tokenEncoding.EncodeToString(d.seal("form "+owner, key)[:16])
}

// CheckFormKey refuses a key that was not made for this actor.
func (d *Desk) CheckFormKey(who Actor, key string) error {
	random, seal, ok := strings.Cut(key, ".")
	if !ok || len(random) != 22 || !constantEqual(seal, d.formSeal(who, random)) {
		return &Error{Kind: Invalid, Code: "form_key", Problems: []Problem{{Field: "form", Code: "form_key"}}}
	}
	return nil
}

// onceKey is the name under which a command is remembered, so that sending it again finds it done.
// Keys of the page are proven to be the sender's own; elsewhere they are scoped by the actor, and by the token they came with: one
// that may do less is not answered with what another did. Whom nothing tells from other strangers is remembered by nothing.
func (d *Desk) onceKey(who Actor, purpose, key string) (string, error) {
	switch {
	case who.Door == DoorWeb:
		if err := d.CheckFormKey(who, key); err != nil {
			return "", err
		}
		random, _, _ := strings.Cut(key, ".")
		return purpose + ":" + random, nil
	case key == "" || who.Kind == ActorAnonymous:
		random, err := d.bytes(16)
		return purpose + ":" + tokenEncoding.EncodeToString(random), err
	default:
		scoped := fmt.Sprintf("%s %d %d %s", who.Kind, who.User, who.Link, key)
		if who.Token != 0 {
			scoped = fmt.Sprintf("token %d %s", who.Token, scoped)
		}
		return purpose + ":" + tokenEncoding.EncodeToString(d.seal("key", scoped)[:16]), nil
	}
}

// pageForm is the form of a page's key, whoever it was made for.
func pageForm(key string) (string, bool) {
	random, _, ok := strings.Cut(key, ".")
	return "files:" + random, ok && len(random) == 22
}
