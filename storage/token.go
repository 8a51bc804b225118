package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const insertToken = `
	insert into tokens (user_id, name, scope, token_hash, created_at, expires_at)
	values ($1, $2, $3, $4, $5, $6)
	returning id`

// InsertToken implements core.
func (s queries) InsertToken(ctx context.Context, t core.Token, hash []byte) (core.TokenID, error) {
	id, err := scalar[int64](ctx, s, insertToken, int64(t.User), t.Name, string(t.Scope), hash, t.CreatedAt, t.ExpiresAt)
	return core.TokenID(id), err
}

type tokenRow struct {
	ID         int64
	UserID     int64
	Name       string
	Scope      string
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

func (r tokenRow) token() core.Token {
	return core.Token{
		ID: core.TokenID(r.ID), User: core.UserID(r.UserID), Name: r.Name, Scope: core.TokenScope(r.Scope),
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), LastUsedAt: since(r.LastUsedAt), RevokedAt: since(r.RevokedAt),
	}
}

const (
	tokenColumns = `id, user_id, name, scope, created_at, expires_at, last_used_at, revoked_at`
	tokenByHash  = `select ` + tokenColumns + ` from tokens where token_hash = $1`
	tokensOf     = `
		select ` + tokenColumns + ` from tokens
		where user_id = $1 and revoked_at is null and expires_at > $2
		order by created_at desc, id desc
		limit 200`
	tokenScope  = `select scope from tokens where id = $1 and user_id = $2 and revoked_at is null and expires_at > $3`
	touchToken  = `update tokens set last_used_at = $2 where id = $1`
	revokeToken = `update tokens set revoked_at = $3 where user_id = $1 and id = $2 and revoked_at is null`
)

// TokenByHash implements core.
func (s queries) TokenByHash(ctx context.Context, hash []byte) (core.Token, error) {
	r, err := one[tokenRow](ctx, s, tokenByHash, hash)
	if err != nil {
		return core.Token{}, err
	}
	return r.token(), nil
}

// TokenScope implements core.
func (s queries) TokenScope(ctx context.Context, user core.UserID, id core.TokenID, now time.Time) (core.TokenScope, error) {
	scope, err := scalar[string](ctx, s, tokenScope, int64(id), int64(user), now)
	return core.TokenScope(scope), err
}

// Tokens implements core.
func (s queries) Tokens(ctx context.Context, user core.UserID, now time.Time) ([]core.Token, error) {
	rows, err := collect[tokenRow](ctx, s, tokensOf, int64(user), now)
	list := make([]core.Token, len(rows))
	for i, r := range rows {
		list[i] = r.token()
	}
	return list, err
}

// TouchToken implements core.
func (s queries) TouchToken(ctx context.Context, id core.TokenID, now time.Time) error {
	return s.exec(ctx, touchToken, int64(id), now)
}

// RevokeToken implements core.
func (s queries) RevokeToken(ctx context.Context, user core.UserID, id core.TokenID, now time.Time) (bool, error) {
	return s.some(ctx, revokeToken, int64(user), int64(id), now)
}
