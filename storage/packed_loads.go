package storage

import (
	"context"
	"encoding/binary"
	"time"

	"helpdesk.campus/core"
)

// How the numbers of what is not closed changed follows from the history: by each change of status, of whom a ticket
// waits for and of who has it, and by each report. What an event does not say of its ticket is what the next event that
// speaks of it found, or what the ticket is now.
const (
	ofDayLoads = `e.stream = 'ticket' and e.field in ('status', 'waiting', 'assignee')
		and e.at >= d.day::timestamp at time zone 'UTC' and e.at < (d.day + 1)::timestamp at time zone 'UTC'`
	foundNext = `(select n.from_value from events n where n.stream = 'ticket' and n.stream_id = x.ticket_id and n.seq > x.seq and n.field = `
	nextFirst = ` order by n.seq limit 1)`

	// loadEvents, loadReports and loadChanges have, each with a condition on tickets t behind it, a row for each change on
	// a day of the relation d before them.
	// "offset 0" has each looked up once and one by one: the planner, who does not know how short a day is, would read all
	// tickets, and look at the history anew wherever it is spoken of.
	loadEvents = ` cross join lateral (
			select e.at, e.stream_id as ticket_id, e.seq, e.field, e.from_value, e.to_value, t.queue_id, t.confidential, t.status, t.waiting_on, t.assignee_id
			from events e cross join lateral (select * from tickets t where t.id = e.stream_id offset 0) t where ` + ofDayLoads + ` and `
	loadReports = `
			union all
			select t.created_at, t.id, 0, 'created', 'closed', '', t.queue_id, t.confidential, t.status, t.waiting_on, t.assignee_id
			from tickets t where ` + ofDayReports + ` and `
	loadChanges = `
		) x
		cross join lateral (
			select case x.field when 'status' then x.to_value else coalesce(` + foundNext + `'status'` + nextFirst + `, x.status) end as status offset 0
		) s
		cross join lateral (
			select case x.field when 'status' then x.from_value when 'created' then 'closed' else s.status end as was,
			       case when x.field = 'waiting' then x.to_value when 'closed' in (x.from_value, x.to_value)
			            then coalesce(` + foundNext + `'waiting'` + nextFirst + `, x.waiting_on) else '' end as waiting,
			       case when x.field = 'assignee' then x.to_value when 'closed' in (x.from_value, x.to_value)
			            then coalesce(` + foundNext + `'assignee'` + nextFirst + `, x.assignee_id::text, '') else '' end as assignee offset 0
		) w
		cross join lateral (
			select (s.status = 'open')::int - (w.was = 'open')::int as open, (s.status = 'active')::int - (w.was = 'active')::int as active,
			       (s.status <> 'closed' and w.waiting <> '')::int
			       - (w.was <> 'closed' and case x.field when 'waiting' then x.from_value else w.waiting end <> '')::int as waiting,
			       (s.status <> 'closed' and w.assignee = '')::int
			       - (w.was <> 'closed' and case x.field when 'assignee' then x.from_value else w.assignee end = '')::int as unassigned
		) c
		where (c.open, c.active, c.waiting, c.unassigned) <> (0, 0, 0, 0)`
	packLoad = `timestamptz_send(x.at) || int2send(c.open::int2) || int2send(c.active::int2) || int2send(c.waiting::int2) || int2send(c.unassigned::int2)`

	deriveDayLoads = `
		select d.day, x.queue_id, x.confidential, string_agg(` + packLoad + `, '' order by x.at, x.ticket_id, x.seq) as changes
		from unnest($1::date[]) d(day)` + loadEvents + `true` + loadReports + `true` + loadChanges + `
		group by d.day, x.queue_id, x.confidential`
	insertPackedLoads = `insert into packed_loads (day, queue_id, confidential, changes) ` + deriveDayLoads
	clearPackedLoads  = `delete from packed_loads where day = any($1::date[]) or day < $2::date`
)

// loadsKept is for how long the loads of a day are packed: nobody asks what was usual before.
const loadsKept = 36 * 24 * time.Hour

// QueueDrifts implements core.
func (s queries) QueueDrifts(ctx context.Context, scope core.Scope, filter core.Filter, since []time.Time) ([]core.QueueDrift, error) {
	first := since[len(since)-1]
	with, of := daily(scope, filter, first, filter.Clock.Now.AddDate(0, 0, 1))
	sql := with + of.packedOnly(`select 'load' as kind, t.queue_id as number, t.changes as times, ''::bytea as more from packed_loads t`) + `
		select 'load' as kind, x.queue_id as number, string_agg(` + packLoad + `, '') as times, ''::bytea as more
		from unpacked d` + loadEvents + of.where + loadReports + of.where + loadChanges + `
		group by x.queue_id`
	const size, open, active, waiting, unassigned = 16, 8, 10, 12, 14 // bytes of a record, and where its parts begin
	delta := func(b []byte) int { return int(int16(binary.BigEndian.Uint16(b))) }
	edges := make([]int64, len(since))
	for i, t := range since {
		edges[i] = t.UnixMicro()
	}
	drifts := map[core.QueueID][]core.QueueDrift{}
	err := s.eachPacked(ctx, of.f, sql, func(r *packedRow) {
		id := core.QueueID(r.number)
		if drifts[id] == nil {
			drifts[id] = make([]core.QueueDrift, len(since))
			for k := range since {
				drifts[id][k].Queue, drifts[id][k].Since = id, k
			}
		}
		for i := 0; i < len(r.times); i += size {
			record := r.times[i:]
			at, _ := micros(record)
			for k, edge := range edges {
				if at < edge {
					continue // since then it did not change
				}
				d := &drifts[id][k]
				d.Open, d.Active = d.Open+delta(record[open:]), d.Active+delta(record[active:])
				d.Waiting, d.Unassigned = d.Waiting+delta(record[waiting:]), d.Unassigned+delta(record[unassigned:])
			}
		}
	})
	var list []core.QueueDrift
	for _, of := range drifts {
		list = append(list, of...)
	}
	return list, err
}
