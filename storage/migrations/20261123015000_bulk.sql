-- +goose Up

-- Which tickets one command was about, where it was about several: what undoes it finds them here.
create table bulks (
    command uuid primary key,
    user_id bigint references users,
    tickets bigint[] not null,
    at      timestamptz not null
);
create index bulks_user on bulks (user_id);

grant select, insert, update, delete on bulks to helpdesk_app;
