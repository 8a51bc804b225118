-- +goose Up

-- People are found by how their username, name or address begins; the audit trail is read newest first, and by
-- who did it.
create index users_username_begins on users (lower(username) text_pattern_ops);
create index users_name_begins on users (lower(name) text_pattern_ops);
create index users_email_begins on users (lower(email) text_pattern_ops);
create index sessions_seen on sessions (seen_at, id) where ended_at is null;
create index events_user on events (user_id, xid, id) where user_id is not null;
