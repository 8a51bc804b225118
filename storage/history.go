package storage

import (
	"context"
	"math"
	"strconv"
	"time"

	"helpdesk.campus/core"
)

const insertEvents = `
	insert into events (stream, stream_id, seq, version, command, undoes, kind, field, from_value, to_value, source, digest,
	                    actor, user_id, key_fingerprint, door, at, hash)
	select * from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[],
	                     $10::text[], $11::text[], $12::bytea[], $13::text[], $14::bigint[], $15::text[], $16::text[], $17::timestamptz[], $18::bytea[])`

// eventColumns are the columns of the events of one statement.
type eventColumns struct {
	stream, kind, field, from, to, source, actor, key, door []string
	id                                                      []int64
	seq, version                                            []int
	command                                                 []string
	undoes                                                  []*string
	digest, hash                                            [][]byte
	user                                                    []*int64
	at                                                      []time.Time
}

// AppendEvents implements core.
func (s queries) AppendEvents(ctx context.Context, events []core.Event) error {
	var c eventColumns
	for _, e := range events {
		c.stream, c.id, c.seq, c.version = append(c.stream, string(e.Stream)), append(c.id, e.StreamID), append(c.seq, e.Seq), append(c.version, e.Version)
		c.command, c.undoes = append(c.command, e.Command), append(c.undoes, null(e.Undoes))
		c.kind, c.field, c.from, c.to = append(c.kind, string(e.Kind)), append(c.field, e.Field), append(c.from, e.From), append(c.to, e.To)
		c.source, c.digest, c.actor = append(c.source, e.Source), append(c.digest, e.Digest), append(c.actor, string(e.Actor))
		c.user, c.key = append(c.user, null(int64(e.User.ID))), append(c.key, e.Key)
		c.door, c.at, c.hash = append(c.door, string(e.Door)), append(c.at, e.At), append(c.hash, e.Hash)
	}
	if err := s.later(ctx, insertEvents, c.stream, c.id, c.seq, c.version, c.command, c.undoes, c.kind, c.field, c.from, c.to, c.source,
		c.digest, c.actor, c.user, c.key, c.door, c.at, c.hash); err != nil {
		return err
	}
	return s.milestones(ctx, events)
}

const nextSeq = `
	insert into streams as s (stream, stream_id, last_seq) values ($1, $2, 1)
	on conflict (stream, stream_id) do update set last_seq = s.last_seq + 1
	returning last_seq, chain`

// NextSeq implements core.
func (s queries) NextSeq(ctx context.Context, stream core.Stream, id int64) (int, []byte, error) {
	var seq int
	var end []byte
	err := s.q.QueryRow(ctx, nextSeq, string(stream), id).Scan(&seq, &end)
	return seq, end, row(err)
}

const saveChain = `update streams set chain = $3 where stream = $1 and stream_id = $2`

// SaveChain implements core.
func (s queries) SaveChain(ctx context.Context, stream core.Stream, id int64, end []byte) error {
	return s.later(ctx, saveChain, string(stream), id, end)
}

type eventRow struct {
	ID             int64
	Stream         string
	StreamID       int64
	Seq            int
	Version        int
	Command        string
	Undoes         string
	Kind           string
	Field          string
	FromValue      string
	ToValue        string
	Source         string
	Actor          string
	UserID         int64
	Username       string
	Name           string
	KeyFingerprint string
	Door           string
	At             time.Time
	FromName       string
	ToName         string
	OfName         string
	Digest         []byte
	XID            string
}

// eventSelect reads events with the names of whom and what they mention, as those are called now. Each name is looked up by
// itself, where its field mentions one: joined, ten tables kept the planner busy and all accounts were read.
const (
	eventSelect = `
		select e.id, e.stream, e.stream_id, e.seq, e.version, e.command::text, coalesce(e.undoes::text, '') as undoes, e.kind, e.field,
		       e.from_value, e.to_value, e.source, e.actor, coalesce(e.user_id, 0) as user_id, coalesce(u.username, '') as username,
		       coalesce(u.name, '') as name, e.key_fingerprint, e.door, e.at,
		       coalesce(case e.field
		           when 'assignee' then (select name from users where id = case when e.from_value ~ '^[1-9][0-9]{0,17}$' then e.from_value::bigint end)
		           when 'queue' then (select name from queues where e.from_value in (code, id::text) or e.from_value = id || ' lead')
		           when 'category' then (select name from categories where code = e.from_value)
		           when 'place' then (select name from locations where code = e.from_value)
		           when 'lead' then (select name from queues where id::text = split_part(e.from_value, ' ', 1)) end, e.from_value) as from_name,
		       coalesce(case
		           when e.field = 'assignee' or e.kind in ('handed_over', 'took_over') then (select name from users where id = case when e.to_value ~ '^[1-9][0-9]{0,17}$' then e.to_value::bigint end)
		           when e.field = 'queue' then (select name from queues where e.to_value in (code, id::text) or e.to_value = id || ' lead')
		           when e.field = 'category' then (select name from categories where code = e.to_value)
		           when e.field = 'place' then (select name from locations where code = e.to_value)
		           when e.field = 'lead' then (select name from queues where id::text = split_part(e.to_value, ' ', 1)) end, e.to_value) as to_name,
		       coalesce(case e.stream
		           when 'user' then (select username from users where id = e.stream_id)
		           when 'queue' then (select code from queues where id = e.stream_id)
		           when 'category' then (select code from categories where id = e.stream_id)
		           when 'location' then (select code from locations where id = e.stream_id) end, '') as of_name,
		       e.digest, e.xid::text as xid
		from events e
		left join users u on u.id = e.user_id`
	ticketEvents = eventSelect + ` where e.stream = 'ticket' and e.stream_id = $1 and e.seq > $2 order by e.seq limit $3`
	eventsSince  = eventSelect + ` where e.stream = 'ticket' and e.stream_id = $1 and e.version > $2 and e.field = any($3) order by e.seq limit 200`
)

