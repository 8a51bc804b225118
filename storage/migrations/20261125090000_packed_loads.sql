-- +goose NO TRANSACTION
-- +goose Up

-- Two more things are packed: ratings, and how the numbers of what is not closed changed. The days that were packed
-- without them are packed again; an older version that still serves reads them, and packs, as before.
alter table packed_days add column if not exists edition smallint not null default 1;

create table if not exists packed_ratings (
    day          date not null,
    queue_id     bigint not null,
    confidential boolean not null,
    ratings      bytea not null, -- for each: rated at, who has the ticket (0 for nobody), stars
    primary key (day, queue_id, confidential)
);

-- Kept for some weeks only: what is usual asks for no more.
create table if not exists packed_loads (
    day          date not null,
    queue_id     bigint not null,
    confidential boolean not null,
    changes      bytea not null, -- for each: at, by how much open, active, waiting and unassigned changed
    primary key (day, queue_id, confidential)
);

grant select, insert, update, delete on packed_ratings, packed_loads to helpdesk_app;

drop index if exists events_load;
create index concurrently events_load on events (at) include (stream_id, seq, field, from_value, to_value)
    where stream = 'ticket' and field in ('status', 'waiting', 'assignee');
drop index if exists events_state;

-- What came back: the same kind at the same place.
drop index if exists tickets_same;
create index concurrently tickets_same on tickets (location_id, category_id, created_at, id) include (queue_id, confidential) where location_id is not null;
