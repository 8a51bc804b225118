package core

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/action"
)

// TokenID numbers the personal tokens.
type TokenID int64

// TokenScope is what a token may be used for. Whatever its scope, a token may no more than its owner.
type TokenScope string

// The scopes, from the narrowest.
const (
	TokenReport  TokenScope = "report"  // file reports, and nothing else
	TokenFigures TokenScope = "figures" // read the analysis, and nothing else
	TokenRead    TokenScope = "read"    // read all that its owner may, the analysis too
	TokenWrite   TokenScope = "write"   // read and do all that its owner may
)

// TokenScopes lists the scopes from the narrowest.
func TokenScopes() []TokenScope {
	return []TokenScope{TokenReport, TokenFigures, TokenRead, TokenWrite}
}

// Valid reports whether s is a scope.
func (s TokenScope) Valid() bool {
	return s == TokenReport || s == TokenFigures || s == TokenRead || s == TokenWrite
}

// Covers reports whether a token of this scope serves for what needs another. No scope at all is that
// of somebody who came without a token.
func (s TokenScope) Covers(need TokenScope) bool {
	switch s {
	case "", TokenWrite:
		return true
	case TokenRead:
		return need == TokenRead || need == TokenFigures
	case TokenReport, TokenFigures:
		return need == s
	}
	return false
}

// Token is a personal token: what a program of its owner's signs in with. The secret itself is shown
// once and kept nowhere.
type Token struct {
	ID         TokenID
	User       UserID
	Name       string
	Scope      TokenScope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt time.Time // zero: never; exact to a minute
	RevokedAt  time.Time // zero: not revoked
}

// Expired reports whether the token's time has passed.
func (t *Token) Expired(now time.Time) bool { return !t.ExpiresAt.After(now) }

// How long a token may live, and how many somebody may have at once.
const (
	DefaultTokenDays = 90
	MaxTokenDays     = 365
	maxTokens        = 50
)

// tokenSeen is how exact the last use is: a write per call would cost more than it tells.
const tokenSeen = time.Minute

type tokenStore interface {
	// InsertToken writes a token, unless one with the same secret is there.
	InsertToken(ctx context.Context, t Token, hash []byte) (TokenID, error)
	// TokenByHash finds a token by its secret, whether it still holds or not.
	TokenByHash(ctx context.Context, hash []byte) (Token, error)
	// TokenScope is the scope of a user's token that holds at now.
	TokenScope(ctx context.Context, user UserID, id TokenID, now time.Time) (TokenScope, error)
	// Tokens lists the tokens of a user that hold at now, the newest first.
	Tokens(ctx context.Context, user UserID, now time.Time) ([]Token, error)
	TouchToken(ctx context.Context, id TokenID, now time.Time) error
	// RevokeToken ends a token of a user; false if there is none like it.
	RevokeToken(ctx context.Context, user UserID, id TokenID, now time.Time) (bool, error)
}

// A secret is "hd_" and 39 small letters and digits: 160 random bits and a checksum, by which scanners
// for leaked secrets know one without asking.
const tokenPrefix = "hd_"

var tokenLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func writeToken(random []byte) string {
	sum := crc32.ChecksumIEEE(append([]byte(tokenPrefix), random...))
	return tokenPrefix + tokenLetters.EncodeToString(binary.BigEndian.AppendUint32(slices.Clip(random), sum))
}

// IsToken reports whether a text has the form of a token, its checksum included.
func IsToken(text string) bool {
	letters, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || len(letters) != 39 {
		return false
	}
	raw, err := tokenLetters.DecodeString(letters)
	return err == nil && len(raw) == 24 && writeToken(raw[:20]) == text
}

// NewToken is a token that somebody asks for.
type NewToken struct {
	Key   string // from NewFormKey: sending it twice makes one; "" where the caller never sends twice
	Name  string // what it is for
	Scope TokenScope
	Days  int // how long it holds; 90 if 0, at most 365

	Password string // the actor's own; for the page alone
}

