package storage

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// Figures read what happened as records in byte strings, some dozen to a row: of finished days from the packed tables,
// of all others made on the way from tickets and milestones. Both are made by the same expressions.
const (
	packTimes      = `timestamptz_send(coalesce(m.waited_since, '-infinity')) || timestamptz_send(m.at)`
	packPeople     = `int8send(coalesce(m.user_id, 0))`
	packReported   = `timestamptz_send(t.created_at)`
	packProperties = `int8send(t.category_id) || int8send(coalesce(t.location_id, 0)) || int2send(t.priority) ||
		int2send(coalesce(array_position(array['web', 'api', 'ssh', 'cli', 'mail', 'worker'], t.door), 0)::smallint)`

	ofDayMilestones = `m.kind = any('{answered,replied,closed,reopened}') and
		m.at >= d.day::timestamp at time zone 'UTC' and m.at < (d.day + 1)::timestamp at time zone 'UTC'`
	ofDayReports = `t.created_at >= d.day::timestamp at time zone 'UTC' and t.created_at < (d.day + 1)::timestamp at time zone 'UTC'`

	deriveDayMilestones = `
		select d.day, m.kind, m.queue_id, m.confidential, string_agg(` + packTimes + `, '' order by m.at, m.ticket_id, m.seq) as times,
		       string_agg(` + packPeople + `, '' order by m.at, m.ticket_id, m.seq) as people
		from unnest($1::date[]) d(day) join milestones m on ` + ofDayMilestones + `
		group by d.day, m.kind, m.queue_id, m.confidential`
	deriveDayReports = `
		select d.day, t.queue_id, t.confidential, string_agg(` + packReported + `, '' order by t.created_at, t.id) as times,
		       string_agg(` + packProperties + `, '' order by t.created_at, t.id) as properties
		from unnest($1::date[]) d(day) join tickets t on ` + ofDayReports + `
		group by d.day, t.queue_id, t.confidential`

	// Packing and changing what is packed exclude each other by one lock: else a day could be packed without a change
	// that is not committed yet. The packer never waits for it, so that nobody waits behind the packer.
	packLock   = 0x7061636b
	tryToPack  = `select pg_try_advisory_xact_lock($1)`
	keepPacker = `select pg_advisory_xact_lock_shared($1)`

	daysToPack = `
		select first + n as day
		from (select (min(created_at) at time zone 'UTC')::date as first from tickets) f
		cross join lateral generate_series(0, ($1::timestamptz at time zone 'UTC')::date - 1 - first) n
		where not exists (select from packed_days p where p.day = first + n and p.edition = ` + packEdition + `)
		order by 1 desc limit $2`
	clearPackedDays       = `delete from packed_days where day = any($1::date[])`
	clearPackedMilestones = `delete from packed_milestones where day = any($1::date[])`
	clearPackedReports    = `delete from packed_reports where day = any($1::date[])`
	insertPackedMilestone = `insert into packed_milestones (day, kind, queue_id, confidential, times, people) ` + deriveDayMilestones
	insertPackedReports   = `insert into packed_reports (day, queue_id, confidential, times, properties) ` + deriveDayReports
	insertPackedDays      = `insert into packed_days (day, packed_at, edition) select day, now(), ` + packEdition + ` from unnest($1::date[]) day`

	unpackDays    = `delete from packed_days where day = any($1::date[])`
	unpackAll     = `delete from packed_days`
	unpackTickets = `
		delete from packed_days where day in (
			select (created_at at time zone 'UTC')::date from tickets where id = any($1::bigint[])
			union all
			select (at at time zone 'UTC')::date from milestones where ticket_id = any($2::bigint[])
			union all
			select (at at time zone 'UTC')::date from events where stream = 'ticket' and stream_id = any($2::bigint[]) and field in ('status', 'waiting', 'assignee')
			union all
			select (rated_at at time zone 'UTC')::date from ratings where ticket_id = any($2::bigint[]))`

	packedDays    = `select day from packed_days where edition = ` + packEdition + ` order by day`
	comparePacked = `
		with m as (` + deriveDayMilestones + `), pm as (select day, kind, queue_id, confidential, times, people from packed_milestones where day = any($1::date[])),
		     r as (` + deriveDayReports + `), pr as (select day, queue_id, confidential, times, properties from packed_reports where day = any($1::date[])),
		     s as (` + deriveDayRatings + `), ps as (select day, queue_id, confidential, ratings from packed_ratings where day = any($1::date[])),
		     l as (select * from (` + deriveDayLoads + `) l where day >= $2::date),
		     pl as (select day, queue_id, confidential, changes from packed_loads where day = any($1::date[]) and day >= $2::date)
		select count(distinct day) from (
			(select day from (table m except table pm) x) union all (select day from (table pm except table m) x) union all
			(select day from (table r except table pr) x) union all (select day from (table pr except table r) x) union all
			(select day from (table s except table ps) x) union all (select day from (table ps except table s) x) union all
			(select day from (table l except table pl) x) union all (select day from (table pl except table l) x)
		) wrong`
)

