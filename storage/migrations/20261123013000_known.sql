-- +goose Up

-- What everybody may read of a ticket that staff made public, in staff's words.
alter table tickets add column public_title text not null default '';
create index tickets_public on tickets (id) where public and status <> 'closed';
create index followers_of_user on followers (user_id, ticket_id) where user_id is not null;
