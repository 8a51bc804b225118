package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/core"
)

type userRow struct {
	ID           int64
	Username     string
	Name         string
	Email        string
	Role         string
	Language     string
	Disabled     bool
	PasswordHash string
	CreatedAt    time.Time
	Zone         string
	Preferences  []byte
	Memberships  []byte
	SessionLive  bool
}

// userColumns reads an account as it is now: with the queues it works, in one round trip.
const userColumns = `
	select u.id, u.username, u.name, coalesce(u.email, '') as email, u.role, u.language, u.disabled_at is not null as disabled,
	       coalesce(u.password_hash, '') as password_hash, u.created_at,
	       u.zone, u.settings -> 'preferences' as preferences, coalesce((
	           select jsonb_agg(jsonb_build_object('Queue', q.id, 'Code', q.code, 'Name', q.name, 'Lead', m.lead) order by q.code)
	           from memberships m join queues q on q.id = m.queue_id where m.user_id = u.id), '[]') as memberships`

const (
	selectAccount = userColumns + `,
		exists (select from sessions where id = $2 and user_id = $1 and ended_at is null and expires_at > $3) as session_live
		from users u where u.id = $1`
	selectAccounts = userColumns + `, a.session, s.id is not null as session_live
		from (select distinct * from unnest($1::bigint[], $2::bigint[]) as asked (person, session)) a
		join users u on u.id = a.person
		left join sessions s on s.id = a.session and s.user_id = u.id and s.ended_at is null and s.expires_at > $3`
	selectLogin = userColumns + `, false as session_live
		from users u where lower(u.username) = $1
		union all ` + userColumns + `, false from users u where lower(u.email) = $1
		limit 1`
)

func (r *userRow) user() (core.User, error) {
	u := core.User{
		ID: core.UserID(r.ID), Username: r.Username, Name: r.Name, Email: r.Email, Role: core.Role(r.Role), Language: r.Language,
		Disabled: r.Disabled, HasPassword: r.PasswordHash != "", CreatedAt: r.CreatedAt.UTC(),
		Preferences: core.DefaultPreferences(),
	}
	if r.Preferences != nil {
		if err := json.Unmarshal(r.Preferences, &u.Preferences); err != nil {
			return core.User{}, fmt.Errorf("read preferences of user %d: %w", r.ID, err)
		}
	}
	u.Preferences.Zone = r.Zone
	if r.Memberships != nil {
		if err := json.Unmarshal(r.Memberships, &u.Memberships); err != nil {
			return core.User{}, fmt.Errorf("read memberships of user %d: %w", r.ID, err)
		}
	}
	return u, nil
}

// Account implements core.
func (s queries) Account(ctx context.Context, user core.UserID, session core.SessionID, now time.Time) (core.Account, error) {
	r, err := one[userRow](ctx, s, selectAccount, int64(user), int64(session), now)
	if err != nil {
		return core.Account{}, err
	}
	u, err := r.user()
	return core.Account{User: u, Session: session, SessionLive: r.SessionLive}, err
}

type accountRow struct {
	userRow

	Session int64
}

// Accounts implements core.
func (s queries) Accounts(ctx context.Context, users []core.UserID, sessions []core.SessionID, now time.Time) ([]core.Account, error) {
	rows, err := collect[accountRow](ctx, s, selectAccounts, users, sessions, now)
	if err != nil {
		return nil, err
	}
	accounts := make([]core.Account, len(rows))
	for i := range rows {
		u, err := rows[i].user()
		if err != nil {
			return nil, err
		}
		accounts[i] = core.Account{User: u, Session: core.SessionID(rows[i].Session), SessionLive: rows[i].SessionLive}
	}
	return accounts, nil
}

// Login implements core.
func (s queries) Login(ctx context.Context, login string) (core.User, string, error) {
	r, err := one[userRow](ctx, s, selectLogin, login)
	if err != nil {
		return core.User{}, "", err
	}
	u, err := r.user()
	return u, r.PasswordHash, err
}

// unique turns the refusal of a unique index into core's own error, naming the field.
func unique(err error, fields map[string]string) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23505" {
		if field, known := fields[e.ConstraintName]; known {
			return &core.TakenError{Field: field}
		}
	}
	return err
}

const insertUser = `
	insert into users (username, name, email, role, password_hash, language, created_at)
	values ($1, $2, nullif($3, ''), $4, nullif($5, ''), $6, $7)
	returning id`

// InsertUser implements core.
func (s queries) InsertUser(ctx context.Context, u core.User, hash string) (core.UserID, error) {
	id, err := scalar[int64](ctx, s, insertUser, u.Username, u.Name, u.Email, string(u.Role), hash, u.Language, u.CreatedAt)
	return core.UserID(id), unique(err, map[string]string{"users_username": "username", "users_email": "email"})
}

const updateRole = `update users set role = $2 where id = $1`

// UpdateRole implements core.
func (s queries) UpdateRole(ctx context.Context, user core.UserID, role core.Role) error {
	return s.exec(ctx, updateRole, int64(user), string(role))
}

const setDisabled = `update users set disabled_at = case when $2 then $3::timestamptz end where id = $1`

