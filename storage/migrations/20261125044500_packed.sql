-- +goose Up

-- What happened on finished days, packed, so that figures of years read some thousand rows instead of millions. A day
-- is one of UTC, and every record holds its exact time: days of any zone, and percentiles, are computed from them.
-- Everything here follows from tickets and milestones (storage/packed.go; a check compares). A change of a packed day
-- takes the day out of packed_days in its own transaction; it is then read from where it came from until a job packs it again.
create table packed_days (
    day       date primary key,
    packed_at timestamptz not null
);

create table packed_milestones (
    day          date not null,
    kind         text not null,
    queue_id     bigint not null,
    confidential boolean not null,
    times        bytea not null, -- for each: waited since (-infinity: nobody did), at; as timestamptz_send has them
    people       bytea not null, -- for each: who did it, 0 for nobody with an account
    primary key (kind, day, queue_id, confidential)
);

create table packed_reports (
    day          date not null,
    queue_id     bigint not null,
    confidential boolean not null,
    times        bytea not null, -- for each: reported at
    properties   bytea not null, -- for each: category, location (0: none), priority, door
    primary key (day, queue_id, confidential)
);

-- Times hardly compress, and what is read every time need not be tried.
alter table packed_milestones alter times set storage external, alter people set storage external;
alter table packed_reports alter times set storage external, alter properties set storage external;

grant select, insert, update, delete on packed_days, packed_milestones, packed_reports to helpdesk_app;
