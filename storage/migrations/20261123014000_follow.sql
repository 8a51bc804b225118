-- +goose Up

-- Was it fixed? One answer a ticket, by whoever reported it.
create table ratings (
    ticket_id bigint primary key references tickets,
    stars     smallint not null check (stars between 1 and 5),
    body      text not null default '',
    changed   boolean not null default false,
    rated_at  timestamptz not null
);

-- How far a reader has read a conversation: an account (user:12) or a private link (link:34).
create table seen (
    ticket_id  bigint not null references tickets,
    reader     text not null,
    message_id bigint not null,
    seen_at    timestamptz not null,
    primary key (ticket_id, reader)
);

grant select, insert, update, delete on ratings, seen to helpdesk_app;
