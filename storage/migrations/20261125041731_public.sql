-- +goose Up

-- What staff made public, in the order in which it was reported, closed or not.
create index tickets_public_created on tickets (created_at, id) where public;
