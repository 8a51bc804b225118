package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"helpdesk.campus/core"
)

// It lets those pass who only refer to the account.
const lockUser = `select 1 from users where id = $1 for no key update`

// LockUser implements core.
func (s queries) LockUser(ctx context.Context, user core.UserID) error {
	_, err := scalar[int](ctx, s, lockUser, int64(user))
	return err
}

const setLanguage = `update users set language = $2 where id = $1`

// SetLanguage implements core.
func (s queries) SetLanguage(ctx context.Context, user core.UserID, language string) error {
	return s.exec(ctx, setLanguage, int64(user), language)
}

type ownSessionRow struct {
	ID             int64
	Door           string
	KeyFingerprint string
	KeyName        string
	Address        string
	Agent          string
	CreatedAt      time.Time
	SeenAt         time.Time
	ExpiresAt      time.Time
}

const ownSessions = `
	select s.id, s.door, s.key_fingerprint, coalesce(k.name, '') as key_name, s.address, s.agent, s.created_at, s.seen_at, s.expires_at
	from sessions s
	left join user_keys k on k.fingerprint = s.key_fingerprint and k.user_id = s.user_id and k.revoked_at is null
	where s.user_id = $1 and s.ended_at is null and s.expires_at > $2
	order by s.seen_at desc, s.id desc
	limit 200`

// Sessions implements core.
func (s queries) Sessions(ctx context.Context, user core.UserID, now time.Time) ([]core.Session, error) {
	rows, err := collect[ownSessionRow](ctx, s, ownSessions, int64(user), now)
	list := make([]core.Session, len(rows))
	for i := range rows {
		list[i] = rows[i].session(user)
	}
	return list, err
}

func (r *ownSessionRow) session(user core.UserID) core.Session {
	return core.Session{
		ID: core.SessionID(r.ID), User: user, Door: core.Door(r.Door), Key: r.KeyFingerprint, KeyName: r.KeyName, Address: r.Address,
		Agent: r.Agent, CreatedAt: r.CreatedAt.UTC(), SeenAt: r.SeenAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

const endSessionOf = `
	update sessions set ended_at = $3 where user_id = $1 and id = $2 and ended_at is null and expires_at > $3`

// EndSessionOf implements core.
func (s queries) EndSessionOf(ctx context.Context, user core.UserID, id core.SessionID, now time.Time) (bool, error) {
	return s.some(ctx, endSessionOf, int64(user), int64(id), now)
}

const (
	selectNotices = `select settings -> 'notices' from users where id = $1`
	saveNotices   = `update users set settings = settings || jsonb_build_object('notices', $2::jsonb) where id = $1`
)

// Notices implements core.
func (s queries) Notices(ctx context.Context, user core.UserID) (core.Notices, error) {
	n := core.DefaultNotices()
	raw, err := scalar[[]byte](ctx, s, selectNotices, int64(user))
	if err != nil || raw == nil {
		return n, err
	}
	if err := json.Unmarshal(raw, &n); err != nil {
		return n, fmt.Errorf("read notices of user %d: %w", user, err)
	}
	return n, nil
}

// SaveNotices implements core.
func (s queries) SaveNotices(ctx context.Context, user core.UserID, n core.Notices) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("write notices: %w", err)
	}
	return s.exec(ctx, saveNotices, int64(user), raw)
}

const savePreferences = `
	update users set settings = settings || jsonb_build_object('preferences', $2::jsonb), zone = $3 where id = $1`

// SavePreferences implements core.
func (s queries) SavePreferences(ctx context.Context, user core.UserID, p core.Preferences) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	return s.exec(ctx, savePreferences, int64(user), raw, p.Zone)
}

const setReporter = `update tickets set reporter_id = $2 where id = $1 and reporter_id is null and not anonymous`

// SetReporter implements core.
func (s queries) SetReporter(ctx context.Context, id core.TicketID, user core.UserID) error {
	return s.exec(ctx, setReporter, int64(id), int64(user))
}