// SetDisabled implements core.
func (s queries) SetDisabled(ctx context.Context, user core.UserID, disabled bool, now time.Time) error {
	return s.exec(ctx, setDisabled, int64(user), disabled, now)
}

const insertKey = `
	insert into user_keys (user_id, fingerprint, public_key, name, created_at) values ($1, $2, $3, $4, $5) returning id`

// InsertKey implements core.
func (s queries) InsertKey(ctx context.Context, k core.Key, authorized string) (int64, error) {
	id, err := scalar[int64](ctx, s, insertKey, int64(k.User), k.Fingerprint, authorized, k.Name, k.CreatedAt)
	return id, unique(err, map[string]string{"user_keys_fingerprint": "key"})
}

// A key is taken away, and what it signed in ends, by two statements: the first waits for whoever signs in with it at
// that moment, and only the next sees the session that they began.
const (
	revokeKey      = `update user_keys set revoked_at = $3 where user_id = $1 and fingerprint = $2 and revoked_at is null`
	endKeySessions = `update sessions set ended_at = $3 where user_id = $1 and key_fingerprint = $2 and ended_at is null`
)

// RevokeKey implements core.
func (s queries) RevokeKey(ctx context.Context, user core.UserID, fingerprint string, now time.Time) (bool, error) {
	gone, err := s.some(ctx, revokeKey, int64(user), fingerprint, now)
	if err != nil || !gone {
		return false, err
	}
	return true, s.exec(ctx, endKeySessions, int64(user), fingerprint, now)
}

type keyRow struct {
	ID          int64
	UserID      int64
	Fingerprint string
	Name        string
	CreatedAt   time.Time
	LastUsedAt  *time.Time
}

const selectKeys = `
	select id, user_id, fingerprint, name, created_at, last_used_at
	from user_keys where user_id = $1 and revoked_at is null order by id`

// Keys implements core.
func (s queries) Keys(ctx context.Context, user core.UserID) ([]core.Key, error) {
	rows, err := collect[keyRow](ctx, s, selectKeys, int64(user))
	list := make([]core.Key, len(rows))
	for i, r := range rows {
		list[i] = core.Key{
			ID: r.ID, User: core.UserID(r.UserID), Fingerprint: r.Fingerprint, Name: r.Name,
			CreatedAt: r.CreatedAt.UTC(), LastUsedAt: since(r.LastUsedAt),
		}
	}
	return list, err
}

type personRow struct {
	ID       int64
	Username string
	Name     string
}

// selectMembers looks each member's account up by itself. Asked for both at once, the planner counted on reading accounts up to the
// last member in the order of their numbers, and read all there are as soon as somebody new had joined.
const selectMembers = `
	select u.id, u.username, u.name
	from memberships m
	cross join lateral (
		select id, username, name from users where id = m.user_id and disabled_at is null and role <> 'reporter' offset 0) u
	where m.queue_id = $1
	order by lower(u.name), u.id`

// Members implements core.
func (s queries) Members(ctx context.Context, queue core.QueueID) ([]core.Person, error) {
	return s.people(ctx, selectMembers, int64(queue))
}

func (s queries) people(ctx context.Context, sql string, args ...any) ([]core.Person, error) {
	rows, err := collect[personRow](ctx, s, sql, args...)
	list := make([]core.Person, len(rows))
	for i, r := range rows {
		list[i] = core.Person{ID: core.UserID(r.ID), Username: r.Username, Name: r.Name}
	}
	return list, err
}

const selectTeam = `
	select u.id, u.username, u.name
	from users u
	where u.id in (select user_id from memberships where $1::bigint[] is null or queue_id = any($1))
	      and u.disabled_at is null and u.role <> 'reporter'
	order by lower(u.name), u.id
	limit $2`

// Team implements core.
func (s queries) Team(ctx context.Context, queues []core.QueueID, limit int) ([]core.Person, error) {
	rows, err := collect[personRow](ctx, s, selectTeam, queues, limit)
	list := make([]core.Person, len(rows))
	for i, r := range rows {
		list[i] = core.Person{ID: core.UserID(r.ID), Username: r.Username, Name: r.Name}
	}
	return list, err
}

const joinQueue = `
	insert into memberships (user_id, queue_id, lead, created_at) values ($1, $2, $3, $4)
	on conflict (queue_id, user_id) do update set lead = excluded.lead`

// Join implements core.
func (s queries) Join(ctx context.Context, user core.UserID, queue core.QueueID, lead bool, now time.Time) error {
	return s.exec(ctx, joinQueue, int64(user), int64(queue), lead, now)
}

const leaveQueue = `delete from memberships where user_id = $1 and queue_id = $2`

// Leave implements core.
func (s queries) Leave(ctx context.Context, user core.UserID, queue core.QueueID) (bool, error) {
	return s.some(ctx, leaveQueue, int64(user), int64(queue))
}

// lowerAll is for look-ups that must not depend on how somebody typed.
func lowerAll(list []string) []string {
	lower := make([]string, len(list))
	for i, s := range list {
		lower[i] = strings.ToLower(s)
	}
	return lower
}
