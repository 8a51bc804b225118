package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const keyOwner = `select user_id from user_keys where fingerprint = $1 and revoked_at is null`

// KeyOwner implements core.
func (s queries) KeyOwner(ctx context.Context, fingerprint string) (core.UserID, error) {
	id, err := scalar[int64](ctx, s, keyOwner, fingerprint)
	return core.UserID(id), err
}

const useKey = `update user_keys set last_used_at = $2 where fingerprint = $1 and revoked_at is null returning user_id`

// UseKey implements core.
func (s queries) UseKey(ctx context.Context, fingerprint string, now time.Time) (core.UserID, error) {
	id, err := scalar[int64](ctx, s, useKey, fingerprint, now)
	return core.UserID(id), err
}

const insertSession = `
	insert into sessions (token_hash, user_id, door, key_fingerprint, address, agent, created_at, seen_at, expires_at)
	values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
	returning id`

// InsertSession implements core.
func (s queries) InsertSession(ctx context.Context, session core.Session, tokenHash []byte, agent string) (core.SessionID, error) {
	id, err := scalar[int64](ctx, s, insertSession, tokenHash, int64(session.User), string(session.Door), session.Key, session.Address,
		agent, session.CreatedAt, session.ExpiresAt)
	return core.SessionID(id), err
}

type sessionRow struct {
	ID             int64
	UserID         int64
	Door           string
	KeyFingerprint string
	Address        string
	CreatedAt      time.Time
	ExpiresAt      time.Time
	SeenAt         time.Time
}

const (
	sessionByHash = `
		select id, user_id, door, key_fingerprint, address, created_at, expires_at, seen_at
		from sessions
		where token_hash = $1 and door = $2 and ended_at is null and expires_at > $3 and seen_at > $4`
	seeSession = `update sessions set seen_at = $2 where id = $1`

	// seenEvery is how exact "last seen" is: a write per page would cost more than it tells.
	seenEvery = 5 * time.Minute
)

// SessionByHash implements core.
func (s queries) SessionByHash(ctx context.Context, door core.Door, tokenHash []byte, now, since time.Time) (core.Session, error) {
	r, err := one[sessionRow](ctx, s, sessionByHash, tokenHash, string(door), now, since)
	if err != nil {
		return core.Session{}, err
	}
	if now.Sub(r.SeenAt) > seenEvery {
		if err := s.exec(ctx, seeSession, r.ID, now); err != nil {
			return core.Session{}, err
		}
	}
	return core.Session{
		ID: core.SessionID(r.ID), User: core.UserID(r.UserID), Door: core.Door(r.Door), Key: r.KeyFingerprint, Address: r.Address,
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}, nil
}

const endSession = `update sessions set ended_at = $2 where id = $1 and ended_at is null`

// EndSession implements core.
func (s queries) EndSession(ctx context.Context, id core.SessionID, now time.Time) error {
	return s.exec(ctx, endSession, int64(id), now)
}

const endSessions = `update sessions set ended_at = $3 where user_id = $1 and id <> $2 and ended_at is null`

// EndSessions implements core.
func (s queries) EndSessions(ctx context.Context, user core.UserID, except core.SessionID, now time.Time) error {
	return s.exec(ctx, endSessions, int64(user), int64(except), now)
}

// countAttempt counts a try, unless the subject has to wait: then nothing is written and nothing
// comes back. A count is forgotten after an hour in which nobody tried. While tries are free the end
// of the waiting lies well in the past, so that processes whose clocks differ do not wait for each other.
const (
	countAttempt = `
		insert into attempts as a (subject, failures, first_at, last_at, blocked_until)
		values ($1, 1, $2, $2, $2::timestamptz - interval '1 hour')
		on conflict (subject) do update set
			failures = case when a.last_at < $2 - interval '1 hour' then 1 else a.failures + 1 end,
			first_at = case when a.last_at < $2 - interval '1 hour' then $2 else a.first_at end,
			last_at = $2,
			blocked_until = case
				when a.last_at < $2 - interval '1 hour' or a.failures < $3 then $2 - interval '1 hour'
				else $2 + least(900, 2 ^ least(a.failures + 1 - $3, 20)) * interval '1 second' end
		where a.blocked_until <= $2
		returning failures`
	blockedUntil   = `select blocked_until from attempts where subject = $1`
	forgetAttempts = `delete from attempts where subject = $1`
	forgiveAttempt = `
		update attempts set failures = greatest(failures - 1, 0), blocked_until = least(blocked_until, last_at - interval '1 hour')
		where subject = $1`
)

