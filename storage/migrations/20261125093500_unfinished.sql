-- +goose Up

-- What a bulk is to do, until it has ended, and when it last showed that somebody is at it: whoever signs in after it was cut off
-- is told how far it came.
alter table bulks add column plan jsonb, add column beat_at timestamptz;
create index bulks_unfinished on bulks (user_id) where beat_at is not null;
