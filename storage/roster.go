package storage

import (
	"context"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
)

type userLineRow struct {
	userRow

	Keys     int
	Sessions int
	SeenAt   *time.Time
}

// listUsers pages by username. A beginning is looked for in the three indexes of beginnings.
const listUsers = userColumns + `, false as session_live,
		(select count(*) from user_keys k where k.user_id = u.id and k.revoked_at is null)::int as keys,
		(select count(*) from sessions s where s.user_id = u.id and s.ended_at is null and s.expires_at > $7)::int as sessions,
		(select max(s.seen_at) from sessions s where s.user_id = u.id) as seen_at
	from users u
	where lower(u.username) > $1
	  and ($2 = '' or u.id in (
	          select id from users where lower(username) like $2
	          union select id from users where lower(name) like $2
	          union select id from users where lower(email) like $2))
	  and ($3 = '' or u.role = $3)
	  and ($4 = 0 or u.id in (select user_id from memberships where queue_id = $4))
	  and (u.disabled_at is not null) = $5
	order by lower(u.username)
	limit $6`

// Users implements core.
func (s queries) Users(ctx context.Context, f core.UserFilter, after string, limit int, now time.Time) ([]core.UserLine, error) {
	begins := f.Begins
	if begins != "" {
		begins = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(begins) + `%`
	}
	rows, err := collect[userLineRow](ctx, s, listUsers, strings.ToLower(after), begins, string(f.Role), int64(f.Queue), f.Disabled, limit, now)
	if err != nil {
		return nil, err
	}
	list := make([]core.UserLine, len(rows))
	for i := range rows {
		r := &rows[i]
		user, err := r.user()
		if err != nil {
			return nil, err
		}
		list[i] = core.UserLine{User: user, Keys: r.Keys, Sessions: r.Sessions, SeenAt: since(r.SeenAt)}
	}
	return list, nil
}

const updateUser = `update users set name = $2, email = nullif($3, '') where id = $1`

// UpdateUser implements core.
func (s queries) UpdateUser(ctx context.Context, user core.UserID, name, email string) error {
	return unique(s.exec(ctx, updateUser, int64(user), name, email), map[string]string{"users_email": "email"})
}

const lockAdmins = `
	select count(*) from (select from users where role = 'admin' and disabled_at is null order by id for update) admins`

// LockAdmins implements core.
func (s queries) LockAdmins(ctx context.Context) (int, error) { return scalar[int](ctx, s, lockAdmins) }

type sessionLineRow struct {
	ownSessionRow

	UserID   int64
	Username string
	Name     string
}

const liveSessions = `
	select s.id, s.door, s.key_fingerprint, coalesce(k.name, '') as key_name, s.address, s.agent, s.created_at, s.seen_at, s.expires_at,
	       s.user_id, u.username, u.name
	from sessions s
	join users u on u.id = s.user_id
	left join user_keys k on k.fingerprint = s.key_fingerprint and k.user_id = s.user_id and k.revoked_at is null
	where s.ended_at is null and s.expires_at > $1 and (s.seen_at, s.id) < ($2, $3)
	order by s.seen_at desc, s.id desc
	limit $4`

// LiveSessions implements core.
func (s queries) LiveSessions(ctx context.Context, now time.Time, before core.SessionCursor, limit int) ([]core.SessionLine, error) {
	if before.ID == 0 {
		before.SeenAt = now.Add(24 * time.Hour) // clocks of processes differ a little
	}
	rows, err := collect[sessionLineRow](ctx, s, liveSessions, now, before.SeenAt, int64(before.ID), limit)
	list := make([]core.SessionLine, len(rows))
	for i := range rows {
		r := &rows[i]
		list[i] = core.SessionLine{
			Session: r.session(core.UserID(r.UserID)),
			User:    core.Person{ID: core.UserID(r.UserID), Username: r.Username, Name: r.Name},
		}
	}
	return list, err
}

// Trail implements core. It reads backwards through the index of the feed, of one stream or of one person: the
// statement's text depends only on what the filter names.
func (s queries) Trail(ctx context.Context, scope core.Scope, filter core.TrailFilter, before core.TrailCursor, limit int) ([]core.Event, error) {
	var f filterSQL
	f.trail(scope, filter)
	if before.XID != 0 {
		f.add(`(e.xid, e.id) < (` + f.arg(strconv.FormatUint(before.XID, 10)) + `::text::xid8, ` + f.arg(before.ID) + `)`)
	}
	sql := eventSelect + ` left join tickets t on e.stream = 'ticket' and t.id = e.stream_id where ` + f.where() +
		` order by e.xid desc, e.id desc limit ` + f.arg(limit)
	rows, err := collect[eventRow](ctx, s, sql, f.args...)
	list := make([]core.Event, len(rows))
	for i := range rows {
		list[i] = rows[i].event()
		list[i].XID, _ = strconv.ParseUint(rows[i].XID, 10, 64) // a number PostgreSQL wrote
	}
	return list, err
}

func (f *filterSQL) trail(scope core.Scope, filter core.TrailFilter) {
	switch {
	case filter.Desk:
		f.add(`e.stream <> 'ticket'`)
	case !scope.Everything:
		f.add(`(e.stream <> 'ticket' or (` + f.arg(scope.AllQueues) + ` and not t.confidential) or t.queue_id = any(` + f.arg(queueIDs(scope)) + `::bigint[]))`)
	}
	for _, equal := range []struct{ column, value string }{
		{`e.stream`, string(filter.Stream)},
		{`e.door`, string(filter.Door)},
		{`e.kind`, string(filter.Kind)},
		{`e.field`, filter.Field},
		{`e.key_fingerprint`, filter.Key},
	} {
		if equal.value != "" {
			f.add(equal.column + ` = ` + f.arg(equal.value))
		}
	}
	if filter.StreamID != 0 {
		f.add(`e.stream_id = ` + f.arg(filter.StreamID))
	}
	if filter.User != 0 {
		f.add(`e.user_id = ` + f.arg(int64(filter.User)))
	}
	if !filter.From.IsZero() {
		f.add(`e.at >= ` + f.arg(filter.From))
	}
	if !filter.To.IsZero() {
		f.add(`e.at < ` + f.arg(filter.To))
	}
}