func (in *NewToken) check() error {
	var wrong problems
	checkName(&wrong, in.Name)
	if !in.Scope.Valid() {
		wrong.add("scope", "token_scope_unknown")
	}
	if in.Days < 1 || in.Days > MaxTokenDays {
		wrong.add("days", "token_days", "Max", MaxTokenDays)
	}
	return wrong.err()
}

// NewToken makes a token of the actor's own, and returns it with its secret, which is shown this once. On the page the password is
// asked for once more.
func (d *Desk) NewToken(ctx context.Context, who Actor, in NewToken) (Token, string, error) {
	in.Name = cleanLine(in.Name)
	if in.Days == 0 {
		in.Days = DefaultTokenDays
	}
	if err := in.check(); err != nil {
		return Token{}, "", err
	}
	once, err := d.onceKey(who, "token", in.Key)
	if err != nil {
		return Token{}, "", err
	}
	if err := d.proveAgain(ctx, who, in.Password); err != nil {
		return Token{}, "", err
	}
	// Like a private link, the secret follows from the key, so that a form sent twice gets one answer.
	secret := writeToken(d.seal("token", once)[:20])
	now := d.Now()
	made := Token{User: who.User, Name: in.Name, Scope: in.Scope, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, in.Days)}
	err = d.own(ctx, who, "make token", func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.LockUser(ctx, p.user.ID); err != nil { // so that two at once are counted one after the other
			return fmt.Errorf("lock account: %w", err)
		}
		if before, err := tx.TokenByHash(ctx, hashToken(secret)); err == nil {
			made = before
			return nil
		}
		held, err := tx.Tokens(ctx, p.user.ID, now)
		if err != nil {
			return fmt.Errorf("read tokens: %w", err)
		}
		if len(held) >= maxTokens {
			return &Error{Kind: Forbidden, Code: "tokens_too_many", Args: map[string]any{"Max": maxTokens}}
		}
		if made.ID, err = tx.InsertToken(ctx, made, hashToken(secret)); err != nil {
			return fmt.Errorf("write token: %w", err)
		}
		return d.recordOwn(ctx, tx, p, EventTokenMade, "", "", fmt.Sprintf("%d %s", made.ID, made.Scope))
	})
	if err != nil {
		return Token{}, "", err
	}
	return made, secret, nil
}