// Attempt implements core.
func (s queries) Attempt(ctx context.Context, subject string, free int, now time.Time) (time.Time, error) {
	counted, err := s.some(ctx, countAttempt, subject, now, free)
	if err != nil || counted {
		return time.Time{}, err
	}
	until, err := scalar[time.Time](ctx, s, blockedUntil, subject)
	return until.UTC(), err
}

// ForgetAttempts implements core.
func (s queries) ForgetAttempts(ctx context.Context, subject string) error {
	return s.exec(ctx, forgetAttempts, subject)
}

// ForgiveAttempt implements core.
func (s queries) ForgiveAttempt(ctx context.Context, subject string) error {
	return s.exec(ctx, forgiveAttempt, subject)
}

const setPassword = `update users set password_hash = $2 where id = $1`

// SetPassword implements core.
func (s queries) SetPassword(ctx context.Context, user core.UserID, hash string) error {
	return s.exec(ctx, setPassword, int64(user), hash)
}

const insertCode = `
	insert into one_time_codes (user_id, code_hash, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5)`

// InsertCode implements core.
func (s queries) InsertCode(ctx context.Context, user core.UserID, hash string, by core.UserID, now, expires time.Time) error {
	return s.exec(ctx, insertCode, int64(user), []byte(hash), null(int64(by)), now, expires)
}

// useCode uses up all codes of the account with the one that is shown: after a new password, an older one
// that somebody else may have must not open it.
const useCode = `
	update one_time_codes set used_at = $3
	where user_id = $1 and used_at is null and exists (
		select from one_time_codes where user_id = $1 and id = $2 and used_at is null and expires_at > $3)`

// UseCode implements core.
func (s queries) UseCode(ctx context.Context, user core.UserID, id int64, now time.Time) (bool, error) {
	return s.some(ctx, useCode, int64(user), id, now)
}

const codesOf = `
	select id, code_hash from one_time_codes
	where user_id = $1 and used_at is null and expires_at > $2 order by created_at desc, id desc limit $3`

// Codes implements core.
func (s queries) Codes(ctx context.Context, user core.UserID, now time.Time, limit int) ([]core.OneTimeCode, error) {
	rows, err := collect[struct {
		ID       int64
		CodeHash []byte
	}](ctx, s, codesOf, int64(user), now, limit)
	list := make([]core.OneTimeCode, len(rows))
	for i, r := range rows {
		list[i] = core.OneTimeCode{ID: r.ID, Hash: string(r.CodeHash)}
	}
	return list, err
}

// What has run out is removed in small statements, each served by an index.
const (
	cleanFileLinks = `delete from file_links where expires_at < $1::timestamptz`
	cleanSessions  = `delete from sessions where expires_at < $1::timestamptz - interval '30 days'`
	cleanCodes     = `delete from one_time_codes where expires_at < $1::timestamptz - interval '30 days'`
	cleanAttempts  = `delete from attempts where last_at < $1::timestamptz - interval '1 day'`
	cleanSalts     = `delete from secrets where name like 'salt:%' and created_at < $1::timestamptz - interval '1 day'`
	cleanOnce      = `
		delete from dedupe
		where created_at < $1::timestamptz - interval '90 days' and key not like 'import:%'`
	cleanFiles = `
		with gone as (select id from files where expires_at < $1::timestamptz and not exists (select from attachments where file_id = files.id)),
		chunks as (delete from file_chunks where file_id in (select id from gone))
		delete from files where id in (select id from gone)`
	cleanUploaders = `update files set uploader = '' where uploader <> '' and created_at < $1::timestamptz - interval '2 days'`
)

// CleanUp implements core.
func (s queries) CleanUp(ctx context.Context, now time.Time) (int64, error) {
	var total int64
	for _, sql := range []string{cleanFileLinks, cleanSessions, cleanCodes, cleanAttempts, cleanSalts, cleanOnce, cleanFiles, cleanUploaders} {
		tag, err := s.q.Exec(ctx, sql, now)
		if err != nil {
			return total, outage(err)
		}
		total += tag.RowsAffected()
	}
	return total, nil
}