func (r *eventRow) event() core.Event {
	return core.Event{
		ID: r.ID, Stream: core.Stream(r.Stream), StreamID: r.StreamID, Seq: r.Seq, Version: r.Version, Command: r.Command, Undoes: r.Undoes,
		Kind: core.EventKind(r.Kind), Field: r.Field, From: r.FromValue, To: r.ToValue, FromName: r.FromName, ToName: r.ToName, OfName: r.OfName,
		Source: r.Source, Digest: r.Digest, Actor: core.ActorKind(r.Actor), User: core.Person{ID: core.UserID(r.UserID), Username: r.Username, Name: r.Name},
		Key: r.KeyFingerprint, Door: core.Door(r.Door), At: r.At.UTC(),
	}
}

func (s queries) events(ctx context.Context, sql string, args ...any) ([]core.Event, error) {
	rows, err := collect[eventRow](ctx, s, sql, args...)
	return events(rows), err
}

func events(rows []eventRow) []core.Event {
	list := make([]core.Event, len(rows))
	for i := range rows {
		list[i] = rows[i].event()
	}
	return list
}

// TicketEvents implements core.
func (s queries) TicketEvents(ctx context.Context, id core.TicketID, afterSeq, limit int) ([]core.Event, error) {
	return s.events(ctx, ticketEvents, int64(id), afterSeq, limit)
}

// EventsSince implements core.
func (s queries) EventsSince(ctx context.Context, id core.TicketID, version int, fields []string) ([]core.Event, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	return s.events(ctx, eventsSince, int64(id), version, fields)
}

// feedAfter reads below the oldest transaction that still runs anywhere in the cluster. A
// transaction gets its number when it first writes, so all of one that is above that line is still
// to come, and none of one below it can appear later. Row comparison keeps the place within a
// transaction.
const (
	feedEnd = `
		select value #>> '{}', (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text from settings where key = 'epoch'`
	feedAfter = eventSelect + `
		join tickets t on e.stream = 'ticket' and t.id = e.stream_id
		where (e.xid, e.id) > ($1::text::xid8, $2) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
		  and ($3 or ($4 and not t.confidential) or t.queue_id = any($5::bigint[]))
		order by e.xid, e.id
		limit $6`
)

// FeedAfter implements core. Where it finds no more, the cursor goes on to the end that was read before:
// all below it was looked at, and what is not for the reader need not be looked at again.
func (s queries) FeedAfter(ctx context.Context, scope core.Scope, after core.FeedCursor, limit int) ([]core.Event, core.FeedCursor, error) {
	end, err := s.FeedEnd(ctx)
	if err != nil {
		return nil, after, err
	}
	if after.Epoch != "" && after.Epoch != end.Epoch {
		return nil, after, core.ErrEpoch
	}
	after.Epoch = end.Epoch
	rows, err := collect[eventRow](ctx, s, feedAfter, strconv.FormatUint(after.XID, 10), after.ID, scope.Everything, scope.AllQueues,
		queueIDs(scope), limit)
	if err != nil {
		return nil, after, err
	}
	list := make([]core.Event, len(rows))
	for i, r := range rows {
		list[i] = r.event()
		if after.XID, err = strconv.ParseUint(r.XID, 10, 64); err != nil {
			return nil, after, err
		}
		after.ID, list[i].XID = r.ID, after.XID
	}
	if len(rows) < limit && after.XID <= end.XID {
		after = end
	}
	return list, after, nil
}

// FeedEnd implements core: the last transaction that FeedAfter may read, and behind all that it wrote.
func (s queries) FeedEnd(ctx context.Context) (core.FeedCursor, error) {
	var epoch, last string
	if err := s.q.QueryRow(ctx, feedEnd).Scan(&epoch, &last); err != nil {
		return core.FeedCursor{}, row(err)
	}
	xid, err := strconv.ParseUint(last, 10, 64)
	return core.FeedCursor{Epoch: epoch, XID: xid, ID: math.MaxInt64}, err
}

func queueIDs(scope core.Scope) []int64 {
	ids := make([]int64, len(scope.Queues))
	for i, id := range scope.Queues {
		ids[i] = int64(id)
	}
	return ids
}

const insertRevision = `
	insert into revisions (ticket_id, message_id, field, body, digest, replaced_by, replaced_at) values ($1, $2, $3, $4, $5, $6, $7)`

// InsertRevision implements core.
func (s queries) InsertRevision(ctx context.Context, r core.Revision) error {
	return s.later(ctx, insertRevision, int64(r.Ticket), null(int64(r.Message)), r.Field, r.Body, r.Digest, null(int64(r.By)), r.At)
}

type importedRow struct {
	Key      string
	TicketID int64
}

const imported = `select key, ticket_id from dedupe where key = any($1)`

// Imported implements core.
func (s queries) Imported(ctx context.Context, keys []string) (map[string]core.TicketID, error) {
	rows, err := collect[importedRow](ctx, s, imported, keys)
	found := make(map[string]core.TicketID, len(rows))
	for _, r := range rows {
		found[r.Key] = core.TicketID(r.TicketID)
	}
	return found, err
}
