package campus_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// row is a ticket as it stands in the database.
type row struct {
	ID           core.TicketID
	Status       string
	WaitingOn    string
	SnoozedUntil time.Time
	Resolution   string
	Priority     int16
	Attention    int16
	Title        string
	Category     string
	Queue        string
	QueueID      core.QueueID
	Location     string
	Place        string
	Reporter     core.UserID
	Assignee     core.UserID
	Confidential bool
	Public       bool
	PublicTitle  string
	Anonymous    bool
	MergedInto   core.TicketID
	Version      int
	LastSeq      int
	ClosedAt     time.Time
	Tags         string
	Links        string
	Messages     int
}

const selectRows = `
	select t.id, t.status, t.waiting_on, coalesce(t.snoozed_until, '0001-01-01Z'::timestamptz) as snoozed_until, t.resolution, t.priority, t.attention,
	       t.title, c.code as category, q.code as queue, q.id as queue_id, coalesce(l.code, '') as location, t.place, coalesce(t.reporter_id, 0) as reporter,
	       coalesce(t.assignee_id, 0) as assignee, t.confidential, t.public, t.public_title, t.anonymous, coalesce(t.merged_into, 0) as merged_into,
	       t.version, t.last_seq, coalesce(t.closed_at, '0001-01-01Z'::timestamptz) as closed_at,
	       coalesce((select string_agg(tag, ' ' order by tag) from tags where ticket_id = t.id), '') as tags,
	       coalesce((select string_agg(word, ', ' order by word) from (
	           select kind || ' ' || other_id as word from links where ticket_id = t.id
	           union all select case kind when 'related' then '' else 'by ' end || kind || ' ' || ticket_id from links where other_id = t.id) x), '') as links,
	       (select count(*) from messages where ticket_id = t.id) as messages
	from tickets t join categories c on c.id = t.category_id join queues q on q.id = t.queue_id left join locations l on l.id = t.location_id`

func (w *world) rows(where string, args ...any) []row {
	w.Helper()
	found, err := w.raw.Query(w.Context(), selectRows+" "+where+" order by t.id", args...)
	w.need(err, "read tickets")
	list, err := pgx.CollectRows(found, pgx.RowToStructByName[row])
	w.need(err, "read tickets")
	for i := range list {
		list[i].SnoozedUntil, list[i].ClosedAt = list[i].SnoozedUntil.UTC(), list[i].ClosedAt.UTC()
	}
	return list
}

func (w *world) row(id core.TicketID) row {
	w.Helper()
	list := w.rows("where t.id = $1", int64(id))
	if len(list) != 1 {
		w.wrongf("%s is lost", id)
	}
	return list[0]
}

// state is what undoing gives back.
func (r row) state() string {
	return fmt.Sprint(r.Status, r.WaitingOn, r.SnoozedUntil, r.Resolution, r.Priority, r.Category, r.Queue, r.Location, r.Place, r.Assignee,
		r.Confidential, r.MergedInto, r.ClosedAt, r.Tags, r.Links)
}

// number reads one number.
func (w *world) number(sql string, args ...any) int64 {
	w.Helper()
	var n int64
	w.need(w.raw.QueryRow(w.Context(), sql, args...).Scan(&n), sql)
	return n
}

// standing is where somebody stands, read from the database and judged by the few lines below.
type standing struct {
	user     core.UserID
	ticket   core.TicketID // of a guest
	role     string
	disabled bool
	queues   []core.QueueID
}

func (w *world) standing(who core.Actor) standing {
	w.Helper()
	if who.Kind == core.ActorGuest {
		s := standing{}
		_ = w.raw.QueryRow(w.Context(), `select ticket_id from access_links where id = $1 and revoked_at is null`, int64(who.Link)).Scan(&s.ticket)
		return s
	}
	return w.standings()[who.User]
}

// standings is where everybody with an account stands.
func (w *world) standings() map[core.UserID]standing {
	w.Helper()
	found, err := w.raw.Query(w.Context(), `
		select u.id, u.role, u.disabled_at is not null, array(select queue_id from memberships where user_id = u.id) from users u`)
	w.need(err, "read where people stand")
	list, err := pgx.CollectRows(found, func(r pgx.CollectableRow) (s standing, err error) {
		return s, r.Scan(&s.user, &s.role, &s.disabled, &s.queues)
	})
	w.need(err, "read where people stand")
	all := make(map[core.UserID]standing, len(list))
	for _, s := range list {
		all[s.user] = s
	}
	return all
}

func (s standing) works(r row) bool {
	if s.disabled || s.role != "staff" && s.role != "admin" {
		return false
	}
	return slices.Contains(s.queues, r.QueueID) || s.role == "admin" && !r.Confidential
}

func (s standing) owns(r row) bool {
	return !s.disabled && (s.user != 0 && r.Reporter == s.user || s.ticket != 0 && r.ID == s.ticket)
}

func (s standing) staff() bool { return !s.disabled && (s.role == "staff" || s.role == "admin") }

// sides says on which side of a ticket one must stand for a play.
type sides int

const (
	staffOnly sides = iota
	reporterOnly
	either
)

// may is the model of who may do what. It allows; it does not say all that is refused.
func (s standing) may(side sides, in string, r row) bool {
	if in != "" && !strings.Contains(in, r.Status[:1]) {
		return false
	}
	return side != reporterOnly && s.works(r) || side != staffOnly && s.owns(r)
}