// PackDays implements core.
func (s queries) PackDays(ctx context.Context, before time.Time, most int) (int, error) {
	free, err := scalar[bool](ctx, s, tryToPack, packLock)
	if err != nil || !free {
		return 0, err
	}
	type dayRow struct{ Day time.Time }
	days, err := collect[dayRow](ctx, s.figures(), daysToPack, before, most)
	if err != nil || len(days) == 0 {
		return 0, err
	}
	list := make([]time.Time, len(days))
	for i, d := range days {
		list[i] = d.Day
	}
	for _, sql := range []string{
		clearPackedDays, clearPackedMilestones, clearPackedReports, clearPackedRatings,
		insertPackedMilestone, insertPackedReports, insertPackedRatings, insertPackedDays,
	} {
		if err := s.exec(ctx, sql, list); err != nil {
			return 0, err
		}
	}
	kept := before.Add(-loadsKept)
	if err := s.exec(ctx, clearPackedLoads, list, kept); err != nil {
		return 0, err
	}
	for day := range slices.Chunk(slices.DeleteFunc(slices.Clone(list), kept.After), 1) { // each takes as long as all else
		if err := s.exec(ctx, insertPackedLoads, day); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// packEdition is what days must be packed with to be read. It goes up when something more is packed.
const packEdition = `2`

// packAfter is for how long after it happened a change is surely not packed.
const packAfter = time.Hour

// unpack takes days out of what is packed that some times fall on.
func (s queries) unpack(ctx context.Context, times ...time.Time) error {
	var days []time.Time
	for _, t := range times {
		if day := t.UTC().Truncate(24 * time.Hour); time.Since(t) > packAfter && !slices.Contains(days, day) { //nolint:forbidigo // spares work, no more: a desk whose clock lags unpacks for nothing
			days = append(days, day)
		}
	}
	if len(days) == 0 {
		return nil
	}
	if err := s.exec(ctx, keepPacker, packLock); err != nil {
		return err
	}
	return s.exec(ctx, unpackDays, days)
}

// unpackTickets takes the days out of what is packed on which tickets were reported, or had milestones.
func (s queries) unpackTickets(ctx context.Context, reported, milestones []int64) error {
	if len(reported)+len(milestones) == 0 {
		return nil
	}
	if err := s.exec(ctx, keepPacker, packLock); err != nil {
		return err
	}
	return s.exec(ctx, unpackTickets, reported, milestones)
}

// CheckPacked counts the packed days that do not follow from tickets and milestones. There should be none.
func (db *DB) CheckPacked(ctx context.Context) (wrong int, err error) {
	type dayRow struct{ Day time.Time }
	all, err := collect[dayRow](ctx, db.queries, packedDays)
	if err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, nil
	}
	const atOnce, usual = 10, 28
	recent := all[len(all)-1].Day.AddDate(0, 0, -usual) // days before may have no loads any more
	for some := range slices.Chunk(all, atOnce) {
		days := make([]time.Time, len(some))
		for i, d := range some {
			days[i] = d.Day
		}
		n, err := scalar[int](ctx, db.queries, comparePacked, days, recent)
		if err != nil {
			return wrong, err
		}
		wrong += n
	}
	return wrong, nil
}

// UnpackAll makes figures read everything from where it came from, until all days are packed anew.
func (db *DB) UnpackAll(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, db.pool, func(t pgx.Tx) error {
		q := queries{t}
		if err := q.exec(ctx, keepPacker, packLock); err != nil {
			return err
		}
		return q.exec(ctx, unpackAll)
	})
	return outage(err)
}

// packable reports whether a filter asks for nothing but queues, which packed records know.
func packable(filter core.Filter) bool {
	return !filter.Mine && !slices.ContainsFunc(filter.Query.Terms, func(t query.Term) bool { return t.Field != query.Queue })
}

// period is a time of which figures are read, with the condition on whose tickets.
type period struct {
	f        *filterSQL
	packed   bool
	where    string
	from, to string
}

