package storage

import (
	"context"
	"encoding/binary"
	"time"

	"helpdesk.campus/core"
)

const (
	packRating = `timestamptz_send(r.rated_at) || int8send(coalesce(t.assignee_id, 0)) || int2send(r.stars)`
	// ratingsOfDay are the ratings of each day d with their tickets. How few those days are the planner does not know: left to it, all
	// ratings there ever were are read with their tickets first.
	ratingsOfDay = ` cross join lateral (select * from ratings r where r.rated_at >= d.day::timestamp at time zone 'UTC' and
			r.rated_at < (d.day + 1)::timestamp at time zone 'UTC' offset 0) r
		cross join lateral (select * from tickets t where t.id = r.ticket_id offset 0) t`

	deriveDayRatings = `
		select d.day, t.queue_id, t.confidential, string_agg(` + packRating + `, '' order by r.rated_at, r.ticket_id) as ratings
		from unnest($1::date[]) d(day)` + ratingsOfDay + `
		group by d.day, t.queue_id, t.confidential`
	clearPackedRatings  = `delete from packed_ratings where day = any($1::date[])`
	insertPackedRatings = `insert into packed_ratings (day, queue_id, confidential, ratings) ` + deriveDayRatings

	unpackRatings = `
		delete from packed_days where day in (
			select (rated_at at time zone 'UTC')::date from ratings where ticket_id = any($1::bigint[]))`
	haveRatings = `select exists (select from ratings where ticket_id = any($1::bigint[]))`
)

// unpackRatings takes the days out of what is packed on which tickets were rated; of most nobody has said anything.
func (s queries) unpackRatings(ctx context.Context, tickets ...int64) error {
	if len(tickets) == 0 {
		return nil
	}
	if rated, err := scalar[bool](ctx, s, haveRatings, tickets); err != nil || !rated {
		return err
	}
	if err := s.exec(ctx, keepPacker, packLock); err != nil {
		return err
	}
	return s.exec(ctx, unpackRatings, tickets)
}

// RatingCounts implements core.
func (s queries) RatingCounts(ctx context.Context, scope core.Scope, filter core.Filter, from, to time.Time) ([]core.RatingCount, error) {
	with, of := daily(scope, filter, from, to)
	sql := with + of.packedOnly(`select 'rated' as kind, t.queue_id as number, t.ratings as times, ''::bytea as more from packed_ratings t`) + `
		select 'rated' as kind, t.queue_id as number, string_agg(` + packRating + `, '') as times, ''::bytea as more
		from unpacked d` + ratingsOfDay + `
		where ` + of.where + ` group by d.day, t.queue_id`
	const size, assignee, stars = 18, 8, 16 // bytes of a record, and where its parts begin
	first, end := from.UnixMicro(), to.UnixMicro()
	counts := map[core.RatingCount]int{}
	err := s.eachPacked(ctx, of.f, sql, func(r *packedRow) {
		for i := 0; i < len(r.times); i += size {
			record := r.times[i:]
			if at, _ := micros(record); at >= first && at < end {
				counts[core.RatingCount{
					Queue: core.QueueID(r.number), Assignee: core.UserID(number(record[assignee:])), Stars: int(binary.BigEndian.Uint16(record[stars:])),
				}]++
			}
		}
	})
	list := make([]core.RatingCount, 0, len(counts))
	for c, n := range counts {
		c.N = n
		list = append(list, c)
	}
	return list, err
}
