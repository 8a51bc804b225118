package storage

import (
	"context"

	"helpdesk.campus/core"
)

// like is the condition that somebody's username or name begins with what is typed.
func (f *filterSQL) like(prefix string) string {
	typed := f.arg(prefix)
	return `(starts_with(lower(u.username), lower(` + typed + `)) or starts_with(lower(u.name), lower(` + typed + `)))`
}

// StaffLike implements core.
func (s queries) StaffLike(ctx context.Context, scope core.Scope, prefix string, limit int) ([]core.Person, error) {
	f := &filterSQL{}
	f.add(f.like(prefix))
	f.staffOf(scope)
	return s.peopleLike(ctx, f, limit)
}

// staffOf narrows people to those who work a queue of the scope.
func (f *filterSQL) staffOf(scope core.Scope) {
	f.add(`u.role in ('staff', 'admin') and u.disabled_at is null`)
	if !scope.Everything && !scope.AllQueues {
		f.add(`exists (select from memberships m where m.user_id = u.id and m.queue_id = any(` + f.arg(queueIDs(scope)) + `::bigint[]))`)
	}
}

// ReportersLike implements core.
func (s queries) ReportersLike(ctx context.Context, scope core.Scope, prefix string, limit int) ([]core.Person, error) {
	f := &filterSQL{}
	f.add(f.like(prefix))
	inner := &filterSQL{args: f.args}
	inner.scope(scope)
	inner.add(`t.reporter_id = u.id`)
	f.args = inner.args
	f.add(`exists (select from tickets t where ` + inner.where() + `)`)
	return s.peopleLike(ctx, f, limit)
}

func (s queries) peopleLike(ctx context.Context, f *filterSQL, limit int) ([]core.Person, error) {
	sql := `select u.id, u.username, u.name from users u where ` + f.where() + ` order by u.username limit ` + f.arg(limit)
	return s.people(ctx, sql, f.args...)
}
