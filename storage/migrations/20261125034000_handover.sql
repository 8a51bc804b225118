-- +goose Up

-- A draft is its writer's alone, but for one colleague who was handed it.
alter table drafts
    add column handed_to bigint references users,
    add column handed_at timestamptz;
create index drafts_handed on drafts (handed_to) where handed_to is not null;