// Tokens lists the actor's tokens that still hold, the newest first.
func (d *Desk) Tokens(ctx context.Context, who Actor) ([]Token, error) {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	list, err := d.store.Tokens(ctx, p.user.ID, d.Now())
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// endTokens ends all tokens of somebody: with a new password nothing holds any more that was made with the old one.
func (d *Desk) endTokens(ctx context.Context, tx Tx, p *principal) error {
	now := d.Now()
	held, err := tx.Tokens(ctx, p.user.ID, now)
	if err != nil {
		return fmt.Errorf("read tokens: %w", err)
	}
	for _, t := range held {
		if _, err := tx.RevokeToken(ctx, p.user.ID, t.ID, now); err != nil {
			return fmt.Errorf("write token: %w", err)
		}
		if err := d.recordOwn(ctx, tx, p, EventTokenRevoked, "", fmt.Sprint(t.ID), ""); err != nil {
			return err
		}
	}
	return nil
}

// RevokeToken ends a token of the actor's own; what runs with it ends within seconds. A program may
// end the token that it came with.
func (d *Desk) RevokeToken(ctx context.Context, who Actor, id TokenID) error {
	if who.Token != 0 && who.Token != id {
		return forbidden("token_own")
	}
	return d.alter(ctx, who, "revoke token", func(ctx context.Context, tx Tx, p *principal) error {
		ended, err := tx.RevokeToken(ctx, p.user.ID, id, d.Now())
		if err != nil {
			return fmt.Errorf("write token: %w", err)
		}
		if !ended {
			return Missing("token")
		}
		return d.recordOwn(ctx, tx, p, EventTokenRevoked, "", fmt.Sprint(id), "")
	})
}

// TokenActor makes the actor who calls with a token, for something that needs a scope, or one of some. A token that is
// unknown, revoked or too old is Unauthenticated, and says which to whoever holds it. Calls are counted
// by token, and those without a good one by address.
func (d *Desk) TokenActor(ctx context.Context, door Door, secret, address string, need ...TokenScope) (Actor, User, error) {
	t, err := d.goodToken(ctx, secret)
	if KindOf(err) == Unauthenticated {
		if limited := d.CountCall(ctx, Anonymous(door, address)); limited != nil {
			return Actor{}, User{}, limited
		}
	}
	if err != nil {
		return Actor{}, User{}, err
	}
	who := Actor{Kind: ActorUser, User: t.User, Token: t.ID, Door: door, Address: address}
	if err := d.CountCall(ctx, who); err != nil {
		return Actor{}, User{}, err
	}
	p, err := d.lookUp(ctx, d.store, who)
	if err != nil {
		return Actor{}, User{}, err
	}
	if now := d.Now(); now.Sub(t.LastUsedAt) >= tokenSeen {
		if err := d.store.TouchToken(ctx, t.ID, now); err != nil {
			return Actor{}, User{}, fmt.Errorf("mark token as used: %w", err)
		}
	}
	if !slices.ContainsFunc(need, func(scope TokenScope) bool { return scope != "" && p.token.Covers(scope) }) {
		return Actor{}, User{}, errTokenScope(need[0])
	}
	return who, p.user, nil
}

func (d *Desk) goodToken(ctx context.Context, secret string) (Token, error) {
	if !IsToken(secret) {
		return Token{}, &Error{Kind: Unauthenticated, Code: "token_unknown"}
	}
	t, err := d.store.TokenByHash(ctx, hashToken(secret))
	switch {
	case errors.Is(err, ErrNoRow):
		return Token{}, &Error{Kind: Unauthenticated, Code: "token_unknown"}
	case err != nil:
		return Token{}, fmt.Errorf("look up token: %w", err)
	case !t.RevokedAt.IsZero():
		return Token{}, &Error{Kind: Unauthenticated, Code: "token_revoked"}
	case t.Expired(d.Now()):
		return Token{}, &Error{Kind: Unauthenticated, Code: "token_expired"}
	}
	return t, nil
}

// tokenOf is what the token that an actor came with is for; "" if they came without one.
func (d *Desk) tokenOf(ctx context.Context, tx Tx, who Actor) (TokenScope, error) {
	if who.Token == 0 {
		return "", nil
	}
	scope, err := tx.TokenScope(ctx, who.User, who.Token, d.Now())
	if errors.Is(err, ErrNoRow) {
		return "", &Error{Kind: Unauthenticated, Code: "token_ended"}
	}
	if err != nil {
		return "", fmt.Errorf("look up token: %w", err)
	}
	return scope, nil
}

func errTokenScope(need TokenScope) *Error {
	return &Error{Kind: Forbidden, Code: "token_scope", Args: map[string]any{"Scope": string(need)}}
}

// ThisToken shows the token that the actor came with.
func (d *Desk) ThisToken(ctx context.Context, who Actor) (Token, error) {
	tokens, err := d.Tokens(ctx, who)
	if err != nil {
		return Token{}, err
	}
	for _, t := range tokens {
		if t.ID == who.Token {
			return t, nil
		}
	}
	return Token{}, Missing("token")
}

// tokenAllows is the part of the policy that is about the token an actor came with.
func (p *principal) tokenAllows(name action.Name) *Error {
	need := TokenWrite
	switch name {
	case action.View:
		need = TokenRead
	case action.Report:
		need = TokenReport
	}
	if !p.token.Covers(need) {
		return errTokenScope(need)
	}
	return nil
}
