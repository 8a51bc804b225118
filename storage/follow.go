package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

type ratingRow struct {
	Stars   int
	Body    string
	Changed bool
	RatedAt time.Time
}

const (
	selectRating = `select stars, body, changed, rated_at from ratings where ticket_id = $1`
	saveRating   = `
		insert into ratings (ticket_id, stars, body, changed, rated_at) values ($1, $2, $3, $4, $5)
		on conflict (ticket_id) do update set
			stars = excluded.stars, body = excluded.body, changed = excluded.changed, rated_at = excluded.rated_at`
)

// Rating implements core.
func (s queries) Rating(ctx context.Context, id core.TicketID) (core.Rating, error) {
	r, err := one[ratingRow](ctx, s, selectRating, int64(id))
	if err != nil {
		return core.Rating{}, err
	}
	return r.rating(), nil
}

func (r ratingRow) rating() core.Rating {
	return core.Rating{Stars: r.Stars, Body: r.Body, Changed: r.Changed, At: r.RatedAt.UTC()}
}

// SaveRating implements core. A rating that changes leaves the day it was given on.
func (s queries) SaveRating(ctx context.Context, id core.TicketID, r core.Rating) error {
	if err := s.unpackRatings(ctx, int64(id)); err != nil {
		return err
	}
	if err := s.unpack(ctx, r.At); err != nil {
		return err
	}
	return s.exec(ctx, saveRating, int64(id), r.Stars, r.Body, r.Changed, r.At)
}

// look moves a reader's mark forward, if it has to be moved at all, and returns where it was. A mark is
// worth no waiting for the disk: synchronous_commit is off for this one statement, which is its own
// transaction.
const look = `
	with was as (
		select message_id from seen where ticket_id = $1 and reader = $2
	), marked as (
		insert into seen as s (ticket_id, reader, message_id, seen_at)
		select $1, $2, $3, $4 from set_config('synchronous_commit', 'off', true)
		where not exists (select from was where message_id >= $3)
		on conflict (ticket_id, reader) do update set message_id = greatest(s.message_id, excluded.message_id), seen_at = excluded.seen_at
	)
	select coalesce((select message_id from was), 0)`

// Look implements core.
func (s queries) Look(ctx context.Context, id core.TicketID, reader string, upTo core.MessageID, now time.Time) (core.MessageID, error) {
	before, err := scalar[int64](ctx, s, look, int64(id), reader, int64(upTo), now)
	return core.MessageID(before), err
}

type newsRow struct {
	TicketID int64
	New      int
}

const selectNews = `
	select m.ticket_id, count(*)::int as new
	from messages m
	left join seen s on s.ticket_id = m.ticket_id and s.reader = $1
	where m.ticket_id = any($2::bigint[]) and m.visibility = 'public' and m.side = 'staff' and m.id > coalesce(s.message_id, 0)
	group by m.ticket_id`

// News implements core.
func (s queries) News(ctx context.Context, reader string, ids []core.TicketID) (map[core.TicketID]int, error) {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	rows, err := collect[newsRow](ctx, s, selectNews, reader, numbers)
	news := make(map[core.TicketID]int, len(rows))
	for _, r := range rows {
		news[core.TicketID(r.TicketID)] = r.New
	}
	return news, err
}

const viewedSince = `
	select distinct stream_id as id from events
	where stream = 'ticket' and stream_id = any($1::bigint[]) and kind = 'viewed' and user_id = $2 and at > $3`

// ViewedSince implements core.
func (s queries) ViewedSince(ctx context.Context, ids []core.TicketID, user core.UserID, since time.Time) ([]core.TicketID, error) {
	return s.numbers(ctx, viewedSince, numbersOf(ids), int64(user), since)
}

const saveHistoryEnds = `
	update tickets t set last_seq = e.seq, chain = e.chain
	from unnest($1::bigint[], $2::int[], $3::bytea[]) e (id, seq, chain) where t.id = e.id`

// SaveHistoryEnds implements core.
func (s queries) SaveHistoryEnds(ctx context.Context, ends []core.HistoryEnd) error {
	ids, seqs, chains := make([]int64, len(ends)), make([]int, len(ends)), make([][]byte, len(ends))
	for i, e := range ends {
		ids[i], seqs[i], chains[i] = int64(e.Ticket), e.Seq, e.Chain
	}
	return s.later(ctx, saveHistoryEnds, ids, seqs, chains)
}

const insertLink = `insert into access_links (ticket_id, token_hash, created_at) values ($1, $2, $3)`

// InsertLink implements core.
func (s queries) InsertLink(ctx context.Context, id core.TicketID, hash []byte, now time.Time) error {
	return s.exec(ctx, insertLink, int64(id), hash, now)
}

const revokeLinks = `
	update access_links set revoked_at = $3
	where ticket_id = $1 and revoked_at is null and token_hash is distinct from $2::bytea`

// RevokeLinks implements core.
func (s queries) RevokeLinks(ctx context.Context, id core.TicketID, except []byte, now time.Time) error {
	return s.exec(ctx, revokeLinks, int64(id), except, now)
}

// countHour counts within a window of an hour that begins with the first try. As with marks of reading,
// a lost count does no harm.
const countHour = `
	insert into attempts as a (subject, failures, first_at, last_at, blocked_until)
	select $1, 1, $3, $3, $3::timestamptz - interval '1 hour'
	from set_config('synchronous_commit', 'off', true)
	on conflict (subject) do update set
		failures = case when a.first_at <= $3 - interval '1 hour' then 1 else a.failures + 1 end,
		first_at = case when a.first_at <= $3 - interval '1 hour' then $3 else a.first_at end,
		last_at = $3
	returning case when failures > $2 then first_at + interval '1 hour' else $3 end`

// CountHour implements core.
func (s queries) CountHour(ctx context.Context, subject string, share int, now time.Time) (time.Time, error) {
	until, err := scalar[time.Time](ctx, s, countHour, subject, share, now)
	return until.UTC(), err
}

// Sent implements core.
func (s queries) Sent(ctx context.Context, once string) (core.Receipt, error) {
	var id int64
	var reference string
	err := s.q.QueryRow(ctx, onceTicket, once).Scan(&id, &reference)
	return core.Receipt{Ticket: core.TicketID(id), Reference: core.Reference(reference)}, row(err)
}
