-- +goose Up

-- Somebody may follow a ticket because they have the same trouble (affected), because they want to hear of
-- it (watching), or both. Whoever followed before has the same trouble.
alter table followers add column affected boolean not null default true;
alter table followers add column watching boolean not null default false;

-- Who was named with an @ in words of staff, and whether they have opened the ticket since.
create table mentions (
    ticket_id  bigint not null references tickets,
    message_id bigint not null,
    user_id    bigint not null references users,
    created_at timestamptz not null,
    seen_at    timestamptz,
    primary key (ticket_id, message_id, user_id)
);
create index mentions_of_user on mentions (user_id, ticket_id);
create index mentions_unseen on mentions (user_id, ticket_id) where seen_at is null;

-- Links that open one file once, for the person who asked for it. Only a digest of the link is kept.
create table file_links (
    token_hash bytea primary key,
    ticket_id  bigint not null references tickets,
    file_id    bigint not null references files,
    user_id    bigint not null references users,
    session_id bigint references sessions,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index file_links_expiry on file_links (expires_at);
create index file_links_ticket on file_links (ticket_id);
create index file_links_file on file_links (file_id);
create index file_links_user on file_links (user_id);
create index file_links_session on file_links (session_id);

grant select, insert, update, delete on mentions, file_links to helpdesk_app;