const (
	daysOf = `days as (
			select (greatest($1::timestamptz, (select min(created_at) from tickets)) at time zone 'UTC')::date as first,
			       ($2::timestamptz at time zone 'UTC')::date as last
		), unpacked as materialized (
			select first + n as day from days cross join lateral generate_series(0, last - first) n`
	notPacked = `
			where not exists (select from packed_days p where p.day = first + n and p.edition = ` + packEdition + `)`
)

// daily is the beginning of a statement that reads a period by days: those of "unpacked" from where things came from.
func daily(scope core.Scope, filter core.Filter, from, to time.Time) (with string, s period) {
	f := &filterSQL{args: []any{from, to}}
	f.scope(scope)
	f.narrow(scope, filter, func(query.Term) bool { return false })
	s = period{f: f, packed: packable(filter), where: f.where(), from: `$1::timestamptz`, to: `$2::timestamptz`}
	with = ` with ` + daysOf
	if s.packed {
		with += notPacked
	}
	return with + `)`, s
}

// packedOnly is a part of a statement that reads packed records t, if there are any to be read.
func (s period) packedOnly(selected string) string {
	if !s.packed {
		return ``
	}
	return selected + ` join packed_days d on d.day = t.day and d.edition = ` + packEdition + `
		where t.day >= (select first from days) and t.day <= (select last from days) and ` + s.where + ` union all `
}

// spanning is the beginning of a statement and the period that its parts read: what only tickets answer is read over
// the whole period, not by days.
func spanning(scope core.Scope, filter core.Filter, from, to time.Time) (with string, s period) {
	if with, s = daily(scope, filter, from, to); !s.packed {
		with = ``
	}
	return with, s
}

// milestones selects kind, queue, times and people of milestones.
func (s period) milestones(kinds ...string) string {
	live := `select m.kind, t.queue_id as number, string_agg(` + packTimes + `, '') as times, string_agg(` + packPeople + `, '') as more from `
	of := s.f.arg(kinds)
	if !s.packed {
		return live + `milestones m join tickets t on t.id = m.ticket_id
			where m.kind = any(` + of + `) and m.at >= ` + s.from + ` and m.at < ` + s.to + ` and ` + s.where + `
			group by m.kind, t.queue_id, date_bin('7 days', m.at, timestamptz '2000-01-01 00:00:00+00')`
	}
	return s.packedOnly(`select t.kind, t.queue_id as number, t.times, t.people as more
		from (select day, kind, queue_id, confidential, times, people from packed_milestones where kind = any(`+of+`)) t`) + live + `unpacked d join milestones m on m.kind = any(` + of + `) and ` + ofDayMilestones + `
			cross join lateral (select m.queue_id, m.confidential) t
		where ` + s.where + ` group by d.day, m.kind, t.queue_id`
}

// reports selects the kind 'created', queue, times and properties of tickets.
func (s period) reports() string {
	live := `select 'created' as kind, t.queue_id as number, string_agg(` + packReported + `, '') as times, string_agg(` + packProperties + `, '') as more from `
	if !s.packed {
		return live + `tickets t where t.created_at >= ` + s.from + ` and t.created_at < ` + s.to + ` and ` + s.where + `
			group by t.queue_id, date_bin('7 days', t.created_at, timestamptz '2000-01-01 00:00:00+00')`
	}
	return s.packedOnly(`select 'created' as kind, t.queue_id as number, t.times, t.properties as more from packed_reports t`) + live + `unpacked d join tickets t on ` + ofDayReports + `
		where ` + s.where + ` group by d.day, t.queue_id`
}

// packedRow is some records; its bytes are the driver's and hold until the next row.
type packedRow struct {
	kind        string
	number      int64
	times, more pgtype.DriverBytes
}

func (s queries) eachPacked(ctx context.Context, f *filterSQL, sql string, pass func(*packedRow)) error {
	rows, err := s.figures().q.Query(ctx, sql, f.args...)
	if err != nil {
		return outage(err)
	}
	defer rows.Close()
	var r packedRow
	for rows.Next() {
		if err := rows.Scan(&r.kind, &r.number, &r.times, &r.more); err != nil {
			return outage(err)
		}
		pass(&r)
	}
	return outage(rows.Err())
}

// epoch2000 is when times on PostgreSQL's wire begin, in microseconds since 1970.
const epoch2000 = 946_684_800_000_000

func number(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }

// micros reads a time, in microseconds since 1970; false for the one that stands for none.
func micros(b []byte) (at int64, known bool) {
	if at = number(b); at == math.MinInt64 {
		return 0, false
	}
	return at + epoch2000, true
}
