package storage

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

const takePatience = `set local statement_timeout = 0`

// TakePatience implements core.
func (s queries) TakePatience(ctx context.Context) error { return s.exec(ctx, takePatience) }

// Two sealers at once would both begin behind the same head.
const (
	lockAuditHeads   = `select pg_advisory_xact_lock(hashtext('helpdesk audit heads'))`
	auditHeadColumns = `select id, at, streams, digest, signature, epoch, xid::text as xid from audit_heads `
	lastAuditHead    = auditHeadColumns + `order by id desc limit 1`
	allAuditHeads    = auditHeadColumns + `order by id`
)

type auditHeadRow struct {
	ID        int64
	At        time.Time
	Streams   int64
	Digest    []byte
	Signature []byte
	Epoch     string
	XID       string
}

func (r *auditHeadRow) head() core.AuditHead {
	xid, _ := strconv.ParseUint(r.XID, 10, 64) // a number PostgreSQL wrote
	return core.AuditHead{
		ID: r.ID, At: r.At.UTC(), Streams: r.Streams, Digest: r.Digest, Signature: r.Signature,
		Upto: core.FeedCursor{Epoch: r.Epoch, XID: xid},
	}
}

// LastAuditHead implements core.
func (s queries) LastAuditHead(ctx context.Context) (core.AuditHead, error) {
	if err := s.exec(ctx, lockAuditHeads); err != nil {
		return core.AuditHead{}, err
	}
	r, err := one[auditHeadRow](ctx, s, lastAuditHead)
	return r.head(), err
}

// AuditHeads implements core.
func (s queries) AuditHeads(ctx context.Context) ([]core.AuditHead, error) {
	rows, err := collect[auditHeadRow](ctx, s, allAuditHeads)
	heads := make([]core.AuditHead, len(rows))
	for i := range rows {
		heads[i] = rows[i].head()
	}
	return heads, err
}

// The leaves are written before the head that they belong to: only then is its digest known. They are all that
// is there to be read now, also of transactions that are not the oldest; the next head reads on from what was
// the oldest when this one was made, so that some streams are in both, and none in neither.
const (
	nextAuditHead     = `select nextval(pg_get_serial_sequence('audit_heads', 'id'))`
	insertAuditLeaves = `
		insert into audit_leaves (head_id, stream, stream_id, seq, hash)
		select distinct on (stream, stream_id) $1::bigint, stream, stream_id, seq, coalesce(hash, '')
		from events
		where xid > $2::text::xid8
		order by stream, stream_id, seq desc`
	insertAuditHead = `
		insert into audit_heads (id, at, streams, digest, signature, epoch, xid)
		values ($1, $2, $3, $4, $5, $6, $7::text::xid8)`
)

// NextAuditHead implements core.
func (s queries) NextAuditHead(ctx context.Context, head core.AuditHead, since core.FeedCursor) (core.AuditHead, error) {
	var err error
	if head.ID, err = scalar[int64](ctx, s, nextAuditHead); err != nil {
		return head, err
	}
	return head, s.exec(ctx, insertAuditLeaves, head.ID, strconv.FormatUint(since.XID, 10))
}

// SignAuditHead implements core.
func (s queries) SignAuditHead(ctx context.Context, h core.AuditHead) error {
	return s.exec(ctx, insertAuditHead, h.ID, h.At, h.Streams, h.Digest, h.Signature, h.Upto.Epoch, strconv.FormatUint(h.Upto.XID, 10))
}

type leafRow struct {
	Stream   string
	StreamID int64
	Seq      int
	Hash     []byte
}

func (r *leafRow) leaf() core.AuditLeaf {
	return core.AuditLeaf{Stream: core.Stream(r.Stream), StreamID: r.StreamID, Seq: r.Seq, Hash: r.Hash}
}

func leaves(rows []leafRow) []core.AuditLeaf {
	list := make([]core.AuditLeaf, len(rows))
	for i := range rows {
		list[i] = rows[i].leaf()
	}
	return list
}

// Sorting by bytes makes the order the same whatever the database's language.
const auditLeaves = `
	select stream, stream_id, seq, hash from audit_leaves where head_id = $1 order by stream collate "C", stream_id`

// EachAuditLeaf implements core.
func (s queries) EachAuditLeaf(ctx context.Context, head int64, each func(core.AuditLeaf) error) error {
	rows, err := s.q.Query(ctx, auditLeaves, head)
	if err != nil {
		return outage(err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := pgx.RowToStructByName[leafRow](rows)
		if err != nil {
			return outage(err)
		}
		if err := each(r.leaf()); err != nil {
			return err
		}
	}
	return outage(rows.Err())
}

type historyRow struct {
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
	Digest         []byte
	Actor          string
	UserID         int64
	KeyFingerprint string
	Door           string
	At             time.Time
	Hash           []byte
}

const allHistory = `
	select stream, stream_id, seq, version, command::text as command, coalesce(undoes::text, '') as undoes, kind, field, from_value, to_value,
	       source, digest, actor, coalesce(user_id, 0) as user_id, key_fingerprint, door, at, hash
	from events
	order by stream, stream_id, seq`

// EachHistory implements core.
func (s queries) EachHistory(ctx context.Context, each func(*core.Event) error) error {
	rows, err := s.q.Query(ctx, allHistory)
	if err != nil {
		return outage(err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := pgx.RowToStructByName[historyRow](rows)
		if err != nil {
			return outage(err)
		}
		event := core.Event{
			Stream: core.Stream(r.Stream), StreamID: r.StreamID, Seq: r.Seq, Version: r.Version, Command: r.Command, Undoes: r.Undoes,
			Kind: core.EventKind(r.Kind), Field: r.Field, From: r.FromValue, To: r.ToValue, Source: r.Source, Digest: r.Digest,
			Actor: core.ActorKind(r.Actor), User: core.Person{ID: core.UserID(r.UserID)}, Key: r.KeyFingerprint, Door: core.Door(r.Door),
			At: r.At.UTC(), Hash: r.Hash,
		}
		if err := each(&event); err != nil {
			return err
		}
	}
	return outage(rows.Err())
}

const looseLeaves = `
	select l.stream, l.stream_id, l.seq, l.hash
	from audit_leaves l
	left join events e on e.stream = l.stream and e.stream_id = l.stream_id and e.seq = l.seq
	where e.seq is null or coalesce(e.hash, '') <> l.hash
	order by l.stream, l.stream_id, l.seq
	limit $1`

// LooseLeaves implements core.
func (s queries) LooseLeaves(ctx context.Context, limit int) ([]core.AuditLeaf, error) {
	rows, err := collect[leafRow](ctx, s, looseLeaves, limit)
	return leaves(rows), err
}

// A stream whose newest event has no hash was last moved by the program before there were any.
const looseEnds = `
	select kept.stream, kept.stream_id, kept.seq, coalesce(kept.hash, '') as hash
	from (
		select 'ticket' as stream, id as stream_id, last_seq as seq, chain as hash from tickets
		union all
		select stream, stream_id, last_seq, chain from streams
	) kept
	left join lateral (
		select seq, hash from events e where e.stream = kept.stream and e.stream_id = kept.stream_id order by seq desc limit 1
	) newest on true
	where newest.seq is distinct from kept.seq or newest.hash is not null and newest.hash is distinct from kept.hash
	order by kept.stream, kept.stream_id
	limit $1`

// LooseEnds implements core.
func (s queries) LooseEnds(ctx context.Context, limit int) ([]core.AuditLeaf, error) {
	rows, err := collect[leafRow](ctx, s, looseEnds, limit)
	return leaves(rows), err
}
