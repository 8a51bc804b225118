-- +goose Up

-- Who is connected to this database. The server shows only to a session's own role when it began; processes sign in
-- as the owner and work as helpdesk_app, which may therefore ask in the owner's name.
create function helpdesk_activity()
returns table (name text, address text, since timestamptz, working_since timestamptz)
language sql stable security definer
set search_path = pg_catalog
as $$
    select application_name, coalesce(host(client_addr), ''), coalesce(backend_start, now()), xact_start
    from pg_stat_activity
    where datname = current_database()
$$;
revoke all on function helpdesk_activity() from public;
grant execute on function helpdesk_activity() to helpdesk_app;
