-- +goose Up

-- How many replicas there are, and how far the slowest is behind. The server shows that to roles of pg_read_all_stats alone
-- (pg_monitor is one); processes work as helpdesk_app, which may therefore ask in the name of the role that migrated. Where that
-- may not see it either, it is said that it is not known.
create or replace function helpdesk_replicas()
returns table (replicas int, known boolean, lag double precision)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*)::int, pg_catalog.pg_has_role('pg_read_all_stats', 'usage'), coalesce(extract(epoch from max(replay_lag)), 0)::float8
    from pg_catalog.pg_stat_replication
$$;
revoke all on function helpdesk_replicas() from public;
grant execute on function helpdesk_replicas() to helpdesk_app;

-- Temporary relations are found first unless pg_temp stands last: a caller's own could take the place of the server's.
alter function helpdesk_activity() set search_path = pg_catalog, pg_temp;
