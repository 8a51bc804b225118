package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// What the server knows of itself. What only its owner may see is left out by the server, not refused: of connections of
// other roles, the kind too, but somebody's, to a database, are what clients have.
const serverHealth = `
	select now() as database_clock, current_setting('server_version') as server, pg_database_size(current_database()) as bytes,
	       (select count(*) from pg_stat_activity where datid is not null and usesysid is not null)::int as connections,
	       current_setting('max_connections')::int as most_of_them,
	       coalesce((select extract(epoch from now() - min(working_since)) from helpdesk_activity()), 0)::float8 as oldest_work,
	       r.lag, r.known as lag_known, r.replicas,
	       current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' and current_setting('synchronous_commit') <> 'off' as durable,
	       not has_table_privilege('helpdesk_app', 'events', 'update') and not has_table_privilege('helpdesk_app', 'events', 'delete') as history_safe,
	       array(select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
	             where not i.indisvalid and c.relnamespace = 'public'::regnamespace order by 1) as broken_indexes,
	       coalesce((select max(version_id) from goose_db_version where is_applied), 0) as schema,
	       coalesce((select max(at) from audit_heads), 'epoch'::timestamptz) as last_seal
	from helpdesk_replicas() r`

type healthRow struct {
	DatabaseClock time.Time
	Server        string
	Bytes         int64
	Connections   int
	MostOfThem    int
	OldestWork    float64
	Lag           float64
	LagKnown      bool
	Replicas      int
	Durable       bool
	HistorySafe   bool
	BrokenIndexes []string
	Schema        int64
	LastSeal      time.Time
}

const (
	tableSizes = `
		select c.relname::text as name, greatest(c.reltuples, 0)::int8 as rows, pg_total_relation_size(c.oid) as bytes
		from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
		order by 3 desc
		limit 8`
	processes = `
		select name, address, count(*)::int as connections, min(since) as since
		from helpdesk_activity()
		where name like 'helpdesk%'
		group by 1, 2
		order by 1, 2`
	hasStatements = `select to_regclass('pg_stat_statements') is not null and has_table_privilege('pg_stat_statements', 'select')`
	jobHealth     = `
		select kind, coalesce(max(finalized_at) filter (where state = 'completed'), 'epoch'::timestamptz) as last_done,
		       count(*) filter (where state in ('available', 'retryable', 'scheduled') and scheduled_at < now())::int as waiting,
		       count(*) filter (where state = 'discarded')::int as failed
		from river.river_job
		group by kind
		order by kind`
)

// slowStatements is no constant: the view is there only where the extension is.
func slowStatements() string {
	return `
		select left(regexp_replace(query, '\s+', ' ', 'g'), 200) as statement, calls, mean_exec_time as mean,
		       total_exec_time / nullif(sum(total_exec_time) over (), 0) as share
		from pg_stat_statements
		where dbid = (select oid from pg_database where datname = current_database())
		order by mean_exec_time desc
		limit 8`
}

type slowRow struct {
	Statement string
	Calls     int64
	Mean      float64
	Share     float64
}

// Health implements core.
func (s queries) Health(ctx context.Context) (core.Health, error) {
	r, err := one[healthRow](ctx, s, serverHealth)
	if err != nil {
		return core.Health{}, err
	}
	h := core.Health{
		DatabaseClock: r.DatabaseClock.UTC(), Server: r.Server, Schema: r.Schema, Bytes: r.Bytes, Connections: r.Connections, MostOfThem: r.MostOfThem,
		OldestWork: time.Duration(r.OldestWork * float64(time.Second)), Lag: time.Duration(r.Lag * float64(time.Second)), LagKnown: r.LagKnown, Replicas: r.Replicas,
		Durable: r.Durable, HistorySafe: r.HistorySafe, BrokenIndexes: r.BrokenIndexes, LastSeal: ever(r.LastSeal),
	}
	if h.Tables, err = collect[core.TableSize](ctx, s, tableSizes); err != nil {
		return core.Health{}, err
	}
	if h.Processes, err = collect[core.Process](ctx, s, processes); err != nil {
		return core.Health{}, err
	}
	if h.Jobs, err = collect[core.JobHealth](ctx, s, jobHealth); err != nil {
		return core.Health{}, err
	}
	for i := range h.Jobs {
		h.Jobs[i].LastDone = ever(h.Jobs[i].LastDone)
	}
	if h.Slow, err = s.slow(ctx); err != nil {
		return core.Health{}, err
	}
	_, err = s.setting(ctx, backupSetting, &h.LastBackup)
	return h, err
}

// ever makes the beginning of time a zero time: it never was.
func ever(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t.UTC()
}

func (s queries) slow(ctx context.Context) ([]core.SlowStatement, error) {
	if there, err := scalar[bool](ctx, s, hasStatements); err != nil || !there {
		return nil, err
	}
	rows, err := collect[slowRow](ctx, s, slowStatements())
	list := make([]core.SlowStatement, len(rows))
	for i, r := range rows {
		list[i] = core.SlowStatement{Statement: r.Statement, Calls: r.Calls, Mean: time.Duration(r.Mean * float64(time.Millisecond)), Share: r.Share}
	}
	return list, err
}

// backupSetting is where the last backup is kept.
const backupSetting = "last_backup"

// SaveBackupMade implements core.
func (s queries) SaveBackupMade(ctx context.Context, made core.BackupMade) error {
	return s.saveSetting(ctx, backupSetting, made)
}

const shape = `
	select (select count(*) from users where role = 'admin' and disabled_at is null)::int as admins,
	       array(select q.code from queues q where q.archived_at is null
	               and exists (select from categories c where c.queue_id = q.id and c.archived_at is null)
	               and not exists (select from memberships m join users u on u.id = m.user_id where m.queue_id = q.id and u.disabled_at is null)
	             order by q.code) as empty_queues,
	       array(select c.code from categories c join queues q on q.id = c.queue_id
	             where c.archived_at is null and q.archived_at is not null order by c.code) as lost_categories,
	       (select count(*) from categories where archived_at is null)::int as categories,
	       (select count(*) from locations where kind = 'building' and archived_at is null)::int as buildings,
	       exists (select from settings where key = 'demo' and value = 'true'::jsonb) as demo`

// Shape implements core.
func (s queries) Shape(ctx context.Context) (core.Shape, error) {
	return one[core.Shape](ctx, s, shape)
}
